package board_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"waymark/board"
)

var update = flag.Bool("update", false, "write what the code does now into the golden files")

// A golden is one file of testdata: sections of cases. A case has inputs, which people write, and outputs,
// which -update writes and people check.
type golden struct {
	name     string
	sections []board.Field
}

// goldenOrder is the order in which the members of a case are written.
var goldenOrder = []string{
	"why", "board", "public", "rest", "entries", "by", "system", "now", "predict", "op", "text", "in", "a", "b",
	"low", "high", "n", "steps", "entry", "changes", "code", "out",
}

// outputs are the members of a case that -update writes.
var outputs = []string{"changes", "code", "out"}

func readGolden(t *testing.T, name string) *golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := board.Canonical(raw)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return &golden{name, v.Fields()}
}

// run gives every case of a section to check, which returns the case's outputs.
func (g *golden) run(t *testing.T, section string, check func(t *testing.T, in goldenCase) []board.Field) {
	t.Helper()
	for i := range g.sections {
		if g.sections[i].Name != section {
			continue
		}
		var cases []board.Value
		for _, v := range g.sections[i].Value.Items() {
			in := goldenCase(v.Fields())
			name := strings.ReplaceAll(in.get("why").Str(), " ", "_")
			t.Run(section+"/"+name, func(t *testing.T) {
				out := check(t, in)
				cases = append(cases, in.with(out))
				if *update {
					return
				}
				for _, name := range outputs {
					if is, should := goldenCase(out).get(name), in.get(name); is != should {
						t.Errorf("%s is\n%s\nand should be\n%s", name, is, should)
					}
				}
			})
		}
		list := board.Value("[")
		for j, c := range cases {
			if j > 0 {
				list += ","
			}
			list += c
		}
		if *update {
			g.sections[i].Value = list + "]"
		}
		return
	}
	t.Fatalf("%s has no section %s", g.name, section)
}

type goldenCase []board.Field

