package template

import (
	"fmt"

	"waymark/board"
)

// A plan turns a template into records.
type plan struct {
	newID   func(board.Kind) board.ID
	records []*board.Record
	persona board.ID            // the first, whose emotions these are
	lanes   map[string]board.ID // by type
	order   []string            // of the lanes
}

func (p *plan) lay(t *template) error {
	m, err := p.put(board.KindMap, t.Map, text("lang", t.Lang))
	if err != nil {
		return err
	}
	ranks := board.Spread(len(t.Personas))
	for i, f := range t.Personas {
		id, err := p.put(board.KindPersona, f, ref("map", m), rank(ranks[i]))
		if err != nil {
			return err
		}
		if i == 0 {
			p.persona = id
		}
	}
	if err := p.layLanes(m, t.Lanes); err != nil {
		return err
	}
	ranks = board.Spread(len(t.Phases))
	for i, ph := range t.Phases {
		if err := p.layPhase(m, ranks[i], ph); err != nil {
			return err
		}
	}
	ranks = board.Spread(len(t.Stickies))
	for i, f := range t.Stickies {
		if _, err := p.put(board.KindSticky, f, rank(ranks[i])); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) layLanes(m board.ID, lanes []fields) error {
	p.lanes = make(map[string]board.ID, len(lanes))
	ranks := board.Spread(len(lanes))
	for i, f := range lanes {
		kind := f["type"].Str()
		if _, ok := p.lanes[kind]; ok {
			return fmt.Errorf("two lanes of type %q", kind)
		}
		id, err := p.put(board.KindLane, f, ref("map", m), rank(ranks[i]))
		if err != nil {
			return err
		}
		p.lanes[kind] = id
		p.order = append(p.order, kind)
	}
	return nil
}

func (p *plan) layPhase(m board.ID, r board.Rank, ph phase) error {
	id, err := p.put(board.KindPhase, nil, ref("map", m), rank(r), text("title", ph.Title))
	if err != nil {
		return err
	}
	if len(ph.Steps) == 0 {
		return fmt.Errorf("phase %q has no step", ph.Title)
	}
	ranks := board.Spread(len(ph.Steps))
	for i, s := range ph.Steps {
		if err := p.layStep(id, ranks[i], s); err != nil {
			return fmt.Errorf("step %q: %w", s.Title, err)
		}
	}
	return nil
}

func (p *plan) layStep(phase board.ID, r board.Rank, s step) error {
	id, err := p.put(board.KindStep, nil, ref("phase", phase), rank(r), text("title", s.Title))
	if err != nil {
		return err
	}
	for lane := range s.Cells {
		if _, ok := p.lanes[lane]; !ok {
			return fmt.Errorf("no lane of type %q", lane)
		}
	}
	for _, lane := range p.order {
		cards := s.Cells[lane]
		ranks := board.Spread(len(cards))
		for i, c := range cards {
			if _, err := p.put(board.KindCard, c.fields, ref("lane", p.lanes[lane]), ref("step", id), rank(ranks[i])); err != nil {
				return err
			}
		}
	}
	return p.layFindings(id, s)
}

// layFindings puts what hangs on a step and not in a cell.
func (p *plan) layFindings(id board.ID, s step) error {
	for _, f := range s.Markers {
		own := []board.Field{ref("step", id)}
		if v, ok := f["lane"]; ok {
			lane, ok := p.lanes[v.Str()]
			if !ok {
				return fmt.Errorf("no lane of type %q", v.Str())
			}
			f = f.without("lane")
			own = append(own, ref("lane", lane))
		}
		if _, err := p.put(board.KindMarker, f, own...); err != nil {
			return err
		}
	}
	if s.Emotion != nil {
		if p.persona == "" {
			return fmt.Errorf("an emotion of nobody")
		}
		err := p.putAs(board.EmotionID(id, p.persona), s.Emotion, ref("step", id), ref("persona", p.persona))
		if err != nil {
			return err
		}
	}
	if s.Moment != nil {
		if _, err := p.put(board.KindMoment, s.Moment, ref("target", id)); err != nil {
			return err
		}
	}
	return nil
}

// put makes a record from what the file says about it and from what follows from its place there.
func (p *plan) put(kind board.Kind, said fields, own ...board.Field) (board.ID, error) {
	id := p.newID(kind)
	return id, p.putAs(id, said, own...)
}

func (p *plan) putAs(id board.ID, said fields, own ...board.Field) error {
	list, err := said.of(id.Kind(), own)
	if err != nil {
		return err
	}
	p.records = append(p.records, board.NewRecord(id, "", 0, "", list...))
	return nil
}
