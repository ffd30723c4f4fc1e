package collab_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/localbus"
)

const theBoard board.ID = "board-1"

// A world is servers on one log and one bus, and the people on them, all on one
// goroutine.
type world struct {
	t   testing.TB
	st  *stepper
	log *memLog
	bus switchedBus
	// cut is the server that alone cannot reach the log, counted from 1; 0 is none.
	cut     int
	ids     map[string]int
	limits  collab.Limits
	alone   bool
	access  collab.Access
	servers []*collab.Hub
	running []*process
	people  map[string]*person
	order   []string
	logged  bytes.Buffer
	// offset is how far the log's clock is ahead of each server's.
	offset time.Duration
}

// A person is one session, its socket and its outbox.
type person struct {
	w       *world
	name    string
	server  int
	session *collab.Session
	client  board.ID
	n       int64
	// slow sockets take no frames.
	slow  bool
	heard []string
	// what it has
	epoch int64
	seq   board.Seq
	batch board.ID
}

func newWorld(t testing.TB, servers int) *world {
	return newLimitedWorld(t, servers, collab.DefaultLimits())
}

func newLimitedWorld(t testing.TB, servers int, limits collab.Limits) *world {
	w := &world{
		t: t, st: newStepper(), log: newMemLog(),
		ids: map[string]int{}, limits: limits, people: map[string]*person{},
	}
	for range servers {
		w.servers, w.running = append(w.servers, nil), append(w.running, nil)
		w.start(len(w.servers) - 1)
	}
	return w
}

// start begins a server's process.
func (w *world) start(i int) {
	w.running[i] = &process{stepper: w.st}
	w.servers[i] = collab.NewHub(collab.Config{
		Log: &port{w.log, func() bool { return w.cut == i+1 }}, Archive: w.log, Bus: &w.bus, Runner: w.running[i], Node: fmt.Sprint("node-", i+1, "-", len(w.st.loops)),
		Authenticate: func(token string) (collab.Identity, error) {
			if id := board.ID(token); id.Prefix() == board.PrefixPerson {
				return collab.Identity{Person: id, Login: "login-" + id.Suffix()}, nil
			}
			return collab.Identity{}, errors.New("no token")
		},
		Access: w.access, People: names{}, Alone: w.alone,
		NewID: func(prefix string) board.ID {
			w.ids[prefix]++
			return board.NewID(prefix, fmt.Sprint(w.ids[prefix]))
		},
		Random: func(n int64) int64 { return n / 2 },
		Offset: func() time.Duration { return w.offset },
		Limits: w.limits,
		Logger: slog.New(slog.NewTextHandler(&w.logged, nil)),
	})
}

func (w *world) create() {
	records := []*board.Record{
		board.NewRecord("map-1", "", 0, "", field("title", "Map")),
		board.NewRecord("phase-1", "", 0, "", field("map", "map-1"), field("rank", "V")),
		board.NewRecord("step-1", "", 0, "", field("phase", "phase-1"), field("rank", "V")),
		board.NewRecord("lane-1", "", 0, "", field("map", "map-1"), field("rank", "V")),
	}
	actor := board.Actor{Person: "person-ana", System: true}
	if err := w.servers[0].Create(w.t.Context(), theBoard, actor, &board.CreateBoard{Records: records}); err != nil {
		w.t.Fatal(err)
	}
	for _, m := range []struct {
		name string
		role board.Role
	}{{"ben", board.Editor}, {"cleo", board.Participant}, {"dan", board.Facilitator}} {
		w.ask(&board.SetMember{Person: board.ID("person-" + m.name), Role: m.role})
	}
}

// kill ends a server's process, and the sockets on it.
func (w *world) kill(i int) {
	w.running[i].kill()
	for _, p := range w.people {
		if p.server == i && p.session != nil {
			p.session = nil
			p.heard = append(p.heard, "cut off")
		}
	}
}

// A switchedBus loses everything while it is off.
type switchedBus struct {
	localbus.Bus
	off bool
}

func (b *switchedBus) Publish(batch collab.Batch) {
	if !b.off {
		b.Bus.Publish(batch)
	}
}

func (b *switchedBus) Show(p collab.Shown) {
	if !b.off {
		b.Bus.Show(p)
	}
}

// names is a directory in which everybody is called after the id.
type names struct{}

func (names) People(_ context.Context, ids []board.ID) ([]collab.Person, error) {
	var list []collab.Person
	for _, id := range ids {
		list = append(list, collab.Person{ID: id, Name: id.Suffix()})
	}
	return list, nil
}

