package trial

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"waymark/board"
)

// A trial is a small board that is in order, and can be spoilt.
type trial struct {
	final map[board.ID]Record
	log   []Logged
	ana   []Note
	ben   []Note
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	at := func(text string) (r Record) {
		r.Fields.Text, r.Fields.Lane, r.Fields.Step, r.Fields.Now = text, "lane-a", "step-b", 7
		return r
	}
	sticky := Record{}
	sticky.Fields.Text = "note!"
	tr := &trial{
		final: map[board.ID]Record{"card-1": at("f\U000F0001irst\U000F1001"), "sticky-1": sticky},
		ana:   []Note{{What: Began, Client: "client-ana"}},
		ben:   []Note{{What: Began, Client: "client-ben"}},
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
func (tr *trial) edit(by *[]Note, op string) {
	client := (*by)[0].Client
	n := int64(1)
	for _, e := range tr.log {
		if e.Client == client {
			n++
		}
	}
	e := Logged{Seq: board.Seq(len(tr.log) + 1), Client: client, N: n, Sum: uint64(len(tr.log))}
	tr.log = append(tr.log, e)
	*by = append(*by, Note{What: Sent, N: n, Op: json.RawMessage(op)}, Note{What: Saved, N: n, Seq: e.Seq})
	heard := Note{What: Heard, Client: client, N: n, Seq: e.Seq, Sum: e.Sum}
	tr.ana, tr.ben = append(tr.ana, heard), append(tr.ben, heard)
}

func (tr *trial) verdict() *Verdict {
	j := NewJudge(tr.final, tr.log)
	j.Hear(tr.ana)
	j.Hear(tr.ben)
	return j.Decide()
}

func (tr *trial) change(id board.ID, f func(r *Record)) {
	r := tr.final[id]
	f(&r)
	tr.final[id] = r
}

func TestJudge_finds_nothing_where_all_is_well(t *testing.T) {
	if v := newTrial(t).verdict(); !v.Good() || v.Sent != 8 || v.Saved != 8 || v.Heard != 16 {
		t.Error(v)
	}
}

// loseTail is a failover that lost all from the last op of ana's on: everybody hears a reset, and ana sends that again.
func (tr *trial) loseTail(again bool) {
	at := slices.IndexFunc(tr.log, func(e Logged) bool { return e.Client == "client-ana" && e.N == 4 })
	lost := tr.log[at:]
	tr.log = slices.Clone(tr.log[:at])
	slices.Reverse(lost)
	tr.ana = append(tr.ana, Note{What: Reset}, Note{What: Mark, N: 3})
	tr.ben = append(tr.ben, Note{What: Reset}, Note{What: Mark})
	for _, e := range lost {
		if !again && e.Client == "client-ana" {
			continue
		}
		e.Seq, e.Sum = board.Seq(len(tr.log)+1), e.Sum+100
		tr.log = append(tr.log, e)
		by := &tr.ben
		if e.Client == "client-ana" {
			by = &tr.ana
		}
		*by = append(*by, Note{What: Saved, N: e.N, Seq: e.Seq})
		heard := Note{What: Heard, Client: e.Client, N: e.N, Seq: e.Seq, Sum: e.Sum}
		tr.ana, tr.ben = append(tr.ana, heard), append(tr.ben, heard)
	}
}

func TestJudge_lets_entries_stand_elsewhere_after_a_reset(t *testing.T) {
	tr := newTrial(t)
	tr.loseTail(true)
	if v := tr.verdict(); !v.Good() || v.Resets != 2 {
		t.Error(v)
	}
}

func TestJudge_finds_what_was_spoilt(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(tr *trial)
		found func(v *Verdict) []string
		words string
	}{
		"a_letter_that_is_gone": {
			func(tr *trial) {
				tr.change("card-1", func(r *Record) { r.Fields.Text = strings.ReplaceAll(r.Fields.Text, "\U000F0001", "") })
			},
			func(v *Verdict) []string { return v.Missing }, "U+F0001 is gone",
		},
		"a_letter_that_stands_there_twice": {
			func(tr *trial) { tr.change("card-1", func(r *Record) { r.Fields.Text += "\U000F1001" }) },
			func(v *Verdict) []string { return v.Twice }, "2 times",
		},
		"a_letter_that_nobody_typed": {
			func(tr *trial) { tr.change("card-1", func(r *Record) { r.Fields.Text += "\U000F7777" }) },
			func(v *Verdict) []string { return v.Wrong }, "nobody typed",
		},
		"an_old_place": {
			func(tr *trial) { tr.change("card-1", func(r *Record) { r.Fields.Step = "step-a" }) },
			func(v *Verdict) []string { return v.Missing }, "lies in lane-a, step-a",
		},
		"an_old_number": {
			func(tr *trial) { tr.change("card-1", func(r *Record) { r.Fields.Now = 0 }) },
			func(v *Verdict) []string { return v.Missing }, "set to 7",
		},
		"a_card_that_is_gone": {
			func(tr *trial) { delete(tr.final, "card-1") },
			func(v *Verdict) []string { return v.Missing }, "card card-1 is gone",
		},
		"a_sticky_that_is_gone": {
			func(tr *trial) { delete(tr.final, "sticky-1") },
			func(v *Verdict) []string { return v.Missing }, "sticky-1",
		},
		"a_deletion_done_twice": {
			func(tr *trial) { tr.change("sticky-1", func(r *Record) { r.Fields.Text = "no!" }) },
			func(v *Verdict) []string { return v.Wrong }, `says "no!"`,
		},
		"an_op_twice_in_the_log": {
			func(tr *trial) { tr.log = append(tr.log, Logged{Seq: 9, Client: "client-ana", N: 2}) },
			func(v *Verdict) []string { return v.Twice }, "2 times",
		},
		"a_lost_tail": {
			func(tr *trial) { tr.log = tr.log[:7] },
			func(v *Verdict) []string { return v.Missing }, "is not in the log",
		},
		"an_entry_that_others_saw_and_that_is_now_another": {
			func(tr *trial) { tr.log[1].Client = "client-cem" },
			func(v *Verdict) []string { return v.Missing }, "in the log it is op 2 of client-cem",
		},
		"an_entry_in_other_bytes": {
			func(tr *trial) { tr.log[4].Sum++ },
			func(v *Verdict) []string { return v.Wrong }, "other bytes",
		},
		"an_op_without_an_answer": {
			func(tr *trial) {
				tr.ana = append(tr.ana, Note{What: Sent, N: 5, Op: json.RawMessage(`{"type":"set","id":"card-1","fields":{"now":7}}`)})
			},
			func(v *Verdict) []string { return v.Wrong }, "never acknowledged",
		},
		"a_refusal": {
			func(tr *trial) { tr.ana = append(tr.ana, Note{What: Refused, N: 2, Code: "gone"}) },
			func(v *Verdict) []string { return v.Wrong }, "refused: gone",
		},
		"a_mark_that_goes_back": {
			func(tr *trial) { tr.ana = append(tr.ana, Note{What: Mark, N: 4}, Note{What: Mark, N: 3}) },
			func(v *Verdict) []string { return v.Wrong }, "after 4",
		},
		"an_acknowledged_op_that_was_not_sent_again_after_a_reset": {
			func(tr *trial) { tr.loseTail(false) },
			func(v *Verdict) []string { return v.Missing }, "op 4 of client-ana was acknowledged and is not in the log",
		},
		"an_op_of_somebody_else_that_was_not_sent_again_after_a_reset": {
			func(tr *trial) { tr.loseTail(false) },
			func(v *Verdict) []string { return v.Missing }, "before the log lost something",
		},
		"a_hole_in_the_log": {
			func(tr *trial) { tr.log = append(tr.log[:2:2], tr.log[3:]...) },
			func(v *Verdict) []string { return v.Wrong }, "has seq 4",
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
