package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"
)

// A place is what one connection of the load needs to know before it is made.
type place struct {
	Board  string   `json:"board"`
	Server int      `json:"server"` // whose door it takes, by number
	Token  string   `json:"token"`  // for the server only
	Acts   bool     `json:"acts"`
	Cards  []string `json:"cards"` // it types into these, and nobody else does
	Lane   string   `json:"lane"`  // its cursor is over this cell
	Step   string   `json:"step"`
	Client string   `json:"client"` // its number is in the last digits: clientName
}

// A link is a connection to whatever is measured. Frames that arrive go to the seat; see seat.heard.
type link interface {
	write(frame []byte) error
	close()
}

// A seat is one connection of the load: the person who reads it, and who may also act.
type seat struct {
	place
	index int
	load  *load
	link  link

	// Written by the actor before the frame goes out, read by every receiver.
	editSent   []atomic.Int64 // when edit n went out, at n modulo the length; nanoseconds since the load's start
	cursorSent []atomic.Int64
	seq        atomic.Int64 // the newest seq this seat has seen
	acked      atomic.Int64 // the highest n of its own it has seen committed
	heard      atomic.Int64 // edits of others since it joined

	sent sentCounts // of the actor's goroutine alone
	got  gotCounts  // of the reader's goroutine alone
}

type sentCounts struct {
	edits, cursors     int64 // inside the window
	allEdits, allMoves int64
	heldBack           int64 // edits not sent: every card of this person still waited for its last one
	lag                histogram
	err                error
}

type gotCounts struct {
	edits, cursors int64 // of others, inside the window
	own            int64
	frames, bytes  int64 // inside the window
	refused        int64
	trouble        string // the first message or fault that an unharmed run does not have
	snapshots      int64
	firstSeq       int64
	editLatency    [distances]histogram
	cursorLatency  [distances]histogram
}

// A distance says whether a sender sits at the receiver's server or at another.
type distance int

const (
	sameServer distance = iota
	acrossServers
	distances
)

func (s *seat) distance(sender int) distance {
	if s.load.seats[sender].Server == s.Server {
		return sameServer
	}
	return acrossServers
}

// clientName puts the seat's index into the client id, so that a receiver finds the sender without a table.
func clientName(run string, index int) string { return fmt.Sprintf("client-%s%06d", run, index) }

// senderOf is the index in a client id of clientName, or -1.
func senderOf(client []byte) int {
	if len(client) < 6 {
		return -1
	}
	index := 0
	for _, digit := range client[len(client)-6:] {
		if digit < '0' || digit > '9' {
			return -1
		}
		index = index*10 + int(digit-'0')
	}
	return index
}

// heardEdit is called for each edit that arrives, in frames that came at now.
func (s *seat) heardEdit(client []byte, n int64, now time.Duration) {
	sender := senderOf(client)
	if sender == s.index {
		s.got.own++
		if n > s.acked.Load() {
			s.acked.Store(n)
		}
		return
	}
	if sender < 0 || sender >= len(s.load.seats) {
		return
	}
	s.heard.Add(1)
	if s.load.window.holds(now) {
		s.got.edits++
	}
	times := s.load.seats[sender].editSent
	if sent := time.Duration(times[int(n)%len(times)].Load()); s.load.window.holds(sent) {
		s.got.editLatency[s.distance(sender)].record(now - sent)
	}
}

// A cursor says whose it is and which of that person's moves, in its place within the cell.
const cursorsKept = 1000

func (s *seat) heardCursors(frame []byte, now time.Duration) {
	for {
		i := bytes.Index(frame, []byte(`"fx":`))
		if i < 0 {
			return
		}
		sender, rest := leadingInt(frame[i+5:])
		if i = bytes.Index(rest, []byte(`"fy":`)); i < 0 {
			return
		}
		var n int64
		n, frame = leadingInt(rest[i+5:])
		if int(sender) == s.index || int(sender) >= len(s.load.seats) || n >= cursorsKept {
			continue
		}
		if s.load.window.holds(now) {
			s.got.cursors++
		}
		if sent := time.Duration(s.load.seats[sender].cursorSent[n].Load()); s.load.window.holds(sent) {
			s.got.cursorLatency[s.distance(int(sender))].record(now - sent)
		}
	}
}

