package simulation

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"waymark/board"
)

// load takes a snapshot.
func (p *Page) load(frame []byte) {
	raw := inflate(frame)
	var form struct {
		Epoch, Seq, At int64
		Batch, Public  string
		Records        []json.RawMessage
	}
	must(json.Unmarshal(raw, &form))
	m := NewModel()
	m.Seq, m.At, m.Epoch = form.Seq, form.At, form.Epoch
	for _, item := range form.Records {
		r, err := readRec(item)
		if err != nil {
			p.w.fail("I8", "snapshot: %v", err)
			return
		}
		m.Put(r.ID, r)
	}
	if sum := fmt.Sprintf("%016x", m.Public); sum != form.Public {
		p.w.fail("I8", "snapshot of %d has digest %s, says %s", form.Seq, sum, form.Public)
	}
	if p.m != nil && !p.fresh && (m.Epoch < p.m.Epoch || m.Epoch == p.m.Epoch && m.Seq < p.m.Seq) {
		p.w.fail("I9", "%s went from %d/%d back to %d/%d", p.b.Name, p.m.Epoch, p.m.Seq, m.Epoch, m.Seq)
	}
	p.m, p.batch, p.fresh, p.whole = m, form.Batch, false, false
	for _, x := range p.boxes() {
		x.ready = false
		for _, it := range x.Items {
			if it.Typing != nil {
				it.Typing.stale = true
			}
		}
	}
}

// boxes are the outboxes that this page holds.
func (p *Page) boxes() []*Box {
	return slices.DeleteFunc(slices.Clone(p.b.disk.boxes), func(x *Box) bool { return x.holder != p })
}

func (p *Page) box(client string) *Box {
	for _, x := range p.boxes() {
		if x.Client == client {
			return x
		}
	}
	return nil
}

// ownRecords replaces the records that only this person may see.
func (p *Page) ownRecords(m *message) {
	if p.m == nil || m.Seq != p.m.Seq {
		p.w.fail("protocol", "%s was given its own records as of %d", p.b.Name, m.Seq)
		return
	}
	p.whole = true
	for id, r := range p.m.Records {
		if r.Only != "" {
			p.m.Put(id, nil)
		}
	}
	for _, raw := range m.Records {
		r, err := readRec(raw)
		if err != nil || r.Only != p.b.Person {
			p.w.fail("I7", "%s was given %s: %v", p.b.Name, raw, err)
			continue
		}
		p.m.Put(r.ID, r)
	}
}

// entries takes entries, or a hole.
func (p *Page) entries(m *message) {
	if p.m == nil {
		p.w.fail("protocol", "%s was given entries before a board", p.b.Name)
		return
	}
	if m.From > p.m.Seq+1 {
		p.w.fail("I9", "%s is at %d and was given %d to %d", p.b.Name, p.m.Seq, m.From, m.To)
		p.again()
		return
	}
	list, err := p.w.reader.items(m.Items)
	if err != nil {
		p.w.fail("protocol", "entries: %v", err)
		return
	}
	for _, e := range list {
		if e.Seq <= p.m.Seq {
			continue
		}
		if e.Client != "" {
			if x := p.box(e.Client); x != nil {
				p.acknowledge(x, e)
			}
		}
		p.carry(e)
		p.m.Apply(e)
	}
	if m.To > p.m.Seq {
		p.m.Seq = m.To
		p.batch = m.Batch
	}
	if m.To == p.m.Seq {
		p.batch = m.Batch
	}
}

// carry takes what was typed here over what others typed.
func (p *Page) carry(e *Entry) {
	for _, c := range e.Changes {
		if c.Verb != "text" {
			continue
		}
		for _, x := range p.boxes() {
			for _, it := range x.Items {
				if t := it.Typing; t != nil && t.ID == c.ID && t.Field == c.Field {
					t.over(c.Delta)
				}
			}
		}
	}
}

// acknowledge settles an op whose entry has come.
func (p *Page) acknowledge(x *Box, e *Entry) {
	it := x.find(e.N)
	if it == nil {
		return
	}
	if t := it.Typing; t != nil && !t.stale && !t.guess && e.Refused == "" {
		for _, c := range e.Changes {
			if c.Verb == "text" && c.ID == t.ID && c.Field == t.Field && !equalDelta(c.Delta, t.Live) {
				p.w.fail("text", "%s expected %s/%d to be %s, it became %s", p.b.Name, x.Client, it.N, t.Live.Value(), c.Delta.Value())
			}
		}
	}
	if e.Refused != "" {
		p.settle(x, it, "refused", e.Refused)
	} else {
		p.settle(x, it, "committed", "")
	}
}

func equalDelta(a, b board.Delta) bool { return a.Value() == b.Value() }

func (p *Page) settle(x *Box, it *Item, fate, code string) {
	it.P.Fate, it.P.Code = fate, code
	it.P.Acked, it.P.Epoch = p.w.S.Elapsed().Milliseconds(), p.m.Epoch
	at := slices.Index(x.Items, it)
	x.remove(it)
	x.ahead = min(2*x.ahead, mostAhead)
	x.acked = append(x.acked, it)
	p.b.disk.wrote(p, func() { x.Items = slices.Insert(x.Items, min(at, len(x.Items)), it) })
}

