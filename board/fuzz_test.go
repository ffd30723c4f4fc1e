package board_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"waymark/board"
)

// seeds gives a fuzz target the members of golden cases.
func seeds(f *testing.F, file, section string, names ...string) [][]string {
	f.Helper()
	raw, err := os.ReadFile("testdata/" + file + ".json")
	if err != nil {
		f.Fatal(err)
	}
	v, err := board.Canonical(raw)
	if err != nil {
		f.Fatal(err)
	}
	var out [][]string
	for _, item := range goldenCase(v.Fields()).get(section).Items() {
		in := goldenCase(item.Fields())
		var values []string
		for _, name := range names {
			value := in.get(name)
			if strings.HasPrefix(string(value), `"`) {
				values = append(values, value.Str())
			} else {
				values = append(values, string(value))
			}
		}
		out = append(out, values)
	}
	return out
}

// FuzzParseOp: what is read as an op is written back as the same op; everything else is a badOp.
func FuzzParseOp(f *testing.F) {
	for _, s := range append(seeds(f, "codec", "ops", "in"), seeds(f, "decide", "cases", "op")...) {
		f.Add([]byte(s[0]))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		op, err := board.ParseOp(raw)
		if err != nil {
			var r *board.Rejection
			if !errors.As(err, &r) || r.Code != board.BadOp {
				t.Fatalf("not a badOp: %v", err)
			}
			return
		}
		once := board.AppendOp(nil, op)
		again, err := board.ParseOp(once)
		if err != nil {
			t.Fatalf("%s is not read again: %v", once, err)
		}
		if twice := board.AppendOp(nil, again); string(twice) != string(once) {
			t.Fatalf("%s\n%s", once, twice)
		}
	})
}

// FuzzCodec: canonical text is a fixed point, and is what the values in it spell.
func FuzzCodec(f *testing.F) {
	for _, section := range []string{"accept", "refuse", "ops", "entries"} {
		for _, s := range seeds(f, "codec", section, "in") {
			f.Add([]byte(s[0]))
		}
	}
	f.Add([]byte("\"\xff\""))
	f.Add([]byte("\"\xed\xa0\x80\""))
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := board.Canonical(raw)
		if err != nil {
			if !errors.Is(err, board.ErrJSON) {
				t.Fatal(err)
			}
		} else {
			if !utf8.ValidString(string(v)) {
				t.Fatalf("not UTF-8: %q", v)
			}
			if again, err := board.Canonical([]byte(v)); err != nil || again != v {
				t.Fatalf("%s respelled is %s, %v", v, again, err)
			}
			switch v[0] {
			case '{':
				if fs := v.Fields(); board.Object(fs...) != v {
					t.Fatalf("%s from its fields is %s", v, board.Object(fs...))
				}
			case '"':
				if board.String(v.Str()) != v {
					t.Fatalf("%s is %q", v, v.Str())
				}
			case '[':
				if list(v.Items()) != v {
					t.Fatalf("%s from its items is %s", v, list(v.Items()))
				}
			case 't', 'f', 'n':
			default:
				if board.Int(v.Int()) != v {
					t.Fatalf("%s is %d", v, v.Int())
				}
			}
		}
		if es, err := board.ParseEntries(raw); err == nil {
			if again := board.AppendEntries(nil, es); string(again) != string(raw) {
				t.Fatalf("%s\nwritten again\n%s", raw, again)
			}
		}
		if b, err := board.Load(raw, nil); err == nil {
			if again := b.PublicSnapshot("batch-1"); len(again) == 0 {
				t.Fatal("no snapshot")
			}
		}
	})
}

