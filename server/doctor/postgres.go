package doctor

import (
	"context"
	"fmt"
	"time"

	"waymark/collab/pglog"
)

const (
	// ClockApart is from when on a wrong clock is told: by then lines of one log are hard to read beside those of another.
	ClockApart = 5 * time.Second
	// farAway is from when on a database is not near, and slowCommit from when on people notice that they wait for its disk.
	farAway    = 20 * time.Millisecond
	slowCommit = 50 * time.Millisecond
)

// postgres looks at the database of a cluster. What it returns ends the reading.
func (e *examiner) postgres(ctx context.Context) (end func()) {
	end = func() {}
	seen, err := pglog.Examine(ctx, e.Database)
	if err != nil {
		place := seen.Place
		if place == "" {
			place = "the database"
		}
		e.say(Wrong, "", "%s cannot be used: %v", place, err)
		return end
	}
	e.taken, e.most, e.raise = seen.Taken, seen.MaxConnections, seen.Raise
	e.ahead = seen.ClockOffset
	e.good("%s answers in %s", seen.Place, seen.RoundTrip.Round(10*time.Microsecond))
	refused := false
	for _, r := range seen.Remarks() {
		switch {
		case r.Refusal != nil:
			refused = true
			e.say(Wrong, "", "%v", r.Refusal)
		case r.Warning != "":
			e.say(Warning, "", "%s", r.Warning)
		default:
			e.good("%s", r.Good)
		}
	}
	e.speed(seen)
	e.clock(seen.ClockOffset)
	if seen.Done == 0 && len(seen.Denied) > 0 {
		e.unseen("of which release its tables are: they cannot be read")
		return end
	}
	if seen.Done < seen.Known && !seen.CreateTables && seen.Schema != "" {
		e.say(Wrong, "", "no server of this release starts on it: it has tables to make, and may not make any")
	}
	if 0 < seen.Done && seen.Done < seen.Known && len(seen.Unowned) > 0 && len(seen.Denied) == 0 {
		e.say(Wrong, "start this release once as "+seen.Owner+", or give the tables to "+seen.Role,
			"no server of this release starts on it as %s: it has tables to change that are %s's", seen.Role, seen.Owner)
	}
	e.unused = seen.Done == 0 && seen.Missing == nil
	if seen.Hole == nil && seen.Missing != nil {
		e.say(Wrong, "", "no server starts on it: %v", seen.Missing)
		return end
	}
	if !e.schema(seen.Done, seen.Known, seen.Hole) || seen.Done < seen.Known || len(seen.Denied) > 0 || seen.Schema == "" {
		return end
	}
	data, err := pglog.OpenReadOnly(ctx, e.Database)
	if err != nil {
		if !refused {
			e.say(Wrong, "", "it cannot be read: %v", err)
		}
		return end
	}
	e.read(ctx, data.DB())
	return func() { _ = data.Close() }
}

// speed tells whether it can be written to, and how fast.
func (e *examiner) speed(seen pglog.Examination) {
	if seen.RoundTrip > farAway {
		e.say(Warning, "run the servers near the database, in the same data centre", "a question takes %s: every edit waits for it", seen.RoundTrip.Round(time.Millisecond))
	}
	switch {
	case seen.Unwritable != nil:
		e.say(Wrong, "", "nothing can be written, and what is saved stays as it is: %v", seen.Unwritable)
	case seen.Commit > slowCommit:
		e.say(Warning, "give it a disk that answers sooner", "a commit takes %s: every edit waits for it", seen.Commit.Round(time.Millisecond))
	case seen.Commit > 0:
		e.good("its disk has room, and a commit takes %s", seen.Commit.Round(10*time.Microsecond))
	}
}

// clock compares the database's clock with that of this computer.
func (e *examiner) clock(ahead time.Duration) {
	if ahead.Abs() < ClockApart {
		e.good("its clock and that of this computer agree")
		return
	}
	e.say(Warning, synchronize, "this computer's clock is %s the database's; the database's counts, so only log lines are wrong", apart(-ahead))
}

// synchronize has a computer's clock be set by others'.
const synchronize = "have the clock set by NTP, on both computers: timedatectl set-ntp true"

// apart says by how much a clock is before or behind another.
func apart(ahead time.Duration) string {
	word := "ahead of"
	if ahead < 0 {
		word = "behind"
	}
	return fmt.Sprintf("%s %s", ahead.Abs().Round(time.Second), word)
}
