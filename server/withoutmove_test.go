//go:build services

package main

import (
	"strings"
	"testing"
)

// A snapshot alone keeps no board from being moved with everything else.
func TestMove_leaves_a_damaged_snapshot_behind(t *testing.T) {
	t.Parallel()
	for name, way := range map[string][2]func(*testing.T) home{"from_a_folder": {newFolder, newDatabase}, "to_a_folder": {newDatabase, newFolder}} {
		t.Run(name, func(t *testing.T) {
			from, to := way[0](t), way[1](t)
			d := newDamageBy(t, from, halfSnapshot)
			code, out, failure := move(t, from, to)
			if code != 0 || !strings.Contains(out, d.snapshotLeft(from.config().place())) || !strings.Contains(out, "3 boards and all people") {
				t.Fatalf("move: %d %s %s", code, out, failure)
			}
			d.isHealed(t, to)
			if n := from.ask(t, `SELECT COUNT(*) FROM board_snapshots WHERE board_id = '`+string(d.bad)+`'`); n != "1" {
				t.Errorf("%s snapshots are kept where it was", n)
			}
		})
	}
}

// One damaged board keeps no other from being moved; what stays behind stays as it was.
func TestMove_without_the_damaged_board(t *testing.T) {
	t.Parallel()
	for name, way := range map[string][2]func(*testing.T) home{"from_a_folder": {newFolder, newDatabase}, "to_a_folder": {newDatabase, newFolder}} {
		t.Run(name, func(t *testing.T) {
			from, to := way[0](t), way[1](t)
			d := newDamage(t, from)
			code, _, failure := move(t, from, to)
			if code != 1 || !strings.Contains(failure, "1 of 3 boards are wrong: "+string(d.bad)+"; board "+string(d.bad)+": ") ||
				!strings.Contains(failure, "Nothing was moved, and it is kept as it was") {
				t.Errorf("refused: %d %s", code, failure)
			}
			way := []string{"from", from[1]}
			if from[0] == "-database" {
				way = []string{"to", to[1]}
			}
			if got, want := strings.Join(suggested(t, failure, "move"), " "), "-database URL -without "+string(d.bad)+" "+strings.Join(way, " "); got != want {
				t.Errorf("the command that is named is %q, want %q", got, want)
			}
			database := to
			if from[0] == "-database" {
				database = from
			}
			code, _, failure = database.command(t, "move", append([]string{"-without", "board-nowhere"}, way...)...)
			if code != 1 || !strings.Contains(failure, `-without "board-nowhere": there is no board board-nowhere in `) {
				t.Errorf("a board that is not there: %d %s", code, failure)
			}
			code, out, failure := database.command(t, "move", append([]string{"-without", string(d.bad)}, way...)...)
			if code != 0 || !strings.Contains(out, string(d.bad)+" is left behind, and is kept in "+from.config().place()) || !strings.Contains(out, "2 boards and all people") {
				t.Fatalf("move: %d %s %s", code, out, failure)
			}
			d.isWithoutIt(t, to)
			if n := from.ask(t, `SELECT COUNT(*) FROM board_heads`); n != "3" {
				t.Errorf("%s boards are kept", n)
			}
		})
	}
}
