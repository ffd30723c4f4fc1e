package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab/sqlitelog"
)

// command runs a command beside whatever runs, and returns its exit code and what it printed.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, nil, &out, &err)
	return code, out.String(), err.String()
}

var linkLine = regexp.MustCompile(`(http\S+)/login#(\S+)\n`)

// account makes an account by the command, beside the running server.
func account(t *testing.T, p *running, name string) (board.ID, string) {
	t.Helper()
	code, out, failure := command(t, "account", "-data", p.data, name)
	m := linkLine.FindStringSubmatch(out)
	if code != 0 || m == nil || m[1] != p.url {
		t.Fatalf("account: %d %s %s", code, out, failure)
	}
	other := p.browser(t)
	signed := other.enter("/api/login", map[string]string{"secret": m[2]})
	code, out, failure = command(t, "login-link", "-data", p.data, string(signed.Person.ID))
	if m = linkLine.FindStringSubmatch(out); code != 0 || m == nil {
		t.Fatalf("login-link: %d %s %s", code, out, failure)
	}
	return signed.Person.ID, m[2]
}

func TestLoginLink(t *testing.T) {
	p := start(t)
	if code, _, failure := command(t, "login-link", "-data", p.data); code != 1 || !strings.Contains(failure, "set-up link") {
		t.Fatalf("before the set-up: %d %s", code, failure)
	}
	mira := p.setUp()
	code, out, failure := command(t, "login-link", "-data", p.data, "-public-url", "https://example.org/way")
	m := linkLine.FindStringSubmatch(out)
	if code != 0 || m == nil || m[1] != "https://example.org/way" {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	b := p.browser(t)
	if b.enter("/api/login", map[string]string{"secret": m[2]}); b.signed.Person.ID != mira.signed.Person.ID {
		t.Fatalf("signs in %+v", b.signed.Person)
	}
	if code, _, failure := command(t, "login-link", "-data", p.data, "nobody"); code != 1 || !strings.Contains(failure, `"nobody"`) {
		t.Fatalf("an unknown login: %d %s", code, failure)
	}
	if code, _, failure := command(t, "login-link", "-data", t.TempDir()); code != 1 || !strings.Contains(failure, "data folder") {
		t.Fatalf("an empty folder: %d %s", code, failure)
	}
}

func TestDisable(t *testing.T) {
	p := start(t)
	mira := p.setUp()
	if code, _, failure := command(t, "disable", "-data", p.data, "nobody"); code != 1 || !strings.Contains(failure, `"nobody"`) {
		t.Fatalf("an unknown login: %d %s", code, failure)
	}
	ben := p.browser(t)
	id, secret := account(t, p, "Ben")
	ben.enter("/api/login", map[string]string{"secret": secret})
	ben.ok("POST", "/api/me/password", map[string]string{"login": "ben", "new": "battery staple"}, nil)
	s := ben.sit(ben.newBoard("empty", "Ben's"))
	if code, out, failure := command(t, "disable", "-data", p.data, "ben"); code != 0 || !strings.Contains(out, "Ben") {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	if code := s.closed(); code != 4401 {
		t.Fatalf("closed with %d", code)
	}
	in := map[string]string{"login": "ben", "password": "battery staple"}
	ben.fails("POST", "/api/signin", in, 403, "disabled")
	if code, _, failure := command(t, "login-link", "-data", p.data, "ben"); code != 1 || !strings.Contains(failure, "waymark enable") {
		t.Fatalf("a link for it: %d %s", code, failure)
	}
	if code, out, failure := command(t, "enable", "-data", p.data, "Ben"); code != 0 || !strings.Contains(out, "switched on") {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	ben.enter("/api/signin", in)

	// The only administrator stays, or nobody could ever administer this server again.
	if code, _, failure := command(t, "disable", "-data", p.data, "admin"); code != 1 || !strings.Contains(failure, "only administrator") {
		t.Fatalf("the only administrator: %d %s", code, failure)
	}
	mira.ok("GET", "/api/me", nil, nil)

	code, out, failure := command(t, "audit", "-data", p.data)
	for _, act := range []string{"\tdisable\t" + string(id), "\tenable\t" + string(id), "\tsetup\t"} {
		if code != 0 || strings.Count(out, act) != 1 {
			t.Fatalf("audit: %d %s %s", code, out, failure)
		}
	}
}

func TestLoginLink_says_that_every_administrator_is_off(t *testing.T) {
	p := start(t)
	mira := p.setUp()
	data, err := sqlitelog.OpenBeside(p.data)
	if err != nil {
		t.Fatal(err)
	}
	change(t, data.DB(), `UPDATE people SET disabled_at = 1`)
	if err := data.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, failure := command(t, "login-link", "-data", p.data); code != 1 || !strings.Contains(failure, "waymark enable LOGIN") {
		t.Fatalf("%d %s", code, failure)
	}
	if code, out, failure := command(t, "enable", "-data", p.data, "admin"); code != 0 {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	mira.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
}

// full is an output that takes nothing, like a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestOutput_a_command_whose_output_is_lost_fails(t *testing.T) {
	p := start(t)
	p.setUp()
	file := backupOf(t, p)
	for _, args := range [][]string{
		{"--help"},
		{"help"},
		{"verify", "-data", p.data},
		{"audit", "-data", p.data},
		{"login-link", "-data", p.data},
		{"account", "-data", p.data, "Jonas"},
		{"backup", "-data", p.data, filepath.Join(t.TempDir(), "copy.db")},
		{"restore", "-data", t.TempDir(), file},
	} {
		var failure bytes.Buffer
		if code := run(t.Context(), args, nil, full{}, &failure); code != 1 || !strings.Contains(failure.String(), "no space left") {
			t.Errorf("%q ended with %d: %s", args, code, failure.String())
		}
	}
}

func TestBackup(t *testing.T) {
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	s := mira.sit(id)
	s.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`)
	s.untilEntry("sticky-1")

	file := filepath.Join(t.TempDir(), "copy.db")
	if code, out, failure := command(t, "verify", "-data", p.data); code != 0 || !strings.Contains(out, "2 boards are good") {
		t.Fatalf("verify beside the server: %d %s %s", code, out, failure)
	}
	if code, _, failure := command(t, "backup", "-data", p.data, file); code != 0 {
		t.Fatalf("backup: %d %s", code, failure)
	}
	if code, _, failure := command(t, "backup", "-data", p.data, file); code != 1 || !strings.Contains(failure, "exists") {
		t.Fatalf("a second backup to the same file: %d %s", code, failure)
	}
	s.send(`{"type":"add","id":"sticky-2","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
	s.untilEntry("sticky-2")
	if code, _, failure := command(t, "restore", "-data", p.data, file); code != 1 || !strings.Contains(failure, "exists and is kept") {
		t.Fatalf("restore over a database: %d %s", code, failure)
	}
	fresh := t.TempDir()
	if code, out, failure := command(t, "restore", "-data", fresh, file); code != 0 || !strings.Contains(out, "2 boards are good") {
		t.Fatalf("restore: %d %s %s", code, out, failure)
	}
	restored := startOn(t, fresh)
	b := restored.browser(t)
	b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
	_, export := b.do("GET", "/api/boards/"+string(id)+"/export", nil)
	if !strings.Contains(string(export), `"sticky-1"`) || strings.Contains(string(export), `"sticky-2"`) {
		t.Fatalf("restored to something else: %.300s", export)
	}
	// A page that had seen more is told so, also once the log has grown past that.
	had := s.conn.Point()
	for i := range 2 {
		ahead := b.dialFrom(id, had, nil)
		var told struct{ Epoch int64 }
		if err := json.Unmarshal([]byte(ahead.until("reset").raw), &told); err != nil || told.Epoch < time.Now().Unix()-1000 {
			t.Fatalf("reset to epoch %d, %v", told.Epoch, err)
		}
		ahead.seated()
		for n := range 5 {
			ahead.send(`{"type":"add","id":"sticky-%d-%d","fields":{"x":10,"y":10,"w":1000,"h":1000}}`, i, n)
			ahead.untilEntry(fmt.Sprintf("sticky-%d-%d", i, n))
		}
		// And what it has now is good.
		had := ahead.conn.Point()
		again := b.dialFrom(id, had, nil)
		if first := again.until("welcome"); strings.Contains(first.raw, "reset") {
			t.Fatal("a page of the restored log was reset")
		}
		again.seated()
	}
	if code, out, failure := command(t, "verify", "-data", fresh); code != 0 || !strings.Contains(out, "2 boards are good") {
		t.Fatalf("verify what was restored: %d %s %s", code, out, failure)
	}
	noBackup := filepath.Join(t.TempDir(), "no.db")
	if err := os.WriteFile(noBackup, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	if code, _, failure := command(t, "restore", "-data", empty, noBackup); code != 1 || !strings.Contains(failure, noBackup) {
		t.Fatalf("a file that is no backup: %d %s", code, failure)
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Fatalf("a file that is no backup leaves %v, %v", left, err)
	}
}

func TestVerify(t *testing.T) {
	for name, damage := range map[string]string{
		"a changed digest":    `UPDATE board_batches SET digest_all = digest_all + 1 WHERE first_seq > 1`,
		"a changed text":      `UPDATE board_batches SET body = CAST(replace(CAST(body AS TEXT), 'kept', 'lost') AS BLOB) WHERE first_seq > 1`,
		"a lost batch":        `DELETE FROM board_batches WHERE first_seq = 2`,
		"a lost tail":         `DELETE FROM board_batches WHERE first_seq = (SELECT MAX(first_seq) FROM board_batches)`,
		"a foreign head":      `UPDATE board_heads SET batch_id = 'batch-else'`,
		"a head that is gone": `DELETE FROM board_heads`,
		"a damaged snapshot":  `UPDATE board_snapshots SET open_part = X'00'`,
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t)
			mira := p.setUp()
			s := mira.sit(mira.signed.Board)
			for range 2 {
				s.send(`{"type":"add","id":"%s","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`, newRecordID("sticky"))
				s.untilEntry("kept")
			}
			if code := p.end(); code != 0 {
				t.Fatalf("ended with %d", code)
			}
			if code, out, failure := command(t, "verify", "-data", p.data); code != 0 {
				t.Fatalf("undamaged: %d %s %s", code, out, failure)
			}
			data, err := sqlitelog.OpenBeside(p.data)
			if err != nil {
				t.Fatal(err)
			}
			changed := change(t, data.DB(), damage)
			if err := data.Close(); err != nil {
				t.Fatal(err)
			}
			if changed == 0 {
				t.Fatal("nothing was damaged")
			}
			code, out, failure := command(t, "verify", "-data", p.data)
			if code == 0 || !strings.Contains(out, "WRONG") || !strings.Contains(failure, "1 of 1") {
				t.Fatalf("damaged: %d %s %s", code, out, failure)
			}
		})
	}
}

// TestVerify_a_damaged_page_is_found overwrites the first page of tables that no replay looks at.
func TestVerify_a_damaged_page_is_found(t *testing.T) {
	p := start(t)
	p.setUp()
	file := backupOf(t, p)
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	for _, table := range []string{"people", "invites", "sqlite_autoindex_people_1"} {
		folder := t.TempDir()
		damaged := filepath.Join(folder, sqlitelog.FileName)
		if err := copyFile(damaged, file); err != nil {
			t.Fatal(err)
		}
		overwritePage(t, damaged, table)
		code, out, failure := command(t, "verify", "-data", folder)
		if code != 1 || !strings.Contains(out+failure, "WRONG") && !strings.Contains(failure, "malformed") {
			t.Errorf("verify with %s damaged: %d %s %s", table, code, out, failure)
		}
		if code, out, failure = command(t, "restore", "-data", t.TempDir(), damaged); code != 1 || !strings.Contains(failure, "damaged") {
			t.Errorf("restore with %s damaged: %d %s %s", table, code, out, failure)
		}
	}
}

// overwritePage makes the first page of a table or an index unreadable.
func overwritePage(t *testing.T, file, name string) {
	t.Helper()
	data, err := sqlitelog.OpenReadOnly(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	var page, size int64
	err = errors.Join(
		data.DB().QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = $1`, name).Scan(&page),
		data.DB().QueryRow(`PRAGMA page_size`).Scan(&size),
		data.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xAA}, int(size)), (page-1)*size)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func change(t *testing.T, db *sql.DB, statement string) int64 {
	t.Helper()
	r, err := db.ExecContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStart(t *testing.T) {
	refused := func(t *testing.T, args ...string) string {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var out, failure bytes.Buffer
		if code := run(ctx, args, nil, &out, &failure); code == 0 {
			t.Fatalf("%q was started: %s", args, out.String())
		}
		return failure.String()
	}
	t.Run("a_second_server_on_the_same_folder_is_refused", func(t *testing.T) {
		p := start(t)
		if says := refused(t, "-listen", "127.0.0.1:0", "-data", p.data); !strings.Contains(says, "another server") || !strings.Contains(says, p.data) {
			t.Fatal(says)
		}
		p.setUp() // the first one is unharmed
	})
	t.Run("a_port_that_was_asked_for_must_be_free", func(t *testing.T) {
		p := start(t)
		port := p.url[strings.LastIndex(p.url, ":"):]
		if says := refused(t, "-listen", "127.0.0.1"+port, "-data", t.TempDir()); !strings.Contains(says, port[1:]) || !strings.Contains(says, "in use") {
			t.Fatal(says)
		}
	})
	t.Run("the_default_port_moves_on", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = taken.Close() }()
		l, err := listen(t.Context(), &Config{Listen: taken.Addr().String()}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		if l.Addr().String() == taken.Addr().String() {
			t.Fatal("listens on the same port")
		}
	})
	t.Run("a_folder_that_cannot_be_written_is_named", func(t *testing.T) {
		// Everyone may enter this place; t.TempDir is for its owner alone.
		place, err := os.MkdirTemp("", "waymark-") //nolint:usetesting // see above
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(place) })
		folder, binary := filepath.Join(place, "data"), filepath.Join(place, "waymark")
		if err := errors.Join(copyFile(binary, os.Args[0]), os.Mkdir(folder, 0o555), os.Chmod(binary, 0o755), os.Chmod(place, 0o755)); err != nil { //nolint:gosec // others run it
			t.Fatal(err)
		}
		program := exec.CommandContext(t.Context(), binary, "-listen", "127.0.0.1:0", "-data", folder)
		program.Env = []string{asProgram + "=1"}
		if os.Geteuid() == 0 { // permissions do not stop root
			program.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := program.CombinedOutput()
		if err == nil || !strings.Contains(string(out), folder) || !strings.Contains(string(out), "permission denied") {
			t.Fatalf("%v: %s", err, out)
		}
	})
	t.Run("what_is_no_command_is_refused", func(t *testing.T) {
		if says := refused(t, "dance"); !strings.Contains(says, `"dance"`) || !strings.Contains(says, "--help") {
			t.Fatal(says)
		}
		if says := refused(t, "serve", "now"); !strings.Contains(says, `"now"`) {
			t.Fatal(says)
		}
	})
}
