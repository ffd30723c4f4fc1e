//go:build linux

package processtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"waymark/board"
)

// A record is one of a board, as an export or a snapshot shows it.
type record struct {
	ID      board.ID
	Kind    string
	Deleted *struct{ Seq board.Seq }
	Fields  struct {
		Text       string
		Lane, Step board.ID
		Now        int64
	}
}

func byID(list []record) map[board.ID]record {
	records := make(map[board.ID]record, len(list))
	for _, r := range list {
		records[r.ID] = r
	}
	return records
}

// A logged is an entry as it stands in the log.
type logged struct {
	seq     board.Seq
	client  board.ID
	n       int64
	sum     uint64
	refused string
}

// A verdict is what the judge found on one board. Nothing but the counts of Sent, Saved, ByMark and Heard may be above
// zero.
type verdict struct {
	Sent, Saved, ByMark, Heard int
	// Missing are edits that people were told are saved, or saw of others, and that are not there. Twice are edits that
	// are there more than once. Wrong is everything else that is not as the journals say.
	Missing, Twice, Wrong []string
}

func (v *verdict) good() bool { return len(v.Missing)+len(v.Twice)+len(v.Wrong) == 0 }

func (v *verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d edits sent, %d acknowledged (%d of them only after coming back), %d heard; missing: %d, twice: %d, wrong: %d",
		v.Sent, v.Saved, v.ByMark, v.Heard, len(v.Missing), len(v.Twice), len(v.Wrong))
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

func (v *verdict) missing(format string, args ...any) {
	v.Missing = append(v.Missing, fmt.Sprintf(format, args...))
}

func (v *verdict) twice(format string, args ...any) {
	v.Twice = append(v.Twice, fmt.Sprintf(format, args...))
}

func (v *verdict) wrong(format string, args ...any) {
	v.Wrong = append(v.Wrong, fmt.Sprintf(format, args...))
}

// A judge holds the journals of one board's people against what a stranger gets of it and against its log. It knows
// nothing of how the server works: it counts, and it folds what was sent into what must be there.
type judge struct {
	verdict
	final map[board.ID]record
	log   []logged

	bySeq map[board.Seq]logged
	byOp  map[opID][]logged
	cards map[board.ID]*expectedCard
	notes map[board.ID]*expectedSticky
	mine  map[board.ID]bool // clients of the journals
}

type opID struct {
	client board.ID
	n      int64
}

func newJudge(final map[board.ID]record, log []logged) *judge {
	j := &judge{
		final: final, log: log, bySeq: map[board.Seq]logged{}, byOp: map[opID][]logged{},
		cards: map[board.ID]*expectedCard{}, notes: map[board.ID]*expectedSticky{}, mine: map[board.ID]bool{},
	}
	for i, e := range log {
		if e.seq != board.Seq(i+1) {
			j.wrong("the log's entry %d has seq %d", i+1, e.seq)
		}
		j.bySeq[e.seq] = e
		if e.client != "" {
			id := opID{e.client, e.n}
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

// hear takes one journal. All journals are heard before decide.
func (j *judge) hear(notes []note) {
	client := notes[0].Client
	j.mine[client] = true
	sent := map[int64]bool{}
	saved := map[int64]board.Seq{}
	marked := int64(0)
	highest := int64(0)
	for _, n := range notes[1:] {
		switch n.What {
		case noteSent:
			if n.N != highest+1 {
				j.wrong("%s sent %d after %d", client, n.N, highest)
			}
			highest = n.N
			sent[n.N] = true
			j.Sent++
			if err := j.expect(n.Op); err != nil {
				j.wrong("op %d of %s: %v", n.N, client, err)
			}
		case noteSaved:
			if before, ok := saved[n.N]; ok && before != n.Seq {
				j.twice("op %d of %s was acknowledged as %d and as %d", n.N, client, before, n.Seq)
			}
			saved[n.N] = n.Seq
		case noteRefused:
			j.wrong("op %d of %s was refused: %s", n.N, client, n.Code)
		case noteMark:
			if n.N < marked || n.N > highest {
				j.wrong("%s was told that %d is decided, after %d, of %d", client, n.N, marked, highest)
			}
			marked = n.N
		case noteHeard:
			j.heard(client, n)
		}
	}
	for n := range sent {
		seq, entry := saved[n]
		switch found := j.byOp[opID{client, n}]; {
		case !entry && n > marked:
			j.wrong("op %d of %s was never acknowledged", n, client)
		case len(found) == 0:
			j.missing("op %d of %s was acknowledged and is not in the log", n, client)
		case entry && found[0].seq != seq:
			j.wrong("op %d of %s was acknowledged as %d and stands at %d", n, client, seq, found[0].seq)
		}
		if !entry {
			j.ByMark++
		}
		j.Saved++
	}
}

// heard checks that what somebody saw is still there, byte for byte.
func (j *judge) heard(by board.ID, n note) {
	j.Heard++
	switch e, ok := j.bySeq[n.Seq]; {
	case !ok:
		j.missing("%s saw entry %d, op %d of %s: the log has no such entry", by, n.Seq, n.N, n.Client)
	case e.client != n.Client || e.n != n.N:
		j.missing("%s saw entry %d as op %d of %s: in the log it is op %d of %s", by, n.Seq, n.N, n.Client, e.n, e.client)
	case e.sum != n.Sum:
		j.wrong("%s saw entry %d in other bytes than the log has", by, n.Seq)
	}
}

// decide compares the board with what the journals expect of it.
func (j *judge) decide() *verdict {
	for id, entries := range j.byOp {
		if j.mine[id.client] && entries[0].refused != "" {
			j.wrong("op %d of %s stands in the log as refused: %s", id.n, id.client, entries[0].refused)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(j.cards)) {
		r, ok := j.final[id]
		if !ok {
			j.missing("card %s is gone", id)
			continue
		}
		j.cards[id].compare(&j.verdict, r)
	}
	for _, id := range slices.Sorted(maps.Keys(j.notes)) {
		r, ok := j.final[id]
		ok = ok && r.Deleted == nil
		j.notes[id].compare(&j.verdict, r, ok)
	}
	return &j.verdict
}
