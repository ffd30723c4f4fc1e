package main

import (
	"sync"
	"testing"
)

// A hundred wrong tries at once count as much as a hundred one after the other, and whoever is right is let in.
func TestGuessesAtOnce(t *testing.T) {
	p := start(t)
	mira := p.setUp()
	_, secret := mira.invite(mira.signed.Board, map[string]any{"role": "viewer", "passcode": "4711"})
	tries := func(n int, passcode string) map[int]int {
		statuses := make(map[int]int)
		var mu sync.Mutex
		var all sync.WaitGroup
		for range n {
			b := p.browser(t)
			all.Go(func() {
				status, _ := b.do("POST", "/api/invites/look", map[string]string{"secret": secret, "passcode": passcode})
				mu.Lock()
				defer mu.Unlock()
				statuses[status]++
			})
		}
		all.Wait()
		return statuses
	}
	if got := tries(40, "4711"); got[200] != 40 {
		t.Fatalf("of 40 right passcodes at once: %v", got)
	}
	got := tries(40, "1")
	if got[403] > 6 || got[429] < 34 { // one more may fit while they run
		t.Fatalf("of 40 wrong passcodes at once: %v", got)
	}
	f := p.browser(t).fails("POST", "/api/invites/look", map[string]string{"secret": secret, "passcode": "4711"}, 429, "wait")
	if f.RetryMs > 15_000 {
		t.Fatalf("has to wait %d ms", f.RetryMs)
	}
}
