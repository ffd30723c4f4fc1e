//go:build services

package main

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark/board"
	"waymark/collab"
)

// move runs the command between a folder and a Postgres, whichever way that is.
func move(t *testing.T, from, to home) (code int, stdout, stderr string) {
	t.Helper()
	if from[0] == "-data" {
		return to.command(t, "move", "from", from[1])
	}
	return from.command(t, "move", "to", to[1])
}

// refusedStart runs the program there, which must end by itself, and returns what it says.
func (at home) refusedStart(t *testing.T) string {
	t.Helper()
	return refusedStart(t, slices.Concat([]string{"-listen", "127.0.0.1:0"}, at)...)
}

// People notice nothing of a move from a folder to a Postgres and back to another folder.
func TestMove_there_and_back_nobody_notices(t *testing.T) {
	t.Parallel()
	at := "127.0.0.1:" + quietPort(t)
	places := []home{newFolder(t), newDatabase(t), newFolder(t)}
	p := places[0].launch(t, "-listen", at, "-ops-burst", "1000")
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	_, look := mira.invite(id, map[string]any{"role": "viewer"})
	vera := p.join(t, look, "Vera")
	s := mira.sit(id)
	for i := range 300 { // more than one page, and a snapshot
		s.send(`{"type":"add","id":"sticky-%d","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`, i)
	}
	s.untilEntry("sticky-299")
	_, trail, _ := places[0].command(t, "audit")
	before := mira.export(id)

	for i, to := range places[1:] {
		from := places[i]
		if code := p.end(); code != 0 {
			t.Fatalf("ended with %d", code)
		}
		had := s.conn.Point()
		code, out, failure := move(t, from, to)
		if code != 0 || !strings.Contains(out, "2 boards") {
			t.Fatalf("move: %d %s %s", code, out, failure)
		}
		p = to.launch(t, "-listen", at)
		if p.secret != "" {
			t.Error("it wants to be set up")
		}
		// The token, the cookie, the links and the page's position are good as they were.
		mira.ok("GET", "/api/me", nil, nil)
		mira.refresh()
		vera.refresh()
		p.join(t, look, "Paul").sit(id)
		s = mira.dialFrom(id, had, nil)
		if first := s.until("welcome"); strings.Contains(first.raw, "reset") {
			t.Error("a page was reset")
		}
		s.until("own")
		vera.sit(id)
		if after := mira.export(id); after != before {
			t.Errorf("the board has become another one: %.300s", after)
		}
		if code, out, failure := to.command(t, "verify"); code != 0 {
			t.Errorf("verify: %d %s %s", code, out, failure)
		}
		_, now, _ := to.command(t, "audit")
		for _, line := range strings.Split(trail, "\n") {
			if !strings.Contains(now, line) {
				t.Errorf("the audit trail lost %q", line)
			}
		}
		if strings.Count(now, "\tmove\t") != i+1 {
			t.Errorf("the audit trail has not %d moves: %s", i+1, now)
		}
		copied := filepath.Join(t.TempDir(), "copy.db")
		if code, _, failure := to.command(t, "backup", copied); code != 0 {
			t.Errorf("backup: %d %s", code, failure)
		}
		// The place that was left is kept and not served, nor changed by a command.
		if says := from.refusedStart(t); !strings.Contains(says, "was moved to "+to.config().place()) || !strings.Contains(says, "move release") {
			t.Errorf("the place that was left says %s", says)
		}
		for _, words := range [][]string{{"account", "Jonas"}, {"login-link"}, {"disable", "admin"}, {"restore", "-board", string(id), copied}} {
			if code, _, failure := from.command(t, words[0], words[1:]...); code != 1 || !strings.Contains(failure, "was moved") {
				t.Errorf("%s where nobody is any more: %d %s", words[0], code, failure)
			}
		}
		if to[0] == "-database" { // a folder is locked while it is served
			if code, _, failure := move(t, from, to); code != 1 || !strings.Contains(failure, "was moved to") {
				t.Errorf("moved once more: %d %s", code, failure)
			}
		}
		if code, out, failure := from.command(t, "verify"); code != 0 || !strings.Contains(out, "2 boards are good") {
			t.Errorf("verify of what was left: %d %s %s", code, out, failure)
		}
		file := filepath.Join(t.TempDir(), "copy.db")
		if code, _, failure := from.command(t, "backup", file); code != 0 {
			t.Errorf("backup of what was left: %d %s", code, failure)
		}
		again := newFolder(t)
		if code, _, failure := again.command(t, "restore", file); code != 0 {
			t.Errorf("restore of a backup of what was left: %d %s", code, failure)
		}
		one := filepath.Join(t.TempDir(), "one.db")
		if code, _, failure := from.command(t, "backup", "-board", string(id), one); code != 0 {
			t.Errorf("backup of one board of what was left: %d %s", code, failure)
		}
		r := again.launch(t)
		if code, _, failure := again.command(t, "restore", "-board", string(id), one); code != 0 {
			t.Errorf("restore of one board of what was left: %d %s", code, failure)
		}
		b := r.browser(t)
		b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
		b.sit(id)
		r.end()
	}

	// Whoever wants to go back to the place as it was can.
	p.end()
	if code, _, failure := places[2].command(t, "move", "release"); code != 1 || !strings.Contains(failure, "was not moved") {
		t.Errorf("released where nothing was moved: %d %s", code, failure)
	}
	for _, left := range places[:2] {
		if code, out, failure := left.command(t, "move", "release"); code != 0 || !strings.Contains(out, "may be served again") {
			t.Fatalf("release: %d %s %s", code, out, failure)
		}
		p = left.launch(t, "-listen", at)
		b := p.browser(t)
		b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
		if after := b.export(id); after != before {
			t.Errorf("the board has become another one: %.300s", after)
		}
		b.sit(id)
		p.end()
	}
}

