//go:build services

package directory_test

import (
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
	"waymark/server/directory"
)

// What people are told is done is on the disk, also of a Postgres that was told not to wait for it while servers ran.
func TestWrites_wait_for_the_disk(t *testing.T) {
	s := pgtest.Shared(t)
	url := pgtest.Database(t)
	data, err := pglog.Open(t.Context(), url)
	want(t, err, nil)
	t.Cleanup(func() { _ = data.Close() })
	path, _, _ := strings.Cut(url, "?")
	name := path[strings.LastIndex(path, "/")+1:]
	s.ExecIn(t, name, "ALTER DATABASE "+name+" SET synchronous_commit = off",
		`CREATE TABLE told (name text, sync text)`,
		`CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
			INSERT INTO told VALUES (TG_TABLE_NAME, current_setting('synchronous_commit')); RETURN NULL; END $$`)
	for _, table := range []string{"people", "sign_ins", "invites", "viewers", "login_links", "token_keys"} {
		s.ExecIn(t, name, "CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON "+table+" FOR EACH STATEMENT EXECUTE FUNCTION tell()")
	}
	// The connections of before are ended, and each that is left is met once.
	s.ExecIn(t, name, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '"+name+"' AND pid <> pg_backend_pid()")
	var sync string
	for range pglog.Conns {
		if err = data.DB().QueryRowContext(t.Context(), "SHOW synchronous_commit").Scan(&sync); err == nil {
			break
		}
	}
	if want(t, err, nil); sync != "off" {
		t.Fatalf("synchronous_commit is %s", sync)
	}
	if sync, err := data.Writable(t.Context()); err != nil || sync != "off" {
		t.Errorf("it is said to be %q, %v", sync, err)
	}

	d := directory.New(data, time.Now)
	p, err := d.AddAccount(t.Context(), directory.Profile{Name: "Hanna Beck", Lang: "de"})
	want(t, err, nil)
	want(t, d.SetPassword(t.Context(), p.ID, "hanna", "correct horse", ""), nil)
	want(t, d.SetProfile(t.Context(), p.ID, directory.Profile{Name: "Hanna", Lang: "de"}, "blue"), nil)
	_, err = d.AddLoginLink(t.Context(), p.ID, time.Hour)
	want(t, err, nil)
	_, _, err = d.AddInvite(t.Context(), directory.Invite{ID: "invite-1", Board: "board-1", Role: board.Viewer, CreatedBy: p.ID}, "")
	want(t, err, nil)
	want(t, d.RemoveViewer(t.Context(), "board-1", p.ID), nil)
	want(t, d.Enable(t.Context(), p.ID), nil)
	if n := s.Ask(t, name, "SELECT count(DISTINCT name)::text FROM told"); n != "5" {
		t.Errorf("%s tables were written", n)
	}
	if late := s.Ask(t, name, "SELECT coalesce(string_agg(DISTINCT name, ' '), '') FROM told WHERE sync = 'off'"); late != "" {
		t.Errorf("not waited for: writes of %s", late)
	}
}
