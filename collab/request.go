package collab

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"waymark/board"
)

// ErrClosed says that the room ended before it came to the request. Asking again opens
// another one; whether an op that was under way is committed, only the log knows.
var ErrClosed = errors.New("room was closed")

// A Receipt is the entry that an op became.
type Receipt struct {
	Seq board.Seq
	At  board.Time
	// Changed says that the op changed something.
	Changed bool
}

// A request is an op, or a look at the board, from inside this server.
type request struct {
	once sync.Once
	// view is called on the room's goroutine with the board as it is.
	view func(*board.Board, Head)
	done func(Receipt, error)
}

func (q *request) finish(rc Receipt, err error) {
	q.once.Do(func() { q.done(rc, err) })
}

// Ask proposes an op from inside this server; done is told how it ended, once,
// on any goroutine. Unlike a session's op it has no number, so it is committed
// once for each call. A rejection is a [*board.Rejection] and leaves no entry.
func (h *Hub) Ask(id board.ID, actor board.Actor, op board.Op, done func(Receipt, error)) {
	h.request(id, &request{done: done}, func(q *request) Event {
		return asked{proposal{actor: actor, op: op, request: q}}
	})
}

// Propose is [Hub.Ask], waiting. When ctx ends first the op may still be
// committed.
func (h *Hub) Propose(ctx context.Context, id board.ID, actor board.Actor, op board.Op) (Receipt, error) {
	return wait(ctx, func(done func(Receipt, error)) { h.Ask(id, actor, op, done) })
}

// View calls f with the board of id, as of a head read from the log after the
// call began, on the room's goroutine: f must be quick, and keep neither.
func (h *Hub) View(ctx context.Context, id board.ID, f func(*board.Board, Head)) error {
	_, err := wait(ctx, func(done func(Receipt, error)) {
		h.request(id, &request{view: f, done: done}, func(q *request) Event { return viewed{q} })
	})
	return err
}

func (h *Hub) request(id board.ID, q *request, event func(*request) Event) {
	h.mu.Lock()
	if h.draining {
		h.mu.Unlock()
		q.finish(Receipt{}, ErrDraining)
		return
	}
	r := h.roomLocked(id)
	r.requests[q] = true
	done := q.done
	q.done = func(rc Receipt, err error) {
		h.mu.Lock()
		delete(r.requests, q)
		h.mu.Unlock()
		done(rc, err)
	}
	h.mu.Unlock()
	if !r.loop.Post(event(q)) {
		q.finish(Receipt{}, fmt.Errorf("board %s: %w", id, ErrClosed))
	}
}

func wait(ctx context.Context, start func(func(Receipt, error))) (Receipt, error) {
	type result struct {
		rc  Receipt
		err error
	}
	c := make(chan result, 1)
	start(func(rc Receipt, err error) { c <- result{rc, err} })
	select {
	case res := <-c:
		return res.rc, res.err
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	}
}

// asked is the event of an op from inside.
type asked struct{ p proposal }

func (e asked) on(r *Room) {
	if r.state == stateEnding {
		e.p.request.finish(Receipt{}, ErrDraining)
		return
	}
	e.p.came = r.now
	r.enqueue(e.p)
}

// viewed is the event of a look from inside.
type viewed struct{ q *request }

func (e viewed) on(r *Room) {
	r.news.views = append(r.news.views, e.q)
	r.news.wanted = true
}

// Create makes a board: one batch with the entry of op, which must be a
// [board.CreateBoard]. [ErrExists] when there is a board of this id.
func (h *Hub) Create(ctx context.Context, id board.ID, actor board.Actor, op board.Op) error {
	b := board.New(id)
	now := h.stamp()
	changes, err := board.Decide(b, op, actor, now)
	if err != nil {
		return fmt.Errorf("create %s: %w", id, err)
	}
	e := board.Entry{Seq: 1, At: now, By: actor.Person, Changes: changes}
	board.Apply(b, e)
	batch := newBatch(&h.config, b, Head{Epoch: b.Epoch()}, []board.Entry{e})
	return h.config.Log.Create(ctx, batch, Format)
}
