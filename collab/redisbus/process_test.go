//go:build linux && services

package redisbus_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

func TestAsk_names_the_process(t *testing.T) {
	r := redistest.Start(t, redistest.Options{Password: "hunter2"})
	p, err := redisbus.Ask(t.Context(), r.URL())
	if err != nil {
		t.Fatal(err)
	}
	title, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.PID))
	if err != nil || !strings.Contains(string(title), "redis-server") || !strings.HasSuffix(r.Addr(), fmt.Sprint(":", p.Port)) || p.Version == "" {
		t.Errorf("it says %+v; that process is called %q: %v", p, title, err)
	}
}

func TestAsk_says_why_it_cannot(t *testing.T) {
	r := redistest.Start(t, redistest.Options{Password: "hunter2", Lines: []string{"user ben on >secret &* +publish"}})
	for url, want := range map[string]error{
		"redis://:wrong@" + r.Addr():       redisbus.ErrPassword,
		"redis://ben:secret@" + r.Addr():   redisbus.ErrRights,
		"redis://127.0.0.1:1":              redisbus.ErrAway,
		"redis://:hunter2@" + "host/#frag": redisbus.ErrConfig,
	} {
		if _, err := redisbus.Ask(t.Context(), url); !errors.Is(err, want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %v and no password", url, err, want)
		}
	}
}
