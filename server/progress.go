package main

import (
	"fmt"
	"io"
	"time"
)

// progressEvery is how often a command says how far it is, and for how long it says nothing at first.
const progressEvery = time.Second

// A progress says how many boards are done, when that takes long.
type progress struct {
	to        io.Writer
	doing     string
	done, all int
	said      time.Time
	now       func() time.Time
}

// progress begins to count boards, and says so on standard error. next is called for each.
func (p program) progress(doing string, all int) (next func()) {
	g := &progress{to: p.stderr, doing: doing, all: all, said: time.Now(), now: time.Now}
	return g.next
}

func (g *progress) next() {
	g.done++
	if now := g.now(); now.Sub(g.said) >= progressEvery {
		g.said = now
		_, _ = fmt.Fprintf(g.to, "%s %d of %d boards\n", g.doing, g.done, g.all)
	}
}
