package board

// A Feeling is what is felt in one step, in hundredths from -300 to 300. Known is false where nobody has
// said, or where nobody may be told.
type Feeling struct {
	Value int64
	Known bool
}

// Steps lists the live steps of the map in the order of the journey.
func (b *Board) Steps() []*Record {
	var steps []*Record
	m, ok := b.Map()
	if !ok {
		return nil
	}
	for phase := range b.Under(KindPhase, m.ID) {
		for step := range b.Under(KindStep, phase.ID) {
			steps = append(steps, step)
		}
	}
	return steps
}

// Feelings lists what a persona feels in each of these steps.
func (b *Board) Feelings(steps []*Record, persona ID) []Feeling {
	fs := make([]Feeling, len(steps))
	for i, step := range steps {
		if e, ok := b.Live(EmotionID(step.ID, persona)); ok && e.VisibleTo(everyone) {
			fs[i] = Feeling{e.Int("value"), true}
		}
	}
	return fs
}

// A Segment is the curve between two known feelings, a cubic Bézier from (From, Y0) to (To, Y1). The control
// points lie at one and two thirds of the way, at the heights C0 and C1.
type Segment struct {
	From, To       int // places in the list of steps
	Y0, C0, C1, Y1 int64
}

// Curve draws a smooth line through the known feelings. It is monotone between two of them (the condition of
// Fritsch and Carlson, SIAM J. Numer. Anal. 17, 1980; the slopes are the weighted harmonic means of Fritsch
// and Butland, 1984), so that it never shows a low or a high where there is none. All in integers, halves
// rounded away from zero, so that every program draws the same line.
func Curve(fs []Feeling) []Segment {
	var at []int
	for i, f := range fs {
		if f.Known {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return nil
	}
	segments := make([]Segment, len(at)-1)
	for i := range segments {
		segments[i] = Segment{From: at[i], To: at[i+1], Y0: fs[at[i]].Value, Y1: fs[at[i+1]].Value}
	}
	for i := range segments {
		s := &segments[i]
		switch {
		case len(segments) == 1:
			s.C0, s.C1 = s.Y0+divide(s.Y1-s.Y0, 3), s.Y1-divide(s.Y1-s.Y0, 3)
		case i == 0:
			s.C0 = s.Y0 + end(*s, segments[1])
			s.C1 = s.Y1 - inner(*s, segments[1], s.width())
		case i == len(segments)-1:
			s.C0 = s.Y0 + inner(segments[i-1], *s, s.width())
			s.C1 = s.Y1 - end(*s, segments[i-1])
		default:
			s.C0 = s.Y0 + inner(segments[i-1], *s, s.width())
			s.C1 = s.Y1 - inner(*s, segments[i+1], s.width())
		}
	}
	return segments
}

func (s Segment) width() int64 { return int64(s.To - s.From) }

func (s Segment) rise() int64 { return s.Y1 - s.Y0 }

// inner is a third of how far the curve would rise over a width at its slope between two segments, which is
// level where they do not go the same way.
func inner(a, b Segment, width int64) int64 {
	if (a.rise() > 0) != (b.rise() > 0) || a.rise() == 0 || b.rise() == 0 {
		return 0
	}
	ha, hb := a.width(), b.width()
	below := (2*hb+ha)*b.rise()*ha + (hb+2*ha)*a.rise()*hb
	return divide(width*(ha+hb)*a.rise()*b.rise(), below)
}

// end is a third of how far the curve would rise over a segment at its slope at the segment's outer end;
// next is the neighbour at the other end.
func end(s, next Segment) int64 {
	hs, hn := s.width(), next.width()
	rise := divide((2*hs+hn)*s.rise()*hn-hs*hs*next.rise(), 3*hn*(hs+hn))
	switch {
	case s.rise() == 0 || (rise > 0) != (s.rise() > 0):
		return 0
	case (next.rise() > 0) != (s.rise() > 0) && abs(rise) > abs(s.rise()):
		return s.rise()
	}
	return rise
}

// divide rounds to the nearest integer, halves away from zero.
func divide(a, b int64) int64 {
	if b < 0 {
		a, b = -a, -b
	}
	if a < 0 {
		return -((-a*2 + b) / (2 * b))
	}
	return (a*2 + b) / (2 * b)
}

func abs(n int64) int64 { return max(n, -n) }

// Extremes are the places of the lowest and of the highest known feeling, the first of equals; -1 where
// nothing is known, or all feelings are equal.
func Extremes(fs []Feeling) (lowest, highest int) {
	lowest, highest = -1, -1
	for i, f := range fs {
		if !f.Known {
			continue
		}
		if lowest < 0 || f.Value < fs[lowest].Value {
			lowest = i
		}
		if highest < 0 || f.Value > fs[highest].Value {
			highest = i
		}
	}
	if lowest == highest {
		return -1, -1
	}
	return lowest, highest
}

// Ranges are, for each step, how far the highest curve is above the lowest; known where at least two curves
// are.
func Ranges(curves ...[]Feeling) []Feeling {
	var out []Feeling
	for _, c := range curves {
		for len(out) < len(c) {
			out = append(out, Feeling{})
		}
	}
	for i := range out {
		low, high, n := int64(0), int64(0), 0
		for _, c := range curves {
			if i >= len(c) || !c[i].Known {
				continue
			}
			if n == 0 {
				low, high = c[i].Value, c[i].Value
			}
			low, high = min(low, c[i].Value), max(high, c[i].Value)
			n++
		}
		if n > 1 {
			out[i] = Feeling{high - low, true}
		}
	}
	return out
}
