package simulation

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waymark/board"
)

// A driver is a node process in which pages of the browser's own Replica run,
// in lock-step: see static/src/collab/driver.ts.
type driver struct {
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

func startDriver(t *testing.T, planted string) *driver {
	t.Helper()
	bundle := filepath.Join(t.TempDir(), "driver.mjs")
	build := exec.Command("node", "driver.mjs", bundle, planted)
	build.Dir = filepath.Join("..", "..", "static")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the driver: %v\n%s", err, said)
	}
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

// report is what the driver answers.
type report struct {
	Out     [][]any
	Wake    *int64
	Journal [][]json.RawMessage
	Notices []struct{ Kind, Code string }
	Did     struct{ Typed, Redone string }
	State   struct {
		Seq, Epoch, Pending, Reloads int64
		Digest, Role                 string
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

// A tab is one page after the other of the Replica, on one device.
type tab struct {
	w            *World
	d            *driver
	name, person string
	host         *Host
	page         int
	wakes, ops   int
	pipes        map[int]*Pipe
	last         *report
	typed        map[rune]bool
	again        map[rune]bool // letters that undo brought back
	settled      map[string]bool
}

func newTab(w *World, d *driver, i int) *tab {
	t := &tab{
		w: w, d: d, name: fmt.Sprint("tab-", i), person: fmt.Sprint("person-", i+1), host: w.S.NewHost(fmt.Sprint("tab-", i)),
		pipes: map[int]*Pipe{}, typed: map[rune]bool{}, again: map[rune]bool{}, settled: map[string]bool{},
	}
	t.open()
	w.S.After(w.S.Between(0, time.Second), nil, t.hand)
	w.S.After(w.S.Between(0, 20*time.Second), nil, t.trouble)
	return t
}

func (t *tab) key() string { return fmt.Sprint(t.name, "-", t.page) }

func (t *tab) open() {
	t.page++
	letters := 0x20000 + 0x200*t.page + 0x8000*int(t.name[len(t.name)-1]-'0') // each page has its own
	t.do("open", map[string]any{"device": t.name, "board": t.w.Board, "seed": t.w.S.Rand.Uint32(), "token": t.person, "letters": letters})
}

// do has the page do something, and carries out what it then wants.
func (t *tab) do(what string, more map[string]any) {
	command := map[string]any{"do": what, "at": int64(t.w.S.Now()), "page": t.key()}
	for name, v := range more {
		command[name] = v
	}
	r := t.d.ask(command)
	if r.Fault != "" {
		t.w.fail("fault", "%s: %s", t.name, r.Fault)
		return
	}
	t.last = r
	t.w.trace("%s does %s: %+v %s", t.key(), what, r.State, r.Out)
	for _, line := range r.Journal {
		t.note(line)
	}
	for _, letter := range r.Did.Typed {
		t.typed[letter] = true
	}
	for _, letter := range r.Did.Redone {
		t.again[letter] = true
	}
	for _, out := range r.Out {
		t.carry(out)
	}
	t.wakes++
	if wakes := t.wakes; r.Wake != nil {
		t.w.S.After(time.Duration(*r.Wake-int64(t.w.S.Now()))*time.Millisecond, t.host, func() {
			if t.wakes == wakes {
				t.do("time", nil)
			}
		})
	}
}

// note keeps which ops the page took for decided.
func (t *tab) note(line []json.RawMessage) {
	var verb, client string
	var n int64
	must(json.Unmarshal(line[0], &verb))
	must(json.Unmarshal(line[1], &client))
	if verb == "settle" {
		must(json.Unmarshal(line[2], &n))
		t.settled[opKey(client, n)] = true
	}
}

func (t *tab) carry(out []any) {
	socket := int(out[1].(float64))
	switch out[0] {
	case "connect":
		t.connect(socket)
	case "send":
		text := out[2].(string)
		t.register(text)
		if pipe := t.pipes[socket]; pipe != nil {
			pipe.Up([]byte(text))
		}
	case "close":
		if pipe := t.pipes[socket]; pipe != nil {
			delete(t.pipes, socket)
			pipe.CloseUp()
		}
	}
}

// register writes the ops of a frame into the journal.
func (t *tab) register(frame string) {
	var messages []struct {
		Type, Client string
		Items        []struct {
			N  int64
			Op json.RawMessage
		}
	}
	must(json.Unmarshal([]byte(frame), &messages))
	for _, m := range messages {
		for _, it := range m.Items {
			var op struct {
				Type, ID, Field string
				Delta           json.RawMessage
			}
			must(json.Unmarshal(it.Op, &op))
			var delta board.Delta
			if op.Type == "text" {
				var err error
				delta, err = readDelta(op.Delta)
				must(err)
			}
			if p := t.w.journal[opKey(m.Client, it.N)]; p != nil {
				if p.Typing != nil && inserted(p.Typing.sent) != inserted(delta) {
					// The disk lost the last write, so less is sent now; either may be committed.
					p.Op, p.Typing = "typing, some of it lost with the disk's last write", nil
				}
				continue
			}
			t.ops++
			p := t.w.propose(t.person, m.Client, it.N, string(it.Op))
			p.Forgotten = true // the tab keeps its own account
			if op.Type == "text" {
				p.Typing = &Typing{ID: op.ID, Field: op.Field, sent: delta}
			}
		}
	}
}

func (t *tab) connect(socket int) {
	page := t.page
	mine := func() bool { return t.page == page && t.last != nil }
	srv := t.w.route()
	if srv == nil {
		t.w.S.After(t.w.S.Between(0, 50*time.Millisecond), t.host, func() {
			if mine() {
				t.do("closed", map[string]any{"socket": socket, "code": 1006})
			}
		})
		return
	}
	pipe := NewPipe(t.w.S, t.w.Faults, t.host, srv.host)
	t.pipes[socket] = pipe
	pipe.ToClient = func(frame []byte, binary bool) {
		if !mine() || t.pipes[socket] != pipe {
			return
		}
		if binary {
			t.do("frame", map[string]any{"socket": socket, "gzip": base64.StdEncoding.EncodeToString(frame)})
		} else {
			t.do("frame", map[string]any{"socket": socket, "text": string(frame)})
		}
	}
	pipe.ClientGone = func(code int) {
		if mine() && t.pipes[socket] == pipe {
			delete(t.pipes, socket)
			t.do("closed", map[string]any{"socket": socket, "code": code})
		}
	}
	pipe.Acknowledges = func(frame []byte) bool { return strings.Contains(string(frame), `"changes"`) }
	t.w.pipes = append(t.w.pipes, pipe)
	srv.accept(pipe)
	t.w.S.After(t.w.S.Between(0, 10*time.Millisecond), t.host, func() {
		if mine() && t.pipes[socket] == pipe {
			t.do("opened", map[string]any{"socket": socket})
		}
	})
}

// hand lets the person act now and then.
func (t *tab) hand() {
	if t.w.calm {
		return
	}
	t.w.S.After(t.w.S.Between(20*time.Millisecond, 1500*time.Millisecond), nil, t.hand)
	if !t.host.Frozen() {
		t.do("act", nil)
	}
}

// trouble ends the page, or lets the device sleep.
func (t *tab) trouble() {
	if t.w.calm {
		return
	}
	t.w.S.After(t.w.S.Between(time.Second, 40*time.Second), nil, t.trouble)
	if t.host.Frozen() {
		t.host.Thaw()
		return
	}
	if t.w.S.Chance(0.3) {
		t.host.Freeze()
		return
	}
	t.reload(t.w.S.Chance(0.4))
}

func (t *tab) reload(loseLast bool) {
	t.do("crash", map[string]any{"loseLast": loseLast})
	for socket, pipe := range t.pipes {
		delete(t.pipes, socket)
		pipe.Cut()
	}
	t.host.Kill()
	t.open()
}

// calm reports whether the page has everything and nothing waits.
func (t *tab) calm() bool {
	state := t.last.State
	if t.w.ledger.m.Role(t.person) == "" {
		return true
	}
	if state.Status.Kind == "closed" {
		t.reload(false)
		return false
	}
	return state.Pending == 0 && state.Seq == int64(len(t.w.ledger.line))
}

// judge checks what the page has against the log.
func (t *tab) judge() {
	w := t.w
	if w.ledger.m.Role(t.person) == "" {
		return
	}
	t.do("look", nil)
	state := t.last.State
	if want := fmt.Sprintf("%016x", w.ledger.m.Public); state.Digest != want {
		w.fail("I1", "%s has digest %s, the log %s", t.name, state.Digest, want)
	}
	if w.ledger.lost > 0 {
		return
	}
	for key := range t.settled {
		if _, there := w.ledger.once[key]; !there && w.journal[key] != nil {
			w.fail("I2", "%s took %s for decided, and it is not in the log", t.name, key)
		}
	}
	var all strings.Builder
	for _, r := range w.ledger.m.Records {
		all.WriteString(r.Fields["text"])
	}
	for letter := range t.typed {
		if n := strings.Count(all.String(), string(letter)); n > 1 && !t.again[letter] {
			w.fail("I3", "%s typed %c once, and it is there %d times", t.name, letter, n)
		}
	}
}

// runTabs runs a plan with tabs beside its pages.
func runTabs(d *driver, plan Plan, stats *tabStats, trace io.Writer) *World {
	d.ask(map[string]any{"do": "begin"})
	plan.Browsers = min(plan.Browsers, 3)
	w := New(plan, trace)
	var tabs []*tab
	for i := range 2 + int(plan.Seed%2) {
		tabs = append(tabs, newTab(w, d, i+1))
	}
	w.unleash()
	w.invite()
	w.S.RunUntil(time.Minute, func() bool { return w.budget <= 0 || len(w.Failures) > 0 })
	if len(w.Failures) == 0 {
		w.S.RunFor(w.S.Between(0, 5*time.Second))
		w.soothe()
		for _, t := range tabs {
			if t.host.Frozen() {
				t.host.Thaw()
			}
		}
		w.settle()
		calm := func() bool {
			for _, t := range tabs {
				if !t.calm() {
					return len(w.Failures) > 0
				}
			}
			return true
		}
		if !w.S.RunUntil(patience, calm) {
			for _, t := range tabs {
				if !t.calm() {
					w.fail("I13", "after %v of calm %s is %+v of %d", patience, t.name, t.last.State, len(w.ledger.line))
				}
			}
		}
		w.settle()
		for _, t := range tabs {
			t.judge()
		}
	}
	w.verdict()
	for _, t := range tabs {
		stats.ops += t.ops
		stats.committed += len(t.settled)
		stats.pages += t.page
		stats.letters += len(t.typed)
	}
	return w
}

// tabStats says what tabs did.
type tabStats struct{ ops, committed, pages, letters int }

// The clients of these runs are the Replica that ships.
func TestReplica(t *testing.T) {
	d := startDriver(t, "")
	seeds := env("SIMULATION_REPLICA_SEEDS", 10)
	first := uint64(1)
	if *seedFlag != 0 {
		first, seeds = *seedFlag, 1
	}
	stats := &tabStats{}
	for seed := first; seed < first+uint64(seeds); seed++ {
		if w := runTabs(d, NewPlan(seed, *opsFlag/2), stats, nil); len(w.Failures) > 0 {
			t.Fatalf("go test ./collab/simulation -run TestReplica -seed %d\n%s", seed, strings.Join(w.Failures, "\n"))
		}
	}
	t.Logf("%d runs: %+v", seeds, *stats)
	if *seedFlag == 0 && (stats.committed == 0 || stats.letters == 0) {
		t.Error("the replicas did nothing")
	}
}

// Each bug that is planted in the Replica must be found: SIMULATION_REPLICA_PLANTED=500 says within how many runs.
func TestReplica_planted(t *testing.T) {
	seeds := env("SIMULATION_REPLICA_PLANTED", 0)
	if seeds == 0 {
		return // CI asks for it
	}
	for _, bug := range []string{
		"outbox-dropped-on-reset", "own-entry-twice", "old-outbox-extended", "base-before-hole", "undo-takes-others",
		"no-resend", "text-not-transformed", "sent-text-grows", "mark-ignored", "text-not-refitted",
	} {
		t.Run(bug, func(t *testing.T) {
			d := startDriver(t, bug)
			for seed := uint64(1); seed <= uint64(seeds); seed++ {
				if w := runTabs(d, NewPlan(seed, *opsFlag/2), &tabStats{}, nil); len(w.Failures) > 0 {
					t.Logf("found with seed %d: %s", seed, strings.SplitN(w.Failures[0], "\n", 2)[0])
					return
				}
			}
			t.Error("not found")
		})
	}
}
