package board_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"waymark/board"
)

// A witness holds one board in every way that there is, and fails when two of them differ.
type witness struct {
	t        testing.TB
	straight *board.Board              // entries applied to it one by one
	batched  *board.Board              // entries applied to drafts, which it adopts
	draft    *board.Board              // the draft under way
	viewer   *board.Board              // what everyone sees
	persons  map[board.ID]*board.Board // what each person sees
	entries  []board.Entry
	refused  map[board.Code]int
	decided  int
}

func newWitness(t testing.TB) *witness {
	w := mainWorld(t)
	v := &witness{t: t, refused: make(map[board.Code]int), persons: make(map[board.ID]*board.Board)}
	v.straight, v.batched, v.viewer = board.New("board-1"), board.New("board-1"), board.New("board-1")
	for _, person := range somePeople {
		v.persons[person] = board.New("board-1")
	}
	v.draft = v.batched.Draft()
	for _, e := range w.entries {
		v.commit(e)
	}
	return v
}

// propose decides an op on the draft and commits what comes of it.
func (v *witness) propose(op board.Op, actor board.Actor) {
	v.t.Helper()
	e := board.Entry{
		Seq: v.draft.Seq() + 1, At: start + board.Time(v.draft.Seq())*1000, By: actor.Person, Client: actor.Client,
	}
	mark, _ := v.draft.Client(actor.Client)
	e.N = mark.N + 1
	before := snapshotOf(v.draft)
	changes, err := board.Decide(v.draft, op, actor, e.At)
	if after := snapshotOf(v.draft); after != before {
		v.t.Fatalf("deciding %s has changed the board", op.Type())
	}
	alone, errAlone := board.Decide(v.straight, op, actor, e.At)
	if (err == nil) != (errAlone == nil) || spelled(changes) != spelled(alone) {
		v.t.Fatalf("%s decided on a draft and on a board: %s and %s", op.Type(), spelled(changes), spelled(alone))
	}
	v.decided++
	var rejection *board.Rejection
	switch {
	case errors.As(err, &rejection):
		e.Refused = rejection.Code
		v.refused[rejection.Code]++
	case err != nil:
		v.t.Fatalf("%s: not a rejection: %v", op.Type(), err)
	default:
		e.Changes = changes
	}
	v.commit(e)
}

func (v *witness) commit(e board.Entry) {
	v.t.Helper()
	raw := board.AppendEntries(nil, []board.Entry{e})
	read, err := board.ParseEntries(raw)
	if err != nil {
		v.t.Fatalf("read back %s: %v", raw, err)
	}
	if again := board.AppendEntries(nil, read); !bytes.Equal(again, raw) {
		v.t.Fatalf("written again:\n%s\nwas\n%s", again, raw)
	}
	v.entries = append(v.entries, e)
	board.Apply(v.straight, read[0])
	board.Apply(v.draft, e)
	if part, _, any := board.PublicPart(read[0]); any {
		board.Apply(v.viewer, part)
	}
	for person, b := range v.persons {
		if part, _, any := board.PartFor(read[0], person); any {
			board.Apply(b, part)
		}
	}
}

// adopt ends the draft.
func (v *witness) adopt() {
	v.t.Helper()
	before := snapshotOf(v.draft)
	if err := board.Check(v.draft); err != nil {
		v.t.Fatalf("the draft's %v", err)
	}
	v.batched.Adopt(v.draft)
	if after := snapshotOf(v.batched); after != before {
		v.t.Fatalf("adopted:\n%s\nwas\n%s", after, before)
	}
	v.draft = v.batched.Draft()
}

// snapshotOf is a whole board in bytes.
func snapshotOf(b *board.Board) string {
	public, rest := b.StoredParts("batch-1")
	return string(public) + "\n" + string(rest)
}

func spelled(changes []board.Change) string {
	return string(board.AppendEntry(nil, board.Entry{Changes: changes}))
}

// check compares all boards with one another, and looks at what must hold on every board.
func (v *witness) check() {
	v.t.Helper()
	v.adopt()
	whole := snapshotOf(v.straight)
	if other := snapshotOf(v.batched); other != whole {
		v.t.Fatalf("by drafts:\n%s\none by one:\n%s", other, whole)
	}
	if err := board.Check(v.straight); err != nil {
		v.t.Fatal(err)
	}
	public, rest := v.straight.StoredParts("batch-1")
	loaded, err := board.Load(public, rest)
	if err != nil {
		v.t.Fatal(err)
	}
	if snapshotOf(loaded) != whole || loaded.Digests() != v.straight.Digests() || loaded.Sealing() != v.straight.Sealing() {
		v.t.Fatal("the board differs after storing and loading it")
	}
	if err := board.Check(loaded); err != nil {
		v.t.Fatal(err)
	}
	v.checkViews()
	v.checkMap()
	v.checkExport()
}

