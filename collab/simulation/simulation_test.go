package simulation

import (
	"bytes"
	"flag"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "run this seed alone")
	seedsFlag = flag.Int("seeds", env("SIMULATION_SEEDS", 0), "how many seeds to run; also SIMULATION_SEEDS")
	fromFlag  = flag.Int("from", 1, "the first of them")
	opsFlag   = flag.Int("ops", 300, "how many ops people do in one run")
	storyFlag = flag.String("story", "", "write what happens in the seed to this file")
)

// usual is how many seeds run when nobody says how many.
var usual = 100

func env(name string, absent int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return absent
}

func TestSimulation(t *testing.T) {
	if *seedFlag != 0 {
		one(t, *seedFlag)
		return
	}
	if *seedsFlag == 0 {
		*seedsFlag = usual
	}
	total := &tally{counts: map[Fault]int{}, codes: map[string]int{}}
	parallel(*seedsFlag, func(i int) bool {
		plan := NewPlan(uint64(*fromFlag+i), *opsFlag)
		total.add(t, plan, Run(plan, nil))
		return !t.Failed()
	})
	total.report(t)
}

func TestSameSeedSameStory(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		var first, second bytes.Buffer
		Run(NewPlan(seed, 100), &first)
		Run(NewPlan(seed, 100), &second)
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			a, b := strings.Split(first.String(), "\n"), strings.Split(second.String(), "\n")
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Fatalf("seed %d differs in line %d:\n%s\n%s", seed, i+1, a[i], b[i])
				}
			}
			t.Fatalf("seed %d: %d lines and %d lines", seed, len(a), len(b))
		}
	}
}

// one runs a single seed and tells all about it.
func one(t *testing.T, seed uint64) {
	var story io.Writer
	if *storyFlag != "" {
		f, err := os.Create(*storyFlag)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		story = f
	}
	plan := NewPlan(seed, *opsFlag)
	w := Run(plan, story)
	t.Logf("plan %+v", plan)
	t.Logf("stats %+v", w.Stats)
	t.Logf("faults\n%s", Table(w.Faults.Counts()))
	for _, f := range w.Failures {
		t.Error(f)
	}
}

// parallel calls run for 0 to n-1 on all cores until one call returns false.
func parallel(n int, run func(i int) bool) {
	var all sync.WaitGroup
	work := make(chan int)
	stop := make(chan struct{})
	var once sync.Once
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := range work {
				if !run(i) {
					once.Do(func() { close(stop) })
				}
			}
		})
	}
	stopped := false
	for i := 0; i < n && !stopped; i++ {
		select {
		case work <- i:
		case <-stop:
			stopped = true
		}
	}
	close(work)
	all.Wait()
}

// A tally adds up many simulations.
type tally struct {
	mu     sync.Mutex
	runs   int
	stats  Stats
	counts map[Fault]int
	codes  map[string]int
}

func (ta *tally) add(t *testing.T, plan Plan, w *World) {
	ta.mu.Lock()
	defer ta.mu.Unlock()
	ta.runs++
	ta.stats.add(&w.Stats)
	for fault, n := range w.Faults.Counts() {
		ta.counts[fault] += n
	}
	for code, n := range w.Codes {
		ta.codes[code] += n
	}
	if len(w.Failures) > 0 {
		t.Errorf("seed %d: %s\nreplay: go test ./collab/simulation -run TestSimulation -seed %d -ops %d -v", plan.Seed, w.Failures[0], plan.Seed, plan.Ops)
	}
}

func (ta *tally) report(t *testing.T) {
	t.Logf("%d simulations: %+v\nrefused %v\n%s", ta.runs, ta.stats, ta.codes, Table(ta.counts))
}