func (c goldenCase) get(name string) board.Value {
	for _, f := range c {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func (c goldenCase) with(out []board.Field) board.Value {
	fields := slices.Clone(out)
	for _, f := range c {
		if !slices.Contains(outputs, f.Name) && goldenCase(out).get(f.Name) == "" {
			fields = append(fields, f)
		}
	}
	return board.Object(fields...)
}

// save writes the file when -update asks for it: one case to a paragraph, one member to a line.
func (g *golden) save(t *testing.T) {
	t.Helper()
	if !*update || t.Failed() {
		return
	}
	var w bytes.Buffer
	w.WriteString("{")
	for i, s := range g.sections {
		if i > 0 {
			w.WriteString(",")
		}
		w.WriteString("\n" + string(board.String(s.Name)) + ": ")
		items := s.Value.Items()
		if s.Name == "boards" {
			writeWide(&w, s.Value)
			continue
		}
		w.WriteString("[\n")
		for j, item := range items {
			if j > 0 {
				w.WriteString(",\n")
			}
			writeCase(&w, item.Fields())
		}
		w.WriteString("\n]")
	}
	w.WriteString("\n}\n")
	if err := os.WriteFile("testdata/"+g.name+".json", w.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeWide writes a large value with its parts on lines of their own.
func writeWide(w *bytes.Buffer, v board.Value) {
	const wide = 300
	if fields := v.Fields(); len(v) > wide && fields != nil {
		for i, f := range fields {
			w.WriteString(string("{,"[min(i, 1)]) + "\n" + string(board.String(f.Name)) + ": ")
			writeWide(w, f.Value)
		}
		w.WriteString("\n}")
		return
	}
	if items := v.Items(); len(v) > wide && items != nil {
		for i, item := range items {
			w.WriteString(string("[,"[min(i, 1)]) + "\n")
			writeWide(w, item)
		}
		w.WriteString("\n]")
		return
	}
	w.WriteString(string(v))
}

func writeCase(w *bytes.Buffer, fields []board.Field) {
	slices.SortStableFunc(fields, func(a, b board.Field) int {
		return slices.Index(goldenOrder, a.Name) - slices.Index(goldenOrder, b.Name)
	})
	w.WriteString("{")
	length := 0
	for i, f := range fields {
		if i > 0 {
			w.WriteString(",")
			if length += len(f.Value); length > 100 {
				w.WriteString("\n ")
				length = 0
			}
		}
		w.WriteString(string(board.String(f.Name)) + ":" + string(f.Value))
		length += len(f.Value)
	}
	w.WriteString("}")
}

func TestGolden_codec(t *testing.T) {
	g := readGolden(t, "codec")
	g.run(t, "accept", func(t *testing.T, in goldenCase) []board.Field {
		v, err := board.Canonical([]byte(in.get("in").Str()))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := board.Canonical([]byte(v)); err != nil || again != v {
			t.Errorf("respelled again: %s, %v", again, err)
		}
		return []board.Field{{Name: "out", Value: board.String(string(v))}}
	})
	g.run(t, "refuse", func(t *testing.T, in goldenCase) []board.Field {
		if v, err := board.Canonical([]byte(in.get("in").Str())); err == nil {
			t.Errorf("accepted as %s", v)
		}
		return nil
	})
	g.run(t, "ops", func(t *testing.T, in goldenCase) []board.Field {
		op, err := board.ParseOp([]byte(in.get("in").Str()))
		if err != nil {
			return []board.Field{{Name: "code", Value: `"badOp"`}}
		}
		return []board.Field{{Name: "out", Value: board.String(string(board.AppendOp(nil, op)))}}
	})
	g.run(t, "entries", func(t *testing.T, in goldenCase) []board.Field {
		raw := in.get("in").Str()
		es, err := board.ParseEntries([]byte(raw))
		if err != nil {
			return []board.Field{{Name: "out", Value: `"refused"`}}
		}
		if again := string(board.AppendEntries(nil, es)); again != raw {
			t.Errorf("written again: %s", again)
		}
		return []board.Field{{Name: "out", Value: `"accepted"`}}
	})
	g.save(t)
}

func TestGolden_digest(t *testing.T) {
	g := readGolden(t, "digest")
	g.run(t, "sums", func(t *testing.T, in goldenCase) []board.Field {
		return []board.Field{{Name: "out", Value: board.String(board.Hex(board.Sum(in.get("text").Str())))}}
	})
	g.save(t)
}

func delta(t *testing.T, v board.Value) board.Delta {
	t.Helper()
	d, err := board.ParseDelta(v)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestGolden_text(t *testing.T) {
	g := readGolden(t, "text")
	g.run(t, "apply", func(t *testing.T, in goldenCase) []board.Field {
		out, ok := delta(t, in.get("a")).Apply(in.get("text").Str())
		if !ok {
			return []board.Field{{Name: "out", Value: board.Null}}
		}
		return []board.Field{{Name: "out", Value: board.String(out)}}
	})
	g.run(t, "refuse", func(t *testing.T, in goldenCase) []board.Field {
		if d, err := board.ParseDelta(in.get("a")); err == nil {
			t.Errorf("accepted as %s", d.Value())
		}
		return nil
	})
	g.run(t, "transform", func(t *testing.T, in goldenCase) []board.Field {
		a, b := delta(t, in.get("a")), delta(t, in.get("b"))
		over, under := b.Transform(a), a.TransformUnder(b)
		text := in.get("text").Str()
		one, ok1 := a.Apply(text)
		one, ok2 := over.Apply(one)
		two, ok3 := b.Apply(text)
		two, ok4 := under.Apply(two)
		if !ok1 || !ok2 || !ok3 || !ok4 || one != two {
			t.Errorf("a then b is %q, b then a is %q", one, two)
		}
		return []board.Field{{Name: "out", Value: board.Object(
			board.Field{Name: "bOverA", Value: over.Value()},
			board.Field{Name: "aUnderB", Value: under.Value()},
			board.Field{Name: "text", Value: board.String(one)},
		)}}
	})
	g.run(t, "compose", func(t *testing.T, in goldenCase) []board.Field {
		a, b := delta(t, in.get("a")), delta(t, in.get("b"))
		both := a.Compose(b)
		text := in.get("text").Str()
		one, _ := a.Apply(text)
		one, _ = b.Apply(one)
		if two, ok := both.Apply(text); !ok || one != two {
			t.Errorf("one after the other is %q, composed is %q", one, two)
		}
		return []board.Field{{Name: "out", Value: both.Value()}}
	})
	g.run(t, "invert", func(t *testing.T, in goldenCase) []board.Field {
		a := delta(t, in.get("a"))
		text := in.get("text").Str()
		back := a.Invert(text)
		one, _ := a.Apply(text)
		if two, ok := back.Apply(one); !ok || two != text {
			t.Errorf("there and back is %q", two)
		}
		return []board.Field{{Name: "out", Value: back.Value()}}
	})
	g.save(t)
}

func TestGolden_rank(t *testing.T) {
	g := readGolden(t, "rank")
	g.run(t, "between", func(t *testing.T, in goldenCase) []board.Field {
		r, ok := board.Between(board.Rank(in.get("low").Str()), board.Rank(in.get("high").Str()))
		if !ok {
			return []board.Field{{Name: "out", Value: board.Null}}
		}
		return []board.Field{{Name: "out", Value: board.String(string(r))}}
	})
	g.run(t, "spread", func(t *testing.T, in goldenCase) []board.Field {
		list := board.Value("[")
		for i, r := range board.Spread(int(in.get("n").Int())) {
			if i > 0 {
				list += ","
			}
			list += board.String(string(r))
		}
		return []board.Field{{Name: "out", Value: list + "]"}}
	})
	g.save(t)
}
