//go:build planted

// Package planted holds the switches of bugs that are built in on purpose, to
// prove that the simulation finds them.
package planted

import "sync"

var (
	bug   string
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

// First gives what it was given first under a key.
func First[T any](key any, v T) T {
	first, _ := known.LoadOrStore(key, v)
	return first.(T)
}
