//go:build !planted

// Package planted holds the switches of bugs that are built in on purpose, to
// prove that the tests find them. Without the build tag "planted" every switch
// is off, and the compiler leaves the bugs out.
package planted

// On reports whether a bug is switched on.
func On(string) bool { return false }

// Unless gives part of a text, of which the bug leaves that part out.
func Unless(_, part string) string { return part }

// First gives v.
func First[T any](_ any, v T) T { return v }
