package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"waymark/board"
	"waymark/server/client"
)

// A plan is a board to be made: a journey map of eleven steps and eight lanes with cards spread over its cells.
type plan struct {
	id    board.ID
	lanes []board.ID
	steps []board.ID
	cards []board.ID
	text  func(i int) string // of card i
}

const (
	planPhases = 5
	planSteps  = 11
	planLanes  = 8
)

// newPlan draws the ids. Cards fill the cells evenly.
func newPlan(cards int, text func(i int) string) plan {
	p := plan{id: client.NewID("board"), text: text}
	for range planLanes {
		p.lanes = append(p.lanes, client.NewID("lane"))
	}
	for range planSteps {
		p.steps = append(p.steps, client.NewID("step"))
	}
	for range cards {
		p.cards = append(p.cards, client.NewID("card"))
	}
	return p
}

// cell is where card i lies.
func (p plan) cell(i int) (lane, step board.ID) {
	return p.lanes[i%planLanes], p.steps[i/planLanes%planSteps]
}

// file is the plan as an import file.
func (p plan) file() json.RawMessage {
	mapID := client.NewID("map")
	var records []any
	add := func(id board.ID, fields map[string]any) {
		kind, _, _ := strings.Cut(string(id), "-")
		records = append(records, map[string]any{"at": 0, "by": "person-bench", "fields": fields, "id": id, "kind": kind})
	}
	add(mapID, map[string]any{"title": "I switch my mobile contract", "lang": "en"})
	ranks := board.Spread(max(planSteps, len(p.cards)/(planLanes*planSteps)+1))
	var phases []board.ID
	for i := range planPhases {
		phases = append(phases, client.NewID("phase"))
		add(phases[i], map[string]any{"map": mapID, "rank": ranks[i], "title": fmt.Sprintf("Phase %d", i+1)})
	}
	for i, id := range p.steps {
		add(id, map[string]any{"phase": phases[i*planPhases/planSteps], "rank": ranks[i], "title": fmt.Sprintf("Step %d", i+1)})
	}
	types := []string{"actions", "touchpoints", "channels", "objects", "people", "thoughts", "pains", "departments"}
	for i, id := range p.lanes {
		add(id, map[string]any{"map": mapID, "rank": ranks[i], "type": types[i]})
	}
	for i, id := range p.cards {
		lane, step := p.cell(i)
		fields := map[string]any{"lane": lane, "step": step, "rank": ranks[i/(planLanes*planSteps)]}
		if text := p.text(i); text != "" {
			fields["text"] = text
		}
		add(id, fields)
	}
	raw, err := json.Marshal(map[string]any{"board": p.id, "records": records, "waymark": 1})
	if err != nil {
		panic(err) // strings, numbers and maps of them can be written
	}
	return raw
}

// create makes the planned board by an import.
func (h *house) create(ctx context.Context, p plan) error {
	return h.call(ctx, h.access, http.MethodPost, "/api/boards/import", map[string]any{"id": p.id, "board": p.file()}, nil)
}
