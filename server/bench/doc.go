// Package bench measures a whole Waymark server from outside: the shipped binary as one process, a load process with
// real sockets as another, each on a core of its own where there are two, and in the same run and under the same load
// two bare relays that keep nothing. It promises honest figures, not good ones: the server runs with its default sync
// settings or not at all, every receiver is measured and none is sampled, and after each run the log is read and every
// acknowledged and every delivered edit is counted against it.
//
// The package owns the processes it starts and ends them before Run returns. It needs Linux, for /proc and for
// sched_setaffinity.
package bench
