package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"waymark/board"
	"waymark/collab"
)

// A Ledger follows the log commit by commit and holds what was true at each of
// them. It is told by the log itself, before the server that wrote hears of it.
type Ledger struct {
	w *World
	// line is the log as it is, by seq; ever is all that was ever in it.
	line []*Point
	ever map[int64][]*Point
	// ends are all batches that ever were in the log, by id.
	ends map[string]*End
	tail *End
	list []collab.Batch

	m    *Model
	ref  *board.Board
	once map[string]int64 // seq by client and number
	next map[string]int64 // by client
	// forgotten are the clients that the servers have forgotten once.
	forgotten map[string]bool
	// known is every (client, n) that was ever committed; refused those refused.
	known   map[string]bool
	refused map[string]bool
	secrets *Secrets
	tails
}

// A Point is an entry in the log, or one that was.
type Point struct {
	E     *Entry
	Epoch int64
	Batch string
}

// An End is the board as of the end of a batch.
type End struct {
	ID     string
	Seq    int64
	Epoch  int64
	At     int64
	Public uint64
	All    uint64
	Own    map[string]uint64 // by person
	Board  *board.Snapshot
}

func newLedger(w *World) *Ledger {
	l := &Ledger{
		w: w, ever: map[int64][]*Point{}, ends: map[string]*End{},
		known: map[string]bool{}, refused: map[string]bool{}, secrets: newSecrets(w),
		tails: newTails(),
	}
	l.restart()
	return l
}

func (l *Ledger) restart() {
	l.line, l.list, l.tail = nil, nil, nil
	l.m, l.ref = NewModel(), board.New(l.w.Board)
	l.once, l.next, l.forgotten = map[string]int64{}, map[string]int64{}, map[string]bool{}
}

func opKey(client string, n int64) string { return fmt.Sprintf("%s/%d", client, n) }

// committed takes a batch that was written.
func (l *Ledger) committed(b collab.Batch) {
	l.w.trace("committed %s of %s from %d to %d: %s", b.ID, b.Node, b.First, b.Last, b.Body)
	l.written(b)
	l.take(b, true)
}

// lostTail takes back the batches that a failover lost.
func (l *Ledger) lostTail(lost []collab.Batch) {
	rest := slices.Clone(l.list[:len(l.list)-len(lost)])
	for i, b := range lost {
		l.w.trace("lost %s from %d to %d", b.ID, b.First, b.Last)
		l.lose(b.ID, l.w.S.Elapsed())
		if l.list[len(rest)+i].ID != b.ID {
			panic("lost another batch")
		}
	}
	l.restart()
	for _, kept := range rest {
		l.take(kept, false)
	}
}

func (l *Ledger) take(b collab.Batch, judge bool) {
	fail := l.w.fail
	if !judge {
		fail = func(string, string, ...any) {}
	}
	entries, err := l.w.reader.Entries(b.Body)
	if err != nil {
		fail("I4", "batch %s: %v", b.ID, err)
		return
	}
	seq, epoch, prev, at := int64(0), int64(1), "", int64(0)
	if l.tail != nil {
		seq, epoch, prev, at = l.tail.Seq, l.tail.Epoch, l.tail.ID, l.tail.At
	}
	if int64(b.First) != seq+1 || int64(b.Last) != seq+int64(len(entries)) || string(b.Prev) != prev || b.Epoch < epoch {
		fail("I4", "batch %s is %d to %d of epoch %d behind %q, with %d entries; the log ended at %d of epoch %d with %q",
			b.ID, b.First, b.Last, b.Epoch, b.Prev, len(entries), seq, epoch, prev)
	}
	for i, e := range entries {
		if e.Seq != seq+1+int64(i) || e.At < at {
			fail("I4", "entry %s behind seq %d and time %d", e.Raw, seq+int64(i), at)
		}
		at = e.At
		l.entry(e, &b, fail)
	}
	parsed, err := board.ParseEntries(b.Body)
	if err != nil {
		fail("I4", "batch %s: %v", b.ID, err)
	}
	for _, e := range parsed {
		board.Apply(l.ref, e)
	}
	sums := l.ref.Digests()
	if sums.Public != l.m.Public {
		fail("I1", "after %d the board has public digest %016x, its plain reading %016x", b.Last, sums.Public, l.m.Public)
	}
	if sums.Public != b.Public || sums.All != b.All {
		fail("I1", "batch %s says digests %016x %016x, they are %016x %016x", b.ID, b.All, b.Public, sums.All, sums.Public)
	}
	l.tail = &End{string(b.ID), int64(b.Last), b.Epoch, at, sums.Public, sums.All, maps.Clone(l.m.Own), l.ref.Snapshot()}
	l.list = append(l.list, b)
	if judge {
		l.ends[l.tail.ID] = l.tail
		l.structure(fail)
	}
}

