package collab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/collab"
)

// last is the last line that somebody heard.
func (p *person) last() string {
	if len(p.heard) == 0 {
		return ""
	}
	return p.heard[len(p.heard)-1]
}

func TestReceive_S2_bad_frame_ends_the_session_and_harms_nobody(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	ops := func(op string) string {
		return `[{"type":"ops","client":"client-ben","items":[{"n":1,"op":` + op + `}]}]`
	}
	for name, frame := range map[string]string{
		"empty":                  ``,
		"no array":               `{"type":"beat"}`,
		"no object":              `["beat"]`,
		"text behind":            `[{"type":"beat"}] `,
		"no type":                `[{}]`,
		"unknown type":           `[{"type":"dance"}]`,
		"unknown member":         `[{"type":"beat","loud":true}]`,
		"member of another":      `[{"type":"beat","client":"client-1"}]`,
		"member missing":         `[{"type":"claim"}]`,
		"member twice":           `[{"type":"claim","client":"client-1","client":"client-1"}]`,
		"type twice":             `[{"type":"beat","type":"beat"}]`,
		"second hello":           `[{"type":"hello","token":"person-ben","board":"board-1","epoch":0,"seq":-1,"batch":"","protocol":1}]`,
		"wrong type of a member": `[{"type":"claim","client":7}]`,
		"id of another kind":     `[{"type":"claim","client":"card-1"}]`,
		"escape in a name":       `[{"\u0074ype":"beat"}]`,
		"comma at the end":       `[{"type":"beat"},]`,
		"comma at the start":     `[,{"type":"beat"}]`,
		"not UTF-8":              "[{\"type\":\"be\xffat\"}]",
		"control character":      "[{\"type\":\"be\x01at\"}]",
		"string without end":     `[{"type":"beat`,
		"deep":                   deep,
		"deep op":                ops(`{"type":"set","id":"card-1","fields":{"x":` + deep + `}}`),
		"float":                  `[{"type":"presence","at":{"x":1.5,"y":2}}]`,
		"exponent":               `[{"type":"presence","at":{"x":1e3,"y":2}}]`,
		"leading zero":           `[{"type":"presence","at":{"x":01,"y":2}}]`,
		"minus zero":             `[{"type":"presence","at":{"x":-0,"y":2}}]`,
		"huge number":            `[{"type":"presence","at":{"x":99999999999999999999,"y":2}}]`,
		"number out of range":    `[{"type":"presence","at":{"x":10000001,"y":2}}]`,
		"half a place":           `[{"type":"presence","at":{"x":1}}]`,
		"two places":             `[{"type":"presence","at":{"x":1,"y":2,"lane":"lane-1","step":"step-1","fx":1,"fy":2}}]`,
		"pointer with id":        `[{"type":"presence","at":{"id":"card-1","x":1,"y":2}}]`,
		"drag without id":        `[{"type":"presence","drag":{"x":1,"y":2}}]`,
		"pointer with size":      `[{"type":"presence","at":{"size":true,"x":1,"y":2}}]`,
		"drag without size":      `[{"type":"presence","drag":{"id":"card-1","size":false,"x":1,"y":2}}]`,
		"typing without field":   `[{"type":"presence","typing":{"id":"card-1"}}]`,
		"typing in no field":     `[{"type":"presence","typing":{"id":"card-1","field":"a\"b"}}]`,
		"too much selected":      `[{"type":"presence","selection":[` + strings.TrimSuffix(strings.Repeat(`"card-1",`, 51), ",") + `]}]`,
		"no ops":                 `[{"type":"ops","client":"client-ben","items":[]}]`,
		"op without number":      `[{"type":"ops","client":"client-ben","items":[{"op":{"type":"trash"}}]}]`,
		"op below zero":          `[{"type":"ops","client":"client-ben","items":[{"n":-1,"op":{"type":"trash"}}]}]`,
		"ops backwards":          `[{"type":"ops","client":"client-ben","items":[{"n":2,"op":{"type":"trash"}},{"n":1,"op":{"type":"trash"}}]}]`,
		"op number twice":        `[{"type":"ops","client":"client-ben","items":[{"n":1,"op":{"type":"trash"}},{"n":1,"op":{"type":"trash"}}]}]`,
		"unknown op":             ops(`{"type":"explode"}`),
		"op with more":           ops(`{"type":"trash","now":true}`),
		"op with less":           ops(`{"type":"delete"}`),
		"op member twice":        ops(`{"type":"delete","id":"card-1","id":"card-2"}`),
		"op with a surrogate":    ops(`{"type":"delete","id":"card-\ud800"}`),
		"op is no object":        ops(`[]`),
		"op is nothing":          ops(``),
		"op is half":             ops(`{"type":"delete","id":"card-1"`),
		"unclaimed client":       `[{"type":"ops","client":"client-other","items":[{"n":1,"op":{"type":"trash"}}]}]`,
		"too long":               `[{"type":"beat"}` + strings.Repeat(" ", 256<<10) + `]`,
		"too many messages":      `[` + strings.TrimSuffix(strings.Repeat(`{"type":"beat"},`, 65), ",") + `]`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.create()
			ana, ben := w.person("ana"), w.person("ben")
			ana.join()
			ben.join()
			w.wait(100 * time.Millisecond)
			before := len(w.log.boards[theBoard])
			// Text behind the array is a blank, which is allowed, so say more.
			if name == "text behind" {
				frame += "x"
			}
			ben.raw(frame)
			ben.raw(`[{"type":"ops","client":"client-ben","items":[{"n":1,"op":{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}}]}]`)
			w.wait(100 * time.Millisecond)
			if ben.last() != "closed 4400" {
				t.Errorf("ben heard %q", ben.last())
			}
			if n := len(w.log.boards[theBoard]); n != before {
				t.Errorf("%d batches more", n-before)
			}
			ana.ops(`{"type":"addCard","id":"card-2","lane":"lane-1","step":"step-1"}`)
			w.wait(100 * time.Millisecond)
			if !slices.ContainsFunc(ana.heard, func(s string) bool { return strings.Contains(s, "put card-2") }) {
				t.Errorf("ana heard %q", ana.heard)
			}
		})
	}
}

