package simulation

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// An account is what a tab's pages say that they did: which ops their outboxes
// took and let go, and which letters they typed and took away.
type account struct {
	// held are the ops that lie on the device, whichever of its tabs put them
	// there; settled are those that were taken for decided, and when.
	held    map[string]bool
	settled map[string]time.Duration
	// back takes the last write to the disk back; nil when there is none.
	back               func()
	typed, gone, again map[rune]bool
	// wrote is what each op that was put into an outbox types, and fresh what of
	// it the last write brought. excused are the letters that went with such a
	// write, or of which the person was told that they were refused.
	wrote   map[string]string
	fresh   string
	excused map[rune]bool
}

func newAccount(held map[string]bool) account {
	return account{
		held: held, settled: map[string]time.Duration{}, wrote: map[string]string{},
		typed: map[rune]bool{}, gone: map[rune]bool{}, again: map[rune]bool{}, excused: map[rune]bool{},
	}
}

// note takes a line of the journal of an outbox.
func (a *account) note(line []json.RawMessage, now time.Duration) {
	word := func(i int) (s string) {
		must(json.Unmarshal(line[i], &s))
		return s
	}
	number := func(raw []byte) (n int64) {
		must(json.Unmarshal(raw, &n))
		return n
	}
	verb, client := word(0), word(1)
	before := maps.Clone(a.held)
	a.fresh = ""
	a.back = func() {
		clear(a.held)
		maps.Copy(a.held, before)
	}
	switch verb {
	case "open":
		a.back = nil
	case "put":
		key := opKey(client, number(line[2]))
		text := typing(line[3])
		a.fresh = without(text, a.wrote[key])
		a.wrote[key], a.held[key] = text, true
		delete(a.settled, key)
	case "settle":
		n := number(line[2])
		a.settled[opKey(client, n)] = now
		a.release(client, func(other int64) bool { return other == n })
	case "drop":
		for _, key := range a.release(client, func(int64) bool { return true }) {
			a.settled[key] = now
		}
	case "move":
		var gone []int64
		must(json.Unmarshal(line[2], &gone))
		a.release(client, func(n int64) bool { return slices.Contains(gone, n) })
		var items [][]json.RawMessage
		must(json.Unmarshal(line[4], &items))
		for _, item := range items {
			a.held[opKey(word(3), number(item[0]))] = true
		}
	}
}

func (a *account) release(client string, which func(n int64) bool) (released []string) {
	for key := range a.held {
		name, number, _ := strings.Cut(key, "/")
		var n int64
		must(json.Unmarshal([]byte(number), &n))
		if name == client && which(n) {
			delete(a.held, key)
			released = append(released, key)
		}
	}
	return released
}

// lose takes note that the disk lost its last write.
func (a *account) lose() {
	if a.back != nil {
		a.back()
		a.excuse(a.fresh)
	}
}

func (a *account) excuse(letters string) {
	for _, letter := range letters {
		a.excused[letter] = true
	}
}

// did takes what an act was. Undo takes no letter away that others typed (I12).
func (a *account) did(w *World, name string, r *report) {
	for _, letter := range r.Did.Typed {
		a.typed[letter] = true
	}
	for _, letter := range r.Did.Erased {
		a.gone[letter] = true
	}
	for _, letter := range r.Did.Undone {
		if letter >= firstLetter && !a.typed[letter] && !a.gone[letter] {
			w.fail("I12", "undo of %s took %c away, which somebody else has typed", name, letter)
		}
		a.gone[letter] = true
	}
	for _, letter := range r.Did.Redone {
		a.again[letter] = true
	}
}

// firstLetter is the first of the letters that tabs type, each but once.
const firstLetter = 0x20000

// A tabs is all tabs of a world.
type tabs struct {
	w    *World
	list []*tab
	// undone counts the gestures that were undone and done again.
	undone int
}

func (g *tabs) soothe() {
	for _, t := range g.list {
		if t.host.Frozen() {
			t.host.Thaw()
		}
	}
}

func (g *tabs) calm() bool {
	for _, t := range g.list {
		if !t.calm() {
			return false
		}
	}
	return true
}

func (g *tabs) lack() string {
	for _, t := range g.list {
		if !t.calm() {
			raw, err := json.Marshal(t.last.State)
			must(err)
			return t.name + " is " + string(raw)
		}
	}
	return ""
}

// calm reports whether the page has everything and nothing waits.
func (t *tab) calm() bool {
	state := t.last.State
	if t.w.right(t.w.ledger.m, t.person) == "" {
		return state.Status.Kind == "closed"
	}
	if state.Status.Kind == "closed" {
		t.reload(false)
		return false
	}
	return state.Pending == 0 && state.Seq == int64(len(t.w.ledger.line))
}

