package trial

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"waymark/board"
)

// A Record is one of a board, as an export or a snapshot shows it.
type Record struct {
	ID      board.ID
	Kind    string
	Deleted *struct{ Seq board.Seq }
	Fields  struct {
		Text       string
		Lane, Step board.ID
		Now        int64
	}
}

func byID(list []Record) map[board.ID]Record {
	records := make(map[board.ID]Record, len(list))
	for _, r := range list {
		records[r.ID] = r
	}
	return records
}

// A Logged is an entry as it stands in the log.
type Logged struct {
	Seq     board.Seq
	At      board.Time
	By      board.ID
	Client  board.ID
	N       int64
	Refused string
	Changes []Change
	Sum     uint64 `json:"-"` // of its bytes
}

// A Verdict is what the judge found on one board. Nothing but the counts may be above zero.
type Verdict struct {
	Sent, Saved, ByMark, Heard, Resets int
	// Again are edits that were acknowledged, lost by the log, and acknowledged again.
	Again int
	// Missing are edits that people were told are saved, or saw of others, and that are not there. Twice are edits that
	// are there more than once. Wrong is everything else that is not as the journals say.
	Missing, Twice, Wrong []string
}

// Good says that nothing is amiss.
func (v *Verdict) Good() bool { return len(v.Missing)+len(v.Twice)+len(v.Wrong) == 0 }

func (v *Verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d edits sent, %d acknowledged (%d of them by a mark alone), %d heard; %d resets, after which %d were "+
		"acknowledged again; missing: %d, twice: %d, wrong: %d", v.Sent, v.Saved, v.ByMark, v.Heard, v.Resets, v.Again,
		len(v.Missing), len(v.Twice), len(v.Wrong))
	const shown = 10
	for _, list := range [][]string{v.Missing, v.Twice, v.Wrong} {
		for i, line := range list {
			if i == shown {
				fmt.Fprintf(&b, "\n  ... and %d more", len(list)-shown)
				break
			}
			b.WriteString("\n  " + line)
		}
	}
	return b.String()
}

func (v *Verdict) missing(format string, args ...any) {
	v.Missing = append(v.Missing, fmt.Sprintf(format, args...))
}

func (v *Verdict) twice(format string, args ...any) {
	v.Twice = append(v.Twice, fmt.Sprintf(format, args...))
}

func (v *Verdict) wrong(format string, args ...any) {
	v.Wrong = append(v.Wrong, fmt.Sprintf(format, args...))
}

// A Judge holds the journals of one board's people against what a stranger gets of it and against its log. It knows
// nothing of how the server works: it counts, and it folds what was sent into what must be there.
type Judge struct {
	Verdict
	final map[board.ID]Record
	log   []Logged

	bySeq map[board.Seq]Logged
	byOp  map[opID][]Logged
	cards map[board.ID]*expectedCard
	notes map[board.ID]*expectedSticky
	mine  map[board.ID]bool // clients of the journals
}

type opID struct {
	client board.ID
	n      int64
}

// NewJudge judges a board by its records as a stranger gets them, and its log.
func NewJudge(final map[board.ID]Record, log []Logged) *Judge {
	j := &Judge{
		final: final, log: log, bySeq: map[board.Seq]Logged{}, byOp: map[opID][]Logged{},
		cards: map[board.ID]*expectedCard{}, notes: map[board.ID]*expectedSticky{}, mine: map[board.ID]bool{},
	}
	for i, e := range log {
		if e.Seq != board.Seq(i+1) {
			j.wrong("the log's entry %d has seq %d", i+1, e.Seq)
		}
		j.bySeq[e.Seq] = e
		if e.Client != "" {
			id := opID{e.Client, e.N}
			j.byOp[id] = append(j.byOp[id], e)
		}
	}
	for id, entries := range j.byOp {
		if len(entries) > 1 {
			j.twice("op %d of %s stands in the log %d times", id.n, id.client, len(entries))
		}
	}
	return j
}

// Hear takes one journal. All journals are heard before Decide.
func (j *Judge) Hear(notes []Note) {
	h := hearing{client: notes[0].Client, sent: map[int64]bool{}, saved: map[int64]board.Seq{}, told: map[int64]bool{}}
	j.mine[h.client] = true
	for _, n := range notes[1:] {
		j.note(&h, n)
	}
	for _, n := range h.before {
		j.moved(h.client, n)
	}
	for _, n := range h.heard {
		j.heard(h.client, n)
	}
	for n := range h.sent {
		j.answered(&h, n)
	}
}

