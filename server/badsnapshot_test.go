package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// halfSnapshot damages stored snapshots and leaves the logs as they are; a WHERE may follow.
const halfSnapshot = `UPDATE board_snapshots SET open_part = substr(open_part, 1, length(open_part) / 2)`

// snapshotLeft is the line that says so.
func (d *withDamage) snapshotLeft(in string) string {
	return "The stored snapshot of " + string(d.bad) + " is damaged and is left behind in " + in + ". Its log is good"
}

// isHealed sees that a place has all boards without the snapshot, and that a server makes one there.
func (d *withDamage) isHealed(t *testing.T, at home) {
	t.Helper()
	snapshots := func() string {
		return at.ask(t, `SELECT COUNT(*) FROM board_snapshots WHERE board_id = '`+string(d.bad)+`'`)
	}
	if n := snapshots(); n != "0" {
		t.Errorf("%s snapshots came along", n)
	}
	d.edit(t, at)
	if n := snapshots(); n != "1" {
		t.Errorf("%s snapshots were made", n)
	}
	if code, out, failure := at.command(t, "verify"); code != 0 || !strings.Contains(out, "3 boards are good") {
		t.Errorf("verify: %d %s %s", code, out, failure)
	}
}

// edit runs a server while somebody edits the board.
func (d *withDamage) edit(t *testing.T, at home) {
	t.Helper()
	p := at.launch(t)
	b := p.browser(t)
	b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
	s := b.sit(d.bad)
	s.send(`{"type":"add","id":"%s","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`, newRecordID("sticky"))
	s.untilEntry("kept")
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
}

// A board of which only the stored snapshot is damaged is whole: it is put back, and a server makes another snapshot.
func TestRestore_leaves_a_damaged_snapshot_behind(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, empty func(*testing.T) home) {
		from := empty(t)
		d := newDamageBy(t, from, halfSnapshot)
		code, out, failure := from.command(t, "verify")
		if code != 1 || !strings.Contains(out, string(d.bad)+"  WRONG  snapshot at ") || !strings.Contains(out, "; the log is good: ") ||
			!strings.Contains(failure, "of 1 of 3 boards only the stored snapshot is wrong: "+string(d.bad)) || !strings.Contains(failure, "once the board has been edited") {
			t.Errorf("verify: %d %s %s", code, out, failure)
		}
		file := filepath.Join(t.TempDir(), "copy.db")
		if code, out, failure = from.command(t, "backup", file); code != 0 || !strings.Contains(failure, "the stored snapshot of "+string(d.bad)+" is damaged") {
			t.Errorf("backup: %d %s %s", code, out, failure)
		}
		for name, empty := range emptyHomes {
			t.Run("to_"+name, func(t *testing.T) {
				to := empty(t)
				if code, out, failure := to.command(t, "restore", file); code != 0 || !strings.Contains(out, d.snapshotLeft(file)) {
					t.Fatalf("restore: %d %s %s", code, out, failure)
				}
				d.isHealed(t, to)
			})
		}
		// What verify said heals it does.
		d.edit(t, from)
		if code, out, failure := from.command(t, "verify"); code != 0 {
			t.Errorf("verify after an edit: %d %s %s", code, out, failure)
		}
		if code, out, failure := from.command(t, "restore", "-board", string(d.bad), file); code != 0 || !strings.Contains(out, d.snapshotLeft(file)) {
			t.Errorf("restore of that board: %d %s %s", code, out, failure)
		}
		d.isHealed(t, from)
	})
}

// A snapshot of what the log no longer has says that entries are lost, which no server can mend.
func TestVerify_a_snapshot_beyond_the_log_is_damage_of_the_log(t *testing.T) {
	t.Parallel()
	from := newFolder(t)
	d := newDamageBy(t, from, `UPDATE board_snapshots SET seq = seq + 1000`)
	code, out, failure := from.command(t, "verify")
	if code != 1 || !strings.Contains(out, "there is a snapshot at 10") || !strings.Contains(failure, "1 of 3 boards are wrong: "+string(d.bad)) {
		t.Errorf("verify: %d %s %s", code, out, failure)
	}
}
