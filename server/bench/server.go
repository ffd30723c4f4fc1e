package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// onServers runs a workload on fresh servers with fresh data, then counts against their log.
func (r *run) onServers(ctx context.Context, w workload, on subject, t timing, folder string, flags ...string) (result outcome, checked *audit, err error) {
	s, err := r.openStreet(ctx, on, folder, flags...)
	if err != nil {
		return result, nil, err
	}
	defer func() { err = errors.Join(err, s.clear()) }()
	places, err := s.seatAll(ctx, w)
	if err != nil {
		return result, nil, err
	}
	profiled := s.profile(ctx, fmt.Sprintf("%s-%g", w.Name, w.Edits), t)
	result, err = runLoad[loadOrder, outcome](ctx, "load", loadOrder{
		Target: targetServer, URLs: s.sockets(), Watched: s.watched, Workload: w, Timing: t, Places: places,
	})
	if err = errors.Join(err, <-profiled, s.close()); err != nil {
		return result, nil, err
	}
	log, err := s.history(ctx)
	if err != nil {
		return result, nil, fmt.Errorf("read the log: %w", err)
	}
	checked, err = auditLog(ctx, log, result.Seats)
	return result, checked, errors.Join(err, log.Close())
}

// seatAll makes the workload's boards and lets its people in, one after the other by each house's door.
func (s *street) seatAll(ctx context.Context, w workload) ([]place, error) {
	h := s.houses[0]
	var places []place
	for range w.Boards {
		p := newPlan(w.Acting*w.Cards, func(int) string { return "" })
		if err := h.create(ctx, p); err != nil {
			return nil, err
		}
		secret, err := h.invite(ctx, p.id)
		if err != nil {
			return nil, err
		}
		for i := range w.People {
			guest, err := h.admit(ctx, secret, fmt.Sprintf("Person %d", i+1))
			if err != nil {
				return nil, err
			}
			at := place{
				Board: string(p.id), Server: s.spread(len(places)), Token: guest.Token, Acts: i < w.Acting,
				Client: clientName(serverRun, len(places)),
			}
			lane, step := p.cell(i)
			at.Lane, at.Step = string(lane), string(step)
			if at.Acts {
				for _, card := range p.cards[i*w.Cards : (i+1)*w.Cards] {
					at.Cards = append(at.Cards, string(card))
				}
			}
			places = append(places, at)
		}
	}
	return places, nil
}

const serverRun = "serverbenc"

// connectServer opens a session and waits until it has its board.
func (s *seat) connectServer(ctx context.Context) error {
	joined := make(chan struct{})
	var once sync.Once
	var now time.Duration
	conn, err := client.Dial(ctx, client.Options{
		URL: s.load.order.URLs[s.Server], Token: s.Token, Board: board.ID(s.Board), Client: board.ID(s.Client),
		HeardFrame: func(size int) {
			now = s.load.now()
			s.countFrame(size, now)
		},
		Hear: func(m client.Message) error {
			s.hearServer(m, now)
			if m.Type == "own" {
				once.Do(func() { close(joined) })
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	s.link = serverLink{conn}
	ended := make(chan error, 1)
	s.load.readers.Go(func() {
		err := conn.Run()
		ended <- err
		if s.load.window.running() {
			s.trouble(err.Error())
		}
	})
	select {
	case <-joined:
		return nil
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *seat) hearServer(m client.Message, now time.Duration) {
	switch m.Type {
	case "welcome":
		var told struct{ Seq int64 }
		if err := m.Decode(&told); err != nil {
			s.trouble(err.Error())
		}
		s.got.firstSeq = told.Seq
		s.seq.Store(told.Seq)
	case "snapshot":
		// The first is the board that one joins. Another stands for entries that a slow reader is not given one by one.
		if s.got.snapshots++; s.got.snapshots > 1 {
			s.trouble("was given the board anew: the edits came faster than it could be told of them")
		}
	case "entries":
		for _, e := range m.Entries {
			if len(e.Refused) > 0 {
				s.got.refused++
			}
			if int64(e.Seq) > s.got.firstSeq {
				s.heardEdit(e.Client, e.N, now)
			}
		}
		s.seq.Store(int64(m.To))
	case "hole":
		s.seq.Store(int64(m.To))
	case "presence":
		s.heardCursors(m.Raw, now)
	case "busy", "gap", "reset", "bye":
		s.trouble(string(m.Raw))
	}
}

func (s *seat) trouble(what string) {
	if s.got.trouble == "" {
		s.got.trouble = what
	}
}

type serverLink struct{ conn *client.Conn }

func (l serverLink) write(frame []byte) error { return l.conn.Write(frame) }
func (l serverLink) close()                   { _ = l.conn.Cut() }
