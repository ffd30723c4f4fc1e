// Package processtest holds the tests that need the program itself: built once, started as a process of its own on a
// folder of a real disk, reached over TCP, killed with SIGKILL and started again.
//
// The defaults of the flags suit the quick loop. CI runs more: see the Makefile. The tests look into /proc and mount small
// disks: they run on Linux only.
package processtest
