package main

import (
	"encoding/json"
	"testing"
	"time"

	"waymark/board"
)

// What only its author may hear of, at the end of the log, hides no change before it.
func TestListing_the_last_change_is_the_last_that_everyone_sees(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("empty", "Contract")
	_, secret := mira.invite(id, map[string]any{"role": "viewer"})
	vera := p.join(t, secret, "Vera")
	_, edit := mira.invite(id, map[string]any{"role": "editor"})
	p.join(t, edit, "Edgar")
	before := vera.find(id)
	s, looking := mira.sit(id), vera.sit(id)
	s.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
	s.untilEntry("sticky-1")
	for range 40 { // one batch each
		looking.send(`{"type":"delete","id":"sticky-1"}`)
		looking.untilEntry(`"refused":"role"`)
	}
	if got := vera.find(id); got.ChangedBy != "Mira Kern" || got.ChangedAt <= before.ChangedAt {
		t.Errorf("listed as changed by %s at %d, before by %s at %d", got.ChangedBy, got.ChangedAt, before.ChangedBy, before.ChangedAt)
	}
}

// joinsInTime lets somebody in by a link that soon expires, but not before.
func (p *running) joinsInTime(t *testing.T, host *browser, id board.ID) *browser {
	t.Helper()
	for life := time.Second; life < patience; life *= 2 {
		_, secret := host.invite(id, map[string]any{"role": "viewer", "expiresIn": life.Milliseconds()})
		b := p.browser(t)
		status, body := b.do("POST", "/api/invites/join", map[string]string{"secret": secret, "name": "Late", "lang": "en"})
		if status != 200 {
			continue // the machine was too slow for this one
		}
		if err := json.Unmarshal(body, &b.signed); err != nil {
			t.Fatal(err)
		}
		return b
	}
	t.Fatal("every link expires before anybody can join by it")
	return nil
}

// The list of boards shows what a person may see now, whatever the projections still say.
func TestListing(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	path := "/api/boards/" + string(id)
	first, one := mira.invite(id, map[string]any{"role": "viewer"})
	second, two := mira.invite(id, map[string]any{"role": "viewer"})
	vera := p.join(t, one, "Vera")
	vera.enter("/api/invites/join", map[string]string{"secret": two, "name": "Vera", "lang": "en"})

	if got := vera.find(id); got.Title != "Contract" {
		t.Fatalf("a viewer's list has %+v", got)
	}
	mira.ok("POST", path+"/invites/"+second+"/close", nil, nil)
	if got := vera.find(id); got.Title != "Contract" {
		t.Fatalf("with one of two links closed the list has %+v", got)
	}
	mira.ok("POST", path+"/invites/"+first+"/close", nil, nil)
	mira.ok("POST", path+"/title", map[string]string{"title": "Merger"}, nil)
	if got := vera.list(); len(got) != 0 {
		t.Fatalf("without a link that holds the list has %+v", got)
	}

	late := p.joinsInTime(t, mira, id)
	for end := time.Now().Add(patience); len(late.list()) > 0; {
		if time.Now().After(end) {
			t.Fatal("with an expired link the board is still listed")
		}
	}

	_, edit := mira.invite(id, map[string]any{"role": "editor"})
	edgar := p.join(t, edit, "Edgar")
	if got := edgar.find(id); got.Title != "Merger" {
		t.Fatalf("a member's list has %+v", got)
	}
	mira.ok("POST", path+"/members/"+string(edgar.signed.Person.ID)+"/remove", nil, nil)
	if got := edgar.list(); len(got) != 0 {
		t.Fatalf("a removed member's list has %+v", got)
	}
}