func TestReceive_S2_first_message_is_hello(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	for i, frame := range []string{
		`[{"type":"beat"}]`,
		`[{"type":"ops","client":"client-1","items":[{"n":1,"op":{"type":"trash"}}]}]`,
	} {
		p := w.person(fmt.Sprint("p", i))
		p.connect()
		p.raw(frame)
		w.run()
		if p.last() != "closed 4400" {
			t.Errorf("after %s: %q", frame, p.last())
		}
	}
}

func TestReceive_S3_far_too_much_ends_the_session(t *testing.T) {
	for name, message := range map[string]string{
		"ops":      `{"type":"ops","client":"client-ben","items":[{"n":1,"op":{"type":"delete","id":"card-1"}}]}`,
		"presence": `{"type":"presence","at":{"x":1,"y":2}}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.create()
			ben := w.person("ben")
			ben.join()
			w.run()
			frame := "[" + strings.TrimSuffix(strings.Repeat(message+",", 64), ",") + "]"
			for range 100 {
				ben.raw(frame)
				w.run()
			}
			if ben.last() != "closed 4429" {
				t.Errorf("ben heard %q", ben.last())
			}
			ben.join()
			w.run()
			if ben.session == nil {
				t.Error("ben may not come back")
			}
		})
	}
}

// Ten seconds of five times too many ops, each in a frame of its own as a typist
// sends them, are answered by busy; of beats nobody needs as many.
func TestReceive_S3_too_much_is_busy_however_it_is_framed(t *testing.T) {
	for name, c := range map[string]struct {
		message string
		rate    int
		want    bool // the session goes on
	}{
		"ops":           {`{"type":"ops","client":"client-ben","items":[{"n":1,"op":{"type":"delete","id":"card-1"}}]}`, 300, true},
		"far more ops":  {`{"type":"ops","client":"client-ben","items":[{"n":1,"op":{"type":"delete","id":"card-1"}}]}`, 900, false},
		"beats":         {`{"type":"beat"}`, 900, true},
		"far too many":  {`{"type":"beat"}`, 1500, false},
		"nothing often": {``, 1500, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.create()
			ben := w.person("ben")
			ben.join()
			w.run()
			for range 10 * c.rate {
				ben.send(c.message)
				w.st.now = w.st.now.Add(time.Second / time.Duration(c.rate))
				w.run()
			}
			if c.want != (ben.session != nil) || !c.want && ben.last() != "closed 4429" {
				t.Errorf("the session goes on: %v; ben heard %q last", ben.session != nil, ben.last())
			}
		})
	}
}

func FuzzParseFrame(f *testing.F) {
	for _, seed := range []string{
		`[{"type":"hello","token":"t","board":"board-1","epoch":1,"seq":5,"batch":"batch-5","protocol":1},{"type":"claim","client":"client-1"}]`,
		`[{"type":"ops","client":"client-1","items":[{"n":1,"op":{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}}]}]`,
		`[{"type":"presence","at":{"lane":"lane-1","step":"step-1","fx":1,"fy":2},"drag":{"id":"card-1","size":true,"x":1,"y":2},"selection":["card-1"],"typing":{"id":"card-1","field":"text"}}]`,
		`[ { "type" : "beat" } ]`, `[{"type":"presence","at":null}]`, `[`, `[{`, `[{"`, "[{\"type\":\"\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		n, err := collab.ParseFrame(frame)
		if err != nil && n != 0 {
			t.Fatalf("%d messages and %v", n, err)
		}
	})
}
