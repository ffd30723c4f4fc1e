package pglog

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"waymark/board/planted"
	"waymark/collab"
)

const (
	// groupsAtOnce is how many statements of appends are under way before the next appends wait and gather.
	groupsAtOnce = 1
	// groupPatience is how long they wait for one: beside a connection that hangs goes another.
	groupPatience = 20 * time.Millisecond
	// groupBoards and groupBytes are the most one statement takes.
	groupBoards = 64
	groupBytes  = 1 << 20
)

// waiting is an append that is to be written, and its caller.
type waiting struct {
	ctx    context.Context // the caller's, who may have left
	expect collab.Head
	batch  *collab.Batch
	done   chan error // has room for one
}

// gatherer has the appends of different boards that come while a statement is under way go together in the next one:
// one round trip and one commit for all of them. The busier the database, the more of them do.
type gatherer struct {
	mu      sync.Mutex
	waiting []*waiting
	// brisk is how many statements are under way that have not used up groupPatience.
	brisk int
	ended bool
	// write writes a group and answers its callers.
	write func([]*waiting)
	work  *sync.WaitGroup
}

// add has w written and answered.
func (g *gatherer) add(w *waiting) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, w)
	g.begin()
}

// end refuses what waits and what comes.
func (g *gatherer) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	g.begin()
}

// passed says that a statement is not waited for any more.
func (g *gatherer) passed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.brisk--
	g.begin()
}

func (g *gatherer) begin() {
	if g.ended {
		answer(g.waiting, errClosed)
		g.waiting = nil
	}
	for len(g.waiting) > 0 && g.brisk < groupsAtOnce {
		group := g.take()
		if len(group) == 0 {
			continue // all have left
		}
		g.brisk++
		g.work.Go(func() {
			slow := time.AfterFunc(groupPatience, g.passed)
			g.write(group)
			if slow.Stop() {
				g.passed()
			}
		})
	}
}

// take takes those who have waited longest, one of each board. Whoever has left is forgotten.
func (g *gatherer) take() (group []*waiting) {
	size, rest := 0, g.waiting[:0]
	for _, w := range g.waiting {
		same := func(other *waiting) bool { return other.batch.Board == w.batch.Board }
		switch {
		case w.ctx.Err() != nil:
		case len(group) > 0 && (len(group) == groupBoards || size+len(w.batch.Body) > groupBytes || slices.ContainsFunc(group, same)):
			rest = append(rest, w)
		default:
			group = append(group, w)
			size += len(w.batch.Body)
		}
	}
	clear(g.waiting[len(rest):])
	g.waiting = rest
	return group
}

func answer(group []*waiting, err error) {
	for _, w := range group {
		w.done <- err
	}
}

// write writes a group in one statement, which goes on when its callers leave.
func (l *Log) write(group []*waiting) {
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	c, err := l.acquire(ctx, l.appends)
	if err != nil {
		answer(group, err)
		return
	}
	defer c.Release()
	if planted.On("answered-before-the-end") {
		answer(group, nil)
		_, _ = move(ctx, c, group)
		return
	}
	verdicts, err := move(ctx, c, group)
	if said := (*pgconn.PgError)(nil); len(group) > 1 && errors.As(err, &said) && said.SeverityUnlocalized == "ERROR" && !c.Conn().IsClosed() {
		// Nothing is written, and it may have been for one of them.
		for _, w := range group {
			verdicts, err = move(ctx, c, []*waiting{w})
			w.done <- cmp.Or(err, verdicts[w.batch.Board])
		}
		return
	}
	for i, w := range group {
		board := w.batch.Board
		if planted.On("answered-by-a-neighbour") {
			board = group[len(group)-1-i].batch.Board
		}
		w.done <- cmp.Or(err, verdicts[board])
	}
}
