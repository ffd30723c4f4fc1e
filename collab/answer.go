package collab

import (
	"strconv"

	"waymark/board"
)

// An answer is a text frame under construction: messages of the server. The
// zero value is empty.
type answer struct{ b []byte }

// begin starts a message of this type and leaves it open.
func (a *answer) begin(typ string) {
	if len(a.b) == 0 {
		a.b = append(a.b, '[')
	} else {
		a.b = append(a.b, ',')
	}
	a.b = append(append(append(a.b, `{"type":"`...), typ...), '"')
}

func (a *answer) end() { a.b = append(a.b, '}') }

// number, id, raw add a member.
func (a *answer) number(name string, n int64) {
	a.name(name)
	a.b = strconv.AppendInt(a.b, n, 10)
}

func (a *answer) id(name string, id board.ID) {
	a.name(name)
	a.b = append(append(append(a.b, '"'), id...), '"')
}

func (a *answer) name(name string) {
	a.b = append(append(append(a.b, `,"`...), name...), `":`...)
}

// empty reports whether no message was begun.
func (a *answer) empty() bool { return len(a.b) == 0 }

// done is the frame's bytes.
func (a *answer) done() []byte { return append(a.b, ']') }

func (a *answer) welcome(s *Session, h Head, now board.Time, l *Limits) {
	a.begin("welcome")
	a.id("session", s.id)
	a.id("person", s.who.Person)
	a.id("role", board.ID(s.seat.role))
	a.number("epoch", h.Epoch)
	a.number("seq", int64(h.Seq))
	a.number("now", int64(now))
	a.name("limits")
	a.b = l.appendTo(a.b)
	a.end()
}

func (a *answer) role(role board.Role) {
	a.begin("role")
	a.id("role", board.ID(role))
	a.end()
}

func (a *answer) own(seq board.Seq, records []*board.Record) {
	a.begin("own")
	a.number("seq", int64(seq))
	a.name("records")
	a.b = append(a.b, '[')
	for i, r := range records {
		if i > 0 {
			a.b = append(a.b, ',')
		}
		a.b = append(a.b, r.Text()...)
	}
	a.b = append(a.b, ']')
	a.end()
}

func (a *answer) mark(client board.ID, m board.ClientMark, seq board.Seq) {
	a.begin("mark")
	a.id("client", client)
	a.number("n", m.N)
	a.name("refused")
	a.b = append(a.b, '[')
	for i, n := range m.Refused {
		if i > 0 {
			a.b = append(a.b, ',')
		}
		a.b = strconv.AppendInt(a.b, n, 10)
	}
	a.b = append(a.b, ']')
	a.number("seq", int64(seq))
	a.end()
}

func (a *answer) gap(client board.ID, n int64) {
	a.begin("gap")
	a.id("client", client)
	a.number("n", n)
	a.end()
}

func (a *answer) busy(client board.ID, n, retryMs int64) {
	a.begin("busy")
	a.id("client", client)
	a.number("n", n)
	a.number("retryMs", retryMs)
	a.end()
}

func (a *answer) digest(seq board.Seq, public uint64) {
	a.begin("digest")
	a.number("seq", int64(seq))
	a.id("public", board.ID(board.Hex(public)))
	a.end()
}

func (a *answer) reset(epoch int64) {
	a.begin("reset")
	a.number("epoch", epoch)
	a.end()
}

func (a *answer) bye(code CloseCode, retryMs int64) {
	a.begin("bye")
	a.number("code", int64(code))
	a.number("retryMs", retryMs)
	a.end()
}

func (a *answer) beat(now board.Time) {
	a.begin("beat")
	a.number("now", int64(now))
	a.end()
}

// list begins a message that has only a list of items; the caller adds the
// items, with commas between, and calls endList.
func (a *answer) list(typ string) {
	a.begin(typ)
	a.name("items")
	a.b = append(a.b, '[')
}

func (a *answer) endList() { a.b = append(a.b, "]}"...) }
