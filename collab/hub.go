package collab

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waymark/board"
)

// Hub opens, finds and closes the rooms of one server.
type Hub struct {
	config   Config
	limits   *Limits
	metrics  *Metrics
	logger   *slog.Logger
	troubles troubles
	runner   Runner

	mu       sync.Mutex
	rooms    map[board.ID]*Room
	sockets  map[board.ID]int
	sessions int
	draining bool
	// pollFailed is since when no heads could be read, in milliseconds; 0 when
	// they can.
	pollFailed atomic.Int64
	// worked is when a board was last appended to or opened, in milliseconds.
	worked atomic.Int64
	loops  sync.WaitGroup
}

// NewHub makes a hub without rooms. It does no I/O.
func NewHub(c Config) *Hub {
	if c.Runner == nil {
		c.Runner = Goroutines{}
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics()
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.NewID == nil {
		c.NewID = randomID
	}
	if c.Random == nil {
		c.Random = random
	}
	if c.Gzip == nil || c.Gunzip == nil {
		c.Gzip, c.Gunzip = zip, unzip
	}
	h := &Hub{
		config: c, metrics: c.Metrics, logger: c.Logger, runner: c.Runner,
		rooms: map[board.ID]*Room{}, sockets: map[board.ID]int{},
	}
	h.limits = &h.config.Limits
	return h
}

func randomID(prefix string) board.ID {
	var bits [12]byte
	_, _ = rand.Read(bits[:]) // never fails; see its documentation
	return board.NewID(prefix, base64.RawURLEncoding.EncodeToString(bits[:]))
}

func random(n int64) int64 {
	v, err := rand.Int(rand.Reader, big.NewInt(max(n, 1)))
	if err != nil {
		return 0
	}
	return v.Int64()
}

func (h *Hub) clock() time.Time { return h.runner.Now() }

// now is the time of this computer, for what waits.
func (h *Hub) now() board.Time { return board.Time(h.runner.Now().UnixMilli()) }

// stamp is the time of all servers, for what is stored or shown.
func (h *Hub) stamp() board.Time { return h.config.stamp(h.runner.Now()) }

// spread is a random time of up to d, at least a tenth of it.
func (h *Hub) spread(d time.Duration) time.Duration {
	return d/10 + time.Duration(h.config.Random(int64(d-d/10)))
}

// Metrics are the hub's counts.
func (h *Hub) Metrics() *Metrics { return h.metrics }

// Accept begins a session. Nothing is known of it until its hello; the socket
// must end it if none comes within 5 s (S1).
func (h *Hub) Accept() *Session {
	s := &Session{hub: h, id: h.config.NewID(board.PrefixSession), ended: make(chan struct{})}
	s.out.frames = make(chan *Frame, maxFrames)
	s.heard.Store(int64(h.now()))
	return s
}

// ErrDraining says that the server is shutting down and takes no requests.
var ErrDraining = errors.New("server is shutting down")

var errSockets = errors.New("too many sockets of one person")

// enter gives a session its room, and counts it there.
func (h *Hub) enter(s *Session, id board.ID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return ErrDraining
	}
	if n := h.limits.SocketsPerPerson; n > 0 && h.sockets[s.who.Person] >= n {
		return errSockets
	}
	h.sockets[s.who.Person]++
	h.sessions++
	h.metrics.Sessions.Store(int64(h.sessions))
	s.room = h.roomLocked(id)
	s.room.guests[s] = true
	return nil
}

// leave takes a session out of its room, if it had one.
func (h *Hub) leave(s *Session) {
	if s.room == nil {
		return
	}
	s.room.loop.Post(left{s})
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sockets[s.who.Person]--; h.sockets[s.who.Person] == 0 {
		delete(h.sockets, s.who.Person)
	}
	h.sessions--
	h.metrics.Sessions.Store(int64(h.sessions))
	delete(s.room.guests, s)
}

