package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// A seat is a person connected to a board. What it hears comes by heard, one message at a time.
type seat struct {
	t     *testing.T
	conn  *client.Conn
	heard chan seatMessage
	ended chan error

	mu   sync.Mutex
	kept strings.Builder
}

type seatMessage struct {
	kind    string
	raw     string
	entries []json.RawMessage
}

// sit connects a browser's person to a board and waits until it has the board.
func (b *browser) sit(id board.ID) *seat {
	b.t.Helper()
	return b.dial(id, nil).seated()
}

func (b *browser) dial(id board.ID, transport http.RoundTripper) *seat {
	b.t.Helper()
	return b.dialFrom(id, client.Point{}, transport)
}

// dialFrom connects a page that has the board up to a point.
func (b *browser) dialFrom(id board.ID, from client.Point, transport http.RoundTripper) *seat {
	b.t.Helper()
	return b.dialAs(client.Options{Board: id, From: from, HTTP: &http.Client{Transport: transport, Timeout: patience}})
}

// dialAs connects a page; where to, who it is and what becomes of what it hears is put in.
func (b *browser) dialAs(o client.Options) *seat {
	b.t.Helper()
	s := &seat{t: b.t, heard: make(chan seatMessage, 1000), ended: make(chan error, 1)}
	var err error
	o.URL, o.Token = "ws"+strings.TrimPrefix(b.url, "http")+"/socket", b.signed.Socket
	o.Hear = func(m client.Message) error {
		if err := s.keep(m); err != nil {
			return err
		}
		out := seatMessage{kind: m.Type, raw: string(m.Raw)}
		for _, e := range m.Entries {
			out.entries = append(out.entries, append(json.RawMessage(nil), e.Raw...))
		}
		s.heard <- out
		return nil
	}
	s.conn, err = client.Dial(b.t.Context(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.ended <- s.conn.Run()
	}()
	go s.beat(over)
	b.t.Cleanup(func() { _ = s.conn.Cut() })
	return s
}

// keep notes all that comes, snapshots unpacked.
func (s *seat) keep(m client.Message) error {
	raw, err := m.Raw, error(nil)
	if m.Type == "snapshot" {
		raw, err = client.Inflate(raw)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept.Write(raw)
	return err
}

// all is all that the seat was ever sent.
func (s *seat) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept.String()
}

// beat keeps the session from being silent for too long, as a page does (S5): a busy machine takes its time.
func (s *seat) beat(over <-chan struct{}) {
	tick := time.NewTicker(20 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = s.conn.Write([]byte(`[{"type":"beat"}]`)) // who has been closed hears so by Run
		case <-over:
			return
		}
	}
}

// seated waits for the board and until the seat's client is its own.
func (s *seat) seated() *seat {
	s.t.Helper()
	s.until("own")
	s.until("mark")
	return s
}

// until returns the next message of a kind.
func (s *seat) until(kind string) seatMessage {
	s.t.Helper()
	late := time.After(patience)
	for {
		select {
		case m := <-s.heard:
			if m.kind == kind {
				return m
			}
		case err := <-s.ended:
			s.ended <- err
			s.t.Fatalf("ended before a message %q: %v", kind, err)
		case <-late:
			s.t.Fatalf("no message %q", kind)
		}
	}
}

// untilEntry waits for the next entry that contains the text, and gives it.
func (s *seat) untilEntry(text string) string {
	s.t.Helper()
	for {
		for _, e := range s.until("entries").entries {
			if strings.Contains(string(e), text) {
				return string(e)
			}
		}
	}
}

// closed waits for the end and returns the close code.
func (s *seat) closed() int {
	s.t.Helper()
	late := time.After(patience)
	for {
		select {
		case <-s.heard:
		case err := <-s.ended:
			s.ended <- err
			var c *client.Closed
			if !errors.As(err, &c) {
				s.t.Fatalf("ended without a code: %v", err)
			}
			return c.Code
		case <-late:
			s.t.Fatal("does not end")
		}
	}
}

func (s *seat) send(op string, args ...any) {
	s.t.Helper()
	late := time.AfterFunc(patience, func() { _ = s.conn.Cut() })
	defer late.Stop()
	if _, err := s.conn.Send([]byte(fmt.Sprintf(op, args...))); err != nil {
		s.t.Fatal(err)
	}
}

// write sends a frame as it is.
func (s *seat) write(frame []byte) {
	s.t.Helper()
	late := time.AfterFunc(patience, func() { _ = s.conn.Cut() })
	defer late.Stop()
	if err := s.conn.Write(frame); err != nil {
		s.t.Fatal(err)
	}
}

// newBoard makes a board from a template and returns its id.
func (b *browser) newBoard(template, title string) board.ID {
	b.t.Helper()
	id := client.NewID("board")
	var made struct{ ID board.ID }
	b.ok("POST", "/api/boards", map[string]string{"id": string(id), "template": template, "title": title, "lang": "en"}, &made)
	if made.ID != id {
		b.t.Fatalf("made %s, want %s", made.ID, id)
	}
	return id
}

func (b *browser) list() []listedBody {
	b.t.Helper()
	var out struct{ Boards []listedBody }
	b.ok("GET", "/api/boards", nil, &out)
	return out.Boards
}

// invite makes a link and returns its id and secret.
func (b *browser) invite(id board.ID, want map[string]any) (invite, secret string) {
	b.t.Helper()
	var made struct{ ID, URL string }
	b.ok("POST", "/api/boards/"+string(id)+"/invites", want, &made)
	_, secret, ok := strings.Cut(made.URL, "/join#")
	if !ok {
		b.t.Fatalf("link %s", made.URL)
	}
	return made.ID, secret
}

// join lets a fresh browser in by a link.
func (p *running) join(t *testing.T, secret, name string) *browser {
	t.Helper()
	b := p.browser(t)
	b.enter("/api/invites/join", map[string]string{"secret": secret, "name": name, "department": "Sales", "lang": "de"})
	return b
}
