//go:build linux

package processtest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/client"
	"waymark/server/trial"
)

// A hostile frame ends the session that sent it, with the code that says stop, and nothing else.
func TestHostileFrame_ends_its_session_and_harms_nobody(t *testing.T) {
	p := start(t, t.TempDir(), "-log-level", "error")
	host := p.setUp(t)
	on := host.NewBoard(t)
	attacker := trial.Admit(t, p, host.Invite(t, on, board.Editor), "Attacker")
	neighbour, elsewhere := host.Connect(t, on), host.Connect(t, host.NewBoard(t))
	token, err := attacker.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seq := neighbour.Unharmed(t)
	for name, frame := range hostileFrames() {
		t.Run(name, func(t *testing.T) {
			own := client.NewID("client")
			r, err := p.enter(token, on, own)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			if err := r.frame(frame.first, []byte(strings.ReplaceAll(frame.payload, "OWN", string(own)))); err != nil {
				t.Fatal(err)
			}
			if code := r.ends(); code != 4400 {
				t.Errorf("the session ended with %d, not 4400", code)
			}
			if now := neighbour.Unharmed(t); now != seq+1 {
				t.Errorf("the neighbour's edit became entry %d after %d: the frame left something in the log", now, seq)
			} else {
				seq = now
			}
		})
	}
	elsewhere.Unharmed(t)
}

type hostileFrame struct {
	first   byte
	payload string
}

// hostileFrames are whole WebSocket messages that are not in the protocol. OWN stands for the session's own client.
func hostileFrames() map[string]hostileFrame {
	text := func(payload string) hostileFrame { return hostileFrame{0x80 | trial.OpText, payload} }
	op := func(op string) hostileFrame {
		return text(`[{"type":"ops","client":"OWN","items":[{"n":1,"op":` + op + `}]}]`)
	}
	sticky := func(fields string) hostileFrame {
		return op(`{"type":"add","id":"sticky-hostile","fields":{` + fields + `}}`)
	}
	return map[string]hostileFrame{
		"oversized":                    text(`[{"type":"beat"}` + strings.Repeat(" ", 256<<10) + `]`),
		"empty":                        text(``),
		"binary":                       {0x80 | trial.OpBinary, `[{"type":"beat"}]`},
		"cut_short":                    text(`[{"type":"beat"`),
		"no_array":                     text(`{"type":"beat"}`),
		"no_object":                    text(`[1]`),
		"null":                         text(`null`),
		"more_behind_it":               text(`[{"type":"beat"}]x`),
		"comma_at_the_end":             text(`[{"type":"beat"},]`),
		"duplicate_key":                text(`[{"type":"beat","type":"beat"}]`),
		"duplicate_key_escaped":        text(`[{"type":"beat","t\u0079pe":"beat"}]`),
		"duplicate_key_in_an_op":       sticky(`"x":1,"x":2`),
		"wrong_type_of_a_client":       text(`[{"type":"claim","client":7}]`),
		"wrong_type_of_a_number":       text(`[{"type":"ops","client":"OWN","items":[{"n":"1","op":{"type":"trash"}}]}]`),
		"fraction":                     sticky(`"x":1.5`),
		"exponent":                     sticky(`"x":1e3`),
		"leading_zero":                 sticky(`"x":01`),
		"number_beyond_2_to_the_53":    sticky(`"x":9007199254740993`),
		"number_without_end":           sticky(`"x":` + strings.Repeat("9", 5000)),
		"unknown_message":              text(`[{"type":"shutdown"}]`),
		"unknown_member":               text(`[{"type":"beat","now":1}]`),
		"unknown_op":                   op(`{"type":"addEverything"}`),
		"unknown_member_of_an_op":      op(`{"type":"delete","id":"card-1","force":true}`),
		"rank_from_outside":            op(`{"type":"moveLane","id":"lane-1","rank":"a0"}`),
		"deeply_nested":                text(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)),
		"nested_by_one_too_much":       sticky(`"x":` + strings.Repeat("[", 17) + strings.Repeat("]", 17)),
		"not_utf_8":                    sticky("\"text\":\"a\xff\""),
		"surrogate_in_utf_8":           sticky("\"text\":\"a\xed\xa0\x80\""),
		"overlong_utf_8":               sticky("\"text\":\"a\xc0\xaf\""),
		"lone_surrogate":               sticky(`"text":"\ud800"`),
		"surrogates_turned_round":      sticky(`"text":"\udc00\ud800"`),
		"control_character":            sticky("\"text\":\"a\x00\""),
		"op_of_64_KiB_and_more":        sticky(`"text":"` + strings.Repeat("a", 64<<10) + `"`),
		"client_that_was_not_claimed":  text(`[{"type":"ops","client":"client-somebodyelse","items":[{"n":1,"op":{"type":"trash"}}]}]`),
		"client_of_another_kind":       text(`[{"type":"claim","client":"card-1"}]`),
		"id_with_a_slash":              op(`{"type":"delete","id":"card-../../etc"}`),
		"second_hello":                 text(`[{"type":"hello","token":"x","board":"board-1","protocol":1,"epoch":0,"seq":-1,"batch":""}]`),
		"ops_without_ops":              text(`[{"type":"ops","client":"OWN","items":[]}]`),
		"number_below_zero":            text(`[{"type":"ops","client":"OWN","items":[{"n":-1,"op":{"type":"trash"}}]}]`),
		"text_op_not_in_normal_form":   op(`{"type":"text","id":"card-1","field":"text","base":1,"delta":[1,2,"a"]}`),
		"text_op_that_keeps_nothing":   op(`{"type":"text","id":"card-1","field":"text","base":1,"delta":[0]}`),
		"too_many_messages":            text("[" + strings.Repeat(`{"type":"beat"},`, 64) + `{"type":"beat"}]`),
		"presence_off_the_map":         text(`[{"type":"presence","at":{"x":99999999999,"y":0}}]`),
		"presence_with_a_wrong_target": text(`[{"type":"presence","typing":{"id":"card-1","field":7}}]`),
	}
}

