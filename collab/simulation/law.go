package simulation

import (
	"slices"
	"strings"
)

type failure func(invariant, format string, args ...any)

var roles = []string{"", "viewer", "commenter", "participant", "editor", "facilitator"}

func atLeast(role, least string) bool {
	return slices.Index(roles, role) >= slices.Index(roles, least)
}

// legal checks one change against the role of its author before the entry (I5),
// and against locks (I11).
func (l *Ledger) legal(e *Entry, c *Change, fail failure) {
	if e.Client == "" {
		return // the server itself
	}
	role := l.m.Role(e.By)
	least := l.least(e, c)
	if !atLeast(role, least) {
		fail("I5", "%s as %q did %s in entry %d, which asks for %s", e.By, role, c.Raw, e.Seq, least)
	}
	old := l.m.Records[c.ID]
	if old != nil && old.Only != "" && old.Only != e.By && !swept(c, old) {
		fail("I5", "%s changed what is sealed for %s: %s in entry %d", e.By, old.Only, c.Raw, e.Seq)
	}
	l.frozen(e, c, role, fail)
	l.locked(e, c, role, fail)
}

// least is the role that a change asks for.
func (l *Ledger) least(e *Entry, c *Change) string {
	old := l.m.Records[c.ID]
	kind := prefix(c.ID)
	own := func() string {
		if old == nil || old.By == e.By {
			return "participant"
		}
		return "editor"
	}
	if onlyRank(c) {
		return "participant" // making room for a sibling
	}
	switch kind {
	case "card", "sticky", "marker", "moment":
		if c.Verb == "put" && old != nil && !l.afterwards(old, e) {
			return "facilitator" // a reveal
		}
		return own()
	case "emotion", "lock":
		return "participant"
	case "vote":
		return "commenter"
	case "member":
		if c.Verb == "purge" && c.ID == "member-"+suffix(e.By) {
			return "viewer"
		}
		return "facilitator"
	case "map":
		if c.Verb == "text" && c.Field == "title" || c.Fields["frozen"] != "" || c.Fields["trashed"] != "" {
			return "facilitator"
		}
		return "editor"
	case "activity":
		if _, ok := c.Fields["count"]; ok && len(c.Fields) == 1 {
			return "participant"
		}
		return "facilitator"
	case "ballot", "invite":
		return "facilitator"
	}
	return "editor"
}

// afterwards reports whether a sealed card is brought back by its author after
// the others were revealed.
func (l *Ledger) afterwards(old *Rec, e *Entry) bool {
	activity := l.m.Records[old.Word("activity", "")]
	return old.By == e.By && old.Deleted != nil && activity != nil && activity.Word("state", "open") == "closed"
}

func onlyRank(c *Change) bool {
	_, ok := c.Fields["rank"]
	return c.Verb == "set" && ok && len(c.Fields) == 1
}

// swept reports whether a change of somebody else's sealed record is one that
// follows from a change of what it lies in, or reveals it.
func swept(c *Change, old *Rec) bool {
	if c.Verb == "put" && c.Record.Only == "" {
		return true
	}
	if c.Verb == "purge" && old.Deleted != nil {
		return true
	}
	_, placed := c.Fields["from"]
	return c.Verb == "set" && placed
}

// frozen checks that nothing changes on a board in the trash, and that only
// facilitators change the map of a frozen one.
func (l *Ledger) frozen(e *Entry, c *Change, role string, fail failure) {
	maps := l.m.Of("map")
	if len(maps) == 0 {
		return
	}
	kind := prefix(c.ID)
	if maps[0].On("trashed") && (kind != "map" || c.Fields["trashed"] == "") {
		fail("I5", "entry %d changes a board in the trash: %s", e.Seq, c.Raw)
	}
	content := !slices.Contains([]string{"member", "invite", "activity", "ballot", "vote"}, kind)
	if maps[0].On("frozen") && content && role != "facilitator" {
		fail("I5", "entry %d changes a frozen board: %s", e.Seq, c.Raw)
	}
}

// locked checks that a locked record is changed by its holder alone.
func (l *Ledger) locked(e *Entry, c *Change, role string, fail failure) {
	lock := l.m.Live("lock-" + c.ID)
	if lock == nil || role == "facilitator" || lock.Word("holder", "") == e.By || onlyRank(c) {
		return
	}
	switch c.Verb {
	case "set", "text", "delete", "put", "purge":
		if old := l.m.Records[c.ID]; old != nil && old.Only != "" && old.Only != e.By {
			return
		}
		fail("I11", "%s changed %s, which %s has locked, in entry %d: %s", e.By, c.ID, lock.Word("holder", ""), e.Seq, c.Raw)
	}
}

