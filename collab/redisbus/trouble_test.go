//go:build unix && services

package redisbus_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

const password = "hunter2"

// as is the URL of a user.
func as(r *redistest.Server, user, password string) string {
	u := url.URL{Scheme: "redis", Host: r.Addr(), User: url.UserPassword(user, password)}
	return u.String()
}

func TestState_names_what_is_wrong(t *testing.T) {
	for name, c := range map[string]struct {
		options redistest.Options
		url     func(*redistest.Server) string
		want    error
		says    string
		silent  bool
	}{
		"a_wrong_password": {
			redistest.Options{Password: password},
			func(r *redistest.Server) string { return as(r, "", "hunter3") },
			redisbus.ErrPassword, "URL", false,
		},
		"no_password": {
			redistest.Options{Password: password},
			func(r *redistest.Server) string { return "redis://" + r.Addr() },
			redisbus.ErrPassword, "URL", false,
		},
		"an_unknown_user": {
			redistest.Options{},
			func(r *redistest.Server) string { return as(r, "ben", "hunter3") },
			redisbus.ErrPassword, "URL", false,
		},
		"no_right_to_the_channels": {
			redistest.Options{Lines: []string{"user ben on >" + password + " resetchannels &other:* +@all"}},
			func(r *redistest.Server) string { return as(r, "ben", password) },
			redisbus.ErrRights, "&waymark:cluster-a:*", false,
		},
		"no_right_to_publish": {
			redistest.Options{Lines: []string{"user ben on >" + password + " &* +subscribe +unsubscribe"}},
			func(r *redistest.Server) string { return as(r, "ben", password) },
			redisbus.ErrRights, "+publish", false,
		},
		"no_right_to_subscribe": {
			redistest.Options{Lines: []string{"user ben on >" + password + " &* +publish"}},
			func(r *redistest.Server) string { return as(r, "ben", password) },
			redisbus.ErrRights, "+subscribe", false,
		},
		// HELLO came with Redis 6.0: a Redis without it answers as an older one does.
		"an_old_redis": {
			redistest.Options{Lines: []string{`rename-command HELLO ""`}},
			(*redistest.Server).URL,
			redisbus.ErrOld, "6.0", false,
		},
		"a_certificate_of_nobody": {
			redistest.Options{TLS: true},
			(*redistest.Server).URL,
			redisbus.ErrTLS, "certificate", false,
		},
		"a_plain_connection_to_a_TLS_port": {
			redistest.Options{TLS: true},
			func(r *redistest.Server) string { return "redis://" + r.Addr() },
			redisbus.ErrAway, "then rediss://", false,
		},
		// It waits for more of what it does not understand.
		"TLS_to_a_plain_port": {
			redistest.Options{},
			func(r *redistest.Server) string { return "rediss://" + r.Addr() },
			redisbus.ErrAway, "want redis://", true,
		},
		"too_many_clients": {
			redistest.Options{Lines: []string{"maxclients 1"}},
			(*redistest.Server).URL,
			redisbus.ErrAway, "maxclients", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := redistest.Start(t, c.options)
			var said safe
			config := quick(c.url(r))
			if c.silent {
				config = wary(config.URL)
			}
			config.Logger = slog.New(slog.NewTextHandler(&said, nil))
			b := open(t, config)
			down(t, b, c.want) // on a busy machine it may not be known yet that nothing is answered
			s := b.State()
			if s.Up || !errors.Is(s.Reason, c.want) || !strings.Contains(s.Reason.Error(), c.says) {
				t.Errorf("the state is %+v, want %v with %q", s, c.want, c.says)
			}
			if !strings.Contains(said.String(), c.want.Error()) || !strings.Contains(said.String(), r.Addr()) {
				t.Errorf("the log says %q", said.String())
			}
			if _, err := b.Settings(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("for its settings it says %v", err)
			}
			for _, text := range []string{s.Reason.Error(), said.String()} {
				if strings.Contains(text, "hunter") {
					t.Errorf("it repeats the password: %q", text)
				}
			}
		})
	}
}