func TestMove_is_refused(t *testing.T) {
	t.Parallel()
	for name, way := range map[string][2]func(*testing.T) home{"from_a_folder": {newFolder, newDatabase}, "to_a_folder": {newDatabase, newFolder}} {
		t.Run(name, func(t *testing.T) {
			from, to := way[0](t), way[1](t)
			if to[0] == "-data" {
				to[1] = filepath.Join(to[1], "not", "there")
			}
			untouched := func(what string) {
				t.Helper()
				if left := to.made(t); left != "" {
					t.Errorf("%s: the refused move has left %s", what, left)
				}
			}
			p := from.launch(t, "-name", "the-first")
			mira := p.setUp()
			s := mira.sit(mira.signed.Board)
			wants := func(what, want string, code int, failure string) {
				t.Helper()
				if code != 1 || !strings.Contains(failure, want) {
					t.Errorf("%s: %d %s", what, code, failure)
				}
			}
			code, _, failure := move(t, from, to)
			wants("a server runs on the source", "stop", code, failure)
			untouched("a server runs on the source")
			s.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
			s.untilEntry("sticky-1")
			p.end()

			full := way[1](t)
			other := full.launch(t, "-name", "the-other")
			other.setUp()
			code, _, failure = move(t, from, full)
			wants("a server runs on the target", "stop", code, failure)
			other.end()
			code, _, failure = move(t, from, full)
			wants("the target has boards", "which are kept", code, failure)
			wants("the target has boards", "a folder that is not there yet", code, failure)
			if code, out, failure := full.command(t, "verify"); code != 0 || !strings.Contains(out, "1 board is good") {
				t.Errorf("what was in the target: %d %s %s", code, out, failure)
			}
			full.launch(t).end()

			from.change(t, `UPDATE board_batches SET digest_all = digest_all + 1`)
			code, _, failure = move(t, from, to)
			wants("the source is damaged", "digests are", code, failure)
			untouched("the source is damaged")
			from.change(t, `UPDATE board_batches SET digest_all = digest_all - 1`)
			// Of none of these anything is left: both may be served, and moved.
			from.launch(t).end()
			to.launch(t).end()
			if code, _, failure := move(t, from, to); code != 0 {
				t.Errorf("move: %d %s", code, failure)
			}
			again := way[1](t)
			if again[0] == "-data" {
				again[1] = filepath.Join(again[1], "not", "there")
			}
			code, _, failure = move(t, from, again)
			wants("the source was moved already", "was moved to", code, failure)
			if left := again.made(t); left != "" {
				t.Errorf("a second move has left %s", left)
			}
		})
	}
	for _, words := range [][]string{{}, {"from"}, {"into", "x"}, {"from", "x", "y"}} {
		if code, _, failure := newDatabase(t).command(t, "move", words...); code != 1 || !strings.Contains(failure, "from FOLDER") {
			t.Errorf("%q: %d %s", words, code, failure)
		}
	}
	if code, _, failure := command(t, "move", "from", t.TempDir()); code != 1 || !strings.Contains(failure, "-database") {
		t.Errorf("without a database: %d %s", code, failure)
	}
	if code, _, failure := newDatabase(t).command(t, "move", "from", t.TempDir()); code != 1 || !strings.Contains(failure, "no server has run on the folder") {
		t.Errorf("from a folder that holds nothing: %d %s", code, failure)
	}
}

// made is what there is of a home that nobody was to make; "" for nothing.
func (at home) made(t *testing.T) string {
	t.Helper()
	if at[0] == "-data" {
		if _, err := os.Lstat(at[1]); !errors.Is(err, fs.ErrNotExist) {
			return at[1]
		}
		return ""
	}
	db, err := sql.Open("pgx", at[1])
	if err != nil {
		t.Fatal(err)
	}
	var tables string
	err = db.QueryRowContext(t.Context(), `SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class WHERE relnamespace = 'public'::regnamespace`).Scan(&tables)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return tables
}

// A server that was frozen, or cut off, while its database was moved writes nothing there any more, and ends.
func TestMove_a_server_that_was_not_seen_ends(t *testing.T) {
	t.Parallel()
	from, to := newDatabase(t), newFolder(t)
	p := from.launch(t)
	mira := p.setUp()
	id := mira.signed.Board
	s := mira.sit(id)
	from.change(t, `DELETE FROM servers`)
	data, err := besideStore(t.Context(), from.config())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = data.Close() }()
	heads, err := data.Heads(t.Context(), []board.ID{id})
	if err != nil {
		t.Fatal(err)
	}
	if code, _, failure := move(t, from, to); code != 0 {
		t.Fatalf("move: %d %s", code, failure)
	}
	head := heads[id]
	b := collab.Batch{Board: id, First: head.Seq + 1, Last: head.Seq + 1, Epoch: head.Epoch, ID: "batch-late", Prev: head.Batch, Body: []byte("[]")}
	if err := data.Append(t.Context(), head, b); err == nil {
		t.Error("an append of before the move was taken after it")
	}
	if code := s.closed(); code != 4503 {
		t.Errorf("the page was sent away with %d", code)
	}
	code := <-p.code
	p.code <- code
	if code != 1 || !strings.Contains(p.stderr.String(), "was moved to") {
		t.Errorf("the server ended with %d", code)
	}
}
