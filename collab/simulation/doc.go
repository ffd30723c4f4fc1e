// Package simulation runs whole clusters of servers and clients in one
// goroutine, with every fault that a network, a disk and a neighbour can have,
// and judges what came of it.
//
// A run follows from its seed alone: time, chance, latency and faults come from
// the [Scheduler], so a seed that fails fails again. The servers are the real
// rooms of package collab on a simulated [Log] and [Bus]; the clients are
// written apart from the room's code, or are the browser's own Replica, in a
// node process that goes on in lock-step.
//
// What happened is judged from three sources that no server writes: the log's
// commits, the journals of the clients, and all bytes that left a server.
//
//	I1   at the end of each batch everyone has the board that the log has there
//	I2   what was acknowledged is in the log, as it was acknowledged
//	I3   each (client, n) is there once
//	I4   seqs, times and the chain of batches go on without a gap
//	I5   every entry was its author's right; who has lost it is sent no more
//	I6   votes stay within their caps, tallies tell them when the ballot is closed
//	I7   what is sealed leaves a server for its owner alone
//	I8   a snapshot is byte for byte what replaying the log gives
//	I9   nobody goes back without a reset
//	I10  every card lies somewhere
//	I11  what is locked is changed by the lock's holder alone
//	I12  undo takes nobody else's work; undone and done again, a board is as before
//	I13  every op ends committed or refused, and its author is told; so does every letter typed into a page
//	I14  rooms keep no more than their limits, and nothing when nothing is to do
//	I15  what the log lost comes back as it was, and nobody is reset, while a server has it all and nobody went on
//
// # Faults
//
// A seed leaves each fault out with an even chance, so that none always hides
// behind another, and draws how often the others strike. [AllFaults] lists them,
// their comments say what counts as a strike:
//
//	the bus      loses, doubles, delays and shuffles hints; is dead; is frozen, and then says all at once
//	the log      is slow; is away, for all or for one server; takes no writes; leaves an append unknown that
//	             was written, was not, or lands late; loses its newest batches, also as they come back
//	the net      cuts connections, before and in the middle of a frame, one side noticing late; swallows an
//	             acknowledgement; delays frames
//	a server     is killed, frozen, drained and restarted; its clock is wrong by up to two seconds
//	a client     reloads, freezes, is offline; opens a second tab; has its outbox taken by another tab; its
//	             disk loses the last write
//
// # Flags
//
//	-seeds 100      seeds with clients written in Go
//	-replicas 0     seeds whose clients are the page's Replica; needs node, and npm ci in static
//	-from 1         the first of them
//	-ops 300        ops that clients send in each at least
//	-least 0        how often each fault must strike in all
//	-seed 17        this seed alone, and all about it; with -replicas 1 with Replicas
//	-story file     what happens in it, line by line
//
// With the build tag planted, TestPlanted plants one bug after the other and
// must see each caught; -bug names one. -replica-bugs 500 does the same with the
// bugs that can be planted in the Replica; -replica-bug names one.
package simulation