// What is in form but cannot be done is refused, for its author alone; a frame that was sent before changes nothing.
func TestHostileOp_is_refused_with_its_code(t *testing.T) {
	p := start(t, t.TempDir(), "-log-level", "error")
	host := p.setUp(t)
	on := host.NewBoard(t)
	guest := trial.Admit(t, p, host.Invite(t, on, board.Editor), "Guest")
	c, neighbour := guest.Connect(t, on), host.Connect(t, on)

	sticky, gone := trial.StickyOp(), trial.StickyOp()
	for _, op := range []map[string]any{sticky, gone, {"type": "delete", "id": gone["id"]}} {
		if _, refused := c.Edit(t, op); refused != "" {
			t.Fatal(refused)
		}
	}
	seq := neighbour.Unharmed(t)
	letters := func(base board.Seq, delta ...any) map[string]any {
		return map[string]any{"type": "text", "id": sticky["id"], "field": "text", "base": base, "delta": delta}
	}
	before := host.Records(t, on)
	for name, tt := range map[string]struct {
		op   map[string]any
		code string
	}{
		"a_record_that_is_gone":         {map[string]any{"type": "set", "id": gone["id"], "fields": map[string]any{"x": 1}}, "gone"},
		"a_record_that_never_was":       {map[string]any{"type": "delete", "id": "card-neverwas"}, "gone"},
		"an_id_of_another_kind":         {map[string]any{"type": "moveCard", "id": sticky["id"], "lane": "", "step": ""}, "wrongKind"},
		"a_step_that_is_a_sticky":       {map[string]any{"type": "moveStep", "id": sticky["id"], "phase": sticky["id"]}, "wrongKind"},
		"a_text_position_out_of_range":  {letters(seq, 10_000, "a"), "badOp"},
		"a_deletion_beyond_the_end":     {letters(seq, -10_000), "badOp"},
		"a_base_that_has_not_been":      {letters(seq+1000, "a"), "badOp"},
		"a_cell_that_never_was":         {map[string]any{"type": "addCard", "id": "card-nocell", "lane": "lane-no", "step": "step-no"}, "noCell"},
		"members_without_the_role":      {map[string]any{"type": "setMember", "person": guest.ID, "role": "facilitator"}, "role"},
		"a_freeze_without_the_role":     {map[string]any{"type": "freeze", "on": true}, "role"},
		"a_text_that_is_too_long":       {letters(seq, strings.Repeat("a", 10_000)), "tooLong"},
		"a_field_of_another_type":       {map[string]any{"type": "set", "id": sticky["id"], "fields": map[string]any{"x": "1"}}, "badOp"},
		"a_field_that_no_sticky_has":    {map[string]any{"type": "set", "id": sticky["id"], "fields": map[string]any{"__proto__": 1}}, "badOp"},
		"an_op_of_the_server_itself":    {map[string]any{"type": "create", "records": []any{}}, "role"},
		"a_vote_in_a_round_that_is_not": {map[string]any{"type": "vote", "ballot": "ballot-no", "target": sticky["id"], "count": 1}, "gone"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, refused := c.Edit(t, tt.op); refused != tt.code {
				t.Errorf("refused with %q, not %q", refused, tt.code)
			}
		})
	}
	t.Run("a_frame_that_was_sent_before", func(t *testing.T) {
		from := c.Unharmed(t)
		for n := int64(1); n <= c.N; n++ {
			if err := c.Conn.SendAgain(n, trial.Write(map[string]any{"type": "delete", "id": sticky["id"]})); err != nil {
				t.Fatal(err)
			}
		}
		if to := c.Unharmed(t); to != from+1 {
			t.Errorf("old numbers made entries: %d follows %d", to, from)
		}
	})
	t.Run("the_client_of_somebody_else", func(t *testing.T) {
		token, err := guest.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.enter(token, on, neighbour.Own)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		frame := fmt.Sprintf(`[{"type":"ops","client":%q,"items":[{"n":%d,"op":{"type":"delete","id":%q}}]}]`, neighbour.Own, neighbour.N+1, sticky["id"])
		if err := r.text([]byte(frame)); err != nil {
			t.Fatal(err)
		}
		if code := r.ends(); code != 4400 {
			t.Errorf("the session ended with %d, not 4400", code)
		}
	})
	after := host.Records(t, on)
	for id, r := range before {
		if after[id] != r {
			t.Errorf("%s was %+v and is %+v", id, r, after[id])
		}
	}
	neighbour.Unharmed(t)
}

