//go:build planted

// Package planted holds the switches of bugs that are built in on purpose, to
// prove that the tests find them.
package planted

import (
	"os"
	"sync"
)

// Variable is the environment variable that names the bug a process has from
// its start. It is read with the build tag "planted" alone.
const Variable = "PLANTED_BUG"

var (
	bug   = os.Getenv(Variable)
	known sync.Map
)

// Plant switches one bug on and all others off; "" switches all off. Nothing
// else may run meanwhile.
func Plant(name string) {
	bug = name
	known.Clear()
}

// On reports whether a bug is switched on.
func On(name string) bool { return name == bug }

// Unless gives part of a text, or nothing when the bug is on that leaves it
// out. What is made of it at the start goes by [Variable] alone.
func Unless(name, part string) string {
	if On(name) {
		return ""
	}
	return part
}

// First gives what it was given first under a key.
func First[T any](key any, v T) T {
	first, _ := known.LoadOrStore(key, v)
	return first.(T)
}
