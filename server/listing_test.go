package main

import (
	"testing"
	"time"
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

	_, short := mira.invite(id, map[string]any{"role": "viewer", "expiresIn": 2000})
	late := p.join(t, short, "Late")
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
