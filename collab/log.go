package collab

import (
	"context"
	"errors"

	"waymark/board"
	"waymark/board/planted"
)

// Head is the end of a board's log. Two heads are the same end only when epoch,
// seq and batch agree: a log that lost its tail and went on has the same seq
// under another batch.
type Head struct {
	Epoch int64
	Seq   board.Seq
	// Batch is the id of the batch that ends at Seq.
	Batch board.ID
	// Format is the format of the board's log; see [Format].
	Format int
	// SnapshotSeq is the seq of the newest stored snapshot, 0 without one.
	SnapshotSeq board.Seq
}

// Format is the newest log format this release can decide on. A board whose
// head has a higher one was written by a later release.
const Format = 1

// Batch is what one append wrote: the entries First to Last, all or none.
type Batch struct {
	Board       board.ID
	First, Last board.Seq
	Epoch       int64
	ID          board.ID
	// Prev is the id of the batch before, "" for the first.
	Prev board.ID
	// All and Public are the board's digests once the batch is applied.
	All, Public uint64
	// Node names the server that wrote it.
	Node string
	// At is the time of the last entry.
	At board.Time
	// Body is the JSON array of the entries in canonical form. It is shared:
	// nobody changes it.
	Body []byte
}

// Head is the end of the log once b is its last batch; format and snapshot are
// those of the head before.
func (b *Batch) Head(before Head) Head {
	before.Epoch, before.Seq, before.Batch = b.Epoch, b.Last, b.ID
	return before
}

// Follows reports whether b is the batch right behind h.
func (b *Batch) Follows(h Head) bool {
	return b.First == h.Seq+1 && (b.Prev == h.Batch || planted.On("chain-not-compared"))
}

// Errors of a [Log]. An append that ends in any other error may or may not have
// been written, or be written later: the caller reads the log to find out.
var (
	// ErrExists says that a board of this id has a log already.
	ErrExists = errors.New("board exists")
	// ErrLost: the head is not the expected one, or somebody else is about to
	// move it; nothing was written.
	ErrLost = errors.New("head has moved")
	// ErrGone: there is no such board; nothing was written.
	ErrGone = errors.New("no such board")
	// ErrFormat: the board's log has a format this release does not know;
	// nothing was written.
	ErrFormat = errors.New("log format is newer than this release")
	// ErrUnwritten: the database refused the batch itself, whose cause is in the
	// error too; nothing was written.
	ErrUnwritten = errors.New("nothing was written")
	// ErrNoSnapshot: no snapshot of this board is stored.
	ErrNoSnapshot = errors.New("no snapshot")
)

// What may keep a log from answering although nothing is wrong with what was asked. Each adapter says which of these an
// error of its database stands for.
var (
	ErrAway     = errors.New("database cannot be reached")
	ErrFull     = errors.New("disk is full")
	ErrReadOnly = errors.New("database cannot be written to")
)

// Log is the durable order of the batches of all boards. Its methods may be
// called by many goroutines; a returned nil means that the disk has it.
type Log interface {
	// Create starts a board's log with its first batch (L1). [ErrExists] when
	// there is one; the caller compares ids to see whether it was its own.
	Create(ctx context.Context, first Batch, format int) error
	// Append writes b if the head of its board is still expect: epoch, seq,
	// batch and format (L2). [ErrLost], [ErrGone], [ErrFormat], [ErrUnwritten].
	Append(ctx context.Context, expect Head, b Batch) error
	// AppendLocked holds the head while decide is given it and the batches
	// behind after, and writes the batch that decide returns (L3); with an empty
	// id it writes nothing. It gives back decide's error as it is. decide must
	// not call the log.
	AppendLocked(ctx context.Context, id board.ID, after board.Seq, decide func(Head, []Batch) (Batch, error)) error
	// Batches reads at most limit batches in order: those whose Last is above
	// after. None is no error, also without such a board.
	Batches(ctx context.Context, id board.ID, after board.Seq, limit int) ([]Batch, error)
	// Heads reads the heads of these boards in one query. A board that is
	// absent from the answer does not exist.
	Heads(ctx context.Context, ids []board.ID) (map[board.ID]Head, error)
}

// Snapshot is a stored board as of Seq. Its parts are compressed (gzip).
type Snapshot struct {
	Board board.ID
	Epoch int64
	Seq   board.Seq
	Batch board.ID
	// At is the time of the last entry in it.
	At          board.Time
	All, Public uint64
	// Open is the part everyone may see, byte for byte what a joiner is sent.
	Open []byte
	// Rest is the sealed records and the clients.
	Rest []byte
}

// Archive keeps snapshots beside the log, and removes boards.
type Archive interface {
	// Snapshot reads the newest stored snapshot. [ErrNoSnapshot].
	Snapshot(ctx context.Context, id board.ID) (Snapshot, error)
	// StoreSnapshot keeps s if its batch is in the log and no later snapshot is
	// stored; otherwise it does nothing. [ErrGone].
	StoreSnapshot(ctx context.Context, s Snapshot) error
	// Boards lists all boards by id.
	Boards(ctx context.Context) ([]board.ID, error)
	// Delete removes the board, its log and its snapshots if the head is still
	// expect (L6). [ErrLost], [ErrGone].
	Delete(ctx context.Context, id board.ID, expect Head) error
}
