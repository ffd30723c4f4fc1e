package collab

import (
	"context"
	"slices"
	"strings"
	"time"

	"waymark/board"
)

// people are the names that sessions are told.
type people struct {
	known map[board.ID]Person
	// wanted are to be looked up, in order; asking says that some are.
	wanted  []board.ID
	asking  bool
	retryAt time.Time
	// list is known in order, encoded; nil when it must be made.
	list []byte
}

// want asks for names that are not known, and were not asked for.
func (p *people) want(ids ...board.ID) {
	for _, id := range ids {
		if _, ok := p.known[id]; !ok && id.Prefix() == board.PrefixPerson {
			p.known[id] = Person{}
			p.wanted = append(p.wanted, id)
		}
	}
}

// renamed is the event of somebody having changed name or colour.
type renamed struct{ person board.ID }

func (e renamed) on(r *Room) {
	if _, ok := r.people.known[e.person]; ok && !slices.Contains(r.people.wanted, e.person) {
		r.people.wanted = append(r.people.wanted, e.person)
	}
}

// askPeople looks the wanted names up.
func (r *Room) askPeople() {
	p := &r.people
	if len(p.wanted) == 0 || p.asking || r.config.People == nil || r.now.Before(p.retryAt) {
		return
	}
	ids := p.wanted
	p.wanted, p.asking = nil, true
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		found, err := r.config.People.People(ctx, ids)
		return introduced{ids, found, err}
	})
}

// introduced is the event of names having been looked up.
type introduced struct {
	ids   []board.ID
	found []Person
	err   error
}

func (e introduced) on(r *Room) {
	p := &r.people
	p.asking = false
	if e.err != nil {
		r.hub.logger.Warn("look up people", "board", r.id, "error", e.err)
		p.wanted = append(p.wanted, e.ids...)
		p.retryAt = r.now.Add(retryEvery)
		return
	}
	var fresh []Person
	for _, who := range e.found {
		if p.known[who.ID] != who {
			p.known[who.ID] = who
			fresh = append(fresh, who)
		}
	}
	if len(fresh) > 0 {
		p.list = nil
		r.fan.extra.people(fresh)
	}
}

// all adds a message with everyone known.
func (p *people) all(a *answer) {
	if p.list == nil {
		var list []Person
		for _, who := range p.known {
			if who.ID != "" {
				list = append(list, who)
			}
		}
		slices.SortFunc(list, func(a, b Person) int { return strings.Compare(string(a.ID), string(b.ID)) })
		p.list = []byte{}
		if len(list) > 0 {
			var whole answer
			whole.people(list)
			p.list = whole.b
		}
	}
	a.join(&answer{b: p.list})
}

func (a *answer) people(list []Person) {
	a.list("people")
	for i, who := range list {
		if i > 0 {
			a.b = append(a.b, ',')
		}
		a.b = append(append(a.b, `{"id":"`...), who.ID...)
		a.b = append(append(a.b, `","name":`...), board.String(who.Name)...)
		a.b = append(append(a.b, `,"department":`...), board.String(who.Department)...)
		a.b = append(append(a.b, `,"color":`...), board.String(who.Color)...)
		a.b = append(append(a.b, `,"initials":`...), board.String(who.Initials)...)
		a.b = append(a.b, '}')
	}
	a.endList()
}
