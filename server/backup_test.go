package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waymark/collab/sqlitelog"
	"waymark/server/directory"
)

// backupOf writes a backup of a running program into a file of its own.
func backupOf(t *testing.T, p *running) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	if code, _, failure := command(t, "backup", "-data", p.data, file); code != 0 {
		t.Fatalf("backup: %d %s", code, failure)
	}
	return file
}

func TestRestore_what_is_left_of_another_database_is_refused(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	file := backupOf(t, p)
	mira.newBoard("standard", "made later")
	for _, left := range []string{"waymark.db", "waymark.db-wal", "waymark.db-shm", "waymark.db-journal"} {
		// A server that was killed leaves its log beside; SQLite would replay it over the restored file.
		folder := t.TempDir()
		if err := copyFile(filepath.Join(folder, left), filepath.Join(p.data, "waymark.db-wal")); err != nil {
			t.Fatal(err)
		}
		code, _, failure := command(t, "restore", "-data", folder, file)
		if code != 1 || !strings.Contains(failure, left) {
			t.Errorf("%s: %d %s", left, code, failure)
		}
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
			t.Errorf("%s: the folder has %v, %v", left, entries, err)
		}
	}
}

func TestBackup_says_what_keeps_a_copy_from_its_place(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.setUp()
	file := backupOf(t, p)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	for to, want := range map[string]string{
		file:                                "copy.db exists and is kept",
		filepath.Dir(file):                  "exists and is kept",
		filepath.Join(missing, "copy.db"):   "there is no folder " + missing + " for copy.db; make it first (mkdir -p " + missing + ")",
		filepath.Join(file, "copy.db"):      file + " is no folder; name another place",
		filepath.Join(file, "x", "copy.db"): "is no folder",
		"":                                  "want the name of one new file",
	} {
		code, out, failure := command(t, "backup", "-data", p.data, to)
		if code != 1 || out != "" || !strings.Contains(failure, want) || strings.Contains(failure, "waymark-backup-") {
			t.Errorf("%s: %d %s%s", to, code, out, failure)
		}
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the copy that was there has changed, %v", err)
	}
}

func TestRestore_of_what_is_no_backup_says_so_and_makes_nothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, letter := file("empty.db", ""), file("letter.db", "Dear Ana,")
	foreign := filepath.Join(folder, "foreign.db")
	if err := sqlitelog.Make(t.Context(), foreign, func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, `DROP TABLE board_heads; DROP TABLE schema_migrations`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		filepath.Join(folder, "none.db"): "there is no file " + filepath.Join(folder, "none.db"),
		folder:                           folder + " is a folder",
		empty:                            empty + " is empty",
		letter:                           letter + " is no backup of Waymark",
		foreign:                          foreign + " is no backup of Waymark",
		os.DevNull:                       os.DevNull + " is no plain file",
	} {
		data := filepath.Join(t.TempDir(), "new")
		if code, out, failure := command(t, "restore", "-data", data, from); code != 1 || out != "" || !strings.Contains(failure, want) {
			t.Errorf("%s: %d %s%s", from, code, out, failure)
		}
		if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a folder was made: %v", from, err)
		}
	}
	if code, _, failure := command(t, "restore", "-data", letter, foreign); code != 1 || !strings.Contains(failure, letter+" is a file: name a folder with -data") {
		t.Errorf("into a file: %d %s", code, failure)
	}
}

