package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

// Errors that leave a caller in the dark.
var (
	errTimeout = errors.New("no answer from the log")
	errAway    = errors.New("no connection to the log")
	errFull    = errors.New("no room in the log")
)

// A Log is the one database of a simulated cluster. Each server reaches it
// through its own [Port].
type Log struct {
	s      *Scheduler
	faults *Faults
	// Committed is told of every batch that is written, in the order of the log,
	// and Lost of those that a failover took away, in that order too.
	Committed func(collab.Batch)
	Lost      func([]collab.Batch)
	// Keep is how many batches of a board are never lost.
	Keep int
	// Stored is told of every snapshot that is kept.
	Stored func(collab.Snapshot)

	mu        sync.Mutex
	boards    map[board.ID]*shelf
	away      bool
	full      bool
	failovers int
	// onCommit is called once, after the next batch was written.
	onCommit func()
}

// A shelf is what the log holds of one board.
type shelf struct {
	format   int
	batches  []collab.Batch
	snapshot *collab.Snapshot
}

// NewLog returns an empty log.
func NewLog(s *Scheduler, faults *Faults) *Log {
	return &Log{
		Keep: 1, s: s, faults: faults, boards: map[board.ID]*shelf{},
		Committed: func(collab.Batch) {}, Lost: func([]collab.Batch) {}, Stored: func(collab.Snapshot) {},
	}
}

func (sh *shelf) head() collab.Head {
	h := sh.batches[len(sh.batches)-1].Head(collab.Head{Format: sh.format})
	if sh.snapshot != nil {
		h.SnapshotSeq = sh.snapshot.Seq
	}
	return h
}

// SetAway takes the database away from all servers, or gives it back.
func (l *Log) SetAway(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

// SetFull has the log take no writes, or take them again.
func (l *Log) SetFull(full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full = full
}

// AfterCommit calls fn once, soon after the next batch was written.
func (l *Log) AfterCommit(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onCommit = fn
}

// LoseTail is a failover to a copy that had not yet received the last n batches
// of a board. The first ones stay: see Keep. It reports how many went.
func (l *Log) LoseTail(id board.ID, n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	sh := l.boards[id]
	if sh == nil {
		return 0
	}
	l.failovers++
	n = max(0, min(n, len(sh.batches)-l.Keep))
	if n == 0 {
		return 0
	}
	kept := len(sh.batches) - n
	lost := sh.batches[kept:]
	sh.batches = slices.Clone(sh.batches[:kept])
	if sh.snapshot != nil && sh.snapshot.Seq >= lost[0].First {
		sh.snapshot = nil
	}
	l.Lost(lost)
	return n
}

// Batches is all that the log holds of a board.
func (l *Log) Batches(id board.ID) []collab.Batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sh := l.boards[id]; sh != nil {
		return slices.Clone(sh.batches)
	}
	return nil
}

func (l *Log) append(expect collab.Head, b collab.Batch) error {
	sh := l.boards[b.Board]
	if sh == nil {
		return collab.ErrGone
	}
	head := sh.head()
	if head.Format != expect.Format {
		return collab.ErrFormat
	}
	if head.Epoch != expect.Epoch || head.Seq != expect.Seq ||
		head.Batch != expect.Batch && !planted.On("batch-not-compared") {
		return collab.ErrLost
	}
	l.commit(sh, b)
	return nil
}

func (l *Log) commit(sh *shelf, b collab.Batch) {
	sh.batches = append(sh.batches, b)
	l.Committed(b)
	if fn := l.onCommit; fn != nil {
		l.onCommit = nil
		l.s.After(l.s.Between(0, 20*time.Millisecond), nil, fn)
	}
}

// A Port is one server's connection to the log. It is a [collab.Log] and a
// [collab.Archive].
type Port struct {
	log *Log
	// lag is how long the last call took; the server waits that long.
	lag  time.Duration
	away bool
	// trouble is until when a call went on that was slow, or failed.
	trouble time.Duration
}

var (
	_ collab.Log     = (*Port)(nil)
	_ collab.Archive = (*Port)(nil)
)

// NewPort connects a server.
func (l *Log) NewPort() *Port { return &Port{log: l} }

// SetAway cuts this server alone off from the log, or ends that.
func (p *Port) SetAway(away bool) {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	p.away = away
}

// TakeLag tells how long the calls since the last TakeLag took.
func (p *Port) TakeLag() time.Duration {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	lag := p.lag
	p.lag = 0
	return lag
}

