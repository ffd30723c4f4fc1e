//go:build services

package pglog_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// answering listens and does with each connection what do does; then nothing.
func answering(t *testing.T, do func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		var conns []net.Conn
		defer func() {
			for _, c := range conns {
				_ = c.Close()
			}
		}()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
			do(c)
		}
	}()
	return l.Addr().String()
}

func TestOpen_says_what_answers_there(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	banner := answering(t, func(c net.Conn) { _, _ = c.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n")) })
	silent, silenter := answering(t, func(net.Conn) {}), answering(t, func(net.Conn) {})
	rude := answering(t, func(c net.Conn) { _ = c.Close() })
	s := pgtest.Shared(t)
	url := pgtest.Database(t)
	for name, c := range map[string]struct {
		url  string
		want []string
	}{
		"a_name_that_is_none":        {"postgres://waymark:hunter2@nowhere.invalid/waymark", []string{"no host of that name", "nowhere.invalid"}},
		"nothing":                    {"postgres://waymark:hunter2@127.0.0.1:1/waymark", []string{"nothing listens there", "connection refused"}},
		"a_web_server":               {"postgres://waymark:hunter2@" + web.Listener.Addr().String() + "/waymark?connect_timeout=1", []string{"nothing there answers as Postgres does, within 1s"}},
		"somebody_who_says_hello":    {"postgres://waymark:hunter2@" + banner + "/waymark", []string{"no Postgres"}},
		"somebody_without_TLS":       {"postgres://waymark:hunter2@" + banner + "/waymark?sslmode=disable", []string{"no Postgres"}},
		"nobody_who_says_anything":   {"postgres://waymark:hunter2@" + silent + "/waymark?connect_timeout=1", []string{"nothing there answers as Postgres does, within 1s"}},
		"two_hosts_that_say_nothing": {"postgres://waymark:hunter2@" + silent + "," + silenter + "/waymark?sslmode=disable", []string{"nothing there answers as Postgres does, within 2s"}},
		"somebody_who_hangs_up":      {"postgres://waymark:hunter2@" + rude + "/waymark", []string{"hangs up"}},
		"a_Postgres_without_TLS":     {strings.Replace(url, "sslmode=disable", "sslmode=require", 1), []string{"speaks no TLS", "ssl = on"}},
		"no_such_database":           {s.URL("nothing"), []string{`CREATE DATABASE "nothing" OWNER "waymark"`}},
		"no_such_role":               {as(url, "stranger:hunter2"), []string{`does not let "stranger" in with this password`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, pglog.Open, c.url, c.want...)
			_, err := pglog.OpenReadOnly(t.Context(), c.url)
			if got := pglog.Trouble(err); !errors.Is(got, collab.ErrAway) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v is %v", err, got)
			}
		})
	}
}

func TestOpen_says_that_the_password_is_wrong(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	url := s.Database(t)
	if err := os.WriteFile(s.Path("pg_hba.conf"), []byte("host all postgres 127.0.0.1/32 trust\nhost all waymark 127.0.0.1/32 scram-sha-256\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Exec(t, "ALTER ROLE waymark PASSWORD 'right'", "CREATE ROLE other LOGIN", "SELECT pg_reload_conf()")
	s.Await(t, "postgres", "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'scram-sha-256'", "1")
	refused(t, pglog.Open, as(url, "waymark:hunter2"), `does not let "waymark" in with this password`, "password authentication failed", "%40")
	refused(t, pglog.Open, url, `does not let "waymark" in without a password`)
	refused(t, pglog.Open, as(url, "other:hunter2"), "pg_hba.conf")
	open(t, as(url, "waymark:right"))
}

func TestOpen_says_that_no_connection_is_left(t *testing.T) {
	s := pgtest.OpenInMemory(t, "max_connections=4", "superuser_reserved_connections=1", "max_wal_senders=0")
	refused(t, pglog.Open, s.Database(t), "no connection left, and each server takes up to", "max_connections")
}

// The limits of a role and of a database count too, and are raised in other words.
func TestOpen_says_whose_limit_of_connections_is_reached(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	for _, of := range []string{"DATABASE", "ROLE"} {
		url := s.Database(t)
		name := map[string]string{"DATABASE": named(t, url), "ROLE": "waymark"}[of]
		limit := func(most string) { s.Exec(t, "ALTER "+of+" "+name+" CONNECTION LIMIT "+most) }
		limit("2")
		refused(t, pglog.Open, url, "no connection left", "ALTER "+of+` "`+name+`" CONNECTION LIMIT -1`)
		limit("9")
		e, err := pglog.Examine(t.Context(), url)
		if list := strings.Join(e.Warnings(), "\n"); err != nil || e.MaxConnections != 9 || e.Limit != strings.ToLower(of) ||
			!strings.Contains(list, "the CONNECTION LIMIT of "+strings.ToLower(of)+" "+name+" leaves 9") ||
			!strings.Contains(list, "ALTER "+of+` "`+name+`" CONNECTION LIMIT 100`) {
			t.Errorf("%+v, %q, %v", e.Settings, list, err)
		}
		limit("-1")
		open(t, url)
	}
}
