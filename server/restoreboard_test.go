package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waymark/board"
)

var keptLine = regexp.MustCompile(`kept in (\S+\.db);`)

// restoreOne puts a board back and returns the file in which the one before is kept, "" without one.
func (at home) restoreOne(t *testing.T, id board.ID, file string) string {
	t.Helper()
	code, out, failure := at.command(t, "restore", "-board", string(id), file)
	if code != 0 || !strings.Contains(out, string(id)+" is as in "+file) || !strings.Contains(out, "joins by the link again") {
		t.Fatalf("restore: %d %s %s", code, out, failure)
	}
	if m := keptLine.FindStringSubmatch(out); m != nil {
		return m[1]
	}
	return ""
}

// epoch is that of the next reset.
func (s *seat) epoch() int64 {
	s.t.Helper()
	var told struct{ Epoch int64 }
	if err := json.Unmarshal([]byte(s.until("reset").raw), &told); err != nil {
		s.t.Fatal(err)
	}
	return told.Epoch
}

func (b *browser) export(id board.ID) string {
	b.t.Helper()
	status, export := b.do("GET", "/api/boards/"+string(id)+"/export", nil)
	if status != 200 {
		b.t.Fatalf("export: %d %s", status, export)
	}
	return string(export)
}

// One board is put back while people are on it; the servers tell them, and nobody else notices.
func TestRestore_of_a_board_that_is_open(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, empty func(*testing.T) home) {
		at := empty(t)
		first := at.launch(t)
		second := first
		if at[0] == "-database" {
			second = at.launch(t)
		}
		mira := first.setUp()
		id, other := mira.newBoard("standard", "Contract"), mira.newBoard("empty", "Claim")
		_, look := mira.invite(id, map[string]any{"role": "viewer"})
		_, edit := mira.invite(id, map[string]any{"role": "editor"})
		vera := second.join(t, look, "Vera")
		ana, ben, eye, neighbour := mira.sit(id), mira.at(second).sit(id), vera.sit(id), mira.sit(other)
		add := func(s *seat, n int) {
			t.Helper()
			s.send(`{"type":"add","id":"sticky-%d","fields":{"x":10,"y":10,"w":1000,"h":1000}}`, n)
			s.untilEntry(fmt.Sprintf("sticky-%d", n))
		}
		add(ana, 1)
		folder := t.TempDir()
		whole, one := filepath.Join(folder, "whole.db"), filepath.Join(folder, "one.db")
		for _, words := range [][]string{{whole}, {"-board", string(id), one}} {
			if code, _, failure := at.command(t, "backup", words...); code != 0 {
				t.Fatalf("backup %q: %d %s", words, code, failure)
			}
		}
		add(ana, 2)
		jonas, olga := first.join(t, edit, "Jonas"), second.join(t, look, "Olga")
		shut, stays := jonas.sit(id), olga.sit(id)
		_, late := mira.invite(id, map[string]any{"role": "editor"})

		var kept []string
		var epochs []int64
		for i, file := range []string{whole, one} {
			kept = append(kept, at.restoreOne(t, id, file))
			epoch := ana.epoch()
			if epoch != ben.epoch() || epoch != eye.epoch() {
				t.Fatal("sessions are in different epochs")
			}
			epochs = append(epochs, epoch)
			for _, s := range []*seat{ana, ben} {
				s.until("own")
			}
			if export := mira.at(second).export(id); !strings.Contains(export, `"sticky-1"`) || strings.Contains(export, `"sticky-2"`) {
				t.Fatalf("restored to something else: %.300s", export)
			}
			add(mira.at(second).sit(id), 10+i)
			ana.untilEntry(fmt.Sprintf("sticky-%d", 10+i))
		}
		if epochs[0] >= epochs[1] {
			t.Errorf("epochs %d", epochs)
		}
		// Who joined after the copy is not in it, and joins again by the link, which is.
		if code := shut.closed(); code != 4403 {
			t.Errorf("who joined after the copy is closed with %d", code)
		}
		stays.until("reset") // a viewer stays until the page connects anew
		if code := olga.dial(id, nil).closed(); code != 4403 {
			t.Errorf("a viewer who joined after the copy is closed with %d", code)
		}
		jonas.enter("/api/invites/join", map[string]string{"secret": edit, "name": "Jonas", "lang": "de"})
		jonas.sit(id)
		olga.enter("/api/invites/join", map[string]string{"secret": look, "name": "Olga", "lang": "de"})
		olga.sit(id)
		// The link of before still lets in; the one that was made later is gone with its entry.
		first.join(t, look, "Paul").sit(id)
		first.browser(t).fails("POST", "/api/invites/join", map[string]string{"secret": late, "name": "Eve", "lang": "en"}, 404, "link")
		// What was replaced is kept whole, and can be put back.
		if again := at.restoreOne(t, id, kept[0]); again == "" || again == kept[0] {
			t.Errorf("kept in %q, %q", kept[0], again)
		}
		if export := mira.export(id); !strings.Contains(export, `"sticky-2"`) || strings.Contains(export, `"sticky-10"`) {
			t.Errorf("what was kept is something else: %.300s", export)
		}
		first.join(t, late, "Eve")

		neighbour.send(`{"type":"add","id":"sticky-99","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
		for m := (seatMessage{}); !strings.Contains(m.raw, "sticky-99"); m = <-neighbour.heard {
			if m.kind == "reset" {
				t.Error("a neighbour was reset")
			}
		}
		if code, out, failure := at.command(t, "verify"); code != 0 {
			t.Errorf("verify: %d %s %s", code, out, failure)
		}
		if _, out, _ := at.command(t, "audit"); strings.Count(out, "\trestore\t\t"+string(id)+"\tepoch ") != 3 {
			t.Errorf("the audit trail is %s", out)
		}
		await(t, "the list knows the board as it is", func() bool {
			mira.list()
			return at.ask(t, `SELECT h.seq - b.seq FROM boards b JOIN board_heads h ON h.board_id = b.id WHERE b.id = $1`, string(id)) == "0"
		})
	})
}

// A board can be put into an installation that has never heard of it, nor of its people.
func TestRestore_of_a_board_into_another_installation(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, empty func(*testing.T) home) {
		from := newFolder(t)
		p := from.launch(t)
		mira := p.setUp()
		id := mira.newBoard("standard", "Contract")
		_, edit := mira.invite(id, map[string]any{"role": "editor"})
		jonas, guest := p.join(t, edit, "Jonas"), p.join(t, edit, "Paul")
		account(t, p, "Stranger")
		// Paul signs in to an account afterwards, and leaves.
		paul, secret := account(t, p, "Paul Kern")
		guest.enter("/api/login", map[string]string{"secret": secret})
		await(t, "the guest is handed over", func() bool {
			return from.ask(t, `SELECT COUNT(*) FROM people WHERE adopted_by = $1`, string(paul)) == "1"
		})
		jonas.sit(id)
		folder := t.TempDir()
		file := filepath.Join(folder, "one.db")
		if code, _, failure := from.command(t, "backup", "-board", string(id), file); code != 0 {
			t.Fatalf("backup: %d %s", code, failure)
		}
		if code, _, failure := from.command(t, "backup", "-board", "board-none", filepath.Join(folder, "none.db")); code != 1 || !strings.Contains(failure, "no board board-none") {
			t.Errorf("backup of a board that is not there: %d %s", code, failure)
		}

		to := empty(t)
		there := to.launch(t)
		eva := there.setUp() // has the same login as Mira
		if code, _, failure := to.command(t, "restore", file); code != 1 || !strings.Contains(failure, "kept") && !strings.Contains(failure, "-board "+string(id)) {
			t.Errorf("one board in place of all: %d %s", code, failure)
		}
		if code, _, failure := empty(t).command(t, "restore", file); code != 1 || !strings.Contains(failure, "-board "+string(id)) {
			t.Errorf("one board as all: %d %s", code, failure)
		}
		if code, _, failure := to.command(t, "restore", "-board", "board-none", file); code != 1 || !strings.Contains(failure, file+": there is no board board-none") {
			t.Errorf("a board that is not in the file: %d %s", code, failure)
		}
		if code, _, failure := empty(t).command(t, "restore", "-board", string(id), file); code != 1 || strings.Contains(failure, "damaged") {
			t.Errorf("into a database that nobody has ever served: %d %s", code, failure)
		}
		if kept := to.restoreOne(t, id, file); kept != "" {
			t.Errorf("kept %s of a board that was not there", kept)
		}
		if n := to.ask(t, `SELECT COUNT(*) FROM people WHERE name IN ('Jonas', 'Paul', 'Paul Kern')`); n != "3" {
			t.Errorf("%s of the board's people are there", n)
		}
		if n := to.ask(t, `SELECT COUNT(*) FROM people WHERE name = 'Stranger'`); n != "0" {
			t.Error("somebody came along who has nothing to do with the board")
		}
		if n := to.ask(t, `SELECT COUNT(*) FROM people WHERE admin = 1 OR login IS NOT NULL OR password IS NOT NULL`); n != "1" {
			t.Errorf("%s people can sign in by a password or administer, want Eva alone", n)
		}
		eva.ok("POST", "/api/boards/"+string(id)+"/members", map[string]any{"person": eva.signed.Person.ID, "role": "editor"}, nil)
		s := eva.sit(id)
		s.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
		s.untilEntry("sticky-1")
		// Once more, over what is there: who is there stays as they are.
		to.change(t, `UPDATE people SET name = 'Jonas Meier' WHERE name = 'Jonas'`)
		if kept := to.restoreOne(t, id, file); kept == "" {
			t.Error("nothing was kept")
		}
		if n := to.ask(t, `SELECT COUNT(*) FROM people WHERE name = 'Jonas Meier'`); n != "1" {
			t.Error("a name was put back with the board")
		}
		if code, out, failure := to.command(t, "verify"); code != 0 {
			t.Errorf("verify: %d %s %s", code, out, failure)
		}
	})
}

// A board that is damaged where it is can be put back; it is kept as it was all the same.
func TestRestore_of_a_board_that_is_damaged_where_it_is(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, empty func(*testing.T) home) {
		at := empty(t)
		p := at.launch(t)
		mira := p.setUp()
		id := mira.newBoard("standard", "Contract")
		folder := t.TempDir()
		file := filepath.Join(folder, "whole.db")
		if code, _, failure := at.command(t, "backup", file); code != 0 {
			t.Fatalf("backup: %d %s", code, failure)
		}
		at.change(t, `UPDATE board_batches SET digest_all = digest_all + 1 WHERE board_id = '`+string(id)+`'`)
		wrong := filepath.Join(folder, "wrong.db")
		if code, _, failure := at.command(t, "backup", wrong); code != 1 || !strings.Contains(failure, wrong+" is written, but 1 of its boards are wrong") {
			t.Errorf("backup of a damaged board: %d %s", code, failure)
		}
		if code, out, failure := at.command(t, "restore", "-board", string(id), wrong); code != 1 || !strings.Contains(out, "WRONG") || !strings.Contains(failure, "damaged") {
			t.Errorf("restore of a damaged copy: %d %s %s", code, out, failure)
		}
		if good := string(mira.signed.Board); at.restoreOne(t, mira.signed.Board, wrong) == "" {
			t.Errorf("the good board %s of a copy with a damaged one was not put back", good)
		}
		if kept := at.restoreOne(t, id, file); kept == "" {
			t.Error("nothing was kept")
		}
		if code, out, failure := at.command(t, "verify"); code != 0 {
			t.Errorf("verify: %d %s %s", code, out, failure)
		}
	})
}
