//go:build services

package transfer_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/board/template"
	"waymark/collab"
	"waymark/collab/localbus"
	"waymark/collab/pglog/pgtest"
	"waymark/server/directory"
	"waymark/server/transfer"
)

// A breaking database fails when the step-th long transaction is begun, or is to be committed.
type breaking struct {
	database
	step int
	n    int
}

var errBroken = errors.New("broken off")

func (b *breaking) BeginAlone(ctx context.Context) (*sql.Tx, error) {
	if b.n++; b.n == b.step {
		return nil, errBroken
	}
	return b.database.BeginAlone(ctx)
}

func (b *breaking) Begin(ctx context.Context) (*sql.Tx, error) {
	return b.database.(directory.Tables).Begin(ctx)
}

// end makes an end of a database that breaks at a step; 0 breaks at none.
func end(data database, name string, step int) transfer.End {
	b := &breaking{database: data, step: step}
	return transfer.End{Database: b, Directory: directory.New(b, time.Now), Name: name}
}

// populate makes boards with a person of theirs.
func populate(t *testing.T, data database, boards int) {
	t.Helper()
	d := directory.New(&breaking{database: data}, time.Now)
	p, err := d.AddGuest(t.Context(), directory.Profile{Name: "Ana", Lang: "de"})
	if err != nil {
		t.Fatal(err)
	}
	hub := collab.NewHub(collab.Config{Log: data, Archive: data, Bus: &localbus.Bus{}, Node: "test"})
	records, err := template.Records("empty", "en", func(kind board.Kind) board.ID {
		return board.NewID(string(kind), rand.Text())
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range boards {
		id := board.ID(fmt.Sprintf("board-%d", i))
		if err := hub.Create(t.Context(), id, board.Actor{Person: p.ID, System: true}, &board.CreateBoard{Records: records}); err != nil {
			t.Fatal(err)
		}
	}
}

// A move that is broken off at any step leaves the source as it was, or can be ended: never may both be served, and
// another try succeeds.
func TestMove_broken_off(t *testing.T) {
	for name, kind := range map[string][2]func(*testing.T) database{
		"to_postgres": {folder, func(t *testing.T) database { return postgres(t, pgtest.Database(t)) }},
		"to_folder":   {func(t *testing.T) database { return postgres(t, pgtest.Database(t)) }, folder},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []struct {
				name            string
				atBoard, atStep int // of the target
				half, moved     bool
			}{
				{"before_it_began", 0, 1, false, false},
				{"before_anything_was_copied", 0, 2, true, false},
				{"while_boards_were_copied", 2, 0, true, false},
				{"when_the_source_was_marked", 0, 3, true, true},
			} {
				t.Run(step.name, func(t *testing.T) {
					from, to := kind[0](t), kind[1](t)
					populate(t, from, 3)
					var without []board.ID
					run := func(ctx context.Context, atStep int, next func()) (int, error) {
						m := transfer.Move{
							From: end(from, "here", 0), To: end(to, "there", atStep), FromBoards: from, ToBoards: to, Without: without,
							Report: func(doing string, _ int) func() {
								if doing == "copied" {
									return next
								}
								return func() {}
							},
						}
						return m.Run(ctx)
					}
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					n := 0
					_, err := run(ctx, step.atStep, func() {
						if n++; n == step.atBoard {
							cancel()
						}
					})
					var at *transfer.At
					if !errors.As(err, &at) || at.Half != step.half || !errors.Is(err, errBroken) && !errors.Is(err, context.Canceled) {
						t.Fatalf("it ended with %v", err)
					}
					var marked *directory.Marked
					if err := end(to, "", 0).Directory.Servable(t.Context()); errors.As(err, &marked) != step.half {
						t.Errorf("the target: %v", err)
					}
					err = end(from, "", 0).Directory.Servable(t.Context())
					if errors.As(err, &marked) != step.moved {
						t.Errorf("the source: %v", err)
					}
					if !step.moved { // it is served on
						populate(t, from, 0)
					}

					if step.moved { // it can be ended, and that changes nothing of what it takes along
						without = []board.ID{"board-1"}
						if _, err := run(t.Context(), 0, func() {}); err == nil || !strings.Contains(err.Error(), "has taken board-1 along") {
							t.Errorf("ended without what is there: %v", err)
						}
						without = nil
					}
					if boards, err := run(t.Context(), 0, func() {}); err != nil || boards != 3 {
						t.Fatalf("another try: %d boards, %v", boards, err)
					}
					if err := end(to, "", 0).Directory.Servable(t.Context()); err != nil {
						t.Errorf("the target in the end: %v", err)
					}
					if err := end(from, "", 0).Directory.Servable(t.Context()); !errors.As(err, &marked) || marked.Kind != directory.MarkMoved {
						t.Errorf("the source in the end: %v", err)
					}
					want := 1
					if !step.moved {
						want = 2
					}
					if n := count(t, to.DB(), "people"); n != want {
						t.Errorf("%d people are there, want %d", n, want)
					}
				})
			}
		})
	}
}
