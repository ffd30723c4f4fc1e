package main

import (
	"encoding/json"
	"sync"
	"testing"
	"time"
)

// A hundred wrong tries at once count as much as a hundred one after the other, and whoever is right is let in.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	_, secret := mira.invite(mira.signed.Board, map[string]any{"role": "viewer", "passcode": "4711"})
	tries := func(n int, passcode string) map[int]int {
		statuses := make(map[int]int)
		var mu sync.Mutex
		var all sync.WaitGroup
		late := time.Now().Add(patience)
		for range n {
			b := p.browser(t)
			all.Go(func() {
				status := 503
				for status == 503 && time.Now().Before(late) { // a busy machine says so, and to come again
					status, _ = b.do("POST", "/api/invites/look", map[string]string{"secret": secret, "passcode": passcode})
				}
				mu.Lock()
				defer mu.Unlock()
				statuses[status]++
			})
		}
		all.Wait()
		return statuses
	}
	if got := tries(15, "4711"); got[200] != 15 { // three times as many as may be wrong
		t.Fatalf("of 15 right passcodes at once: %v", got)
	}
	began := time.Now()
	got := tries(40, "1")
	more := 1 + int(time.Since(began)/(12*time.Second)) // fit while they run: five a minute
	if got[403] > 5+more || got[403]+got[429] < 40 {
		t.Fatalf("of 40 wrong passcodes at once: %v", got)
	}
	// Whoever is right waits like any other; a place that has come meanwhile goes to one more who is wrong.
	right := p.browser(t)
	var f failureBody
	await(t, "a right passcode that has to wait", func() bool {
		status, body := right.do("POST", "/api/invites/look", map[string]string{"secret": secret, "passcode": "4711"})
		switch status {
		case 200:
			tries(1, "1")
			return false
		case 429:
			if err := json.Unmarshal(body, &f); err != nil || f.Code != "wait" {
				t.Fatalf("%s: %v", body, err)
			}
			return true
		default:
			t.Fatalf("a right passcode: %d %s", status, body)
			return false
		}
	})
	if f.RetryMs > 15_000 {
		t.Fatalf("has to wait %d ms", f.RetryMs)
	}
}

// The office that opens a link of last week does not keep those out who have today's, nor do wrong passwords.
func TestWrongLinks_keep_nobody_out(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	_, secret := mira.invite(mira.signed.Board, map[string]any{"role": "viewer"})
	eve := p.browser(t)
	for range 30 {
		for path, body := range map[string]map[string]string{
			"/api/invites/look": {"secret": "of last week"},
			"/api/invites/join": {"secret": "of last week", "name": "Eve", "lang": "en"},
			"/api/login":        {"secret": "of last week"},
		} {
			eve.fails("POST", path, body, 404, "link")
		}
	}
	waits := func() bool {
		status, _ := eve.do("POST", "/api/signin", map[string]string{"login": "nobody", "password": "wrong horse"})
		return status == 429
	}
	for !waits() {
	}
	eve.enter("/api/invites/join", map[string]string{"secret": secret, "name": "Eve", "lang": "en"})
}
