package board

import (
	"slices"
	"strings"
)

// Departments lists, for each of these steps, who is at work there: the texts of the cards that everyone may
// see in the lanes for departments, as written, in the order of the cards, each once. A card that spans steps
// counts in all of them.
func (b *Board) Departments(steps []*Record) [][]string {
	out := make([][]string, len(steps))
	m, ok := b.Map()
	if !ok {
		return out
	}
	for lane := range b.Under(KindLane, m.ID) {
		if lane.Str("type") != "departments" {
			continue
		}
		for i, step := range steps {
			for card := range b.Under(KindCard, lane.ID, step.ID) {
				name := strings.TrimSpace(card.Str("text"))
				if !card.VisibleTo(everyone) || name == "" {
					continue
				}
				for j := i; j < min(i+int(card.Int("span")), len(steps)); j++ {
					if !slices.Contains(out[j], name) {
						out[j] = append(out[j], name)
					}
				}
			}
		}
	}
	return out
}

// A Department is one that is at work on the journey, with the hue of its square.
type Department struct {
	Name string
	Hue  int
}

// AtWork lists the departments of the cards that everyone may see in the lanes for departments, each once and as it
// is first met along the journey. Case does not tell two of them apart.
func (b *Board) AtWork() []Department {
	var out []Department
	known := make(map[string]bool)
	m, ok := b.Map()
	if !ok {
		return nil
	}
	for _, step := range b.Steps() {
		for lane := range b.Under(KindLane, m.ID) {
			if lane.Str("type") != "departments" {
				continue
			}
			for card := range b.Under(KindCard, lane.ID, step.ID) {
				name := strings.TrimSpace(card.Str("text"))
				if folded := strings.ToLower(name); card.VisibleTo(everyone) && name != "" && !known[folded] {
					known[folded] = true
					out = append(out, Department{Name: name, Hue: int(card.Int("hue"))})
				}
			}
		}
	}
	return out
}

// HandOffs lists the steps at which the customer is handed over: nobody who was at work in the step before
// still is. Steps of which nobody has said who is at work are passed over.
func HandOffs(departments [][]string) []int {
	var out []int
	before := -1
	for i, now := range departments {
		if len(now) == 0 {
			continue
		}
		if before >= 0 && !slices.ContainsFunc(now, func(d string) bool { return slices.Contains(departments[before], d) }) {
			out = append(out, i)
		}
		before = i
	}
	return out
}

// A Reason says why a step may be a moment of truth.
type Reason string

// The reasons, in the order in which they are given.
const (
	IsLowest  Reason = "lowest"  // nowhere does it feel worse
	IsHighest Reason = "highest" // nowhere does it feel better
	IsDrop    Reason = "drop"    // nowhere does it get so much worse from one step to the next
	IsFirst   Reason = "first"   // the journey begins
	IsLast    Reason = "last"    // the journey ends
	IsHandOff Reason = "handOff" // others take over
	IsChosen  Reason = "votes"   // it has the most votes
)

// A Candidate is a step that may be a moment of truth.
type Candidate struct {
	Step    int // its place in the list of steps
	Reasons []Reason
}

// Candidates proposes moments of truth: where the feeling is at its extremes or falls the most, where the
// journey begins and ends, where the customer is handed over, and where the most votes are (votes may be
// shorter than the list of steps). Those with the most reasons come first, then in the order of the steps.
func Candidates(fs []Feeling, handOffs []int, votes []int64) []Candidate {
	reasons := make([][]Reason, len(fs))
	add := func(i int, r Reason) {
		if i >= 0 && i < len(fs) {
			reasons[i] = append(reasons[i], r)
		}
	}
	lowest, highest := Extremes(fs)
	add(lowest, IsLowest)
	add(highest, IsHighest)
	add(largestDrop(fs), IsDrop)
	add(0, IsFirst)
	if len(fs) > 1 {
		add(len(fs)-1, IsLast)
	}
	for _, i := range handOffs {
		add(i, IsHandOff)
	}
	if len(votes) > 0 {
		most := slices.Max(votes)
		for i, n := range votes {
			if n == most && n > 0 {
				add(i, IsChosen)
			}
		}
	}
	var out []Candidate
	for i, rs := range reasons {
		if len(rs) > 0 {
			out = append(out, Candidate{i, rs})
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return len(b.Reasons) - len(a.Reasons) })
	return out
}

// largestDrop is the step that falls the most from the known step before it, the first of equals; -1 when
// none falls.
func largestDrop(fs []Feeling) int {
	at, before, most := -1, -1, int64(0)
	for i, f := range fs {
		if !f.Known {
			continue
		}
		if before >= 0 {
			if drop := fs[before].Value - f.Value; drop > most {
				at, most = i, drop
			}
		}
		before = i
	}
	return at
}
