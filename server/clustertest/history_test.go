//go:build linux && services

package clustertest

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"waymark/board"
	"waymark/server/trial"
)

// An act is an op as its author saw it: when it was sent, when its answer came, and what that was.
type act struct {
	person    board.ID
	op        asked
	refused   string // "" = it was done; "refused" where only that is known
	call, end time.Duration
}

// asked is what the ops of these tests are made of.
type asked struct {
	Type   string
	ID     board.ID
	Ballot board.ID
	Target board.ID
	Person board.ID
	Role   board.Role
	Count  int
}

// onlyRefused is the answer to an op whose entry its author never saw: a mark says no more.
const onlyRefused = "refused"

// acts are those of a journal, in their order. Each must have an answer.
func acts(t *testing.T, person board.ID, notes []trial.Note) []act {
	t.Helper()
	var list []act // n is at n-1
	answered := 0
	answer := func(n int64, at time.Duration, refused string) {
		list[n-1].end, list[n-1].refused = at, refused
		answered++
	}
	for _, n := range notes {
		switch n.What {
		case trial.Sent:
			a := act{person: person, call: n.At}
			if err := json.Unmarshal(n.Op, &a.op); err != nil {
				t.Fatal(err)
			}
			list = append(list, a)
		case trial.Saved, trial.Refused:
			if list[n.N-1].end == 0 {
				answer(n.N, n.At, n.Code)
			}
		case trial.Mark:
			for i := int64(1); i <= n.N; i++ {
				if list[i-1].end != 0 {
					continue
				}
				refused := ""
				if slices.Contains(n.Refused, i) {
					refused = onlyRefused
				}
				answer(i, n.At, refused)
			}
		}
	}
	if answered < len(list) {
		t.Fatalf("%d of %d ops have no answer", len(list)-answered, len(list))
	}
	return list
}

// A rule is what one thing does, one op after the other: its state before, an op, and what must come of it: the state
// after, and the code of a refusal, "" for none.
type rule[S comparable] func(state S, a act) (after S, refused string)

// linearizable says whether a history is what such things could have said: each of them, told apart by key, took its
// ops one after the other, each at some moment between its call and its answer.
func linearizable[S comparable](t *testing.T, history []act, key func(act) board.ID, start S, r rule[S]) {
	t.Helper()
	model := porcupine.Model{
		Init: func() any { return start },
		Step: func(state, input, _ any) (bool, any) {
			a := input.(act)
			after, refused := r(state.(S), a)
			return refused == a.refused || refused != "" && a.refused == onlyRefused, after
		},
	}
	parts := map[board.ID][]porcupine.Operation{}
	for _, a := range history {
		parts[key(a)] = append(parts[key(a)], porcupine.Operation{Input: a, Call: int64(a.call), Return: int64(a.end)})
	}
	for id, part := range parts {
		if result := porcupine.CheckOperationsTimeout(model, part, checkLimit); result != porcupine.Ok {
			t.Errorf("the %d ops on %s are not what could be seen if they were taken one after the other: %s", len(part), id, result)
		}
	}
}

const checkLimit = 2 * time.Minute

func TestLinearizable_finds_what_was_never_so(t *testing.T) {
	hold := func(holder board.ID, a act) (board.ID, string) {
		switch {
		case holder != "" && holder != a.person:
			return holder, "locked"
		case a.op.Type == "unlock":
			return "", ""
		}
		return a.person, ""
	}
	const ana, ben = "person-ana", "person-ben"
	lock, unlock := asked{Type: "lock"}, asked{Type: "unlock"}
	check := func(list ...act) bool {
		var inner testing.T
		linearizable(&inner, list, func(act) board.ID { return "card-1" }, "", hold)
		return !inner.Failed()
	}
	if !check(act{ana, lock, "", 1, 4}, act{ben, lock, "locked", 2, 3}, act{ana, unlock, "", 5, 6}, act{ben, lock, "", 6, 9}) {
		t.Error("what can be was not believed")
	}
	if check(act{ana, lock, "", 1, 2}, act{ben, lock, "", 3, 4}) {
		t.Error("two have one lock")
	}
	if check(act{ana, lock, "", 1, 2}, act{ana, unlock, "", 3, 4}, act{ben, lock, "locked", 5, 6}) {
		t.Error("a lock that was given back holds")
	}
}