func leadingInt(b []byte) (n int64, rest []byte) {
	for len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		n, b = n*10+int64(b[0]-'0'), b[1:]
	}
	return n, b
}

// idle says at times that it is still there, as a page does on which nobody acts, until the load's window ends.
func (s *seat) idle(ctx context.Context, begin time.Duration) {
	next := newPace(begin, 1/beatEvery.Seconds(), rand.New(rand.NewPCG(uint64(s.index), 42)))
	for ; next.at < time.Duration(s.load.window.end.Load()); next.step() {
		if s.load.sleepUntil(ctx, int64(next.at)) != nil {
			return
		}
		if s.sent.err = s.link.write([]byte(`[{"type":"beat"}]`)); s.sent.err != nil {
			return
		}
	}
}

// act edits and moves the cursor at the asked rates until the load's window ends. The schedule is kept, not stretched:
// a send that comes late is followed by the next at its own time.
func (s *seat) act(ctx context.Context, begin time.Duration) {
	random := rand.New(rand.NewPCG(uint64(s.index), 42))
	nextEdit := newPace(begin, s.load.order.Workload.Edits, random)
	nextCursor := newPace(begin, s.load.order.Workload.Cursors, random)
	end := time.Duration(s.load.window.end.Load())
	typist := newTypist(s.Cards)
	var frame []byte
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		due := min(nextEdit.at, nextCursor.at)
		if due >= end {
			return
		}
		timer.Reset(due - s.load.now())
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if due == nextEdit.at {
			nextEdit.step()
			frame = s.edit(typist, frame[:0], due)
		} else {
			nextCursor.step()
			frame = s.move(frame[:0])
		}
		if len(frame) == 0 {
			continue
		}
		if err := s.link.write(frame); err != nil {
			s.sent.err = err
			return
		}
	}
}

func (s *seat) edit(t *typist, frame []byte, due time.Duration) []byte {
	n := s.sent.allEdits + 1
	confirmed := n
	if s.load.order.Target == targetServer {
		confirmed = s.acked.Load()
	}
	card, ok := t.free(confirmed)
	if !ok {
		s.sent.heldBack++
		return frame
	}
	s.sent.allEdits = n
	frame = append(frame, `[{"type":"ops","client":"`...)
	frame = append(frame, s.Client...)
	frame = append(frame, `","items":[{"n":`...)
	frame = strconv.AppendInt(frame, n, 10)
	frame = append(frame, `,"op":`...)
	frame = card.typeOn(frame, s.seq.Load(), n)
	frame = append(frame, "}]}]"...)
	now := s.load.now()
	s.editSent[int(n)%len(s.editSent)].Store(int64(now))
	if s.load.window.holds(now) {
		s.sent.edits++
		s.sent.lag.record(now - due)
	}
	return frame
}

func (s *seat) move(frame []byte) []byte {
	n := s.sent.allMoves % cursorsKept
	s.sent.allMoves++
	frame = append(frame, `[{"type":"presence","at":{"fx":`...)
	frame = strconv.AppendInt(frame, int64(s.index), 10)
	frame = append(frame, `,"fy":`...)
	frame = strconv.AppendInt(frame, n, 10)
	frame = append(frame, `,"lane":"`...)
	frame = append(frame, s.Lane...)
	frame = append(frame, `","step":"`...)
	frame = append(frame, s.Step...)
	frame = append(frame, `"}}]`...)
	now := s.load.now()
	s.cursorSent[n].Store(int64(now))
	if s.load.window.holds(now) {
		s.sent.cursors++
	}
	return frame
}

// A pace is a schedule: evenly spaced from a random start, each time shifted by up to a tenth either way, so that
// people do not march in step and nobody is ever above the rate for long.
type pace struct {
	at, beat, every time.Duration
	random          *rand.Rand
}

func newPace(begin time.Duration, rate float64, random *rand.Rand) *pace {
	if rate <= 0 {
		return &pace{at: 1 << 62}
	}
	every := time.Duration(float64(time.Second) / rate)
	start := begin + time.Duration(random.Int64N(int64(every)))
	return &pace{at: start, beat: start, every: every, random: random}
}

func (p *pace) step() {
	p.beat += p.every
	p.at = p.beat + time.Duration(float64(p.every)*0.1*(2*p.random.Float64()-1))
}
