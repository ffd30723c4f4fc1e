package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// What the load process is told, on its standard input.
type loadOrder struct {
	Target   target   `json:"target"`
	URLs     []string `json:"urls"` // ws://..., of each server
	Watched  watched  `json:"watched"`
	Workload workload `json:"workload"`
	Timing   timing   `json:"timing"`
	Places   []place  `json:"places"`
}

// A load is one run of the load process: all the seats, on one clock.
type load struct {
	order   loadOrder
	seats   []*seat
	start   time.Time
	window  window
	readers sync.WaitGroup
}

// A window is the measured part of a run. Receivers ask it while it is set.
type window struct {
	start, end atomic.Int64
	over       atomic.Bool
}

func (w *window) holds(at time.Duration) bool {
	return int64(at) >= w.start.Load() && int64(at) < w.end.Load()
}

// running reports whether the load goes on: then no connection may end.
func (w *window) running() bool { return w.end.Load() > 0 && !w.over.Load() }

func (l *load) now() time.Duration { return time.Since(l.start) }

const (
	sendTimesKept = 1 << 13
	settleLimit   = 10 * time.Second
	settleStep    = 20 * time.Millisecond
	dialsAtOnce   = 16
)

// serveLoad reads an order, does it, and writes the outcome.
func serveLoad(ctx context.Context, in io.Reader, out io.Writer) error {
	var order loadOrder
	if err := json.NewDecoder(in).Decode(&order); err != nil {
		return fmt.Errorf("bench load: read the order: %w", err)
	}
	result, err := newLoad(order).run(ctx)
	if err != nil {
		return fmt.Errorf("bench load: %w", err)
	}
	return json.NewEncoder(out).Encode(result)
}

func newLoad(order loadOrder) *load {
	l := &load{order: order}
	for i, p := range order.Places {
		s := &seat{place: p, index: i, load: l}
		if p.Acts {
			s.editSent = make([]atomic.Int64, sendTimesKept)
			s.cursorSent = make([]atomic.Int64, cursorsKept)
		}
		l.seats = append(l.seats, s)
	}
	return l
}

func (l *load) run(ctx context.Context) (outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.start = time.Now()
	l.window.start.Store(1 << 62)
	defer l.hangUp()
	if err := l.connect(ctx); err != nil {
		return outcome{}, err
	}
	begin := l.now()
	l.window.end.Store(int64(begin + l.order.Timing.Warmup + l.order.Timing.Window))
	l.window.start.Store(int64(begin + l.order.Timing.Warmup))
	seen := make(chan watch, 1)
	go func() { seen <- l.watch(ctx) }()
	var actors sync.WaitGroup
	for _, s := range l.seats {
		switch {
		case s.Acts:
			actors.Go(func() { s.act(ctx, begin) })
		case l.order.Workload.Beats:
			actors.Go(func() { s.idle(ctx, begin) })
		}
	}
	actors.Wait()
	used := <-seen
	if used.err != nil {
		return outcome{}, used.err
	}
	settled := l.settle(ctx)
	l.window.over.Store(true)
	l.hangUp()
	return l.outcome(used, settled), nil
}

// connect makes all connections and waits until each has its board.
func (l *load) connect(ctx context.Context) error {
	dialing := make(chan struct{}, dialsAtOnce)
	failed := make(chan error, len(l.seats))
	var dials sync.WaitGroup
	for _, s := range l.seats {
		dialing <- struct{}{}
		dials.Go(func() {
			defer func() { <-dialing }()
			if err := s.connect(ctx); err != nil {
				failed <- fmt.Errorf("connect seat %d: %w", s.index, err)
			}
		})
	}
	dials.Wait()
	close(failed)
	var errs []error
	for err := range failed {
		if errs = append(errs, err); len(errs) == 3 {
			break
		}
	}
	return errors.Join(errs...)
}

func (l *load) hangUp() {
	for _, s := range l.seats {
		if s.link != nil {
			s.link.close()
		}
	}
	l.readers.Wait()
}

func (l *load) sleepUntil(ctx context.Context, at int64) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(at) - l.now()):
		return nil
	}
}

// settle waits until every edit has reached everyone it should reach, or until nothing more can be hoped for.
func (l *load) settle(ctx context.Context) (missing int64) {
	sentTo := map[string]int64{}
	for _, s := range l.seats {
		sentTo[s.Board] += s.sent.allEdits
	}
	count := func() (missing int64) {
		for _, s := range l.seats {
			missing += max(0, sentTo[s.Board]-s.sent.allEdits-s.heard.Load())
			if l.order.Target == targetServer {
				missing += max(0, s.sent.allEdits-s.acked.Load())
			}
		}
		return missing
	}
	ticker := time.NewTicker(settleStep)
	defer ticker.Stop()
	deadline := l.now() + settleLimit
	for missing = count(); missing > 0 && l.now() < deadline && ctx.Err() == nil; missing = count() {
		<-ticker.C
	}
	return missing
}
