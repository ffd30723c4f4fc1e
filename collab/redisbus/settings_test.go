//go:build unix && services

package redisbus_test

import (
	"path/filepath"
	"strings"
	"testing"

	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

func settings(t *testing.T, c redisbus.Config) redisbus.Settings {
	t.Helper()
	s, err := open(t, c).Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// about keeps of the sentences those that say this.
func about(sentences []string, what string) (kept []string) {
	for _, s := range sentences {
		if strings.Contains(s, what) {
			kept = append(kept, s)
		}
	}
	return kept
}

func TestSettings_of_a_good_redis(t *testing.T) {
	r := redistest.Start(t, redistest.Options{Password: password})
	if err := operator(t, r).MSet(t.Context(), "theirs", 1, "waymark:cluster-a:b:board-apple", 2).Err(); err != nil {
		t.Fatal(err)
	}
	s := settings(t, quick(r.URL()))
	if !strings.HasPrefix(s.Server, "redis ") || s.Mode != "standalone" || s.Role != "master" || s.Limit != "33554432 8388608 60" ||
		s.Delay <= 0 || s.Keys != 2 {
		t.Errorf("got %+v", s)
	}
	if got := about(s.Advice, "client-output-buffer-limit"); len(got) > 0 {
		t.Errorf("it advises %q", got)
	}
	if got := about(s.Notes, "2 keys"); len(got) != 1 {
		t.Errorf("it notes %q", s.Notes)
	}
}

func TestSettings_say_what_to_change(t *testing.T) {
	t.Run("limits", func(t *testing.T) {
		for limit, want := range map[string]string{"0 0 0": "may fill", "64kb 32kb 60": "32768 bytes", "1mb 0 0": "1048576 bytes", "32mb 1kb 1": "1024 bytes"} {
			r := redistest.Start(t, redistest.Options{Lines: []string{"client-output-buffer-limit pubsub " + limit}})
			s := settings(t, quick(r.URL()))
			if got := about(s.Advice, "client-output-buffer-limit"); len(got) != 1 || !strings.Contains(got[0], want) || !strings.Contains(got[0], "pubsub 32mb 8mb 60") {
				t.Errorf("of %s it says %q", limit, s.Advice)
			}
		}
	})
	t.Run("a_replica", func(t *testing.T) {
		master := redistest.Start(t, redistest.Options{})
		host, port, _ := strings.Cut(master.Addr(), ":")
		r := redistest.Start(t, redistest.Options{Lines: []string{"replicaof " + host + " " + port}})
		s := settings(t, quick(r.URL()))
		if s.Role != "replica" || len(about(s.Advice, "give all servers the master")) != 1 {
			t.Errorf("got %+v", s)
		}
	})
	t.Run("a_cluster", func(t *testing.T) {
		r := redistest.Start(t, redistest.Options{Lines: []string{"cluster-enabled yes"}})
		if err := operator(t, r).Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err(); err != nil {
			t.Fatal(err)
		}
		s := settings(t, quick(r.URL()))
		if s.Mode != "cluster" || len(about(s.Notes, "Redis cluster")) != 1 {
			t.Errorf("got %+v", s)
		}
	})
}

// The rights that ErrRights asks for are enough for all.
func TestSettings_and_bus_need_few_rights(t *testing.T) {
	r := redistest.Start(t, redistest.Options{Lines: []string{
		"user ben on >" + password + " resetchannels &waymark:cluster-a:* +publish +subscribe +unsubscribe",
	}})
	c := quick(as(r, "ben", password))
	s := settings(t, c)
	if s.Limit != "" || s.Keys != -1 || len(about(s.Notes, "cannot be read")) != 1 {
		t.Errorf("got %+v", s)
	}
	a, b := open(t, c), open(t, c)
	e := listen(t, b, theBoard)
	e.hears(t, a, theBoard, 1)
}

func TestBus_over_TLS(t *testing.T) {
	r := redistest.Start(t, redistest.Options{TLS: true, Password: password, Lines: []string{"databases 4"}})
	c := quick(r.URL() + "/3")
	c.Roots = r.Roots()
	a, b := open(t, c), open(t, c)
	e := listen(t, b, theBoard)
	e.hears(t, a, theBoard, 1)
	skips := quick(r.URL() + "?skip_verify=true")
	e.hears(t, open(t, skips), theBoard, 1)
}

func TestBus_over_a_socket_file(t *testing.T) {
	file := filepath.Join(t.TempDir(), "redis.sock")
	r := redistest.Start(t, redistest.Options{Password: password, Lines: []string{"unixsocket " + file}})
	a, b := open(t, quick("unix://:"+password+"@"+file)), open(t, quick(r.URL()))
	e := listen(t, b, theBoard)
	e.hears(t, a, theBoard, 1)
}