// Ten thousand sockets of one address that never say hello fill the places of that address and nothing else.
func TestFlood_of_one_address_leaves_others_alone(t *testing.T) {
	const sockets = 10_000
	p := start(t, t.TempDir(), "-log-level", "error", "-pprof", trial.FreePort(t))
	host := p.setUp(t)
	on := host.NewBoard(t)
	neighbour := host.Connect(t, on)
	neighbour.Unharmed(t)
	before := p.measure(t)

	const flooder, at = "127.0.0.66", 50
	var mu sync.Mutex
	var held []*raw
	answers := map[int]int{}
	var work sync.WaitGroup
	for range at {
		work.Go(func() {
			for range sockets / at {
				r, err := p.knock(flooder)
				mu.Lock()
				if err != nil {
					answers[0]++
				} else if answers[r.status]++; r.status == http.StatusSwitchingProtocols {
					held = append(held, r)
				} else {
					_ = r.Close()
				}
				mu.Unlock()
			}
		})
	}
	work.Wait()
	t.Logf("answers to %d sockets: %v", sockets, answers)
	if answers[0] > 0 || answers[http.StatusSwitchingProtocols]+answers[http.StatusTooManyRequests] != sockets {
		t.Error("not each of them was answered by an open socket or by 429")
	}
	if len(held) < 400 {
		t.Errorf("%d were let in", len(held))
	}
	neighbour.Unharmed(t)
	late := host.Connect(t, on) // from another address, in the middle of it
	late.Unharmed(t)
	late.Leave(t)
	for _, r := range held {
		_ = r.SetDeadline(time.Now().Add(rawLimit)) // that of the handshake may be over by now
		if code := r.ends(); code != 4408 {
			t.Errorf("a socket without a hello ended with %d, not 4408", code)
		}
		_ = r.Close()
	}
	p.backTo(t, before)
}