// FuzzApply: any entries that can be read can be applied, in every way, with the same outcome.
func FuzzApply(f *testing.F) {
	for _, s := range seeds(f, "apply", "cases", "entry") {
		f.Add([]byte("[" + s[0] + "]"))
	}
	for _, s := range seeds(f, "codec", "entries", "in") {
		f.Add([]byte(s[0]))
	}
	public, rest := mainWorld(f).b.StoredParts("batch-1")
	f.Fuzz(func(t *testing.T, raw []byte) {
		entries, err := board.ParseEntries(raw)
		if err != nil {
			return
		}
		straight, err := board.Load(public, rest)
		if err != nil {
			t.Fatal(err)
		}
		batched, _ := board.Load(public, rest)
		untouched := snapshotOf(batched)
		draft := batched.Draft()
		for _, e := range entries {
			board.Apply(straight, e)
			board.Apply(draft, e)
			board.PublicPart(e)
			board.PartFor(e, "person-pat")
		}
		if err := board.Check(draft); err != nil {
			t.Fatalf("the draft's %v", err)
		}
		if snapshotOf(batched) != untouched {
			t.Fatal("a draft has changed its board")
		}
		batched.Adopt(draft)
		if snapshotOf(batched) != snapshotOf(straight) || batched.Stopped() != straight.Stopped() {
			t.Fatalf("by a draft\n%s\none by one\n%s", snapshotOf(batched), snapshotOf(straight))
		}
		for _, b := range []*board.Board{straight, batched} {
			if err := board.Check(b); err != nil {
				t.Fatal(err)
			}
		}
		for c := (&chance{bytes: raw[:min(len(raw), 200)]}); !c.done(); {
			op, actor := c.op(straight.Seq())
			actor.Person = fay
			if changes, err := board.Decide(straight, op, actor, start); err == nil {
				board.Apply(straight, board.Entry{Seq: straight.Seq() + 1, Changes: changes})
			}
		}
		if err := board.Check(straight); err != nil {
			t.Fatal(err)
		}
		straight.Summary()
		straight.Departments(straight.Steps())
		straight.Export("person-pat")
	})
}

// FuzzDecide: see witness.
func FuzzDecide(f *testing.F) {
	f.Add([]byte("a few ops of everyday life"))
	f.Add([]byte{0, 0, 3, 0, 0, 1, 2, 5, 5, 8, 13, 21, 34, 55, 89, 144, 233})
	f.Add([]byte(strings.Repeat("\x1b\x00\x01\x02\x03", 40)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		newWitness(t).play(&chance{bytes: raw[:min(len(raw), 400)]})
	})
}

// FuzzTransform: two edits of one text lead to one text in either order, composing is applying one after the
// other, and inverting takes back.
func FuzzTransform(f *testing.F) {
	for _, s := range seeds(f, "text", "transform", "text", "a", "b") {
		f.Add(s[0], s[1], s[2])
	}
	for _, s := range seeds(f, "text", "compose", "text", "a", "b") {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, text, first, second string) {
		a, errA := board.ParseDelta(board.Value(first))
		b, errB := board.ParseDelta(board.Value(second))
		if errA != nil || errB != nil || !utf8.ValidString(text) {
			return
		}
		over, under := b.Transform(a), a.TransformUnder(b)
		if !over.Normal() || !under.Normal() || !a.Compose(b).Normal() {
			t.Fatalf("not normal: %s, %s, %s", over.Value(), under.Value(), a.Compose(b).Value())
		}
		afterA, okA := a.Apply(text)
		if okA {
			if back, ok := a.Invert(text).Apply(afterA); !ok || back != text || !a.Invert(text).Normal() {
				t.Fatalf("there and back: %q", back)
			}
			both, okBoth := a.Compose(b).Apply(text)
			if then, ok := b.Apply(afterA); ok && (!okBoth || both != then) {
				t.Fatalf("one after the other %q, composed %q", then, both)
			}
		}
		afterB, okB := b.Apply(text)
		if !okA || !okB {
			return
		}
		one, ok1 := over.Apply(afterA)
		two, ok2 := under.Apply(afterB)
		if !ok1 || !ok2 || one != two {
			t.Fatalf("%q: %s then %s is %q, %s then %s is %q", text, first, over.Value(), one, second, under.Value(), two)
		}
	})
}

// FuzzRank: whatever is inserted where, there is a rank between, until the limit of length.
func FuzzRank(f *testing.F) {
	for _, s := range seeds(f, "rank", "between", "low", "high") {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, low, high string) {
		a, b := board.Rank(low), board.Rank(high)
		r, ok := board.Between(a, b)
		if !ok {
			if (a == "" || a.Valid()) && (b == "" || b.Valid()) && (b == "" || a < b) && len(a) < 40 && len(b) < 40 {
				t.Fatalf("nothing between %q and %q", a, b)
			}
			return
		}
		if !r.Valid() || r <= a || b != "" && r >= b {
			t.Fatalf("%q between %q and %q", r, a, b)
		}
	})
}
