// Package trial holds the parts of tests that try the real program: the program itself, built once and run as a
// process that can be killed; people who sign in to it and edit over TCP lines that can be cut; and a judge.
//
// What a server promises is judged by what people saw: each connection writes a journal of what it sent, of what it was
// told is saved, and of what it heard of others. The judge holds the journals against the board that a stranger gets
// afterwards and against the log. It knows nothing of how the server works.
package trial
