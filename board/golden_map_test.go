package board_test

import (
	"testing"

	"waymark/board"
)

func feelings(v board.Value) []board.Feeling {
	var fs []board.Feeling
	for _, item := range v.Items() {
		fs = append(fs, board.Feeling{Value: item.Int(), Known: item != board.Null})
	}
	return fs
}

func ints(values ...int) []int64 {
	out := make([]int64, len(values))
	for i, n := range values {
		out[i] = int64(n)
	}
	return out
}

func list(values []board.Value) board.Value {
	v := board.Value("[")
	for i, item := range values {
		if i > 0 {
			v += ","
		}
		v += item
	}
	return v + "]"
}

func intList(values []int64) board.Value {
	var items []board.Value
	for _, n := range values {
		items = append(items, board.Int(n))
	}
	return list(items)
}

func feelingList(fs []board.Feeling) board.Value {
	var items []board.Value
	for _, f := range fs {
		if f.Known {
			items = append(items, board.Int(f.Value))
		} else {
			items = append(items, board.Null)
		}
	}
	return list(items)
}

func TestGolden_curve(t *testing.T) {
	g := readGolden(t, "curve")
	g.run(t, "curve", func(t *testing.T, in goldenCase) []board.Field {
		fs := feelings(in.get("steps"))
		var segments []board.Value
		for _, s := range board.Curve(fs) {
			low, high := min(s.Y0, s.Y1), max(s.Y0, s.Y1)
			rising := s.Y1 >= s.Y0
			if s.C0 < low || s.C0 > high || s.C1 < low || s.C1 > high || rising != (s.C1 >= s.C0) && s.C0 != s.C1 {
				t.Errorf("not monotone: %+v", s)
			}
			segments = append(segments, intList(append(ints(s.From, s.To), s.Y0, s.C0, s.C1, s.Y1)))
		}
		lowest, highest := board.Extremes(fs)
		return []board.Field{{Name: "out", Value: board.Object(
			board.Field{Name: "segments", Value: list(segments)},
			board.Field{Name: "extremes", Value: intList(ints(lowest, highest))},
		)}}
	})
	g.run(t, "ranges", func(t *testing.T, in goldenCase) []board.Field {
		var curves [][]board.Feeling
		for _, v := range in.get("a").Items() {
			curves = append(curves, feelings(v))
		}
		return []board.Field{{Name: "out", Value: feelingList(board.Ranges(curves...))}}
	})
	g.run(t, "handOffs", func(t *testing.T, in goldenCase) []board.Field {
		var departments [][]string
		for _, v := range in.get("a").Items() {
			var names []string
			for _, name := range v.Items() {
				names = append(names, name.Str())
			}
			departments = append(departments, names)
		}
		return []board.Field{{Name: "out", Value: intList(ints(board.HandOffs(departments)...))}}
	})
	g.run(t, "candidates", func(t *testing.T, in goldenCase) []board.Field {
		var handOffs []int
		for _, v := range in.get("a").Items() {
			handOffs = append(handOffs, int(v.Int()))
		}
		var votes []int64
		for _, v := range in.get("b").Items() {
			votes = append(votes, v.Int())
		}
		var out []board.Value
		for _, c := range board.Candidates(feelings(in.get("steps")), handOffs, votes) {
			var reasons []board.Value
			for _, r := range c.Reasons {
				reasons = append(reasons, board.String(string(r)))
			}
			out = append(out, board.Object(
				board.Field{Name: "step", Value: board.Int(int64(c.Step))},
				board.Field{Name: "reasons", Value: list(reasons)},
			))
		}
		return []board.Field{{Name: "out", Value: list(out)}}
	})
	g.save(t)
}