// entry checks one entry against the board before it, and carries it out.
func (l *Ledger) entry(e *Entry, b *collab.Batch, fail failure) {
	if e.Client != "" {
		key := opKey(e.Client, e.N)
		if seq, twice := l.once[key]; twice && !l.forgotten[e.Client] {
			fail("I3", "op %s is entry %d and entry %d", key, seq, e.Seq)
		}
		if want := l.next[e.Client] + 1; e.N != want {
			fail("I3", "op %s at %d, expected number %d", key, e.Seq, want)
		}
		l.once[key], l.next[e.Client] = e.Seq, e.N
		l.known[key] = true
		if e.Refused != "" {
			l.refused[key] = true
		}
		l.intent(e, fail)
	}
	if e.Refused != "" && len(e.Changes) > 0 {
		fail("I5", "refused entry %s has changes", e.Raw)
	}
	for _, c := range e.Changes {
		if c.Verb == "client" {
			l.expired(c.ID)
		}
		l.legal(e, c, fail)
	}
	l.m.Apply(e)
	l.votes(e, fail)
	l.reveals(e, fail)
	l.secrets.committed(e)
	point := &Point{e, b.Epoch, string(b.ID)}
	l.line = append(l.line, point)
	if !slices.ContainsFunc(l.ever[e.Seq], func(p *Point) bool { return p.E == e && p.Batch == point.Batch }) {
		l.ever[e.Seq] = append(l.ever[e.Seq], point)
	}
}

// expired takes note that the servers forget a client. From here on its numbers
// begin again: whoever comes back later than that may be heard twice.
func (l *Ledger) expired(client string) {
	l.forgotten[client] = true
	delete(l.next, client)
}

// intent checks that an entry does what its client asked for, not what another
// op did.
func (l *Ledger) intent(e *Entry, fail failure) {
	p := l.w.journal[opKey(e.Client, e.N)]
	if p == nil {
		fail("I3", "entry %s is of no op that any client proposed", e.Raw)
		return
	}
	if p.Person != e.By {
		fail("I5", "entry %s says %s, but %s asked for it", e.Raw, e.By, p.Person)
	}
	var typed []*Change
	for _, c := range e.Changes {
		if c.Verb == "text" {
			typed = append(typed, c)
		}
		if c.Verb == "put" && l.m.Records[c.ID] == nil && !strings.Contains(p.Op, suffix(c.ID)) &&
			!strings.Contains(p.Op, `"vote"`) && c.Record.Kind != "member" && c.Record.Kind != "emotion" {
			fail("intent", "entry %s puts %s, asked for was %s", e.Raw, c.ID, p.Op)
		}
	}
	if len(typed) == 1 && strings.Contains(p.Op, `"type":"text"`) {
		want := l.w.typedIn(p)
		if got := inserted(typed[0].Delta); want != got {
			fail("text", "entry %s types %q, asked for was %q", e.Raw, got, want)
		}
	}
	if len(typed) == 0 && e.Refused == "" && strings.Contains(p.Op, `"type":"text"`) && l.w.typedIn(p) != "" {
		fail("text", "entry %s leaves out what %s asked for", e.Raw, p.Op)
	}
}
