package collab

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"waymark/board"
)

// Config is what a hub is made of. Log, Archive, Bus and Authenticate must be
// there; each other zero value has a default.
type Config struct {
	Log     Log
	Archive Archive
	Bus     Bus
	// Authenticate reads the token of a hello. Any error refuses it.
	Authenticate func(token string) (Identity, error)
	// Access lets people in who are no members; without it nobody else may.
	Access Access
	// People gives names; without it sessions hear of none.
	People People
	// Watch is told of a board after each batch, on the room's goroutine: it
	// must be quick, and keep neither of them. governed says that members, invites
	// or the map itself were changed, or that they may have been.
	Watch func(b *board.Board, h Head, governed bool)

	// Alone says that no other server works on the log: none is told what is shown
	// here, nor waited for, nor are people sent to one.
	Alone bool

	// Runner is [Goroutines] by default.
	Runner Runner
	// Offset is how far the clock that all servers of one log go by is ahead of
	// the runner's; without it the runner's is that clock. Entries and what
	// expires have its time, waiting goes by the runner's.
	Offset func() time.Duration
	// Node names this server, uniquely among those of one log.
	Node string
	// NewID makes an id with this prefix that nobody can guess.
	NewID func(prefix string) board.ID
	// Random draws a number from 0 to below n, to spread those who come back.
	Random func(n int64) int64

	// Gzip and Gunzip pack and unpack snapshots; compress/gzip by default.
	Gzip, Gunzip func([]byte) ([]byte, error)

	Limits  Limits
	Metrics *Metrics
	Logger  *slog.Logger
}

// stamp is what the clock of all servers says when the runner's says at.
func (c *Config) stamp(at time.Time) board.Time {
	if c.Offset != nil {
		at = at.Add(c.Offset())
	}
	return board.Time(at.UnixMilli())
}

// Identity is whom a token names.
type Identity struct {
	Person board.ID
	// Login names the sign-in that the token comes from; see [Hub.End].
	Login string
}

// ErrNoAccess says that a person may not look at a board.
var ErrNoAccess = errors.New("no access")

// Access says what people may do who are no members of a board.
type Access interface {
	// Check gives a person's passes, of which one that is good is enough, or
	// [ErrNoAccess]. Any other error is asked again. It may wait.
	Check(ctx context.Context, person, id board.ID) ([]Pass, error)
}

// A Pass is the right of a person who is no member.
type Pass struct {
	Role board.Role
	// Invite is the invite record that the pass hangs on: it must be on the
	// board, open, not expired, and of this Revision. "" hangs on none.
	Invite   board.ID
	Revision string
}

// Person is what everyone on a board is told about somebody.
type Person struct {
	ID                                board.ID
	Name, Department, Color, Initials string
}

// People is the directory of names.
type People interface {
	// People gives those of these people that it knows, in any order. It may wait.
	People(ctx context.Context, ids []board.ID) ([]Person, error)
}

// Limits are what one server allows. The zero Limits are [DefaultLimits];
// otherwise a rate of 0 means that there is none.
type Limits struct {
	FrameBytes                     int
	OpsPerSecond, OpsBurst         int
	PresencePerSecond              int
	FramesPerSecond, FramesBurst   int // beside those that the limits of ops and presence let through
	SocketsPerPerson               int
	QueueBytes                     int64         // held for one slow reader
	WaitingOps                     int           // in one room, for the log
	WaitingBytes                   int           // of them
	BatchOps, BatchBytes           int           // of one append
	PublishBytes                   int           // above it a batch is published as its header
	RingEntries                    int           // kept in memory for those who come back
	RingBytes                      int           // of them
	SharedSnapshot                 int           // entries that may follow a snapshot that is shared
	SnapshotBatches                int           // a snapshot is stored after so many
	SnapshotBytes                  int           // or so much log
	SnapshotEvery                  time.Duration // but not more often
	Opening, Idle, Silent, Session time.Duration
}

// DefaultLimits are those of DESIGN.md, section 12.
func DefaultLimits() Limits {
	return Limits{
		FrameBytes:   256 << 10,
		OpsPerSecond: 60, OpsBurst: 240,
		PresencePerSecond: 20,
		FramesPerSecond:   200, FramesBurst: 1000,
		SocketsPerPerson: 20,
		QueueBytes:       1 << 20,
		WaitingOps:       1024, WaitingBytes: 4 << 20,
		BatchOps: 256, BatchBytes: 256 << 10,
		PublishBytes: 256 << 10,
		RingEntries:  1000, RingBytes: 1 << 20,
		SharedSnapshot:  512,
		SnapshotBatches: 200, SnapshotBytes: 256 << 10, SnapshotEvery: 10 * time.Second,
		Opening: 10 * time.Second, Idle: time.Minute, Silent: 60 * time.Second, Session: 12 * time.Hour,
	}
}

// frames is how many frames a session may send. Ops and presence have limits of
// their own, and each of them may come in a frame of its own: to say busy, or
// to end the session, is for those limits alone.
func (l *Limits) frames() (rate, burst int) {
	if l.FramesPerSecond == 0 || l.OpsPerSecond == 0 || l.PresencePerSecond == 0 {
		return 0, 0
	}
	return l.FramesPerSecond + hard*(l.OpsPerSecond+l.PresencePerSecond), l.FramesBurst + hard*(l.OpsBurst+l.PresencePerSecond)
}

// appendTo writes what a browser is told of the limits.
func (l *Limits) appendTo(dst []byte) []byte {
	number := func(name string, n int) {
		dst = append(dst, name...)
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	number(`{"frame":`, l.FrameBytes)
	number(`,"op":`, board.Limits.OpBytes)
	number(`,"ops":`, l.OpsPerSecond)
	number(`,"opsBurst":`, l.OpsBurst)
	number(`,"presence":`, l.PresencePerSecond)
	number(`,"records":`, board.Limits.Live)
	return append(dst, '}')
}
