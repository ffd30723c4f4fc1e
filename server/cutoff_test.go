//go:build services

package main

import (
	"net/url"
	"testing"

	"waymark/collab"
	"waymark/collab/linetest"
	"waymark/collab/pglog/pgtest"
	"waymark/collab/redisbus/redistest"
)

// One server of two loses its way to Postgres: whoever is on it edits on at the other.
func TestCluster_a_server_that_is_cut_off_sends_its_people_away(t *testing.T) {
	t.Parallel()
	database := pgtest.Database(t)
	line := lineTo(t, database)
	redis := redistest.Start(t, redistest.Options{})
	first := home{"-database", database}.launch(t, "-redis", redis.URL(), "-name", "server-1")
	second := home{"-database", pgtest.Through(t, database, line.Addr())}.launch(t, "-redis", redis.URL(), "-name", "server-2")
	mira := first.setUp()
	id := mira.signed.Board
	stays, sent := mira.sit(id), mira.at(second).sit(id)
	stays.send(`{"type":"add","id":"sticky-early","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"early"}}`)
	sent.untilEntry("early")
	line.Hold()
	sent.send(`{"type":"add","id":"sticky-late","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"late"}}`)
	if code := sent.closed(); code != int(collab.CloseDraining) {
		t.Fatalf("closed with %d", code)
	}
	mira.at(second).notReady(t, "cut off", "log has been away since")
	again := mira.sit(id)
	again.send(`{"type":"add","id":"sticky-late","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"late"}}`)
	again.untilEntry("late")
	stays.untilEntry("late")
	line.Release()
	await(t, "the other is ready again", func() bool {
		status, _ := mira.at(second).do("GET", "/readyz", nil)
		return status == 200
	})
	mira.at(second).sit(id)
}

// lineTo is a line to the Postgres of a database; [pgtest.Through] leads over it.
func lineTo(t *testing.T, database string) *linetest.Line {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	return linetest.Open(t, u.Host)
}
