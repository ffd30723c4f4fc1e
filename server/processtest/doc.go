// Package processtest holds the tests that need the program itself: built once, started as a process of its own on a
// folder of a real disk, reached over TCP, killed with SIGKILL and started again.
//
// What the tests promise of the server they judge by what people saw: each connection writes a journal of what it sent,
// of what it was told is saved, and of what it heard of others. A judge holds the journals against the board that a
// stranger gets afterwards and against the log.
//
// The defaults of the flags suit the quick loop. CI runs more: see the Makefile. The tests look into /proc and mount small
// disks: they run on Linux only.
package processtest
