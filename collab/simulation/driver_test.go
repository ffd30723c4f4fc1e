package simulation

import (
	"bufio"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"
)

// A driver is a node process in which pages of the browser's own Replica run,
// in lock-step: see static/src/collab/driver.ts.
type driver struct {
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

// buildDriver bundles the driver, with a bug planted in the Replica or without,
// and returns where it lies.
func buildDriver(t *testing.T, planted string) (bundle string) {
	t.Helper()
	bundle = filepath.Join(t.TempDir(), "driver.mjs")
	build := exec.Command("node", "driver.mjs", bundle, planted)
	build.Dir = filepath.Join("..", "..", "static")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the page's Replica needs node and `npm ci` in static: %v\n%s", err, said)
	}
	return bundle
}

func startDriver(t *testing.T, bundle string) *driver {
	t.Helper()
	d := &driver{cmd: exec.Command("node", bundle)}
	in, err := d.cmd.StdinPipe()
	must(err)
	out, err := d.cmd.StdoutPipe()
	must(err)
	d.in, d.out = in, bufio.NewReaderSize(out, 1<<20)
	must(d.cmd.Start())
	t.Cleanup(func() {
		must(d.in.Close())
		if err := d.cmd.Wait(); err != nil {
			t.Errorf("the driver ended: %v", err)
		}
	})
	return d
}

// startDrivers starts one for each worker.
func startDrivers(t *testing.T, bundle string) []*driver {
	t.Helper()
	list := make([]*driver, 0, workers())
	for range workers() {
		list = append(list, startDriver(t, bundle))
	}
	return list
}

// report is what the driver answers.
type report struct {
	Out     [][]any
	Wake    *int64
	Journal [][]json.RawMessage
	Notices []struct {
		Kind string
		Op   struct{ Delta json.RawMessage }
	}
	Did struct {
		Typed, Erased, Undone, Redone string
		Made, Taken                   []string
	}
	Taken json.RawMessage
	State struct {
		Seq, Epoch, Pending, Reloads int64
		Digest, Seen, Role           string
		Records                      []map[string]any
		Status                       struct{ Kind, Why string }
	}
	Fault string
}

func (d *driver) ask(command map[string]any) *report {
	raw, err := json.Marshal(command)
	must(err)
	_, err = d.in.Write(append(raw, '\n'))
	must(err)
	line, err := d.out.ReadBytes('\n')
	must(err)
	r := &report{}
	must(json.Unmarshal(line, r))
	return r
}

// runTabs runs a plan in which most clients are tabs of the Replica.
func runTabs(d *driver, plan Plan, story io.Writer) (*World, *tabs) {
	d.ask(map[string]any{"do": "begin"})
	plan.Browsers = min(plan.Browsers, 1+int(plan.Seed%3))
	plan.Memory, plan.Expire = 10*time.Minute, 0
	w := New(plan, story)
	first := newTab(w, d, 1, 1, map[string]bool{})
	g := &tabs{w: w, list: []*tab{first, newTab(w, d, 2, 2, map[string]bool{})}}
	if plan.Seed%2 == 0 {
		// A second tab beside the first, on the same disk.
		w.Faults.Strike(ClientTwin)
		g.list = append(g.list, newTab(w, d, 3, 1, first.held))
	}
	w.others = []Other{g}
	return run(w), g
}

// Each bug that is planted in the Replica must be found: -replica-bugs 500 says
// within how many runs.
func TestReplica_planted(t *testing.T) {
	for _, bug := range replicaBugs(t) {
		t.Run(bug, func(t *testing.T) {
			drivers := startDrivers(t, buildDriver(t, bug))
			var runs atomic.Int64
			caught := make(chan string, *replicaBugsFlag)
			parallel(*replicaBugsFlag, func(worker, i int) bool {
				runs.Add(1)
				w, _ := runTabs(drivers[worker], NewPlan(*fromFlag+uint64(i), *opsFlag), nil)
				if len(w.Failures) > 0 {
					caught <- w.Failures[0]
				}
				return len(w.Failures) == 0
			})
			select {
			case failure := <-caught:
				t.Logf("caught within %d seeds: %.300s", runs.Load(), failure)
			default:
				t.Errorf("not caught within %d seeds", runs.Load())
			}
		})
	}
}

var (
	replicaBugsFlag = flag.Int("replica-bugs", 0, "within how many seeds each bug planted in the Replica must be caught; needs node")
	replicaBugFlag  = flag.String("replica-bug", "", "plant this bug alone")
)

// replicaBugs lists those of static/src/collab/planted.ts, when they are asked for.
func replicaBugs(t *testing.T) []string {
	t.Helper()
	switch {
	case *replicaBugsFlag == 0:
		return nil
	case *replicaBugFlag != "":
		return []string{*replicaBugFlag}
	}
	source, err := os.ReadFile(filepath.Join("..", "..", "static", "src", "collab", "planted.ts"))
	must(err)
	var bugs []string
	for _, m := range regexp.MustCompile(`(?m)^ {4}\| "([a-z-]+)"`).FindAllSubmatch(source, -1) {
		bugs = append(bugs, string(m[1]))
	}
	if len(bugs) == 0 {
		t.Fatal("no bug is planted in the Replica")
	}
	return bugs
}
