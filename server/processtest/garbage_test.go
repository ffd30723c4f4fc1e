//go:build linux

package processtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"waymark/board"
	"waymark/server/client"
	"waymark/server/trial"
)

var hostile = flag.Duration("hostile", 3*time.Second, "how long TestGarbage sends hostile frames; 2m in CI, 30m before a release")

const garbageWorkers = 8

// Eight connections at a time send frames that are wrong in some way, and come back when they are thrown out. Then the
// process holds what it held before, the log has no row more, and a neighbour has not noticed.
func TestGarbage_leaves_nothing_behind(t *testing.T) {
	// Nobody here is silent; who is only slow must not be taken for that.
	p := start(t, t.TempDir(), "-log-level", "error", "-hello-timeout", "1m", "-pprof", trial.FreePort(t))
	host := p.setUp(t)
	on := host.NewBoard(t)
	secret := host.Invite(t, on, board.Editor)
	neighbour := host.Connect(t, on)
	attackers := make([]*attacker, garbageWorkers)
	for i := range attackers {
		attackers[i] = newAttacker(t, p, trial.Admit(t, p, secret, fmt.Sprintf("Attacker %d", i)), on, i)
	}
	attack := func(limit time.Duration) (frames int64) {
		var sent atomic.Int64
		var work sync.WaitGroup
		errs := make(chan error, garbageWorkers)
		end := time.Now().Add(limit)
		for _, a := range attackers {
			work.Go(func() {
				for time.Now().Before(end) {
					n, err := a.visit()
					sent.Add(n)
					if err != nil {
						errs <- err
						return
					}
				}
			})
		}
		work.Wait()
		select {
		case err := <-errs:
			t.Fatal(err)
		default:
		}
		return sent.Load()
	}
	attack(*hostile / 10) // so that what is made once and kept is there
	neighbour.Unharmed(t)
	before := p.measure(t)
	frames := attack(*hostile)
	t.Logf("%d hostile frames", frames)
	if after := p.measure(t); after.rows != before.rows {
		t.Errorf("hostile frames left %d rows in the log", after.rows-before.rows)
	}
	p.backTo(t, before)
	neighbour.Unharmed(t)
	host.Connect(t, on).Unharmed(t)
}

// An attacker is let in as an editor, and sends what no page sends.
type attacker struct {
	t       *testing.T
	program *program
	who     *trial.Person
	on      board.ID
	client  board.ID
	random  *rand.Rand
}

// newAttacker gives the attacker one committed op, so that it can send it again.
func newAttacker(t *testing.T, p *program, who *trial.Person, on board.ID, i int) *attacker {
	t.Helper()
	c := who.Connect(t, on)
	c.Unharmed(t)
	c.Leave(t)
	return &attacker{t: t, program: p, who: who, on: on, client: c.Own, random: trial.NewRandom(*seed, 1000+i)}
}

// visit is one connection: some frames that are let pass, and one that ends it.
func (a *attacker) visit() (frames int64, err error) {
	if a.random.IntN(8) == 0 {
		return 1, a.doorstep()
	}
	token, err := a.who.Token(a.t.Context())
	if err != nil {
		return 0, err
	}
	r, err := a.program.enter(token, a.on, a.client)
	if err != nil {
		return 0, fmt.Errorf("come back: %w", err)
	}
	defer func() { _ = r.Close() }()
	for range a.random.IntN(4) {
		frames++
		if err := r.text(a.replay()); err != nil {
			return frames, nil // thrown out by a frame before
		}
	}
	frames++
	if a.random.IntN(4) == 0 {
		err = a.breakFrame(r)
	} else {
		err = r.text(a.garble())
	}
	if err != nil {
		return frames, nil
	}
	switch code := r.ends(); code {
	case 4400, 4408, 4429, 1002, 1007, 1009, 0:
		return frames, nil
	default:
		return frames, fmt.Errorf("a hostile frame was answered by the code %d", code)
	}
}

// replay is a frame that was right once: its op is in the log.
func (a *attacker) replay() []byte {
	op := trial.Write(trial.StickyOp())
	if a.random.IntN(2) == 0 {
		op = []byte(`{"type":"trash"}`)
	}
	return fmt.Appendf(nil, `[{"type":"ops","client":%q,"items":[{"n":1,"op":%s}]}]`, a.client, op)
}

// right are frames of every kind that would be taken.
func (a *attacker) right() []byte {
	id := client.NewID("card")
	ops := func(op string) []byte {
		return fmt.Appendf(nil, `[{"type":"ops","client":%q,"items":[{"n":2,"op":%s}]}]`, a.client, op)
	}
	all := [][]byte{
		[]byte(`[{"type":"beat"}]`),
		[]byte(`[{"type":"presence","at":{"x":100,"y":200},"selection":["card-1","card-2"],"typing":{"id":"card-1","field":"text"}}]`),
		fmt.Appendf(nil, `[{"type":"claim","client":%q},{"type":"beat"}]`, a.client),
		ops(`{"type":"addCard","id":"` + string(id) + `","lane":"lane-a","step":"step-b","fields":{"text":"Grüße \u00e9 🙂"}}`),
		ops(`{"type":"text","id":"card-1","field":"text","base":7,"delta":[3,"abc",-2]}`),
		ops(`{"type":"set","id":"card-1","fields":{"color":"rose","span":3,"now":-5}}`),
		ops(`{"type":"addInvite","id":"invite-1","role":"editor","revision":"r","expires":0,"max":0,"passcode":false}`),
		ops(`{"type":"vote","ballot":"ballot-1","target":"card-1","count":3}`),
	}
	return all[a.random.IntN(len(all))]
}

