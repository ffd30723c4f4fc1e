//go:build services

package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"waymark/collab/pglog/pgtest"
)

// Somebody's transaction holds a board's row: that board waits, and people are sent to the server all the same.
func TestReady_beside_a_board_that_somebody_holds(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	p := home{"-database", url}.launch(t)
	mira := p.setUp()
	on := mira.signed.Board
	s := mira.sit(on)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `SELECT 1 FROM board_heads WHERE board_id = $1 FOR UPDATE`, on); err != nil {
		t.Fatal(err)
	}
	s.send(`{"type":"add","id":"sticky-held","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"waits"}}`)
	want := fmt.Sprintf(`{"ready":true,"why":"board %s cannot be appended to since `, on)
	await(t, "the server is ready, and says which board is not", func() bool {
		status, body := mira.do("GET", "/readyz", nil)
		if status != 200 {
			t.Fatalf("%d %s", status, body)
		}
		return strings.HasPrefix(string(body), want)
	})
	other := mira.newBoard("standard", "Another")
	there := mira.sit(other)
	there.send(`{"type":"add","id":"sticky-other","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"goes on"}}`)
	there.untilEntry("sticky-other")
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	s.untilEntry("sticky-held")
}