// A hearing is what one journal says so far.
type hearing struct {
	client  board.ID
	sent    map[int64]bool
	highest int64
	// saved are the ops whose entries came, and where they stood; told are those that came before the last reset: they
	// may stand elsewhere by now. marked are all up to a number, which may go back by a reset; mostMarked does not.
	saved              map[int64]board.Seq
	told               map[int64]bool
	marked, mostMarked int64
	// heard are the entries that came, before are those of before the last reset.
	heard, before []Note
}

func (j *Judge) note(h *hearing, n Note) {
	switch n.What {
	case Sent:
		if n.N != h.highest+1 {
			j.wrong("%s sent %d after %d", h.client, n.N, h.highest)
		}
		h.highest = n.N
		h.sent[n.N] = true
		j.Sent++
		if err := j.expect(n.Op); err != nil {
			j.wrong("op %d of %s: %v", n.N, h.client, err)
		}
	case Saved:
		if before, ok := h.saved[n.N]; ok && before != n.Seq {
			j.twice("op %d of %s was acknowledged as %d and as %d", n.N, h.client, before, n.Seq)
		}
		h.saved[n.N] = n.Seq
	case Refused:
		j.wrong("op %d of %s was refused: %s", n.N, h.client, n.Code)
	case Mark:
		if n.N < h.marked || n.N > h.highest {
			j.wrong("%s was told that %d is decided, after %d, of %d", h.client, n.N, h.marked, h.highest)
		}
		h.marked, h.mostMarked = n.N, max(h.mostMarked, n.N)
	case Heard:
		j.Heard++
		h.heard = append(h.heard, n)
	case Reset:
		j.Resets++
		for n := range h.saved {
			h.told[n] = true
		}
		clear(h.saved)
		h.before, h.heard, h.marked = append(h.before, h.heard...), nil, 0
	}
}

// answered checks that an op was acknowledged, and that it is there, once.
func (j *Judge) answered(h *hearing, n int64) {
	seq, entry := h.saved[n]
	switch found := j.byOp[opID{h.client, n}]; {
	case !entry && !h.told[n] && n > h.mostMarked:
		j.wrong("op %d of %s was never acknowledged", n, h.client)
	case len(found) == 0:
		j.missing("op %d of %s was acknowledged and is not in the log", n, h.client)
	case entry && found[0].Seq != seq:
		j.wrong("op %d of %s was acknowledged as %d and stands at %d", n, h.client, seq, found[0].Seq)
	}
	switch {
	case !entry && !h.told[n]:
		j.ByMark++
	case entry && h.told[n]:
		j.Again++
	}
	j.Saved++
}

// heard checks that what somebody saw is still there, byte for byte.
func (j *Judge) heard(by board.ID, n Note) {
	switch e, ok := j.bySeq[n.Seq]; {
	case !ok:
		j.missing("%s saw entry %d, op %d of %s: the log has no such entry", by, n.Seq, n.N, n.Client)
	case e.Client != n.Client || e.N != n.N:
		j.missing("%s saw entry %d as op %d of %s: in the log it is op %d of %s", by, n.Seq, n.N, n.Client, e.N, e.Client)
	case e.Sum != n.Sum:
		j.wrong("%s saw entry %d in other bytes than the log has", by, n.Seq)
	}
}

// moved checks that what somebody saw before the log lost something is there, anywhere. What servers write of
// themselves is theirs to write again.
func (j *Judge) moved(by board.ID, n Note) {
	if n.Client != "" && len(j.byOp[opID{n.Client, n.N}]) == 0 {
		j.missing("%s saw entry %d, op %d of %s, before the log lost something: it is not in the log", by, n.Seq, n.N, n.Client)
	}
}

// Decide compares the board with what the journals expect of it.
func (j *Judge) Decide() *Verdict {
	for id, entries := range j.byOp {
		if j.mine[id.client] && entries[0].Refused != "" {
			j.wrong("op %d of %s stands in the log as refused: %s", id.n, id.client, entries[0].Refused)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(j.cards)) {
		r, ok := j.final[id]
		if !ok {
			j.missing("card %s is gone", id)
			continue
		}
		j.cards[id].compare(&j.Verdict, r)
	}
	for _, id := range slices.Sorted(maps.Keys(j.notes)) {
		r, ok := j.final[id]
		ok = ok && r.Deleted == nil
		j.notes[id].compare(&j.Verdict, r, ok)
	}
	return &j.Verdict
}
