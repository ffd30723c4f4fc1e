package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// The large board: 5,000 cards of 40 to 60 letters.
const (
	largeBoard     = 5000
	importedCards  = 4900 // an import holds at most 5,000 records; the rest is added by hand
	coldJoins      = 5
	warmJoins      = 50
	stormJoins     = 200
	stormEditors   = 5
	stormSeconds   = 1
	coldLinger     = 500 * time.Millisecond
	restLimit      = 20 * time.Second
	restStep       = 200 * time.Millisecond
	restingPart    = 0.02
	largeBoardText = "The customer compares tariffs, asks a friend, and calls the hotline again."
)

// A gathering is what joining the large board costs.
type gathering struct {
	On    subject       `json:"on"`
	Cold  []joinOutcome `json:"cold,omitempty"` // each the first join after the servers' start
	Warm  *joinOutcome  `json:"warm,omitempty"` // one after the other
	Storm *joinOutcome  `json:"storm,omitempty"`
}

// gather makes the large board and lets people join it as asked.
func (r *run) gather(ctx context.Context, on subject, folder string, join, storm bool) (g gathering, err error) {
	g.On = on
	s, err := r.openStreet(ctx, on, folder)
	if err != nil {
		return g, err
	}
	defer func() { err = errors.Join(err, s.clear()) }()
	places, err := s.fill(ctx)
	if err != nil {
		return g, err
	}
	if join {
		if err := g.join(ctx, s, places); err != nil {
			return g, err
		}
	}
	if storm {
		for i := range stormEditors {
			places[i].Acts = true
		}
		outcome, err := s.joins(ctx, joinOrder{Places: places, Every: stormSeconds * time.Second / stormJoins}, true)
		if err != nil {
			return g, err
		}
		g.Storm = &outcome
	}
	return g, nil
}

func (g *gathering) join(ctx context.Context, s *street, places []place) error {
	for range coldJoins {
		outcome, err := s.joins(ctx, joinOrder{Places: places[:1]}, true)
		if err != nil {
			return err
		}
		g.Cold = append(g.Cold, outcome)
	}
	outcome, err := s.joins(ctx, joinOrder{Places: places[:warmJoins]}, false)
	if err != nil {
		return err
	}
	g.Warm = &outcome
	return nil
}

// joins has a process join as ordered; cold says that the servers are started anew before.
func (s *street) joins(ctx context.Context, order joinOrder, cold bool) (outcome joinOutcome, err error) {
	if cold {
		if err := s.again(ctx); err != nil {
			return outcome, err
		}
		if err := s.rest(ctx); err != nil {
			return outcome, err
		}
	}
	order.URLs, order.Watched, order.Linger = s.sockets(), s.watched, coldLinger
	s.joined++
	profiled := s.profile(ctx, fmt.Sprintf("join-%d", s.joined), timing{Window: 2 * time.Second})
	outcome, err = runLoad[joinOrder, joinOutcome](ctx, "joins", order)
	return outcome, errors.Join(err, <-profiled)
}

// fill makes the large board and lets 200 people in.
func (s *street) fill(ctx context.Context) ([]place, error) {
	h := s.houses[0]
	p := newPlan(importedCards, func(i int) string { return largeBoardText[:40+i%21] })
	if err := h.create(ctx, p); err != nil {
		return nil, err
	}
	secret, err := h.invite(ctx, p.id)
	if err != nil {
		return nil, err
	}
	var places []place
	for i := range stormJoins {
		guest, err := h.admit(ctx, secret, fmt.Sprintf("Person %d", i+1))
		if err != nil {
			return nil, err
		}
		places = append(places, place{
			Board: string(p.id), Server: s.spread(i), Token: guest.Token, Client: clientName(serverRun, i), Cards: []string{string(p.cards[i])},
		})
	}
	return places, h.addCards(ctx, p, places[0])
}

// addCards adds the cards that an import has no room for, as a person would: by ops over the socket.
func (h *house) addCards(ctx context.Context, p plan, as place) error {
	missing := largeBoard - importedCards
	done := errors.New("all cards are there")
	var ops [][]byte
	for i := range missing {
		lane, step := p.cell(i)
		ops = append(ops, fmt.Appendf(nil, `{"type":"addCard","id":%q,"lane":%q,"step":%q,"fields":{"text":%q}}`,
			client.NewID(board.KindCard), lane, step, p.text(i)))
	}
	heard := 0
	var conn *client.Conn
	conn, err := client.Dial(ctx, client.Options{
		URL: h.socket(), Token: as.Token, Board: p.id,
		Hear: func(m client.Message) error {
			if m.Type == "own" { // before that the server has no place for ops
				_, err := conn.Send(ops...)
				return err
			}
			for _, e := range m.Entries {
				if len(e.Refused) > 0 {
					return fmt.Errorf("add a card: refused: %s", e.Refused)
				}
				if e.N > 0 {
					heard++
				}
			}
			if heard == missing {
				return done
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Cut() })
	defer stop()
	if err := conn.Run(); !errors.Is(err, done) {
		return fmt.Errorf("add cards: %w", err)
	}
	return nil
}

// rest waits until a server that has just started has nothing more to do.
func (h *house) rest(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, restLimit)
	defer cancel()
	for {
		before, err := fineCPUTime(h.process.pid())
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.New("the server does not come to rest")
		case <-time.After(restStep):
		}
		after, err := fineCPUTime(h.process.pid())
		if err != nil {
			return err
		}
		if after-before < time.Duration(restingPart*float64(restStep)) {
			return nil
		}
	}
}
