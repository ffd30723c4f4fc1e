package directory

import (
	"strconv"
	"strings"

	"waymark/board"
)

// A Picture is what a thumbnail of a board is drawn from: which cells of the map hold something, and nothing of what
// they say. Sealed records are not in it.
type Picture struct {
	Phases  []int         `json:"phases"`  // how many steps each has
	Lanes   []PictureLane `json:"lanes"`   // those that are shown, in their order
	Moments string        `json:"moments"` // a digit per step: how many, at most 9
}

// A PictureLane is one lane of a Picture.
type PictureLane struct {
	Type  string `json:"type"`
	Cells string `json:"cells"` // a digit per step: how many cards begin there, at most 9
}

func pictureOf(b *board.Board, m board.ID, steps []*board.Record) Picture {
	p := Picture{Phases: []int{}, Lanes: []PictureLane{}}
	for phase := range b.Under(board.KindPhase, m) {
		n := 0
		for range b.Under(board.KindStep, phase.ID) {
			n++
		}
		p.Phases = append(p.Phases, n)
	}
	var moments strings.Builder
	inStep := make([]int, len(steps))
	for i, step := range steps {
		inStep[i] = countOpen(b, board.KindMoment, step.ID)
	}
	for lane := range b.Under(board.KindLane, m) {
		var cells strings.Builder
		for i, step := range steps {
			n := 0
			for card := range b.Under(board.KindCard, lane.ID, step.ID) {
				if card.Only == "" {
					n++
					inStep[i] += countOpen(b, board.KindMoment, card.ID)
				}
			}
			cells.WriteString(digit(n))
		}
		if !lane.Bool("hidden") {
			p.Lanes = append(p.Lanes, PictureLane{Type: lane.Str("type"), Cells: cells.String()})
		}
	}
	for _, n := range inStep {
		moments.WriteString(digit(n))
	}
	p.Moments = moments.String()
	return p
}

func digit(n int) string { return strconv.Itoa(min(n, 9)) }
