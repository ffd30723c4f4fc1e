package simulation

import (
	"bytes"
	"flag"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
)

var (
	seedFlag     = flag.Uint64("seed", 0, "run this seed alone")
	seedsFlag    = flag.Int("seeds", 0, "how many seeds to run with clients written in Go")
	replicasFlag = flag.Int("replicas", 0, "how many seeds to run with the page's own Replica as clients; needs node")
	fromFlag     = flag.Uint64("from", 1, "the first of them")
	opsFlag      = flag.Int("ops", 300, "how many ops clients send in one run")
	leastFlag    = flag.Int("least", 0, "how often each fault must strike in all")
	storyFlag    = flag.String("story", "", "write what happens in the seed to this file")
)

// usual is how many seeds run when nobody says how many.
var usual = 100

func TestSimulation(t *testing.T) {
	bundle := ""
	if *replicasFlag > 0 {
		bundle = buildDriver(t, "")
	}
	if *seedFlag != 0 {
		one(t, bundle)
		return
	}
	if *seedsFlag == 0 && *replicasFlag == 0 {
		*seedsFlag = usual
	}
	total := newTally()
	enough(t, total, *seedsFlag, func(_ int, plan Plan) { total.add(t, plan, Run(plan, nil), "") })
	if *replicasFlag > 0 && !t.Failed() {
		drivers := startDrivers(t, bundle)
		enough(t, total, *replicasFlag, func(worker int, plan Plan) {
			w, tabs := runTabs(drivers[worker], plan, nil)
			total.addTabs(tabs)
			total.add(t, plan, w, " -replicas 1")
		})
	}
	total.report(t)
	total.assert(t, *seedsFlag+*replicasFlag)
}

// replacements are the seeds that take the place of those in which clients did not send as many ops as they were to
// within the two hours that a simulation lasts.
const replacements = 1_000_000

// enough runs so many seeds, and others in the place of those that end short, if these are few.
func enough(t *testing.T, total *tally, seeds int, run func(worker int, plan Plan)) {
	before := len(total.short)
	parallel(seeds, func(worker, i int) bool {
		run(worker, NewPlan(*fromFlag+uint64(i), *opsFlag))
		return !t.Failed()
	})
	for i := 0; before+i < len(total.short) && !t.Failed() && total.fewShort(); i++ {
		run(0, NewPlan(replacements+uint64(i), *opsFlag))
	}
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
func one(t *testing.T, bundle string) {
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
	plan := NewPlan(*seedFlag, *opsFlag)
	var w *World
	if bundle == "" {
		w = Run(plan, story)
	} else {
		w, _ = runTabs(startDriver(t, bundle), plan, story)
	}
	t.Logf("plan %+v", plan)
	t.Logf("stats %+v", w.Stats)
	t.Logf("faults\n%s", Table(w.Faults.Counts()))
	for _, f := range w.Failures {
		t.Error(f)
	}
}

// workers is how many runs go on at a time.
func workers() int { return runtime.GOMAXPROCS(0) }

// parallel calls run for 0 to n-1 on all cores until one call returns false; it
// is told which of the workers it runs on.
func parallel(n int, run func(worker, i int) bool) {
	var all sync.WaitGroup
	work := make(chan int)
	stop := make(chan struct{})
	var once sync.Once
	for worker := range workers() {
		all.Go(func() {
			for i := range work {
				if !run(worker, i) {
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
