package main

import (
	"testing"
	"time"
)

// The list of boards shows what a person may see now, whatever the projections still say.
func TestListing(t *testing.T) {
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
