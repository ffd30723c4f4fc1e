package redisbus

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

// Bus is a [collab.Bus] on Redis. Its methods may be called by many goroutines, and none of [collab.Bus] waits.
type Bus struct {
	config  Config
	options redis.Options
	// prefix begins the channel of every board, probes is the channel of this bus alone.
	prefix, probes string
	seal           *seal
	logger         *slog.Logger

	counts counts
	ears   *ears
	outbox *outbox

	stop context.CancelFunc
	// tried is closed when Redis was up, or could not be reached, for the first time; done when all has ended.
	tried, done chan struct{}

	mu    sync.Mutex
	state State

	// probe is the number of the last probe. Only run uses it. It never comes again: somebody might have kept a probe.
	probe uint64
	// foreignAt is when a foreign message was last logged. Only the one that hears uses it.
	foreignAt time.Time
}

var _ collab.Bus = (*Bus)(nil)

// retryLeast is how long a bus waits before it tries Redis again, at first.
const retryLeast = 100 * time.Millisecond

// Open begins to carry hints, and returns when Redis is up or is known not to be, or when ctx ends. Only a [Config] that
// cannot be used is an error ([ErrConfig]): a Redis that is away, or refuses, is tried again until Close, and
// [Bus.State] says what is wrong with it.
func Open(ctx context.Context, c Config) (*Bus, error) {
	b, err := newBus(c)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.stop = stop
	go b.run(running)
	select {
	case <-b.tried:
	case <-ctx.Done():
	}
	return b, nil
}

// newBus makes a bus that does not run.
func newBus(c Config) (*Bus, error) {
	if planted.On("clusters-named-alike") {
		c.Cluster = "cluster"
	}
	if planted.On("keys-alike") {
		c.Key = []byte("key of everybody")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	options, err := c.parse()
	if err != nil {
		return nil, err
	}
	b := &Bus{
		config: c, options: *options, logger: c.Logger.With("redis", options.Addr),
		ears: newEars(), tried: make(chan struct{}), done: make(chan struct{}),
		state: State{Since: time.Now(), Reason: errors.New("redis has not answered yet")},
	}
	if b.seal, err = newSeal(c.Key, c.Cluster); err != nil {
		return nil, err
	}
	b.prefix, b.probes = channels(c.Cluster, b.seal)
	b.outbox = newOutbox(&b.counts)
	logging.Disable() // it writes to standard error what is returned as an error as well
	return b, nil
}

// Close ends the bus and its connections. It may be called twice; hints given to a closed bus are dropped.
func (b *Bus) Close() {
	b.stop()
	<-b.done
}

// Publish is [collab.Bus].
func (b *Bus) Publish(batch collab.Batch) {
	for _, s := range b.ears.of(batch.Board) {
		if !planted.On("own-hints-unheard") {
			s.Put(batch)
		}
	}
	b.outbox.publish(batch)
}

// Show is [collab.Bus].
func (b *Bus) Show(p collab.Shown) {
	for _, s := range b.ears.of(p.Board) {
		s.PutShown(p)
	}
	b.outbox.show(p)
}

// Subscribe gives the hints of one board to slot until unsubscribe is called, which may be called twice. Those of this
// bus come at once, those of others when Redis has been told, which is not waited for. A hint that is under way may
// still arrive after unsubscribe.
func (b *Bus) Subscribe(id board.ID, slot *collab.Slot) (unsubscribe func()) {
	b.ears.add(id, slot)
	return func() { b.ears.remove(id, slot) }
}

// State says how the bus stands.
func (b *Bus) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Up reports whether hints go out and come in.
func (b *Bus) Up() bool { return b.State().Up }

// Counts says what the bus has done so far.
func (b *Bus) Counts() Counts { return b.counts.read() }

// run has one line after the other until ctx ends.
func (b *Bus) run(ctx context.Context) {
	defer close(b.done)
	defer b.firstTried()
	wait := retryLeast
	for {
		connects := b.counts.connects.Load()
		err := b.live(ctx)
		if ctx.Err() != nil {
			b.fall(errClosed)
			return
		}
		b.fall(b.trouble(err))
		if b.counts.connects.Load() > connects {
			wait = retryLeast
		}
		wait = min(wait, b.config.RetryMost)
		// Servers that lost one Redis together do not come back to it together.
		t := time.NewTimer(wait/2 + rand.N(wait/2+1))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
		wait *= 2
	}
}

var errClosed = errors.New("bus is closed")

func (b *Bus) firstTried() {
	select {
	case <-b.tried:
	default:
		close(b.tried)
	}
}

// rise notes that Redis is up.
func (b *Bus) rise(a about) {
	b.mu.Lock()
	b.state = State{Up: true, Since: time.Now(), Server: a.server + " " + a.version}
	b.mu.Unlock()
	b.counts.connects.Add(1)
	b.outbox.setOpen(true)
	b.logger.Info("redis is up", "version", a.version)
	if a.role != "" && a.role != "master" {
		b.logger.Warn("redis is a replica: servers at other replicas do not hear what is published here", "role", a.role)
	}
	b.firstTried()
}

// fall notes that Redis is down, and says so if that is news.
func (b *Bus) fall(reason error) {
	b.outbox.setOpen(false)
	b.mu.Lock()
	was := b.state
	b.state.Up, b.state.Reason = false, reason
	if was.Up {
		b.state.Since = time.Now()
	}
	b.mu.Unlock()
	if !errors.Is(reason, errClosed) && (was.Up || !sameTrouble(was.Reason, reason)) {
		b.logger.Warn("redis is down: edits reach other servers by the log, within half a second", "error", reason)
	}
	b.firstTried()
}

// channel is where the hints of a board are published.
func (b *Bus) channel(id board.ID) string { return b.prefix + "b:" + string(id) }

// board is whose hints are published in a channel.
func (b *Bus) board(channel string) (board.ID, bool) {
	id, ok := strings.CutPrefix(channel, b.prefix+"b:")
	return board.ID(id), ok
}