// roomLocked finds or opens a room.
func (h *Hub) roomLocked(id board.ID) *Room {
	if r, ok := h.rooms[id]; ok {
		return r
	}
	r := newRoom(h, id)
	h.rooms[id] = r
	h.metrics.Rooms.Store(int64(len(h.rooms)))
	h.loops.Add(1)
	r.loop = h.runner.Start(r)
	r.loop.Offer(opening{})
	return r
}

// retire forgets a room that nobody uses, or in any case. It reports whether
// the room may end. Rooms call it on their own goroutine.
func (h *Hub) retire(r *Room, always bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(r.guests)+len(r.requests) > 0 && !always {
		return false
	}
	if h.rooms[r.id] == r {
		delete(h.rooms, r.id)
		h.metrics.Rooms.Store(int64(len(h.rooms)))
	}
	return true
}

// open lists the open rooms, in the order of their ids.
func (h *Hub) open() []*Room {
	h.mu.Lock()
	defer h.mu.Unlock()
	return sortedRooms(h.rooms)
}

// QueueBytes is how much waits for the sockets of all sessions.
func (h *Hub) QueueBytes() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	var sum int64
	for _, r := range h.rooms {
		for s := range r.guests {
			sum += s.out.held.Load()
		}
	}
	return sum
}

// End ends every session that match picks, with a code: a sign-out, a disabled
// account.
func (h *Hub) End(code CloseCode, match func(Identity) bool) {
	for _, r := range h.open() {
		r.loop.Post(ending{code, match})
	}
}

// EndOn is [Hub.End] for the sessions on one board.
func (h *Hub) EndOn(id board.ID, code CloseCode, match func(Identity) bool) {
	h.mu.Lock()
	r, ok := h.rooms[id]
	h.mu.Unlock()
	if ok {
		r.loop.Post(ending{code, match})
	}
}

// Recheck has a board's room look up again what a person may do who is no
// member: an invite's pass may have been taken away elsewhere.
func (h *Hub) Recheck(id, person board.ID) {
	h.mu.Lock()
	r, ok := h.rooms[id]
	h.mu.Unlock()
	if ok {
		r.loop.Post(unpassed{person})
	}
}

// PersonChanged makes every room ask [People] for somebody again.
func (h *Hub) PersonChanged(person board.ID) {
	for _, r := range h.open() {
		r.loop.Post(renamed{person})
	}
}

// BeginDrain lets no one in, lets every room finish its append and end, and
// tells the sessions to come back, over a time that grows with their number.
func (h *Hub) BeginDrain() {
	h.mu.Lock()
	h.draining = true
	spread := max(2*time.Second, time.Duration(h.sessions)*time.Second/200)
	h.mu.Unlock()
	for _, r := range h.open() {
		r.loop.Post(draining{spread})
	}
}

// Drain drains the hub and returns when all rooms have ended, or with ctx's
// error.
func (h *Hub) Drain(ctx context.Context) error {
	h.BeginDrain()
	closed := make(chan struct{})
	go func() {
		h.loops.Wait()
		close(closed)
	}()
	select {
	case <-closed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close rooms: %w", ctx.Err())
	}
}

// closed is told when a room's loop has ended: whoever is still in it comes
// back later.
func (h *Hub) closed(r *Room) {
	h.retire(r, true)
	h.mu.Lock()
	guests := sortedSessions(r.guests)
	var requests []*request
	for q := range r.requests {
		requests = append(requests, q)
	}
	h.mu.Unlock()
	for _, s := range guests {
		s.bye(CloseDraining, h.spread(2*time.Second))
	}
	for _, q := range requests {
		q.finish(Receipt{}, fmt.Errorf("board %s: %w", r.id, ErrClosed))
	}
	h.loops.Done()
}

// Present lists the people with a session on a board that is open here, on this
// server or on another that the bus tells of, each once, in no order.
func (h *Hub) Present(id board.ID) []board.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.rooms[id]
	if !ok {
		return nil
	}
	var people []board.ID
	for s := range r.guests {
		people = append(people, s.who.Person)
	}
	if elsewhere := r.elsewhere.Load(); elsewhere != nil {
		people = append(people, *elsewhere...)
	}
	slices.Sort(people)
	return slices.Compact(people)
}
