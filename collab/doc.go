// Package collab gives many sessions on one board one order.
//
// It promises that nothing is acknowledged, refused or shown before its entry
// is in the [Log]; that an op proposed twice is committed once; and that every
// session hears every entry it may see, in order, or is told to start again.
// It does not promise that a [Bus] delivers anything: the bus only makes news
// arrive sooner.
//
// A [Room] is one board open in this process. It is a machine that is handed
// one event after another and never waits: appends, reads and timers are asked
// of its [Loop] and come back as events. The program runs each loop on a
// goroutine of its own, a simulation runs many on one. The [Hub] opens, finds
// and closes rooms. A [Session] is one connection; whoever holds the socket
// hands it frames and writes what it gives out.
//
// SPEC.md has the rules of wire and log by number; tests cite them.
package collab
