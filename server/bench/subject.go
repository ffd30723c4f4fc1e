package bench

import (
	"context"
	"fmt"
	"time"

	"waymark/board"
	"waymark/collab"
)

// A target is a kind of program that is measured.
type target string

const (
	targetServer target = "waymark"
	targetPlain  target = "plain"
	targetMerged target = "merged"
)

// A subject is what one row of a table is about: a relay, a server that has its data for itself, or some servers that
// share a database.
type subject struct {
	Target  target `json:"target"`
	Servers int    `json:"servers,omitempty"` // that share a database; 0 = none is shared
}

func (s subject) String() string {
	switch s.Servers {
	case 0:
		return string(s.Target)
	case 1:
		return "1 server"
	}
	return fmt.Sprintf("%d servers", s.Servers)
}

// subjects lists what is to be measured, relays first.
func (o options) subjects() (all []subject) {
	for _, t := range o.targets {
		switch {
		case t != targetServer:
			all = append(all, subject{Target: t})
		case o.database == "":
			all = append(all, subject{Target: t})
		default:
			for _, n := range o.servers {
				all = append(all, subject{Target: t, Servers: n})
			}
		}
	}
	return all
}

// servers are the subjects that are no relays.
func (o options) serverSubjects() (some []subject) {
	for _, s := range o.subjects() {
		if s.Target == targetServer {
			some = append(some, s)
		}
	}
	return some
}

// Watched are the processes whose use is measured, and what else is asked for it.
type watched struct {
	Servers  []int  `json:"servers"`            // process ids; a relay counts as one
	Postgres int    `json:"postgres,omitempty"` // process id of the first of its processes; 0 = it is not measured
	Redis    int    `json:"redis,omitempty"`
	Database string `json:"database,omitempty"` // whose transactions are counted; "" = none's
}

// A history is a log, to be counted against.
type history interface {
	Batches(ctx context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error)
	Close() error
}

// clearTimeout is how long it may take to remove what a measurement has made, also after an interrupt.
const clearTimeout = time.Minute