// settleMarks looks at the marks whose seq has come.
func (p *Page) settleMarks() {
	if p.m == nil {
		return
	}
	marks := p.marks
	p.marks = nil
	for _, m := range marks {
		if m.seq > p.m.Seq {
			p.marks = append(p.marks, m)
			continue
		}
		if x := p.box(m.client); x != nil {
			p.mark(x, m)
		}
	}
}

// mark settles what a mark covers, and begins to send what it does not.
func (p *Page) mark(x *Box, m markMessage) {
	if m.n < 0 {
		p.w.fail("protocol", "%s does not own its client %s", p.b.Name, x.Client)
		return
	}
	for _, it := range slices.Clone(x.Items) {
		switch {
		case it.N > m.n:
		case slices.Contains(m.refused, it.N):
			p.settle(x, it, "refused", "")
		default:
			p.settle(x, it, "committed", "")
		}
	}
	p.fit(x)
	x.ready = true
	p.wanted(x, m.n+1)
}

// fit makes what was typed fit a board that was loaded anew.
func (p *Page) fit(x *Box) {
	for _, it := range x.Items {
		t := it.Typing
		if t == nil || !t.stale {
			continue
		}
		text := ""
		if r := p.m.Records[t.ID]; r != nil {
			text = r.Word(t.Field, "")
		}
		t.refit(text)
	}
}

// wanted sends again from n on. What was acknowledged and is wanted again goes
// back to the front; when the page no longer has it, the rest moves to a fresh
// client.
func (p *Page) wanted(x *Box, n int64) {
	if len(x.Items) == 0 && n >= x.next {
		x.handed = n - 1
		return
	}
	back := slices.DeleteFunc(slices.Clone(x.acked), func(it *Item) bool { return it.N < n })
	slices.SortFunc(back, func(a, b *Item) int { return int(a.N - b.N) })
	all := append(back, x.Items...)
	for i, it := range all {
		old := p.w.S.Elapsed()-time.Duration(it.P.Acked)*time.Millisecond > p.w.Plan.Memory
		if it.N != n+int64(i) || i < len(back) && old {
			p.move(x, x.Items)
			return
		}
	}
	if len(all) == 0 {
		// Everything was decided once, here or on the page before.
		p.move(x, nil)
		return
	}
	for _, it := range back {
		it.P.Fate, it.P.Code = "", ""
		if it.Typing != nil {
			it.Typing.stale = true
		}
	}
	x.acked = slices.DeleteFunc(x.acked, func(it *Item) bool { return it.N >= n })
	x.Items = all
	p.fit(x)
	x.handed = n - 1
}

// move gives ops new numbers under a fresh client.
func (p *Page) move(x *Box, items []*Item) {
	fresh := p.newBox()
	for _, it := range items {
		it.N, it.raw = fresh.next, nil
		fresh.next++
		old := it.P
		it.P = p.w.propose(p.b.Person, fresh.Client, it.N, old.Op)
		it.P.Typing, it.P.Sent = it.Typing, old.Sent
		old.Moved = it.P
		if it.Typing != nil {
			it.Typing.sent = nil
		}
		fresh.Items = append(fresh.Items, it)
	}
	x.Items, x.acked = nil, nil
	p.b.disk.drop(x)
	if p.own == x {
		p.own = fresh
	}
	p.claim(fresh)
}

// busy waits, then sends again from n on.
func (p *Page) busy(client string, n, ms int64) {
	x := p.box(client)
	if x == nil {
		return
	}
	x.handed = min(x.handed, n-1)
	if x.later {
		return
	}
	x.later, x.ahead = true, 4
	life := p.life
	p.w.S.After(time.Duration(ms)*time.Millisecond, p.b.host, func() {
		if p.life != life {
			return
		}
		x.later = false
		p.flush()
	})
}

// flush sends what is to be sent.
func (p *Page) flush() {
	if !p.in || p.m == nil {
		return
	}
	for _, x := range p.boxes() {
		if !x.ready || x.later {
			continue
		}
		var items []json.RawMessage
		for _, it := range x.Items {
			if it.N > x.handed && it.N < x.Items[0].N+int64(x.ahead) {
				items = append(items, it.encode(p.m.Seq))
				x.handed = it.N
				p.w.left(it.P)
			}
		}
		if len(items) > 0 {
			p.say(map[string]any{"type": "ops", "client": x.Client, "items": items})
		}
	}
}

// propose puts an op into the own outbox.
func (p *Page) propose(op map[string]any, t *Typing) {
	raw, err := json.Marshal(op)
	must(err)
	x := p.own
	it := &Item{N: x.next, Op: op, Typing: t, P: p.w.propose(p.b.Person, x.Client, x.next, string(raw))}
	it.P.Typing = t
	x.next++
	x.Items = append(x.Items, it)
	p.b.disk.wrote(p, func() {
		x.remove(it)
		it.P.Forgotten = true
	})
	p.flush()
}
