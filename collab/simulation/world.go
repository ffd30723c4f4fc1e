package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"waymark/board"
	"waymark/collab"
)

// A World is one simulation under way.
type World struct {
	Plan   Plan
	S      *Scheduler
	Faults *Faults
	Log    *Log
	Bus    *Bus
	Board  board.ID
	Stats  Stats
	// Codes counts the refusals in the log by code.
	Codes map[string]int
	// Failures are the invariants that were broken, in order.
	Failures []string
	// Trace, when it is there, is told what happens.
	Trace io.Writer

	servers   []*Server
	browsers  []*Browser
	offline   map[*Browser]bool
	others    []Other
	pipes     []*Pipe
	journal   map[string]*Proposal
	order     []*Proposal
	ledger    *Ledger
	reader    *Reader
	snapshots map[string]string
	passes    map[string][]collab.Pass
	tabs      int
	asked     int
	calm      bool
}

const maxFailures = 20

// fail notes a broken invariant.
func (w *World) fail(invariant, format string, args ...any) {
	text := fmt.Sprintf("%s: "+format, append([]any{invariant}, args...)...)
	if len(text) > 2000 {
		text = text[:2000] + " ..."
	}
	w.trace("FAILED %s", text)
	if len(w.Failures) < maxFailures {
		w.Failures = append(w.Failures, text)
	}
}

func (w *World) trace(format string, args ...any) {
	if w.Trace != nil {
		_, err := fmt.Fprintf(w.Trace, "%10.4f "+format+"\n", append([]any{w.S.Elapsed().Seconds()}, args...)...)
		must(err)
	}
}

// New makes a world: the board is in the log, the servers run, the pages open.
func New(plan Plan, trace io.Writer) *World {
	s := NewScheduler(plan.Seed)
	w := &World{
		Plan: plan, S: s, Faults: NewFaults(s), Board: "board-1", Trace: trace,
		offline: map[*Browser]bool{}, journal: map[string]*Proposal{}, reader: NewReader(),
		snapshots: map[string]string{}, Codes: map[string]int{}, passes: map[string][]collab.Pass{},
	}
	w.ledger = newLedger(w)
	w.Log, w.Bus = NewLog(s, w.Faults), NewBus(s, w.Faults)
	w.Log.Committed, w.Log.Lost, w.Log.Stored = w.ledger.committed, w.ledger.lostTail, w.stored
	w.Bus.Carried = w.carried
	for i := range plan.Servers {
		w.servers = append(w.servers, w.newServer(fmt.Sprintf("server-%d", i+1)))
	}
	w.create()
	for i := range plan.Browsers {
		w.newBrowser(i)
	}
	for fault, p := range plan.Faults {
		w.Faults.Allow(fault, p)
	}
	return w
}

// person names whom a browser belongs to: the first is facilitator, some people
// have two devices, some are guests.
func (w *World) person(i int) string {
	switch {
	case i >= 3 && w.S.Chance(0.2):
		i = w.S.Pick(i)
	case i >= 2 && w.S.Chance(0.2):
		return guest(i)
	}
	return fmt.Sprintf("person-%d", i+1)
}

func (w *World) newBrowser(i int) {
	name := fmt.Sprintf("browser-%d", i+1)
	b := &Browser{Name: name, Person: w.person(i), w: w, host: w.S.NewHost(name), disk: &Disk{}}
	w.browsers = append(w.browsers, b)
	b.open()
	w.S.After(w.S.Between(0, w.Plan.Pace), nil, func() { w.hand(b) })
}