// safe is a log that two may use.
type safe struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestState_comes_up_by_itself_when_it_is_put_right(t *testing.T) {
	r := redistest.Start(t, redistest.Options{Lines: []string{"user ben on >hunter3 resetchannels &other:* +@pubsub"}})
	o := operator(t, r)
	b := open(t, quick(as(r, "ben", password)))
	e := listen(t, b, theBoard)
	down(t, b, redisbus.ErrPassword)
	if err := o.Do(t.Context(), "ACL", "SETUSER", "ben", "resetpass", ">"+password).Err(); err != nil {
		t.Fatal(err)
	}
	down(t, b, redisbus.ErrRights)
	if err := o.Do(t.Context(), "ACL", "SETUSER", "ben", "&waymark:cluster-a:*").Err(); err != nil {
		t.Fatal(err)
	}
	up(t, b)
	e.hears(t, open(t, quick(r.URL())), theBoard, 1)
	if err := o.Do(t.Context(), "ACL", "DELUSER", "ben").Err(); err != nil {
		t.Fatal(err)
	}
	down(t, b, redisbus.ErrPassword)
}

func TestState_of_what_is_no_redis(t *testing.T) {
	const greetings = "*2\r\n$6\r\nserver\r\n$5\r\nnoise\r\n*0\r\n" // the answers to two
	for name, answer := range map[string]string{
		"a_web_server":                 "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
		"a_text_beyond_memory":         "$1099511627776\r\n",
		"a_list_beyond_memory":         greetings + "*1099511627776\r\n",
		"a_line_without_end":           greetings + "+" + strings.Repeat("x", 1<<20),
		"lists_in_lists":               greetings + strings.Repeat("*1\r\n", 1<<20),
		"a_greeting_of_half_a_pair":    "*1\r\n$6\r\nserver\r\n",
		"a_greeting_of_lists":          "*2\r\n*0\r\n*0\r\n*0\r\n",
		"a_message_of_numbers":         greetings + "*3\r\n:1\r\n:1\r\n:1\r\n",
		"a_message_of_lists":           greetings + "*3\r\n$7\r\nmessage\r\n*0\r\n*0\r\n",
		"a_message_that_is_short":      greetings + "*1\r\n$7\r\nmessage\r\n",
		"a_subscription_without_count": greetings + "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n$1\r\nb\r\n",
		"a_message_of_no_items":        greetings + "*0\r\n",
		"noise":                        "\x00\xff\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, quick("redis://"+answering(t, answer)))
			if s := b.State(); s.Up || !errors.Is(s.Reason, redisbus.ErrOther) {
				t.Errorf("the state is %+v", s)
			}
			if _, err := b.Settings(t.Context()); !errors.Is(err, redisbus.ErrOther) {
				t.Errorf("for its settings it says %v", err)
			}
		})
	}
}

// answering says one thing to whoever speaks to it.
func answering(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				_, _ = c.Write([]byte(answer))
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		work.Wait()
	})
	return l.Addr().String()
}

func TestOpen_refuses_what_cannot_be_used_and_keeps_the_password_to_itself(t *testing.T) {
	for _, bad := range []string{
		"", "redis", "http://redis", "redis://:hunter2@redis:port", "redis://ben:hunter2@redis/two", "redis://:hunter2@redis?x=1",
		"redis://:hunter2@redis:6379/0/1", "redis://:hunter2/2@redis", "redis://:hunter2#2@redis", "redis://:hunter2?2@redis",
		"redis://:6379#hunter2@redis", "redis://:6379?hunter2@redis", "redis://:6379/hunter2@redis", "redis://:hunter2%2@redis",
		"redis://:hunter2 2@redis", "redis://:hunter2@redis?skip_verify=maybe", "redis://:hunter2@redis?read_timeout=1s",
		"rediss://:hunter2@redis?skip_verify=maybe", "unix://:hunter2@", "redis://:hunter2@re dis",
	} {
		_, err := redisbus.Open(t.Context(), quick(bad))
		if !errors.Is(err, redisbus.ErrConfig) {
			t.Errorf("%q: %v", bad, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the password is in %q", bad, err)
		}
	}
	for name, change := range map[string]func(*redisbus.Config){
		"no_cluster":      func(c *redisbus.Config) { c.Cluster = "" },
		"a_glob_for_name": func(c *redisbus.Config) { c.Cluster = "*" },
		"a_colon_in_name": func(c *redisbus.Config) { c.Cluster = "a:b" },
		"a_short_key":     func(c *redisbus.Config) { c.Key = make([]byte, 15) },
	} {
		c := quick("redis://redis")
		change(&c)
		if _, err := redisbus.Open(t.Context(), c); !errors.Is(err, redisbus.ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
