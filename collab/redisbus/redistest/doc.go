// Package redistest gives tests a redis-server of their own: on a free port of the loopback, in a folder that goes with
// the test, keeping nothing. It can be stopped, killed, frozen and started again. It needs redis-server on the PATH and
// a Unix.
package redistest
