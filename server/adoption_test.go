package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"waymark/board"
	"waymark/server/directory"
)

func TestGuestBecomesAccount(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("empty", "Contract")
	_, secret := mira.invite(id, map[string]any{"role": "editor"})

	t.Run("signing_in_takes_the_guest's_boards_along", func(t *testing.T) {
		hannaID, link := account(t, p, "Hanna Beck")
		b := p.join(t, secret, "A guest")
		guest := b.signed.Person.ID
		s := b.sit(id)
		b.enter("/api/login", map[string]string{"secret": link})
		if b.signed.Person.ID != hannaID || b.signed.Person.Guest {
			t.Fatalf("signed in as %+v", b.signed.Person)
		}
		if got := b.find(id); got.Role != board.Editor {
			t.Fatalf("listed as %+v", got)
		}
		if code := s.closed(); code != 4401 && code != 4403 {
			t.Fatalf("the guest's socket was closed with %d", code)
		}
		access := mira.access(id)
		if access.member(guest).Person != "" || access.member(hannaID).Role != board.Editor {
			t.Fatalf("access %+v", access.Members)
		}
		b.fails("POST", "/api/login", map[string]string{"secret": link}, 410, "used")
	})
	t.Run("guests_make_themselves_an_account_only_where_that_is_allowed", func(t *testing.T) {
		b := p.join(t, secret, "Jonas")
		b.fails("POST", "/api/me/password", map[string]string{"new": "correct horse", "login": "jonas"}, 403, "registration")
	})
}

func TestGuest_fills_no_disk(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	_, secret := mira.invite(mira.newBoard("empty", "Contract"), map[string]any{"role": "viewer"})
	b := p.join(t, secret, "A guest")
	var all sync.WaitGroup
	var made atomic.Int32
	for i := range guestBoards + 10 {
		all.Go(func() {
			body := map[string]string{"id": fmt.Sprintf("board-mine-%d", i), "title": "Mine"}
			if status, _ := b.do("POST", "/api/boards", body); status == http.StatusCreated {
				made.Add(1)
			}
		})
	}
	all.Wait()
	if n := made.Load(); n != guestBoards {
		t.Errorf("%d boards were made at once", n)
	}
	b.fails("POST", "/api/boards", map[string]string{"id": "board-one-more", "title": "Mine"}, 403, "guestBoards")
	b.fails("POST", "/api/boards", map[string]string{"id": string(b.list()[0].ID), "title": "Mine"}, 409, "exists")
	mira.newBoard("empty", "An account's")
	_, link := account(t, p, "Hanna Beck")
	b.enter("/api/login", map[string]string{"secret": link})
	b.newBoard("empty", "Now there is room")
}

func TestGuestBecomesAccount_own_work_stays_own(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("empty", "Contract")
	_, secret := mira.invite(id, map[string]any{"role": "participant"})
	hanna, link := account(t, p, "Hanna Beck")
	b := p.join(t, secret, "A guest")
	guest := b.signed.Person.ID
	s := b.sit(id)
	s.send(`{"type":"add","id":"sticky-mine","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"mine"}}`)
	s.untilEntry("sticky-mine")
	if signed := b.enter("/api/login", map[string]string{"secret": link}); signed.Person.ID != hanna || signed.Adopted != guest {
		t.Fatalf("signed in as %s, adopted %q, want %s and %s", signed.Person.ID, signed.Adopted, hanna, guest)
	}
	s = b.sit(id)
	s.send(`{"type":"text","id":"sticky-mine","field":"text","base":%d,"delta":["still "]}`, s.conn.Point().Seq)
	s.untilEntry("still ")
	s.send(`{"type":"delete","id":"sticky-mine"}`)
	s.untilEntry(`"delete","sticky-mine"`)

	// Another participant has no right to it.
	other := p.join(t, secret, "Other").sit(id)
	other.send(`{"type":"restore","id":"sticky-mine"}`)
	other.untilEntry(`"refused":"role"`)
}

func TestHandOver_is_made_up_for(t *testing.T) {
	t.Parallel()
	config, _, err := ReadConfig("serve", []string{"-data", t.TempDir()}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx := limited(t)
	s, err := openServer(ctx, config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(s.hub.Drain(ctx), s.Close()); err != nil {
			t.Error(err)
		}
	}()
	mira, err := s.directory.AddAccount(ctx, directory.Profile{Name: "Mira", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	guest, err := s.directory.AddGuest(ctx, directory.Profile{Name: "Guest", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.sampleBoard(ctx, mira)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.propose(ctx, id, &board.SetMember{Person: guest.ID, Role: board.Editor}, board.Actor{Person: mira.ID, System: true}); err != nil {
		t.Fatal(err)
	}
	s.project(ctx)
	hanna, err := s.directory.AddAccount(ctx, directory.Profile{Name: "Hanna", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	// The server ends between the directory's word and the board's.
	if adopted, err := s.directory.Adopt(ctx, guest.ID, hanna.ID); err != nil || !adopted {
		t.Fatalf("adopted %v, %v", adopted, err)
	}
	for range 2 {
		s.handOverRest(ctx)
		err = s.look(ctx, id, func(b *board.Board) error {
			if b.Role(guest.ID) != board.Nobody || b.Role(hanna.ID) != board.Editor || !b.Is(guest.ID, hanna.ID) {
				t.Errorf("guest is %q, account %q", b.Role(guest.ID), b.Role(hanna.ID))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if left, err := s.directory.AdoptionsLeft(ctx); err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
