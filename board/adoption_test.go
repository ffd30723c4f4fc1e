package board_test

import (
	"testing"

	"waymark/board"
)

func TestAdopt_an_account_has_no_more_votes_than_anybody(t *testing.T) {
	w := mainWorld(t)
	w.do(pia, &board.CastVote{Ballot: "ballot-1", Target: "card-1", Count: 1})
	w.do(pia, &board.CastVote{Ballot: "ballot-1", Target: "card-2", Count: 1})
	w.do(pat, &board.CastVote{Ballot: "ballot-1", Target: "card-5", Count: 1})
	// Pia has one of three left, and may give card-1, which has two of Pat's, one more.
	w.serve(&board.Adopt{Guest: pat, Account: pia})
	vote, ok := w.b.Live(board.VoteID("ballot-1", pia))
	if !ok || vote.Get("counts") != `{"card-1":2,"card-2":1}` || vote.Only != pia {
		t.Errorf("votes %s, sealed for %q", vote.Get("counts"), vote.Only)
	}
	if _, ok := w.b.Record(board.VoteID("ballot-1", pat)); ok {
		t.Error("the guest still votes")
	}
}

func TestAdopt_an_account_has_no_more_votes_on_one_target_than_anybody(t *testing.T) {
	w := mainWorld(t)
	w.do(pia, &board.CastVote{Ballot: "ballot-1", Target: "card-1", Count: 1})
	w.do(pat, &board.CastVote{Ballot: "ballot-1", Target: "card-5", Count: 1})
	// Pia has two of three left; of Pat's two on card-1 one may be added, of the one on card-5 that.
	w.serve(&board.Adopt{Guest: pat, Account: pia})
	if vote, _ := w.b.Live(board.VoteID("ballot-1", pia)); vote.Get("counts") != `{"card-1":2,"card-5":1}` {
		t.Errorf("votes %s", vote.Get("counts"))
	}
}

func TestAdopt_sealed_records_go_over_and_nobody_else_sees_them(t *testing.T) {
	w := mainWorld(t)
	before := w.b.Digests()
	w.serve(&board.Adopt{Guest: pat, Account: nora})
	e := w.entries[len(w.entries)-1]
	if own := w.b.Own(pat); len(own) > 0 {
		t.Errorf("%d records are still sealed for the guest", len(own))
	}
	sees := func(person board.ID, id board.ID) bool {
		part, _, _ := board.PartFor(e, person)
		for _, c := range part.Changes {
			if put, ok := c.(board.Put); ok && put.Record.ID == id {
				return true
			}
		}
		return false
	}
	for _, c := range []struct {
		person board.ID
		want   bool
	}{{nora, true}, {pat, false}, {ed, false}, {fay, false}} {
		if sees(c.person, "card-s1") != c.want {
			t.Errorf("%s sees the sealed card go over: %v, want %v", c.person, !c.want, c.want)
		}
	}
	if before == w.b.Digests() {
		t.Error("no digest has changed")
	}
	// It is revealed as written by the guest, like everything the guest made.
	w.do(fay, &board.CloseActivity{ID: "activity-1"})
	card, ok := w.b.Live("card-s1")
	if !ok || card.Only != "" || card.By != pat || card.Str("text") != "Geheim von Pat" {
		t.Errorf("revealed as %+v", card)
	}
}

func TestAdopt_what_is_own_hangs_on_who_the_author_is_now(t *testing.T) {
	w := mainWorld(t)
	w.serve(&board.Adopt{Guest: pat, Account: nora})
	w.serve(&board.Adopt{Guest: pia, Account: nora})
	for _, c := range []struct {
		author, person board.ID
		want           bool
	}{{pat, nora, true}, {pia, nora, true}, {nora, nora, true}, {nora, pat, false}, {pat, pia, false}, {ed, nora, false}} {
		if w.b.Is(c.author, c.person) != c.want {
			t.Errorf("what %s made is %s's own: %v, want %v", c.author, c.person, !c.want, c.want)
		}
	}
	if role := w.b.Role(pat); role != board.Nobody {
		t.Errorf("the guest is still %s", role)
	}
	// A taken role takes the rights with it, and a role given again brings them back.
	w.do(fay, &board.RemoveMember{Person: nora})
	wantCode(t, w.try(nora, &board.DeleteRecord{ID: "card-5"}), board.NoRole)
	w.serve(&board.SetMember{Person: nora, Role: board.Participant})
	w.do(nora, &board.DeleteRecord{ID: "card-5"})
}