// reach takes the time that a call needs, and fails when the log is away.
func (p *Port) reach() error {
	l := p.log
	p.lag += l.s.Between(time.Millisecond, 12*time.Millisecond)
	if l.faults.Draw(LogSlow) {
		l.faults.Strike(LogSlow)
		p.lag += l.s.Between(100*time.Millisecond, 4*time.Second)
		p.troubled()
	}
	if l.away || p.away {
		p.lag += l.s.Between(0, 2*time.Second)
		p.troubled()
		return errAway
	}
	return nil
}

// troubled notes a call that does not go well.
func (p *Port) troubled() { p.trouble = max(p.trouble, p.log.s.Elapsed()+p.lag) }

// Create is [collab.Log].
func (p *Port) Create(_ context.Context, first collab.Batch, format int) error {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return err
	}
	if l.boards[first.Board] != nil {
		return collab.ErrExists
	}
	sh := &shelf{format: format}
	l.boards[first.Board] = sh
	l.commit(sh, first)
	return nil
}

// Append is [collab.Log].
func (p *Port) Append(_ context.Context, expect collab.Head, b collab.Batch) error {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return err
	}
	switch {
	case l.full:
		return p.refuse()
	case l.faults.Draw(LogDropped):
		l.faults.Strike(LogDropped)
		return p.timeout()
	case l.faults.Draw(LogLate):
		p.land(expect, b, l.failovers)
		return p.timeout()
	}
	err := l.append(expect, b)
	if errors.Is(err, collab.ErrLost) {
		l.faults.Strike(LogRace)
	}
	if err == nil && l.faults.Draw(LogApplied) {
		l.faults.Strike(LogApplied)
		return p.timeout()
	}
	return err
}

// refuse writes nothing, and says so, or leaves that open.
func (p *Port) refuse() error {
	p.troubled()
	if p.log.s.Chance(0.5) {
		return fmt.Errorf("%w: %w", collab.ErrUnwritten, errFull)
	}
	return errFull
}

func (p *Port) timeout() error {
	p.lag += p.log.s.Between(50*time.Millisecond, 10*time.Second)
	p.troubled()
	return errTimeout
}

// land writes b later, as a statement that was under way when its connection
// broke. A failover ends it.
func (p *Port) land(expect collab.Head, b collab.Batch, failovers int) {
	l := p.log
	l.s.After(l.s.Between(10*time.Millisecond, 12*time.Second), nil, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.failovers != failovers || l.full {
			return
		}
		if l.append(expect, b) == nil {
			l.faults.Strike(LogLate)
		} else {
			l.faults.Strike(LogStale)
		}
	})
}

// AppendLocked is [collab.Log].
func (p *Port) AppendLocked(_ context.Context, id board.ID, after board.Seq,
	decide func(collab.Head, []collab.Batch) (collab.Batch, error),
) error {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return err
	}
	sh := l.boards[id]
	if sh == nil {
		return collab.ErrGone
	}
	if sh.format > collab.Format {
		return collab.ErrFormat
	}
	if l.full {
		return p.refuse()
	}
	b, err := decide(sh.head(), sh.behind(after))
	if err != nil || b.ID == "" {
		return err
	}
	if l.faults.Draw(LogDropped) {
		l.faults.Strike(LogDropped)
		return p.timeout()
	}
	l.commit(sh, b)
	if l.faults.Draw(LogApplied) {
		l.faults.Strike(LogApplied)
		return p.timeout()
	}
	return nil
}

func (sh *shelf) behind(after board.Seq) []collab.Batch {
	i := len(sh.batches)
	for i > 0 && sh.batches[i-1].Last > after {
		i--
	}
	return slices.Clone(sh.batches[i:])
}

// Batches is [collab.Log].
func (p *Port) Batches(_ context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error) {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return nil, err
	}
	sh := l.boards[id]
	if sh == nil {
		return nil, nil
	}
	list := sh.behind(after)
	return list[:min(limit, len(list))], nil
}

// Heads is [collab.Log].
func (p *Port) Heads(_ context.Context, ids []board.ID) (map[board.ID]collab.Head, error) {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return nil, err
	}
	heads := map[board.ID]collab.Head{}
	for _, id := range ids {
		if sh := l.boards[id]; sh != nil {
			heads[id] = sh.head()
		}
	}
	return heads, nil
}
