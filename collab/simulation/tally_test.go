package simulation

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// A tally adds up many simulations.
type tally struct {
	mu     sync.Mutex
	runs   int
	short  []string // the seeds that sent fewer ops than they were to send
	stats  Stats
	counts map[Fault]int
	codes  map[string]int
	pages  struct{ runs, ops, settled, loads, letters, undone int }
}

func newTally() *tally { return &tally{counts: map[Fault]int{}, codes: map[string]int{}} }

// add adds a run; how is what else the command says that replays it.
func (ta *tally) add(t *testing.T, plan Plan, w *World, how string) {
	ta.mu.Lock()
	defer ta.mu.Unlock()
	ta.runs++
	ta.stats.add(&w.Stats)
	if w.Stats.Sent < plan.Ops {
		ta.short = append(ta.short, fmt.Sprintf("-seed %d%s: %d", plan.Seed, how, w.Stats.Sent))
	}
	for fault, n := range w.Faults.Counts() {
		ta.counts[fault] += n
	}
	for code, n := range w.Codes {
		ta.codes[code] += n
	}
	if len(w.Failures) > 0 {
		t.Errorf("seed %d: %s\nreplay: go test ./collab/simulation -run 'TestSimulation$' -count 1 -v -seed %d -ops %d%s",
			plan.Seed, w.Failures[0], plan.Seed, plan.Ops, how)
	}
}

func (ta *tally) addTabs(g *tabs) {
	ta.mu.Lock()
	defer ta.mu.Unlock()
	ta.pages.runs++
	ta.pages.undone += g.undone
	for _, tab := range g.list {
		ta.pages.ops += tab.ops
		ta.pages.settled += len(tab.settled)
		ta.pages.loads += tab.page
		ta.pages.letters += len(tab.typed)
	}
}

func (ta *tally) report(t *testing.T) {
	t.Logf("%d simulations, in %d the clients are the page's Replica: %+v", ta.runs, ta.pages.runs, ta.pages)
	if len(ta.short) > 0 {
		t.Logf("ended short: %s", strings.Join(ta.short, ", "))
	}
	t.Logf("%+v", ta.stats)
	of := max(1, ta.stats.Accepted+ta.stats.Refused)
	t.Logf("%d ops sent, %d accepted, %d refused (%d %%): %v",
		ta.stats.Sent, ta.stats.Accepted, ta.stats.Refused, 100*ta.stats.Refused/of, ta.codes)
	t.Logf("how often each fault struck:\n%s", Table(ta.counts))
}

// fewShort reports whether at most one run in a hundred ended short.
func (ta *tally) fewShort() bool { return len(ta.short)*100 <= ta.runs }

// assert checks that a run was the proof that it is to be: want simulations in which people did enough.
func (ta *tally) assert(t *testing.T, want int) {
	if t.Failed() {
		return
	}
	if full := ta.runs - len(ta.short); full < want || !ta.fewShort() {
		t.Errorf("in %d of %d simulations clients sent fewer than %d ops, want %d with as many: %s",
			len(ta.short), ta.runs, *opsFlag, want, strings.Join(ta.short, ", "))
	}
	if ta.pages.runs > 0 && (ta.pages.settled == 0 || ta.pages.letters == 0 || ta.pages.undone == 0) {
		t.Errorf("the Replicas did nothing: %+v", ta.pages)
	}
	if ta.counts[LogTail] > 100 && (ta.stats.Repaired == 0 || ta.stats.Epochs == 0) {
		t.Errorf("of %d lost tails %d came back, and %d epochs were begun", ta.stats.LostTails, ta.stats.Repaired, ta.stats.Epochs)
	}
	for _, fault := range AllFaults {
		if n := ta.counts[fault]; n < *leastFlag {
			t.Errorf("%q struck %d times, not %d", fault, n, *leastFlag)
		}
	}
}