// checkExport begins a new board with what somebody takes along.
func (v *witness) checkExport() {
	v.t.Helper()
	for _, person := range []board.ID{fay, pat} {
		records, err := board.ReadExport(v.straight.Export(person))
		if err == nil {
			_, err = board.Decide(board.New("board-2"), &board.CreateBoard{Records: records}, board.Actor{Person: person, System: true}, start)
		}
		if err != nil {
			v.t.Fatalf("what %s takes along makes no board: %v", person, err)
		}
	}
}

// checkViews compares what people see with what they may see.
func (v *witness) checkViews() {
	v.t.Helper()
	all := board.Everything(v.straight)
	if v.viewer.Digests().Public != v.straight.Digests().Public || v.viewer.Digests().All != v.straight.Digests().Public {
		v.t.Fatal("a viewer's digest differs")
	}
	for person, b := range v.persons {
		seen := board.Everything(b)
		for id, r := range all {
			if mine := r.Only == "" || r.Only == person; mine != (seen[id] != nil) || mine && seen[id].Text() != r.Text() {
				v.t.Fatalf("%s sees %s wrongly", person, id)
			}
		}
		if len(b.Own(person)) != len(v.straight.Own(person)) || b.Digests().Public != v.straight.Digests().Public {
			v.t.Fatalf("the own records of %s differ", person)
		}
	}
}

// checkMap looks at what must hold on every board.
func (v *witness) checkMap() {
	v.t.Helper()
	b := v.straight
	facilitators := 0
	sums := map[board.ID]int64{}
	for id, r := range board.Everything(b) {
		if r.Deleted != nil {
			continue
		}
		switch r.Kind {
		case board.KindCard:
			lane, step := r.Ref("lane"), r.Ref("step")
			_, okLane := b.Live(lane)
			_, okStep := b.Live(step)
			if tray := lane == "" && step == ""; !tray && (!okLane || !okStep) {
				v.t.Fatalf("%s lies in %q, %q, which is no cell", id, lane, step)
			}
			if activity, ok := b.Live(r.Ref("activity")); r.Only != "" && (!ok || activity.Str("state") != "open") {
				v.t.Fatalf("%s is sealed and its activity is over", id)
			}
		case board.KindPhase:
			n := 0
			for range b.Under(board.KindStep, id) {
				n++
			}
			if n == 0 {
				v.t.Fatalf("%s has no step", id)
			}
		case board.KindStep:
			if _, ok := b.Live(r.Ref("phase")); !ok {
				v.t.Fatalf("%s has no phase", id)
			}
		case board.KindMember:
			if r.Str("role") == string(board.Facilitator) {
				facilitators++
			}
		case board.KindVote:
			for _, f := range r.Get("counts").Fields() {
				sums[id] += f.Value.Int()
			}
			ballot, ok := b.Live(r.Ref("ballot"))
			if !ok || sums[id] > ballot.Int("cap") || ballot.Bool("blind") != (r.Only == r.Ref("voter")) {
				v.t.Fatalf("%s is over the cap, or not for its voter alone", id)
			}
		case board.KindLock:
			if target, ok := b.Live(r.Ref("target")); !ok || target.Only != "" {
				v.t.Fatalf("%s locks nothing", id)
			}
		}
	}
	if facilitators == 0 {
		v.t.Fatal("no facilitator is left")
	}
}

// play proposes ops until the bytes run out.
func (v *witness) play(c *chance) {
	v.t.Helper()
	for i := 0; !c.done(); i++ {
		op, actor := c.op(v.draft.Seq())
		v.propose(op, actor)
		if i%5 == 4 {
			v.adopt()
		}
	}
	v.check()
}

// TestLaws_many_ops plays long random games; the seed of a failing one is its name.
func TestLaws_many_ops(t *testing.T) {
	refused := map[board.Code]int{}
	decided := 0
	usual := board.Limits
	lower(t, func(*board.Bounds) {})
	for seed := range uint64(40) {
		if board.Limits = usual; seed%3 == 0 {
			board.Limits.Deleted, board.Limits.Live, board.Limits.RankLength = 6, 58, 5
		}
		rnd := rand.New(rand.NewPCG(seed, 1))
		raw := make([]byte, 3000)
		for i := range raw {
			raw[i] = byte(rnd.Uint32())
		}
		v := newWitness(t)
		v.play(&chance{bytes: raw})
		for code, n := range v.refused {
			refused[code] += n
		}
		decided += v.decided
	}
	t.Logf("%d ops decided, refused: %v", decided, refused)
	for _, code := range []board.Code{
		board.BadOp, board.Gone, board.NoCell, board.NoParent, board.WrongKind, board.NoRole, board.Locked, board.Frozen,
		board.Trashed, board.Last, board.LastFacilitator, board.OverCap, board.Closed, board.Limit,
	} {
		if refused[code] == 0 {
			t.Errorf("nothing was refused as %s", code)
		}
	}
}
