package collab

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// snapshots are the one that joiners share, and the stored one.
type snapshots struct {
	// frame is the public part of the board as of seq, nil before the first.
	frame    *Frame
	seq      board.Seq
	encoding bool

	// batches and bytes of log have come since the stored one.
	batches, bytes int
	storing        bool
	storedAt       time.Time
	// nobody says that the last session has just left.
	nobody bool
}

func (sn *snapshots) loaded(l *loaded) {
	sn.frame, sn.batches, sn.bytes = nil, l.since, l.sinceBytes
	if l.open != nil {
		sn.share(l.open, l.openSeq)
	}
}

func (sn *snapshots) share(open []byte, seq board.Seq) {
	if sn.frame == nil || seq > sn.seq {
		sn.frame, sn.seq = &Frame{Data: open, Binary: true, snapshot: true}, seq
		if planted.On("snapshot-called-newer") {
			sn.seq++
		}
	}
}

func (sn *snapshots) grew(h *held) {
	sn.batches++
	sn.bytes += len(h.body)
}

// ready reports whether there is a snapshot of at least this seq that a joiner
// can go on from. If not, one is being made (J3).
func (sn *snapshots) ready(r *Room, least board.Seq) bool {
	if sn.frame != nil && sn.seq >= max(least, r.ring.base) && int(r.head.Seq-sn.seq) <= r.limits.SharedSnapshot {
		return true
	}
	if sn.encoding {
		return false
	}
	sn.encoding = true
	snap, head := r.board.Snapshot(), r.head
	r.loop.Do(func() Event {
		open, err := r.config.Gzip(snap.Public(head.Batch))
		return encoded{open, head, err}
	})
	return false
}

// encoded is the event of a snapshot being ready to send.
type encoded struct {
	open []byte
	head Head
	err  error
}

func (e encoded) on(r *Room) {
	r.snapshots.encoding = false
	if e.err != nil {
		r.hub.logger.Error("encode snapshot", "board", r.id, "error", e.err)
		r.end(CloseFault, 0)
		return
	}
	// The log may have lost its tail meanwhile.
	if e.head.Epoch == r.head.Epoch {
		r.snapshots.share(e.open, e.head.Seq)
	}
}

// storeSnapshot stores a snapshot when enough log has come since the last one,
// or when nobody is left.
func (r *Room) storeSnapshot() {
	sn := &r.snapshots
	if r.state != stateOpen && r.state != stateEnding || r.board == nil || sn.storing || sn.batches == 0 || r.news.reload || r.tail.lost {
		return
	}
	enough := sn.batches >= r.limits.SnapshotBatches || sn.bytes >= r.limits.SnapshotBytes
	if !sn.nobody && (!enough || r.now.Before(sn.storedAt.Add(r.limits.SnapshotEvery))) {
		return
	}
	sn.storing, sn.nobody = true, false
	sn.storedAt, sn.batches, sn.bytes = r.now, 0, 0
	snap, head, sums, at := r.board.Snapshot(), r.head, r.board.Digests(), r.board.At()
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		s := Snapshot{
			Board: r.id, Epoch: head.Epoch, Seq: head.Seq, Batch: head.Batch, At: at, All: sums.All, Public: sums.Public,
		}
		err := s.pack(r.config, snap)
		if err == nil {
			err = r.config.Archive.StoreSnapshot(ctx, s)
		}
		return stored{s.Open, head, err}
	})
}

// pack encodes a board, and looks whether the bytes make the same board.
func (s *Snapshot) pack(c *Config, snap *board.Snapshot) error {
	var err error
	if s.Open, err = c.Gzip(snap.Public(s.Batch)); err != nil {
		return err
	}
	if s.Rest, err = c.Gzip(snap.Rest()); err != nil {
		return err
	}
	b, err := s.unpack(c)
	if err != nil {
		return fmt.Errorf("%w: %w", errRotten, err)
	}
	if sums := b.Digests(); sums.All != s.All || sums.Public != s.Public || b.Seq() != s.Seq {
		return fmt.Errorf("%w: digests at %d", errRotten, s.Seq)
	}
	return nil
}

// stored is the event of a snapshot having been stored, or not.
type stored struct {
	open []byte
	head Head
	err  error
}

func (e stored) on(r *Room) {
	sn := &r.snapshots
	sn.storing = false
	switch {
	case errors.Is(e.err, errRotten):
		// What is in memory is not what it says: the log knows better.
		r.metrics.SnapshotErrors.Add(1)
		r.metrics.Mismatches.Add(1)
		r.hub.logger.Error("store snapshot", "board", r.id, "error", e.err)
		r.news.reload = true
	case e.err != nil:
		r.metrics.SnapshotErrors.Add(1)
		r.warn("store snapshot", e.err)
		sn.batches++
	default:
		r.metrics.Snapshots.Add(1)
		if e.head.Epoch == r.head.Epoch {
			sn.share(e.open, e.head.Seq)
		}
	}
	if r.state == stateEnding {
		r.finish()
	}
}

// zippers are used again: each holds more than a megabyte.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func zip(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(raw)/4 + 64)
	w := zippers.Get().(*gzip.Writer)
	defer zippers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unzip(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	// The last four bytes say how much it is, if they are sound.
	var b bytes.Buffer
	if size := binary.LittleEndian.Uint32(packed[len(packed)-4:]); size < 1<<26 {
		b.Grow(int(size) + bytes.MinRead)
	}
	_, err = b.ReadFrom(z)
	return b.Bytes(), err
}
