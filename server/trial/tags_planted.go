//go:build planted

package trial

// tags are those that the program is built with: it has the bug that its environment names.
const tags = "planted"