// votes checks the votes that an entry changed (I6).
func (l *Ledger) votes(e *Entry, fail failure) {
	for _, c := range e.Changes {
		vote := l.m.Records[c.ID]
		if vote == nil || vote.Kind != "vote" {
			continue
		}
		ballot := l.m.Records[vote.Word("ballot", "")]
		if ballot == nil {
			fail("I6", "entry %d votes in no ballot", e.Seq)
			continue
		}
		sum, most := int64(0), ballot.Num("perTarget", 0)
		for target, n := range vote.Counts("counts") {
			sum += n
			if n < 1 || most > 0 && n > most {
				fail("I6", "entry %d gives %s %d votes of at most %d", e.Seq, target, n, most)
			}
		}
		if limit := ballot.Num("cap", 1); sum > limit {
			fail("I6", "after entry %d %s has %d votes of %d", e.Seq, vote.ID, sum, limit)
		}
		if ballot.Word("state", "open") == "closed" {
			fail("I6", "entry %d votes in a closed ballot", e.Seq)
		}
		if vote.Word("voter", "") != e.By || ballot.On("blind") != (vote.Only != "") || vote.Only != "" && vote.Only != e.By {
			fail("I6", "entry %d by %s makes vote %s", e.Seq, e.By, vote.Spell())
		}
	}
}

// reveals checks that the entry which closes an activity shows all its cards
// to everyone (I7).
func (l *Ledger) reveals(e *Entry, fail failure) {
	for _, c := range e.Changes {
		activity := l.m.Records[c.ID]
		if c.Verb != "set" || activity == nil || activity.Kind != "activity" ||
			!strings.Contains(c.Raw, `"state"`) || activity.Word("state", "open") != "closed" {
			continue
		}
		for _, card := range l.m.Of("card") {
			if card.Word("activity", "") == activity.ID && card.Only != "" {
				fail("I7", "entry %d closes %s, and %s stays sealed", e.Seq, activity.ID, card.ID)
			}
		}
	}
}

// structure checks that everything that is to lie somewhere does (I10).
func (l *Ledger) structure(fail failure) {
	m := l.m
	steps := map[string]int{}
	facilitators := 0
	for id, r := range m.Records {
		if r.ID != id || r.Kind != prefix(id) {
			fail("I10", "record %s under %s", r.Spell(), id)
		}
		if r.Deleted != nil {
			continue
		}
		switch r.Kind {
		case "card":
			lane, step := r.Word("lane", ""), r.Word("step", "")
			if (lane != "" || step != "") && (m.Live(lane) == nil || m.Live(step) == nil) {
				fail("I10", "after %d card %s lies in %q and %q, which are not both there", m.Seq, id, lane, step)
			}
		case "step":
			phase := r.Word("phase", "")
			if m.Live(phase) == nil {
				fail("I10", "after %d step %s is in phase %q, which is not there", m.Seq, id, phase)
			}
			steps[phase]++
		case "member":
			if r.Word("role", "viewer") == "facilitator" {
				facilitators++
			}
		}
	}
	phases := m.Of("phase")
	for _, r := range phases {
		if steps[r.ID] == 0 {
			fail("I10", "after %d phase %s has no step", m.Seq, r.ID)
		}
	}
	if len(phases) == 0 || len(m.Of("map")) != 1 || facilitators == 0 {
		fail("I10", "after %d there are %d phases, %d maps, %d facilitators", m.Seq, len(phases), len(m.Of("map")), facilitators)
	}
	l.tallies(fail)
}

// tallies checks that a ballot tells how often a target was voted for once it is
// closed, rightly, and not before.
func (l *Ledger) tallies(fail failure) {
	for _, ballot := range l.m.Of("ballot") {
		want := map[string]int64{}
		if ballot.Word("state", "open") == "closed" {
			for _, vote := range l.m.Of("vote") {
				if vote.Word("ballot", "") == ballot.ID {
					for target, n := range vote.Counts("counts") {
						want[target] += n
					}
				}
			}
		}
		got := ballot.Counts("tallies")
		same := len(got) == len(want)
		for target, n := range want {
			same = same && got[target] == n
		}
		if !same {
			fail("I6", "after %d ballot %s tells %v, votes are %v", l.m.Seq, ballot.ID, got, want)
		}
	}
}
