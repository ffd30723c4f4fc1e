//go:build linux

package processtest

import (
	"encoding/json"
	"strings"
	"testing"

	"waymark/board"
)

// A trial is a small board that is in order, and can be spoilt.
type trial struct {
	final map[board.ID]record
	log   []logged
	ana   []note
	ben   []note
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	at := func(text string) (r record) {
		r.Fields.Text, r.Fields.Lane, r.Fields.Step, r.Fields.Now = text, "lane-a", "step-b", 7
		return r
	}
	sticky := record{}
	sticky.Fields.Text = "note!"
	tr := &trial{
		final: map[board.ID]record{"card-1": at("f\U000F0001irst\U000F1001"), "sticky-1": sticky},
		ana:   []note{{What: noteBegan, Client: "client-ana"}},
		ben:   []note{{What: noteBegan, Client: "client-ben"}},
	}
	tr.edit(&tr.ana, `{"type":"addCard","id":"card-1","lane":"lane-a","step":"step-a","fields":{"text":"first"}}`)
	tr.edit(&tr.ana, `{"type":"text","id":"card-1","field":"text","base":1,"delta":[1,"\udb80\udc01"]}`)
	tr.edit(&tr.ana, `{"type":"moveCard","id":"card-1","lane":"lane-a","step":"step-b"}`)
	tr.edit(&tr.ana, `{"type":"set","id":"card-1","fields":{"now":7}}`)
	tr.edit(&tr.ben, `{"type":"text","id":"card-1","field":"text","base":1,"delta":[5,"\udb84\udc01"]}`)
	tr.edit(&tr.ben, `{"type":"add","id":"sticky-1","fields":{"text":"not"}}`)
	tr.edit(&tr.ben, `{"type":"text","id":"sticky-1","field":"text","base":6,"delta":[3,"ed?"]}`)
	tr.edit(&tr.ben, `{"type":"text","id":"sticky-1","field":"text","base":7,"delta":[4,"!",-2]}`)
	return tr
}

// edit is sent, committed, heard by both, and acknowledged.
func (tr *trial) edit(by *[]note, op string) {
	client := (*by)[0].Client
	n := int64(1)
	for _, e := range tr.log {
		if e.client == client {
			n++
		}
	}
	e := logged{seq: board.Seq(len(tr.log) + 1), client: client, n: n, sum: uint64(len(tr.log))}
	tr.log = append(tr.log, e)
	*by = append(*by, note{What: noteSent, N: n, Op: json.RawMessage(op)}, note{What: noteSaved, N: n, Seq: e.seq})
	heard := note{What: noteHeard, Client: client, N: n, Seq: e.seq, Sum: e.sum}
	tr.ana, tr.ben = append(tr.ana, heard), append(tr.ben, heard)
}

func (tr *trial) verdict() *verdict {
	j := newJudge(tr.final, tr.log)
	j.hear(tr.ana)
	j.hear(tr.ben)
	return j.decide()
}

func (tr *trial) change(id board.ID, f func(r *record)) {
	r := tr.final[id]
	f(&r)
	tr.final[id] = r
}

func TestJudge_finds_nothing_where_all_is_well(t *testing.T) {
	if v := newTrial(t).verdict(); !v.good() || v.Sent != 8 || v.Saved != 8 || v.Heard != 16 {
		t.Error(v)
	}
}

func TestJudge_finds_what_was_spoilt(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(tr *trial)
		found func(v *verdict) []string
		words string
	}{
		"a_letter_that_is_gone": {
			func(tr *trial) {
				tr.change("card-1", func(r *record) { r.Fields.Text = strings.ReplaceAll(r.Fields.Text, "\U000F0001", "") })
			},
			func(v *verdict) []string { return v.Missing }, "U+F0001 is gone",
		},
		"a_letter_that_stands_there_twice": {
			func(tr *trial) { tr.change("card-1", func(r *record) { r.Fields.Text += "\U000F1001" }) },
			func(v *verdict) []string { return v.Twice }, "2 times",
		},
		"a_letter_that_nobody_typed": {
			func(tr *trial) { tr.change("card-1", func(r *record) { r.Fields.Text += "\U000F7777" }) },
			func(v *verdict) []string { return v.Wrong }, "nobody typed",
		},
		"an_old_place": {
			func(tr *trial) { tr.change("card-1", func(r *record) { r.Fields.Step = "step-a" }) },
			func(v *verdict) []string { return v.Missing }, "lies in lane-a, step-a",
		},
		"an_old_number": {
			func(tr *trial) { tr.change("card-1", func(r *record) { r.Fields.Now = 0 }) },
			func(v *verdict) []string { return v.Missing }, "set to 7",
		},
		"a_card_that_is_gone": {
			func(tr *trial) { delete(tr.final, "card-1") },
			func(v *verdict) []string { return v.Missing }, "card card-1 is gone",
		},
		"a_sticky_that_is_gone": {
			func(tr *trial) { delete(tr.final, "sticky-1") },
			func(v *verdict) []string { return v.Missing }, "sticky-1",
		},
		"a_deletion_done_twice": {
			func(tr *trial) { tr.change("sticky-1", func(r *record) { r.Fields.Text = "no!" }) },
			func(v *verdict) []string { return v.Wrong }, `says "no!"`,
		},
		"an_op_twice_in_the_log": {
			func(tr *trial) { tr.log = append(tr.log, logged{seq: 9, client: "client-ana", n: 2}) },
			func(v *verdict) []string { return v.Twice }, "2 times",
		},
		"a_lost_tail": {
			func(tr *trial) { tr.log = tr.log[:7] },
			func(v *verdict) []string { return v.Missing }, "is not in the log",
		},
		"an_entry_that_others_saw_and_that_is_now_another": {
			func(tr *trial) { tr.log[1].client = "client-cem" },
			func(v *verdict) []string { return v.Missing }, "in the log it is op 2 of client-cem",
		},
		"an_entry_in_other_bytes": {
			func(tr *trial) { tr.log[4].sum++ },
			func(v *verdict) []string { return v.Wrong }, "other bytes",
		},
		"an_op_without_an_answer": {
			func(tr *trial) {
				tr.ana = append(tr.ana, note{What: noteSent, N: 5, Op: json.RawMessage(`{"type":"set","id":"card-1","fields":{"now":7}}`)})
			},
			func(v *verdict) []string { return v.Wrong }, "never acknowledged",
		},
		"a_refusal": {
			func(tr *trial) { tr.ana = append(tr.ana, note{What: noteRefused, N: 2, Code: "gone"}) },
			func(v *verdict) []string { return v.Wrong }, "refused: gone",
		},
		"a_mark_that_goes_back": {
			func(tr *trial) { tr.ana = append(tr.ana, note{What: noteMark, N: 4}, note{What: noteMark, N: 3}) },
			func(v *verdict) []string { return v.Wrong }, "after 4",
		},
		"a_hole_in_the_log": {
			func(tr *trial) { tr.log = append(tr.log[:2:2], tr.log[3:]...) },
			func(v *verdict) []string { return v.Wrong }, "has seq 4",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTrial(t)
			tt.spoil(tr)
			v := tr.verdict()
			if !strings.Contains(strings.Join(tt.found(v), "\n"), tt.words) {
				t.Errorf("not found: %q in\n%s", tt.words, v)
			}
		})
	}
}
