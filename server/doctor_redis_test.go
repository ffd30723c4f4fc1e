//go:build services

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"waymark/collab/pglog/pgtest"
	"waymark/collab/redisbus/redistest"
)

// Each is named by the doctor, and by the server at its start, which goes on without.
func TestDoctor_of_a_Redis_that_does_not_carry(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options redistest.Options
		user    string
		serves  string   // what the server says
		want    []string // what the doctor says
	}{
		"with_another_password": {
			redistest.Options{Password: "right"},
			":hunter2@", "redis refuses the user or the password",
			[]string{"refuses the user or the password", "redis://USER:PASSWORD@HOST:6379"},
		},
		"that_is_too_old": {
			redistest.Options{Lines: []string{`rename-command HELLO ""`}},
			"", "redis is too old",
			[]string{"redis is too old", "Redis 6.0 or newer"},
		},
		"that_gives_no_rights": {
			redistest.Options{Lines: []string{"user ben on >hunter2 resetchannels &theirs:* +@all"}},
			"ben:hunter2@", "redis does not give the user enough rights",
			[]string{"enough rights", "&waymark:waymark:*", "+publish +subscribe +unsubscribe"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := redistest.Start(t, c.options)
			flags := []string{"-database", pgtest.Database(t), "-redis", "redis://" + c.user + r.Addr()}
			p := launch(t, flags...)
			if says := p.stderr.String(); !strings.Contains(says, "redis is down") || !strings.Contains(says, c.serves) || strings.Contains(says, "hunter2") {
				t.Errorf("the server says %s", says)
			}
			o := consult(t, flags...)
			o.finds("WRONG", c.want...)
			o.finds("good", "carries messages both ways")
		})
	}
}

func TestDoctor_of_a_Redis_that_others_use(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "redis.sock")
	r := redistest.Start(t, redistest.Options{Password: "hunter2", Lines: []string{"unixsocket " + file}})
	theirs, err := redis.ParseURL(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	stranger := redis.NewClient(theirs)
	t.Cleanup(func() { _ = stranger.Close() })
	if err := stranger.MSet(t.Context(), "theirs", 1, "theirs-too", 2).Err(); err != nil {
		t.Fatal(err)
	}
	ours := home{"-database", pgtest.Database(t)}
	flags := append(ours[:2:2], "-redis", "unix://:hunter2@"+file)
	o := consult(t, flags...)
	o.finds("not seen", "none has made the cluster's key yet")
	launch(t, flags...)
	launch(t, "-database", pgtest.Database(t), "-redis", r.URL()) // another cluster
	o = consult(t, flags...)
	o.finds("good", "carries a message from server to server")
	o.finds("good", "There are 2 keys in this Redis. None is ours")
	o.finds("good", "every server hears by it (1)")
	o.finds("good", "other clusters use it too")

	// Without the database nobody can say whose servers these are.
	o = consult(t, "-database", "postgres://waymark@127.0.0.1:1/waymark", "-redis", r.URL())
	o.finds("not seen", "whose servers hear by it (waymark:", "cannot be told from another cluster's")
	if strings.Contains(o.says, "other clusters use it") || strings.Contains(o.says, "none has made") {
		t.Errorf("it guesses:\n%s", o.says)
	}

	p := ours.launch(t)
	o = consult(t, flags...)
	o.finds("warning", "of 2 servers 1 hear by it", "the same -redis")
	p.end()

	// A copy that was made with the means of Postgres, on a Postgres that does not say which it is.
	key := ours.ask(t, `SELECT value FROM installation WHERE name = 'bus key'`)
	copied := home{"-database", pgtest.Database(t)}
	copied.launch(t).end()
	copied.change(t, `INSERT INTO installation (name, value) VALUES ('bus key', '`+key+`')`)
	copied.launch(t, "-redis", r.URL())
	o = consult(t, flags...)
	o.finds("WRONG", "2 servers hear by it with the key of this database, and 1 of them run on this database", "a Redis of their own by -redis")
}

// A copy of a database, with all that is in it, does not hear the servers of its original.
func TestCluster_a_dumped_copy_has_a_bus_of_its_own(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t, redistest.Options{})
	original := home{"-database", pgtest.Database(t)}
	original.launch(t, "-redis", r.URL()).end()
	s := pgtest.Shared(t)
	name := databaseName(original[1])
	s.Exec(t, "CREATE DATABASE copied TEMPLATE "+name+" OWNER waymark")
	t.Cleanup(func() { s.Exec(t, "DROP DATABASE copied WITH (FORCE)") })
	copied := home{"-database", s.URL("copied")}
	key := func(at home) string { return at.ask(t, `SELECT value FROM installation WHERE name = 'bus key'`) }
	before := key(original)
	if key(copied) != before {
		t.Fatal("it is no copy")
	}
	first, second := original.launch(t, "-redis", r.URL()), copied.launch(t, "-redis", r.URL())
	if key(original) != before || key(copied) == before {
		t.Errorf("the keys are %s and %s, and were %s", key(original), key(copied), before)
	}
	consult(t, append(original[:2:2], "-redis", r.URL())...).finds("good", "other clusters use it too")
	first.end()
	second.end()
}
