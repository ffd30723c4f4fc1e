// Package bench measures a whole Waymark from outside: the shipped binary as one process, or as several that share a
// Postgres and a Redis, a load process with real sockets as another, the measured and the load each on a core of their
// own where there are two, and in the same run and under the same load two bare relays that keep nothing. It promises
// honest figures, not good ones: the server and the database run with their default sync settings or not at all, every
// receiver is measured and none is sampled, and after each run the log is read and every acknowledged and every
// delivered edit is counted against it.
//
// Postgres and Redis belong to whoever runs the bench. Where they run on this machine they are kept on the load's core
// while it lasts, and their processor time is told beside the servers'.
//
// The package owns the processes it starts and ends them before Run returns. It needs Linux, for /proc and for
// sched_setaffinity.
package bench
