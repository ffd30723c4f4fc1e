package main

import "math"

// openFiles is how many files this process may have open.
func openFiles() int { return math.MaxInt32 }
