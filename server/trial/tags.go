//go:build !planted

package trial

// tags are those that the program is built with.
const tags = ""
