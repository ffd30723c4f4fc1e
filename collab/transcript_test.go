package collab_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts runs testdata/*.txt: blocks of comments and commands, "----",
// and what each person heard. The commands are in play.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	counted := map[string]int64{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := transcribe(t, string(raw), counted)
			if got == string(raw) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s: got\n%s", file, firstDifference(got, string(raw)))
		})
	}
	for name, n := range counted {
		if n == 0 && !uncounted[name] {
			t.Errorf("in all of them nothing is counted as %s", name)
		}
	}
}

// uncounted is what no transcript brings about: faults of the program, and what is over when a transcript ends.
var uncounted = map[string]bool{"Faults": true, "Mismatches": true, "Opening": true}

// sum adds what a server has counted.
func sum(counted map[string]int64, m *collab.Metrics) {
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		if n, ok := v.Field(i).Addr().Interface().(*atomic.Int64); ok {
			counted[v.Type().Field(i).Name] += n.Load()
		}
	}
}

// firstDifference is the line in which two texts differ, with what is before.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			wanted := "the end"
			if i < len(w) {
				wanted = w[i]
			}
			return strings.Join(g[max(0, i-5):i+1], "\n") + "\n  want line " + strconv.Itoa(i+1) + ": " + wanted
		}
	}
	return "less than wanted: " + w[len(g)]
}

// transcribe plays a script and gives it back with what was heard.
func transcribe(t *testing.T, script string, counted map[string]int64) string {
	var out strings.Builder
	var w *world
	for block := range strings.SplitSeq(strings.TrimSpace(script), "\n\n") {
		commands, _, _ := strings.Cut(block, "\n----")
		out.WriteString(commands + "\n----\n")
		for line := range strings.SplitSeq(commands, "\n") {
			if strings.HasPrefix(line, "#") || line == "" {
				continue
			}
			if w == nil {
				w = newScript(t, line)
				if strings.HasPrefix(line, "servers ") {
					continue
				}
			}
			w.play(line)
		}
		w.wait(50 * time.Millisecond)
		for _, name := range w.order {
			p := w.people[name]
			for _, heard := range p.heard {
				out.WriteString(name + " <- " + heard + "\n")
			}
			p.heard = nil
		}
		out.WriteString("\n")
	}
	for _, h := range w.servers {
		sum(counted, h.Metrics())
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// newScript makes the world of a script; its first line may be "servers n" with
// limits behind.
func newScript(t *testing.T, line string) *world {
	words := strings.Fields(line)
	if words[0] != "servers" {
		words = []string{"servers", "1"}
	}
	n, err := strconv.Atoi(words[1])
	if err != nil {
		t.Fatal(err)
	}
	limits := collab.DefaultLimits()
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		v, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		switch name {
		case "ring":
			limits.RingEntries = v
		case "shared":
			limits.SharedSnapshot = v
		case "queue":
			limits.QueueBytes = int64(v)
		case "waiting":
			limits.WaitingOps = v
		case "ops":
			limits.OpsPerSecond, limits.OpsBurst = v, v
		case "sockets":
			limits.SocketsPerPerson = v
		default:
			t.Fatalf("no limit %q", name)
		}
	}
	w := newLimitedWorld(t, n, limits)
	w.create()
	return w
}

// play carries out one command.
func (w *world) play(line string) {
	w.t.Helper()
	words := strings.Fields(line)
	if name, text, ok := strings.Cut(line, ": "); ok && !strings.Contains(name, " ") {
		if name == "server" {
			w.askJSON(text)
			return
		}
		w.person(name).ops(strings.Split(text, " ++ ")...)
		return
	}
	who := ""
	if len(words) > 1 {
		who = words[1]
	}
	switch words[0] {
	case "join": // join ana [on 2]
		p := w.person(who)
		if len(words) == 4 {
			p.server = int(words[3][0] - '1')
		}
		p.join()
	case "fresh": // a page that has nothing: fresh ana
		p := w.person(who)
		p.seq, p.epoch, p.batch = -1, 0, ""
	case "at": // a page that has the board so far: at ana 13 batch-13
		seq, err := strconv.ParseInt(words[2], 10, 64)
		if err != nil {
			w.t.Fatal(err)
		}
		p := w.person(who)
		p.seq, p.batch, p.epoch = board.Seq(seq), board.ID(words[3]), 1
	case "leave":
		w.person(who).leave()
	case "run": // everything that is due now
		w.run()
	case "wait":
		d, err := time.ParseDuration(who)
		if err != nil {
			w.t.Fatal(err)
		}
		w.wait(d)
	case "says": // says ana [...]: a raw frame
		w.person(who).raw(strings.Join(words[2:], " "))
	case "connect": // a socket without a hello
		w.person(who).connect()
	case "again": // again ana n op: an op under a number of before
		n, err := strconv.ParseInt(words[2], 10, 64)
		if err != nil {
			w.t.Fatal(err)
		}
		w.person(who).n = max(w.person(who).n, n)
		w.person(who).send(fmt.Sprintf(`{"type":"ops","client":"client-%s","items":[{"n":%s,"op":%s}]}`,
			who, words[2], strings.Join(words[3:], " ")))
	case "stall":
		w.person(who).slow = true
	case "flow":
		w.person(who).slow = false
	case "kill", "start":
		if i := int(who[0] - '1'); words[0] == "kill" {
			w.kill(i)
		} else {
			w.start(i)
		}
	case "drain":
		w.servers[who[0]-'1'].BeginDrain()
	case "bus":
		w.bus.off = who == "off"
	case "log":
		w.playLog(who, words)
	default:
		w.t.Fatalf("no command %q", line)
	}
}

func (w *world) playLog(what string, words []string) {
	l := w.log
	switch what {
	case "away", "back":
		l.away = what == "away"
	case "unsure":
		l.unsure = true
	case "dropped":
		l.dropped = true
	case "rotten": // what is there now cannot be read again, but for the newest batch
		l.rotten = l.boards[theBoard][len(l.boards[theBoard])-1].Last - 1
	case "lose":
		l.loseTail(int(words[2][0] - '0'))
	case "delete":
		delete(l.boards, theBoard)
	default:
		w.t.Fatalf("no log command %q", what)
	}
}

// askJSON proposes an op of ana's from inside the server.
func (w *world) askJSON(text string) {
	op, err := board.ParseOp([]byte(text))
	if err != nil {
		w.t.Fatal(err)
	}
	w.ask(op)
}