// ask proposes an op of the server itself.
func (w *world) ask(op board.Op) {
	w.t.Helper()
	result := errors.New("no answer")
	w.servers[0].Ask(theBoard, board.Actor{Person: "person-ana", System: true}, op, func(_ collab.Receipt, err error) { result = err })
	w.run()
	if result != nil {
		w.t.Fatalf("%s: %v", op.Type(), result)
	}
}

func field(name, text string) board.Field {
	return board.Field{Name: name, Value: board.String(text)}
}

// run runs until nothing is left to do at this time.
func (w *world) run() {
	for range 1_000_000 {
		if w.st.step() || w.pump() {
			continue
		}
		return
	}
	w.t.Fatal("the world does not come to rest")
}

// pump lets every socket write.
func (w *world) pump() (any bool) {
	for _, name := range w.order {
		p := w.people[name]
		if p.session == nil || p.slow {
			continue
		}
		for f := p.session.Next(); f != nil; f = p.session.Next() {
			any = true
			p.hear(f)
			s := p.session
			s.Wrote(f)
			if f.Close != 0 {
				s.Leave()
				p.session = nil
				break
			}
		}
	}
	return any
}

// wait lets time pass, with the heads polled.
func (w *world) wait(d time.Duration) {
	w.run()
	end := w.st.now.Add(d)
	poll := w.st.now.Add(collab.PollEvery)
	for w.st.now.Before(end) {
		w.st.now = w.st.next(earlier(end, poll))
		if !w.st.now.Before(poll) {
			for _, h := range w.servers {
				h.Poll(w.t.Context())
			}
			poll = w.st.now.Add(collab.PollEvery)
		}
		w.st.ring()
		w.run()
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (w *world) person(name string) *person {
	p := w.people[name]
	if p == nil {
		p = &person{w: w, name: name, client: board.NewID(board.PrefixClient, name), seq: -1}
		w.people[name] = p
		w.order = append(w.order, name)
	}
	return p
}

// join opens a session and says hello and claim.
func (p *person) join() {
	p.connect()
	p.send(fmt.Sprintf(`{"type":"hello","token":"person-%s","board":"%s","epoch":%d,"seq":%d,"batch":"%s","protocol":1}`,
		p.name, theBoard, p.epoch, p.seq, p.batch))
	p.claim()
}

func (p *person) claim() { p.send(fmt.Sprintf(`{"type":"claim","client":"%s"}`, p.client)) }

func (p *person) connect() {
	p.session = p.w.servers[p.server].Accept()
}

// send sends messages as one frame.
func (p *person) send(messages string) { p.raw("[" + messages + "]") }

func (p *person) raw(frame string) {
	if p.session != nil {
		p.session.Receive([]byte(frame))
	}
}

// ops sends ops under the next numbers.
func (p *person) ops(ops ...string) {
	items := ""
	for i, op := range ops {
		p.n++
		if i > 0 {
			items += ","
		}
		items += fmt.Sprintf(`{"n":%d,"op":%s}`, p.n, op)
	}
	p.send(fmt.Sprintf(`{"type":"ops","client":"%s","items":[%s]}`, p.client, items))
}

func (p *person) leave() {
	if p.session != nil {
		p.session.Leave()
		p.session = nil
	}
}

// hear notes what a frame says.
func (p *person) hear(f *collab.Frame) {
	if f.Binary {
		z, err := gzip.NewReader(bytes.NewReader(f.Data))
		if err != nil {
			p.w.t.Fatal(err)
		}
		raw, err := io.ReadAll(z)
		if err != nil {
			p.w.t.Fatal(err)
		}
		b, err := board.Load(raw, nil)
		if err != nil {
			p.w.t.Fatal(err)
		}
		var head struct {
			Batch board.ID `json:"batch"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			p.w.t.Fatal(err)
		}
		p.seq, p.batch, p.epoch = b.Seq(), head.Batch, b.Epoch()
		live, _ := b.Len()
		p.heard = append(p.heard, fmt.Sprintf("snapshot at %d of %d records", b.Seq(), live))
	} else if len(f.Data) > 0 {
		p.hearText(f.Data)
	}
	if f.Close != 0 {
		p.heard = append(p.heard, fmt.Sprint("closed ", f.Close))
	}
}

func (p *person) hearText(data []byte) {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		p.w.t.Fatalf("%s heard %s: %v", p.name, data, err)
	}
	for _, raw := range list {
		p.heard = append(p.heard, p.message(raw))
	}
}