// create puts a small map into the log, with a role for everybody.
func (w *World) create() {
	rec := func(id string, fields map[string]any) *board.Record {
		list := make([]board.Field, 0, len(fields))
		for name, v := range fields {
			raw, err := json.Marshal(v)
			must(err)
			list = append(list, board.Field{Name: name, Value: board.Value(raw)})
		}
		return board.NewRecord(board.ID(id), "person-1", w.S.Now(), "", list...)
	}
	records := []*board.Record{
		rec("map-1", map[string]any{"title": "ink-map"}),
		rec("persona-1", map[string]any{"map": "map-1", "name": "ink-anna", "rank": "V"}),
		rec("card-1", map[string]any{"lane": "lane-1", "step": "step-1", "rank": "V", "text": "ink-hello"}),
		rec("card-2", map[string]any{"lane": "lane-1", "step": "step-1", "rank": "k", "text": "ink-there"}),
		rec("card-3", map[string]any{"rank": "V", "text": "ink-tray"}),
		rec("sticky-1", map[string]any{"rank": "V", "text": "ink-sticky"}),
	}
	for i := range 3 {
		records = append(records,
			rec(fmt.Sprint("phase-", i+1), map[string]any{"map": "map-1", "rank": string(board.Spread(3)[i]), "title": "ink-phase"}),
			rec(fmt.Sprint("step-", i+1), map[string]any{"phase": fmt.Sprint("phase-", i+1), "rank": "V"}),
			rec(fmt.Sprint("lane-", i+1), map[string]any{"map": "map-1", "rank": string(board.Spread(3)[i]), "type": "actions"}))
	}
	op := &board.CreateBoard{Records: records}
	srv := w.servers[0]
	must(srv.Hub.Create(context.Background(), w.Board, board.Actor{Person: "person-1", System: true}, op))
	srv.port.TakeLag()
	roles := []board.Role{board.Facilitator, board.Editor, board.Editor, board.Participant, board.Commenter, board.Viewer, board.Participant, board.Editor}
	for i := 1; i < 8; i++ {
		w.ask(srv, &board.SetMember{Person: board.ID(fmt.Sprintf("person-%d", i+1)), Role: roles[i]})
	}
	if !w.S.RunUntil(time.Minute, func() bool { return len(w.ledger.line) == 8 }) {
		panic("the members were not written")
	}
	w.Log.Keep = len(w.ledger.list)
}

// ask has a server itself propose an op.
func (w *World) ask(srv *Server, op board.Op) {
	w.asked++
	srv.asking++
	born := srv.born
	srv.Hub.Ask(w.Board, board.Actor{Person: "person-1", System: true}, op, func(collab.Receipt, error) {
		if srv.born == born {
			srv.asking--
		}
	})
	srv.pump()
}

// route picks the server that a balancer sends a client to: one that is up, as
// far as it knows.
func (w *World) route() *Server {
	var up []*Server
	for _, srv := range w.servers {
		if srv.up {
			up = append(up, srv)
		}
	}
	if len(up) == 0 {
		return nil
	}
	return up[w.S.Pick(len(up))]
}

// done reports whether people have done enough.
func (w *World) done() bool { return w.Stats.Sent >= w.Plan.Ops || w.deserted() }

// deserted reports whether everybody was told to go, so that nobody is left to
// act. It takes a facilitator who removes the others and then themself.
func (w *World) deserted() bool {
	return len(w.others) == 0 && !slices.ContainsFunc(w.browsers, func(b *Browser) bool {
		return b.page == nil || b.page.ended != "revoked"
	})
}

// left notes that an op leaves its client for the first time.
func (w *World) left(p *Proposal) {
	if !p.Sent {
		p.Sent = true
		w.Stats.Sent++
	}
}

// propose writes an op into the journal.
func (w *World) propose(person, client string, n int64, op string) *Proposal {
	p := &Proposal{Client: client, N: n, Person: person, Op: op}
	key := opKey(client, n)
	if w.journal[key] != nil {
		panic("op number used twice: " + key)
	}
	w.journal[key] = p
	w.order = append(w.order, p)
	w.trace("%s %s proposes %s", person, key, op)
	return p
}

// typedIn is what a text op puts in.
func (w *World) typedIn(p *Proposal) string {
	if p.Typing == nil {
		return ""
	}
	if p.Typing.sent != nil {
		return inserted(p.Typing.sent)
	}
	return inserted(p.Typing.Live)
}

// told notes what a page was told about its person's role.
func (w *World) told(p *Page, role string) {
	if !atLeast(role, "viewer") && role != "" || role == "" {
		w.fail("protocol", "%s was told role %q", p.b.Name, role)
	}
}
