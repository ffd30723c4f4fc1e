//go:build services

package main

import (
	"strings"
	"testing"

	"waymark/collab/pglog/pgtest"
)

// The connections of one server to Postgres go silent, as behind a firewall that forgot them: it hears all the same who
// has been removed, and is still known to run.
func TestCluster_connections_that_go_silent_hold_nothing_up(t *testing.T) {
	t.Parallel()
	database := pgtest.Database(t)
	line := lineTo(t, database)
	at := home{"-database", database}
	first := at.launch(t, "-name", "server-1")
	second := home{"-database", pgtest.Through(t, database, line.Addr())}.launch(t, "-name", "server-2")
	mira := first.setUp()
	id := mira.signed.Board
	_, secret := mira.invite(id, map[string]any{"role": "viewer"})
	vera := first.join(t, secret, "Vera").at(second)
	look, stays := vera.sit(id), mira.at(second).sit(id)
	const seen = `SELECT seen_at FROM servers WHERE name = 'server-2'`
	line.Forget()
	before := at.ask(t, seen)
	mira.ok("POST", "/api/boards/"+string(id)+"/members/"+string(vera.signed.Person.ID)+"/remove", nil, nil)
	if code := look.closed(); code != 4403 {
		t.Fatalf("closed with %d", code)
	}
	await(t, "the server says again that it runs", func() bool { return at.ask(t, seen) != before })
	stays.send(`{"type":"add","id":"sticky-late","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"late"}}`)
	stays.untilEntry("late")
}

// A database is dropped, made anew and filled from a copy while a server runs, which nobody should do: no page is told
// that its board is gone, for it would not send again what it was told was saved. The server ends, to be started anew.
func TestCluster_a_database_that_is_made_anew_ends_its_servers(t *testing.T) {
	t.Parallel()
	s := pgtest.OpenInMemory(t)
	url := s.Database(t)
	at := home{"-database", url}
	p := at.launch(t)
	mira := p.setUp()
	seat := mira.sit(mira.signed.Board)
	name := databaseName(url)
	s.Exec(t, "DROP DATABASE "+name+" WITH (FORCE)", "CREATE DATABASE "+name+" OWNER waymark")
	at.launch(t).end() // makes the tables, and has no board
	if code := seat.closed(); code != 4503 {
		t.Errorf("closed with %d", code)
	}
	await(t, "the server ends", func() bool { return len(p.code) > 0 })
	if says := p.stderr.String(); !strings.Contains(says, "start the server anew") {
		t.Errorf("says %s", says)
	}
}
