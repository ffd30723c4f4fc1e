package simulation

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"waymark/board"
)

// A tab is one page after the other of the Replica, on a device that it may
// share with another tab.
type tab struct {
	w            *World
	d            *driver
	name, person string
	device       string
	host         *Host
	page         int
	wakes, ops   int
	pipes        map[int]*Pipe
	last         *report
	notices      int
	// opened is when the page at hand began, made how far it was when its person
	// made each record, or brought it back.
	opened time.Duration
	made   map[string]int64
	account
}

// newTab opens the tab of this number, on its owner's device, where the held ops
// lie.
func newTab(w *World, d *driver, number, owner int, held map[string]bool) *tab {
	name := fmt.Sprint("tab-", number)
	t := &tab{
		w: w, d: d, name: name, person: fmt.Sprint("person-", owner+1), device: fmt.Sprint("device-", owner),
		host: w.S.NewHost(name), pipes: map[int]*Pipe{}, account: newAccount(held),
	}
	t.open()
	w.S.After(w.S.Between(0, time.Second), nil, t.hand)
	w.S.After(w.S.Between(0, 20*time.Second), nil, t.trouble)
	return t
}

func (t *tab) key() string { return fmt.Sprint(t.name, "-", t.page) }

func (t *tab) open() {
	t.page++
	t.opened, t.made = t.w.S.Elapsed(), map[string]int64{}
	letters := 0x20000 + 0x200*t.page + 0x8000*int(t.name[len(t.name)-1]-'0') // each page has its own
	t.do("open", map[string]any{"device": t.device, "board": t.w.Board, "seed": t.w.S.Rand.Uint32(), "token": t.person, "letters": letters})
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
	t.w.trace("%s does %s: %+v %+v %s journal %s", t.key(), what, r.Did, r.State, r.Out, r.Journal)
	for _, line := range r.Journal {
		t.note(line, t.w.S.Elapsed())
	}
	t.did(t.w, t.name, r)
	t.took(r)
	for _, n := range r.Notices {
		if n.Kind == "refused" {
			t.notices++
			t.excuse(inserts(n.Op.Delta))
		}
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
			p.Forgotten, p.Replica = true, true // the tab keeps its own account
			t.w.left(p)
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
	pipe := NewPipe(t.w.S, t.w.Faults, t.host, srv.host, t.w.Plan.Window)
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
	t.w.S.After(t.w.S.Between(10*time.Millisecond, 400*time.Millisecond), nil, t.hand)
	if !t.host.Frozen() {
		t.do("act", nil)
	}
}

// trouble ends the page, or lets the device sleep.
func (t *tab) trouble() {
	if t.w.calm {
		return
	}
	t.w.S.After(t.w.S.Between(500*time.Millisecond, 12*time.Second), nil, t.trouble)
	if t.host.Frozen() {
		t.host.Thaw()
		return
	}
	if t.w.S.Chance(0.3) {
		t.w.Faults.Strike(ClientSleep)
		t.host.Freeze()
		return
	}
	t.w.Faults.Strike(ClientLoad)
	t.reload(t.w.S.Chance(0.5))
}

func (t *tab) reload(loseLast bool) {
	t.do("crash", map[string]any{"loseLast": loseLast})
	if string(t.last.Taken) == "true" {
		t.lose()
		t.w.Faults.Strike(DiskLast)
	}
	for socket, pipe := range t.pipes {
		delete(t.pipes, socket)
		pipe.Cut()
	}
	t.host.Kill()
	t.open()
}
