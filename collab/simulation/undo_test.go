package simulation

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// took judges which records undo or redo has deleted: none that others have made,
// or changed since the person made it, as far as the page knows the log (I12).
func (t *tab) took(r *report) {
	for _, id := range r.Did.Made {
		t.made[id] = r.State.Seq
	}
	if len(r.Did.Taken) == 0 || !t.w.ledger.whole() {
		return // what the page knows may be of a log that is lost
	}
	for _, p := range t.w.ledger.line[:r.State.Seq] {
		if p.E.By == t.person {
			continue
		}
		for _, c := range p.E.Changes {
			if slices.Contains(r.Did.Taken, c.ID) && p.E.Seq > t.made[c.ID] {
				t.w.fail("I12", "%s took %s back, made at %d, in which somebody else has a part: %s", t.name, c.ID, t.made[c.ID], p.E.Raw)
				return
			}
		}
	}
}

// undoRedo takes back the last gestures of a page and does them again, on a
// board that nobody else touches: it is to be as it was (I12). It returns how
// many gestures came all the way back.
func (t *tab) undoRedo() int {
	w := t.w
	t.do("leave", nil)
	w.settle()
	before, refused := t.shape(), t.notices
	undone := 0
	for range 1 + w.S.Pick(6) {
		taken := t.take("undo")
		if taken == "partly" {
			return 0 // others have built on it
		}
		if taken == "nothing" {
			break
		}
		undone++
	}
	w.settle()
	whole := true
	for range undone {
		whole = t.take("redo") == "done" && whole
	}
	w.settle()
	if t.notices > refused || len(w.Failures) > 0 {
		return 0 // something is refused by now: its role is another, or something is locked
	}
	if after := t.shape(); whole && after != before {
		w.fail("I12", "%s took %d gestures back and did them again; that changed %s", t.name, undone, differing(before, after))
	}
	if !whole {
		return 0
	}
	return undone
}

func (t *tab) take(what string) (taken string) {
	t.do(what, nil)
	if t.last.Taken != nil {
		must(json.Unmarshal(t.last.Taken, &taken))
	}
	return taken
}

// shape spells the board as the page sees it, without what undo need not bring
// back: when a record was deleted, which of the ranks between two siblings it
// has, the order in the tray, where cards come to lie behind those there, and
// whether a deleted card lies in its cell or in the tray: when others have
// deleted its step it comes back in the tray, and says from where.
func (t *tab) shape() string {
	t.do("look", map[string]any{"records": true})
	records := t.last.State.Records
	slices.SortFunc(records, func(a, b map[string]any) int {
		if c := strings.Compare(rankOf(a), rankOf(b)); c != 0 {
			return c
		}
		return strings.Compare(fmt.Sprint(a["id"]), fmt.Sprint(b["id"]))
	})
	places := map[string]int{}
	lines := make([]string, 0, len(records))
	for _, r := range records {
		if r["kind"] == "lock" {
			continue // it goes with what it locks, and does not come back
		}
		r = maps.Clone(r)
		fields := maps.Clone(r["fields"].(map[string]any))
		if r["deleted"] != nil {
			r["deleted"] = true
			if lane, ok := fields["lane"]; ok && r["kind"] == "card" {
				fields["from"] = map[string]any{"lane": lane, "step": fields["step"]}
				delete(fields, "lane")
				delete(fields, "step")
			}
		} else if _, ranked := fields["rank"]; ranked && (r["kind"] != "card" || fields["lane"] != nil) {
			siblings := fmt.Sprint(r["kind"], fields["map"], fields["phase"], fields["lane"], fields["step"], r["only"])
			r["place"] = places[siblings]
			places[siblings]++
		}
		delete(fields, "rank")
		if from, ok := fields["from"].(map[string]any); ok {
			from = maps.Clone(from)
			delete(from, "rank")
			fields["from"] = from
		}
		r["fields"] = fields
		raw, err := json.Marshal(r)
		must(err)
		lines = append(lines, string(raw))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func rankOf(r map[string]any) string {
	rank, _ := r["fields"].(map[string]any)["rank"].(string)
	return rank
}

// differing lists the lines that only one of two texts has.
func differing(a, b string) string {
	var list []string
	for mark, pair := range map[string][2]string{"was ": {a, b}, "is ": {b, a}} {
		there := strings.Split(pair[1], "\n")
		for line := range strings.SplitSeq(pair[0], "\n") {
			if !slices.Contains(there, line) {
				list = append(list, mark+line)
			}
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}