func TestBackup_a_copy_signs_nobody_in(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	if code, _, failure := command(t, "login-link", "-data", p.data); code != 0 {
		t.Fatal(failure)
	}
	file := backupOf(t, p)
	live, err := sqlitelog.OpenReadOnly(p.data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = live.Close() }()
	var seed, link string
	if err := live.DB().QueryRow(`SELECT seed FROM token_keys`).Scan(&seed); err != nil {
		t.Fatal(err)
	}
	if err := live.DB().QueryRow(`SELECT hash FROM login_links`).Scan(&link); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{seed, link} {
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("the copy holds %s", secret)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if beside, err := os.ReadDir(filepath.Dir(file)); err != nil || len(beside) != 1 {
		t.Errorf("beside the copy lie %v, %v", beside, err)
	}

	folder := t.TempDir()
	if code, _, failure := command(t, "restore", "-data", folder, file); code != 0 {
		t.Fatalf("restore: %d %s", code, failure)
	}
	restored := startOn(t, folder)
	// A token that the keys of before have signed is worth nothing there.
	old := restored.browser(t)
	old.signed = mira.signed
	old.fails("GET", "/api/me", nil, 401, "token")
	// Whoever was signed in stays so: the browser's cookie gets a token of the new key.
	from, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(restored.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mira.client.Jar.Cookies(from) {
		old.client.Jar.SetCookies(to, []*http.Cookie{{Name: strings.Replace(c.Name, from.Port(), to.Port(), 1), Value: c.Value}})
	}
	old.signed = signedBody{}
	if old.refresh(); old.signed.Person.ID != mira.signed.Person.ID {
		t.Fatalf("signed in as %+v", old.signed.Person)
	}
	keys, err := directory.New(live, nil).URL(t.Context())
	if err != nil || keys != p.url {
		t.Fatalf("the original lost something: %s, %v", keys, err)
	}
}

// A backup of either database can be put into either.
func TestBackup(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, from func(*testing.T) home) {
		for name, to := range emptyHomes {
			t.Run("to_"+name, func(t *testing.T) { backUpAndRestore(t, from(t), to(t), to) })
		}
	})
}

func backUpAndRestore(t *testing.T, from, to home, empty func(*testing.T) home) {
	p := from.launch(t)
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	s := mira.sit(id)
	s.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`)
	s.untilEntry("sticky-1")
	account := mira.signed.Person.ID

	file := filepath.Join(t.TempDir(), "copy.db")
	if code, out, failure := from.command(t, "verify"); code != 0 || !strings.Contains(out, "2 boards are good") {
		t.Fatalf("verify beside the server: %d %s %s", code, out, failure)
	}
	if code, _, failure := from.command(t, "backup", file); code != 0 {
		t.Fatalf("backup: %d %s", code, failure)
	}
	if code, _, failure := from.command(t, "backup", file); code != 1 || !strings.Contains(failure, "exists") {
		t.Fatalf("a second backup to the same file: %d %s", code, failure)
	}
	s.send(`{"type":"add","id":"sticky-2","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
	s.untilEntry("sticky-2")
	if code, out, failure := to.command(t, "restore", file); code != 0 || !strings.Contains(out, "2 boards are good") {
		t.Fatalf("restore: %d %s %s", code, out, failure)
	}
	if code, _, failure := to.command(t, "restore", file); code != 1 || !strings.Contains(failure, "kept") {
		t.Fatalf("restore over a database: %d %s", code, failure)
	}
	restored := to.launch(t)
	if restored.secret != "" {
		t.Error("the restored server wants to be set up")
	}
	b := restored.browser(t)
	if b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"}); b.signed.Person.ID != account {
		t.Fatalf("signed in as %+v", b.signed.Person)
	}
	_, export := b.do("GET", "/api/boards/"+string(id)+"/export", nil)
	if !strings.Contains(string(export), `"sticky-1"`) || strings.Contains(string(export), `"sticky-2"`) {
		t.Fatalf("restored to something else: %.300s", export)
	}
	// A page that had seen more is told so, also once the log has grown past that (E3).
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
	if code, out, failure := to.command(t, "verify"); code != 0 || !strings.Contains(out, "2 boards are good") {
		t.Fatalf("verify what was restored: %d %s %s", code, out, failure)
	}
	if _, out, _ := to.command(t, "audit"); strings.Count(out, "\trestore\t") != 1 || strings.Count(out, "\tsetup\t") != 1 {
		t.Errorf("the audit trail is %s", out)
	}

	noBackup := filepath.Join(t.TempDir(), "no.db")
	if err := os.WriteFile(noBackup, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := empty(t)
	if code, _, failure := fresh.command(t, "restore", noBackup); code != 1 || !strings.Contains(failure, noBackup) {
		t.Fatalf("a file that is no backup: %d %s", code, failure)
	}
	if fresh[0] == "-data" {
		if left, err := os.ReadDir(fresh[1]); err != nil || len(left) > 0 {
			t.Fatalf("a file that is no backup leaves %v, %v", left, err)
		}
	}
	if code, _, failure := fresh.command(t, "restore", file); code != 0 {
		t.Fatalf("restore after one that was refused: %d %s", code, failure)
	}
}