func (g *tabs) judge() {
	g.arrived()
	g.letters()
	for _, t := range g.list {
		t.judge()
	}
	for _, t := range g.list {
		if len(g.w.Failures) == 0 && t.w.right(t.w.ledger.m, t.person) != "" {
			g.undone += t.undoRedo()
			t.w.settle()
			t.judge()
		}
	}
}

// judge checks what the page has against the log.
func (t *tab) judge() {
	w := t.w
	if w.right(w.ledger.m, t.person) == "" {
		return
	}
	t.do("look", nil)
	state := t.last.State
	if want := sum(w.ledger.m.Public); state.Digest != want {
		w.fail("I1", "%s has digest %s, the log %s", t.name, state.Digest, want)
	}
	if want := sum(w.ledger.m.Public + w.ledger.m.Own[t.person]); state.Seen != want {
		w.fail("I1", "%s sees a board of digest %s, the log's is %s: %s", t.name, state.Seen, want, t.differs())
	}
	if len(t.held) > 0 {
		w.fail("I13", "%s put %v into its outbox, which neither ended nor are there", t.name, slices.Sorted(maps.Keys(t.held)))
	}
	for key, at := range t.settled {
		if _, there := w.ledger.once[key]; there || w.journal[key] == nil {
			continue
		}
		if w.ledger.whole() {
			w.fail("I2", "%s took %s for decided, and it is not in the log", t.name, key)
		} else if t.sendsAgain(key, at) {
			w.fail("I2", "%s took %s for decided, the log has lost it, and it was not sent again", t.name, key)
		}
	}
}

// sendsAgain reports whether the page at hand is to send an op again that it took
// for decided, once the log has lost it: it is the one that was told, it was told
// lately, and not that the op was refused.
func (t *tab) sendsAgain(key string, at time.Duration) bool {
	return at > t.opened && t.w.S.Elapsed()-at < t.w.Plan.Memory && !t.w.ledger.refused[key]
}

// differs lists the records that the page has otherwise than the log.
func (t *tab) differs() string {
	t.do("look", map[string]any{"records": true})
	list := func(records []map[string]any) string {
		lines := make([]string, 0, len(records))
		for _, r := range records {
			raw, err := json.Marshal(r)
			must(err)
			lines = append(lines, string(raw))
		}
		return strings.Join(lines, "\n")
	}
	var log []map[string]any
	for _, r := range t.w.ledger.m.Records {
		if r.Only == "" || r.Only == t.person {
			var form map[string]any
			must(json.Unmarshal([]byte(r.Spell()), &form))
			log = append(log, form)
		}
	}
	return differing(list(log), list(t.last.State.Records))
}

// letters follows every letter that a tab typed through the log: no op takes it
// away that did not mean to, or brings it twice. Nor does an edit miss its text.
func (g *tabs) letters() {
	w := g.w
	if !w.ledger.whole() {
		return // an op that was decided again may find another text
	}
	authors, typists := map[string]*tab{}, map[rune]*tab{}
	for _, t := range g.list {
		for letter := range t.typed {
			typists[letter] = t
		}
	}
	for _, p := range w.order {
		for _, t := range g.list {
			if p.Person == t.person && p.Replica {
				authors[p.Client] = t
			}
		}
	}
	gone := func(t *tab, letter rune) bool {
		for _, other := range g.list {
			if other.device == t.device && (other.gone[letter] || other.typed[letter]) {
				return true
			}
		}
		return false
	}
	texts := map[string]string{}
	for _, p := range w.ledger.line {
		if t := authors[p.E.Client]; t != nil && p.E.Refused == "badOp" {
			w.fail("text", "%s asked for what makes no sense on the board it had seen: %s", t.name, w.journal[opKey(p.E.Client, p.E.N)].Op)
		}
		for _, c := range p.E.Changes {
			if c.Verb == "put" {
				for name := range c.Record.Fields {
					texts[c.ID+" "+name] = c.Record.Word(name, "")
				}
			}
			if c.Verb != "text" {
				continue
			}
			key := c.ID + " " + c.Field
			before := texts[key]
			after, _ := c.Delta.Apply(before)
			texts[key] = after
			t := authors[p.E.Client]
			for _, letter := range before {
				if typists[letter] == nil || t == nil || strings.ContainsRune(after, letter) || gone(t, letter) {
					continue
				}
				w.fail("text", "%s took away %c of %s, which it did not mean to: %s", t.name, letter, typists[letter].name, p.E.Raw)
				return
			}
		}
	}
	var all strings.Builder
	for _, text := range texts {
		all.WriteString(text)
	}
	for letter, t := range typists {
		again := func(other *tab) bool { return other.again[letter] }
		if n := strings.Count(all.String(), string(letter)); n > 1 && !slices.ContainsFunc(g.list, again) {
			w.fail("I3", "%s typed %c once, and it is there %d times", t.name, letter, n)
		}
	}
}
