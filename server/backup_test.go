package main

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

func TestBackup_a_copy_signs_nobody_in(t *testing.T) {
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
	keys, err := directory.New(live.DB(), nil).URL(t.Context())
	if err != nil || keys != p.url {
		t.Fatalf("the original lost something: %s, %v", keys, err)
	}
}
