// Package simulation runs whole clusters of servers and clients in one
// goroutine, with every fault that a network, a disk and a neighbour can have,
// and judges what came of it.
//
// A run follows from its seed alone: time, chance, latency and faults come from
// the [Scheduler], so a seed that fails fails again. The servers are the real
// rooms of package collab on a simulated [Log] and [Bus]; the clients are
// written apart from the room's code, or are the browser's own Replica.
//
// What happened is judged from three sources that no server writes: the log's
// commits, the journals of the clients, and all bytes that left a server. The
// invariants are numbered I1 to I14; see [Judge].
package simulation