// garble makes a right frame wrong: never one that could be taken.
func (a *attacker) garble() []byte {
	frame := a.right()
	for {
		switch a.random.IntN(8) {
		case 0: // end it early
			return frame[:a.random.IntN(len(frame))]
		case 1: // put random bytes anywhere
			for range 1 + a.random.IntN(6) {
				frame[a.random.IntN(len(frame))] = byte(a.random.IntN(256))
			}
		case 2: // twice a part of itself
			from := a.random.IntN(len(frame))
			to := from + a.random.IntN(len(frame)-from)
			frame = slices.Insert(frame, a.random.IntN(len(frame)), frame[from:to]...)
		case 3: // a member nobody knows
			i := bytes.IndexByte(frame, '{')
			return slices.Insert(frame, i+1, []byte(fmt.Sprintf(`"u%d":%s,`, a.random.IntN(100), a.value(3)))...)
		case 4: // the same member again
			return slices.Insert(frame, bytes.IndexByte(frame, '{')+1, []byte(`"type":"beat",`)...)
		case 5: // far too deep
			depth := 20 + a.random.IntN(2000)
			return []byte(`[{"type":"presence","at":` + strings.Repeat(`{"at":`, depth) + "1" + strings.Repeat("}", depth) + `}]`)
		case 6: // not the letters of any language
			i := bytes.LastIndexByte(frame, '"')
			return slices.Insert(frame, i, []byte{0xf8, 0x88, byte(a.random.IntN(256))}...)
		case 7: // a value where another belongs
			return fmt.Appendf(nil, `[{"type":%s}]`, a.value(4))
		}
		if !json.Valid(frame) || !utf8.Valid(frame) {
			return frame
		}
	}
}

// value is any JSON.
func (a *attacker) value(depth int) string {
	switch p := a.random.IntN(8); {
	case p == 0 && depth > 0:
		return "[" + a.value(depth-1) + "," + a.value(depth-1) + "]"
	case p == 1 && depth > 0:
		return `{"a":` + a.value(depth-1) + "}"
	case p == 2:
		return "null"
	case p == 3:
		return "-0.0e-99"
	case p == 4:
		return strings.Repeat("7", 1+a.random.IntN(400))
	case p == 5:
		return `"` + strings.Repeat("ä", a.random.IntN(2000)) + `"`
	default:
		return "false"
	}
}

// breakFrame sends what is no WebSocket frame of a client.
func (a *attacker) breakFrame(r *raw) error {
	payload := a.right()
	frame := masked(0x80|trial.OpText, payload)
	switch a.random.IntN(7) {
	case 0: // reserved bits
		frame[0] |= 0x70
	case 1: // not masked
		_, err := r.Write(append([]byte{0x81, byte(min(len(payload), 125))}, payload[:min(len(payload), 125)]...))
		return err
	case 2: // an opcode that is none
		frame[0] = 0x80 | 0x0b
	case 3: // a control frame in parts
		frame = masked(0x09, []byte("x"))
	case 4: // a control frame that is too long
		frame = masked(0x89, bytes.Repeat([]byte("x"), 126))
	case 5: // one that promises 2^63-1 bytes, and ends
		if _, err := r.Write([]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 'x'}); err != nil {
			return err
		}
		return errors.Join(r.Close(), io.EOF)
	default: // a message in parts that never ends, cut in the middle
		if err := r.frame(trial.OpText, payload[:len(payload)/2]); err != nil {
			return err
		}
		return errors.Join(r.Close(), io.EOF)
	}
	_, err := r.Write(frame)
	return err
}

// doorstep is a visit of somebody who is never let in.
func (a *attacker) doorstep() error {
	r, err := a.program.knock("")
	if err != nil {
		return fmt.Errorf("knock: %w", err)
	}
	defer func() { _ = r.Close() }()
	switch a.random.IntN(4) {
	case 0:
		return nil // gone again
	case 1:
		_ = r.text([]byte(`[{"type":"hello","token":"` + strings.Repeat("x", a.random.IntN(9000)) +
			`","board":"board-1","protocol":1,"epoch":0,"seq":-1,"batch":""}]`))
	case 2:
		_ = r.text(a.right())
	default:
		_ = r.text(a.garble())
	}
	if code := r.ends(); code != 4400 && code != 4401 {
		return fmt.Errorf("a visitor without a right hello was answered by the code %d", code)
	}
	return nil
}
