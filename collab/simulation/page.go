package simulation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// A Page is one load of the page: a client of the protocol, written apart from
// the rooms.
type Page struct {
	b   *Browser
	w   *World
	own *Box
	// m is the confirmed board; nil before the first one.
	m     *Model
	batch string

	pipe  *Pipe
	life  int // counts connections
	in    bool
	whole bool // has its person's own records
	fresh bool // the next board may be an older one: a reset was heard
	heard time.Duration
	tries int
	retry time.Duration
	role  string
	// ended says why the page does not come back by itself.
	ended string
	marks []markMessage
	gone  bool
	// robbed says that another tab has taken one of its outboxes.
	robbed bool
}

func (p *Page) leave() {
	p.life++
	p.in = false
	if p.pipe != nil {
		p.pipe.CloseUp()
		p.pipe = nil
	}
}

func (p *Page) connect() {
	if p.gone || p.ended != "" {
		return
	}
	p.leave()
	life := p.life
	p.adopt()
	for _, x := range p.boxes() {
		x.ready, x.later = false, false
	}
	srv := p.w.route()
	if srv == nil || p.w.offline[p.b] {
		p.again()
		return
	}
	pipe := NewPipe(p.w.S, p.w.Faults, p.b.host, srv.host, p.w.Plan.Window)
	pipe.ToClient = func(frame []byte, binary bool) {
		if p.life == life {
			p.hear(frame, binary)
		}
	}
	pipe.ClientGone = func(code int) {
		if p.life == life {
			p.down(code)
		}
	}
	pipe.Acknowledges = func(frame []byte) bool {
		return bytes.Contains(frame, []byte(p.own.Client)) && bytes.Contains(frame, []byte(`"changes"`))
	}
	p.pipe = pipe
	p.w.pipes = append(p.w.pipes, pipe)
	srv.accept(pipe)
	p.heard = p.w.S.Elapsed()
	p.greet()
	p.watch(life)
}

// greet says hello and claims every outbox.
func (p *Page) greet() {
	hello := map[string]any{"type": "hello", "token": p.b.Person, "board": p.w.Board, "epoch": 0, "seq": -1, "batch": "", "protocol": 1}
	if p.m != nil {
		hello["epoch"], hello["seq"], hello["batch"] = p.m.Epoch, p.m.Seq, p.batch
	}
	messages := []any{hello}
	for _, x := range p.boxes() {
		messages = append(messages, map[string]any{"type": "claim", "client": x.Client})
	}
	if p.w.S.Chance(0.5) {
		p.say(messages...)
		return
	}
	for _, m := range messages {
		p.say(m)
	}
}

func (p *Page) say(messages ...any) {
	raw, err := json.Marshal(messages)
	must(err)
	if p.pipe != nil {
		p.w.trace("%s says %s", p.b.Name, raw)
		p.pipe.Up(raw)
	}
}

// watch beats, and gives a silent connection up.
func (p *Page) watch(life int) {
	p.w.S.After(p.w.S.Between(5*time.Second, 15*time.Second), p.b.host, func() {
		if p.life != life {
			return
		}
		if p.w.S.Elapsed()-p.heard > 20*time.Second || !p.in && p.w.S.Elapsed()-p.heard > 10*time.Second {
			p.again()
			return
		}
		p.say(map[string]any{"type": "beat"})
		p.watch(life)
	})
}

// again comes back after a while.
func (p *Page) again() {
	p.leave()
	life := p.life
	p.tries++
	d := p.w.S.Between(50*time.Millisecond, min(4*time.Second, 200*time.Millisecond<<min(p.tries, 5)))
	if p.retry > 0 {
		d, p.retry = p.retry, 0
	}
	p.w.S.After(d, p.b.host, func() {
		if p.life == life {
			p.connect()
		}
	})
}

// down is the end of a connection.
func (p *Page) down(code int) {
	p.w.trace("%s heard the end: %d", p.b.Name, code)
	switch code {
	case 4403:
		p.stop("revoked")
	case 4404:
		p.stop("gone")
	case 4409:
		if !p.robbed {
			p.w.fail("protocol", "%s was sent away for another session of its client", p.b.Name)
		}
		p.again()
	case 4400, 4401, 4426:
		p.w.fail("protocol", "%s was sent away with %d", p.b.Name, code)
		p.stop("error")
	default:
		p.again()
	}
}

func (p *Page) stop(why string) {
	p.leave()
	p.ended = why
}

// hear takes a frame.
func (p *Page) hear(frame []byte, binary bool) {
	p.heard = p.w.S.Elapsed()
	if binary {
		p.w.trace("%s hears a snapshot of %d bytes", p.b.Name, len(frame))
		p.load(frame)
		return
	}
	messages, err := p.w.reader.Messages(frame)
	if err != nil {
		p.w.fail("protocol", "frame %q: %v", frame, err)
		return
	}
	life := p.life
	p.w.trace("%s hears %s", p.b.Name, frame)
	for i := range messages {
		p.take(&messages[i])
		if p.life != life {
			return
		}
	}
	p.settleMarks()
	p.judge()
	p.flush()
}

// A message is one that a server says. It never changes.
type message struct {
	Type          string
	Epoch, Seq, N int64
	From, To      int64
	Batch         string
	Items         []json.RawMessage
	Records       []json.RawMessage
	Client        string
	Refused       []int64
	RetryMs       int64
	Code          int
	Role          string
	Public        string
	Person        string
	Session       string
	Now           int64
	Limits        json.RawMessage
}

type markMessage struct {
	client  string
	n       int64
	refused []int64
	seq     int64
}

func (p *Page) take(m *message) {
	switch m.Type {
	case "welcome":
		p.in, p.tries, p.role = true, 0, m.Role
		p.w.told(p, m.Role)
	case "role":
		p.role = m.Role
		p.w.told(p, m.Role)
	case "reset":
		p.fresh = true
		for _, x := range p.boxes() {
			p.say(map[string]any{"type": "claim", "client": x.Client})
		}
	case "own":
		p.ownRecords(m)
	case "entries", "hole":
		p.entries(m)
	case "mark":
		p.marks = append(p.marks, markMessage{m.Client, m.N, m.Refused, m.Seq})
	case "gap":
		if x := p.box(m.Client); x != nil && x.ready {
			p.wanted(x, m.N)
		}
	case "busy":
		p.busy(m.Client, m.N, m.RetryMs)
	case "digest":
		if p.m != nil && m.Seq == p.m.Seq && m.Public != fmt.Sprintf("%016x", p.m.Public) {
			p.w.fail("I1", "%s has digest %016x at %d, the server says %s", p.b.Name, p.m.Public, m.Seq, m.Public)
		}
	case "bye":
		p.retry = time.Duration(m.RetryMs) * time.Millisecond
	case "people", "presence", "beat":
	default:
		p.w.fail("protocol", "message of type %q", m.Type)
	}
}
