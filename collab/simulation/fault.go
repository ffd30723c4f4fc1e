package simulation

import (
	"fmt"
	"strings"
)

// A Fault is something that goes wrong.
type Fault string

// The faults. A comment says what counts as one strike.
const (
	BusLost     Fault = "bus: hint lost"                      // a hint to one server
	BusDoubled  Fault = "bus: hint doubled"                   // a hint to one server
	BusLate     Fault = "bus: hint late"                      // a hint to one server, up to seconds
	BusShuffled Fault = "bus: hints shuffled"                 // a hint that a later one overtook
	BusDead     Fault = "bus: dead"                           // a time without bus
	BusFrozen   Fault = "bus: frozen"                         // a time after which all hints come at once
	LogRace     Fault = "log: append lost a race"             // an append behind a moved head
	LogApplied  Fault = "log: outcome unknown, written"       // an append
	LogDropped  Fault = "log: outcome unknown, not written"   // an append
	LogLate     Fault = "log: outcome unknown, lands late"    // an append that was written after others
	LogStale    Fault = "log: outcome unknown, late and lost" // an append that came late behind a moved head
	LogAway     Fault = "log: away for all"                   // a time
	LogCutOff   Fault = "log: away for one server"            // a time
	LogSlow     Fault = "log: slow"                           // a call
	LogFull     Fault = "log: takes no writes"                // a time in which the log can be read alone
	LogTail     Fault = "log: lost its tail"                  // a failover that lost batches
	LogAgain    Fault = "log: lost its tail as it came back"  // such a failover while a lost batch was the newest again
	NetCut      Fault = "net: connection cut"                 // a connection
	NetSwallow  Fault = "net: acknowledging frame swallowed"  // a connection, cut before the frame
	NetTorn     Fault = "net: cut in the middle of a frame"   // a connection; the frames before arrive
	NetHalf     Fault = "net: one side notices the cut late"  // a connection
	NetSlow     Fault = "net: frames delayed"                 // a time of one connection
	ServerKill  Fault = "server: killed"                      // a server with sessions
	ServerPause Fault = "server: frozen"                      // a server with sessions
	ServerDrain Fault = "server: drained and restarted"       // a server with sessions
	ClientLoad  Fault = "client: page reloaded"               // a page with an outbox or without
	ClientSleep Fault = "client: frozen"                      // a browser that stops reading and writing
	ClientGone  Fault = "client: offline for a while"         // a browser
	ClientTwin  Fault = "client: second tab on one disk"      // a tab that opens beside another and takes what is free
	ClientSteal Fault = "client: outbox taken by another tab" // an outbox in use, as where the browser has no locks
	DiskLast    Fault = "client: disk lost its last write"    // a reload after which the last write is missing
)

// Faults draws faults and counts how often each struck.
type Faults struct {
	s       *Scheduler
	weights map[Fault]float64
	counts  map[Fault]int
}

// NewFaults returns faults that never strike; see [Faults.Allow].
func NewFaults(s *Scheduler) *Faults {
	return &Faults{s: s, weights: map[Fault]float64{}, counts: map[Fault]int{}}
}

// Allow lets a fault strike with this probability at each occasion.
func (f *Faults) Allow(fault Fault, p float64) { f.weights[fault] = p }

// Calm ends all faults.
func (f *Faults) Calm() { clear(f.weights) }

// Draw reports whether the fault is to strike now. Whoever makes it strike
// counts it.
func (f *Faults) Draw(fault Fault) bool { return f.s.Chance(f.weights[fault]) }

// Strike counts a strike.
func (f *Faults) Strike(fault Fault) { f.counts[fault]++ }

// Counts tells how often each fault struck.
func (f *Faults) Counts() map[Fault]int { return f.counts }

// AllFaults lists every fault there is, in the order of the table.
var AllFaults = []Fault{
	BusLost, BusDoubled, BusLate, BusShuffled, BusDead, BusFrozen,
	LogRace, LogApplied, LogDropped, LogLate, LogStale, LogAway, LogCutOff, LogSlow, LogFull, LogTail, LogAgain,
	NetCut, NetTorn, NetSwallow, NetHalf, NetSlow,
	ServerKill, ServerPause, ServerDrain,
	ClientLoad, ClientSleep, ClientGone, ClientTwin, ClientSteal, DiskLast,
}

// Table writes counts, one fault a line.
func Table(counts map[Fault]int) string {
	var b strings.Builder
	for _, fault := range AllFaults {
		fmt.Fprintf(&b, "%9d  %s\n", counts[fault], fault)
	}
	return b.String()
}
