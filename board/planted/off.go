//go:build !planted

// Package planted holds the switches of bugs that are built in on purpose, to
// prove that the simulation finds them. Without the build tag "planted" every
// switch is off, and the compiler leaves the bugs out.
package planted

// On reports whether a bug is switched on.
func On(string) bool { return false }

// First gives v.
func First[T any](_ any, v T) T { return v }
