package collab

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"waymark/board"
)

// A Session is one connection. Whoever holds the socket calls Receive for each
// text frame, one at a time, writes what Out gives, calls Wrote for each frame
// it has written, and calls Leave once the socket is gone.
type Session struct {
	hub *Hub
	id  board.ID
	out queue

	// who and room are set by the hello, before the room hears of the session.
	who  Identity
	room *Room
	said bool
	// named says that who may be read.
	named atomic.Bool

	reading reading
	ended   chan struct{}
	once    sync.Once
	leaving sync.Once

	// shown is what the session shows, waiting for the room to look; the room
	// clears stirred when it has.
	shown   atomic.Pointer[Presence]
	stirred atomic.Bool
	lagging atomic.Bool
	// heard is when the last frame came, in milliseconds.
	heard atomic.Int64

	seat seat
}

// reading is what the socket's reader keeps: how much was sent lately, and whether the session has said that its digest
// differs.
type reading struct {
	ops, opsHard, presence, frames bucket

	differed bool
}

// ID names the session.
func (s *Session) ID() board.ID { return s.id }

// Person is who the session's token named; "" before its hello.
func (s *Session) Person() board.ID {
	if !s.named.Load() {
		return ""
	}
	return s.who.Person
}

// Board is the board that the session's hello named; "" before it. It is for
// whoever calls Receive.
func (s *Session) Board() board.ID {
	if s.room == nil {
		return ""
	}
	return s.room.id
}

// Out gives the frames to write, in order. It is never closed: the last frame
// has a close code.
func (s *Session) Out() <-chan *Frame { return s.out.frames }

// Next is the next frame to write, or nil when none waits.
func (s *Session) Next() *Frame {
	select {
	case f := <-s.out.frames:
		return f
	default:
		return nil
	}
}

// Ended is closed when the session is over for the room. The socket then has a
// moment for the last frame before it is cut.
func (s *Session) Ended() <-chan struct{} { return s.ended }

// Wrote tells that the socket has written f.
func (s *Session) Wrote(f *Frame) {
	if s.out.wrote(f, s.hub.now()) && s.lagging.Load() {
		s.room.loop.Post(writable{s})
	}
}

// Leave tells that the socket is gone. It may be called twice.
func (s *Session) Leave() {
	s.leaving.Do(func() {
		s.over()
		s.out.drain()
		s.hub.leave(s)
	})
}

// end closes the session with a code: what waits is dropped, and the close
// frame is the last one. Any goroutine may call it.
func (s *Session) end(code CloseCode, data []byte) {
	s.once.Do(func() {
		s.out.ended.Store(true)
		s.out.drain()
		s.out.put(&Frame{Data: data, Close: code}, s.hub.now(), 0)
		s.hub.metrics.Ends.add(int(code))
		close(s.ended)
	})
}

// over marks the session as ended without a word.
func (s *Session) over() {
	s.once.Do(func() {
		s.out.ended.Store(true)
		close(s.ended)
	})
}

// bye ends the session and says when to come back.
func (s *Session) bye(code CloseCode, retry time.Duration) {
	var a answer
	a.bye(code, retry.Milliseconds())
	s.end(code, a.done())
}

// say puts a small frame into the queue. It is lost when the session lags, and
// catching up makes up for it.
func (s *Session) say(a *answer) {
	if !s.out.ended.Load() {
		s.out.put(&Frame{Data: a.done()}, s.hub.now(), s.hub.limits.QueueBytes)
	}
}

// A bucket lets through rate tokens a second, and at most burst at once. A rate
// of 0 lets everything through.
type bucket struct {
	left float64
	at   time.Time
}

func (b *bucket) take(now time.Time, n, rate, burst int) bool {
	b.fill(now, rate, burst)
	if rate > 0 && b.left < float64(n) {
		return false
	}
	b.left -= float64(n)
	return true
}

// some takes up to n tokens, as many as there are.
func (b *bucket) some(now time.Time, n, rate, burst int) int {
	b.fill(now, rate, burst)
	if rate > 0 {
		n = min(n, int(b.left))
	}
	b.left -= float64(n)
	return n
}

// until is how long it takes from the last call on until there are n tokens.
func (b *bucket) until(n, rate int) time.Duration {
	return time.Duration(math.Ceil((float64(n) - b.left) / float64(rate) * float64(time.Second)))
}

func (b *bucket) fill(now time.Time, rate, burst int) {
	if rate == 0 || b.at.IsZero() {
		b.left = float64(burst)
	} else {
		b.left = min(float64(burst), b.left+max(0, now.Sub(b.at).Seconds())*float64(rate))
	}
	b.at = now
}
