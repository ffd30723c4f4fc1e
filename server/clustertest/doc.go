// Package clustertest holds the tests that need a whole cluster: three servers, each a process of its own, on one
// Postgres and one Redis of their own, behind a front that sends each connection to the next server. All of them are
// killed, frozen and cut off while people edit.
//
// Its tests judge by the journals of these people; see package trial. Durations are measured and printed, never
// asserted. The defaults of the flags suit the quick loop. CI runs more: see the Makefile.
package clustertest
