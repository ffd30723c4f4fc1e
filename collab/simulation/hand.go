package simulation

import (
	"fmt"
	"slices"
	"strings"

	"waymark/board"
)

// hand lets the person before a browser do something, again and again, while
// there are ops left to do.
func (w *World) hand(b *Browser) {
	if w.done() || b.retired {
		return
	}
	w.S.After(w.Plan.Pace/4+w.S.Between(0, 2*w.Plan.Pace), nil, func() { w.hand(b) })
	p := b.page
	if p == nil || p.m == nil || p.ended != "" || b.host.Frozen() || p.own.holder != p {
		return
	}
	for range 1 + w.S.Pick(3) {
		// Who sees that nothing is saved does less, mostly.
		if n := len(p.own.Items); n < 4 || n < 200 && w.S.Chance(0.15) {
			w.act(p)
		}
	}
	if w.S.Chance(0.3) {
		w.show(p)
	}
}

// An act is something people do; its weight is how often.
type act struct {
	weight int
	role   string
	do     func(*hands) map[string]any
}

var acts = []act{
	{14, "participant", (*hands).addCard},
	{16, "participant", (*hands).typeText},
	{12, "participant", (*hands).moveCard},
	{10, "participant", (*hands).set},
	{6, "participant", (*hands).delete},
	{7, "participant", (*hands).restore},
	{5, "participant", (*hands).emotion},
	{6, "participant", (*hands).addObject},
	{3, "editor", (*hands).addPhase},
	{3, "editor", (*hands).addStep},
	{3, "editor", (*hands).addLane},
	{3, "editor", (*hands).moveStructure},
	{2, "editor", (*hands).deleteStructure},
	{4, "participant", (*hands).lock},
	{3, "facilitator", (*hands).openActivity},
	{2, "facilitator", (*hands).closeActivity},
	{2, "facilitator", (*hands).openBallot},
	{1, "facilitator", (*hands).closeBallot},
	{9, "commenter", (*hands).vote},
	{4, "facilitator", (*hands).member},
	{1, "facilitator", (*hands).stop},
	{1, "commenter", (*hands).nonsense},
}

// hands are those of the person before a page, for one act.
type hands struct {
	w *World
	p *Page
	m *Model
	s *Scheduler
	t *Typing
	// all says that they may change whatever there is, rash that they do not ask.
	all, rash bool
}

// act does one thing that the page's person may do, or, seldom, may not.
func (w *World) act(p *Page) {
	h := &hands{w: w, p: p, m: p.m, s: w.S}
	role := p.role
	if w.S.Chance(0.01) {
		role = "facilitator"
	}
	h.rash = w.S.Chance(0.02)
	h.all = h.rash || atLeast(p.role, "editor")
	if h.halted() && w.S.Chance(0.99) {
		if role == "facilitator" {
			h.propose(h.resume())
		}
		return
	}
	total := 0
	for _, a := range acts {
		if atLeast(role, a.role) {
			total += a.weight
		}
	}
	if total == 0 {
		return
	}
	n := w.S.Pick(total)
	for _, a := range acts {
		if !atLeast(role, a.role) {
			continue
		}
		if n -= a.weight; n < 0 {
			h.propose(a.do(h))
			return
		}
	}
}

func (h *hands) propose(op map[string]any) {
	if op == nil {
		return
	}
	h.w.Stats.Proposed++
	h.p.propose(op, h.t)
}

func op(typ string, more ...any) map[string]any {
	m := map[string]any{"type": typ}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i].(string)] = more[i+1]
	}
	return m
}

func (h *hands) newID(kind string) string { return string(h.s.NewID(kind)) }

// pick draws a live record of these kinds, the newest and the oldest likelier
// than the rest; nil without one.
func (h *hands) pick(kinds ...string) *Rec {
	list := h.m.Of(kinds[h.s.Pick(len(kinds))])
	switch {
	case len(list) == 0:
		return nil
	case h.s.Chance(0.4):
		return list[0]
	}
	return list[h.s.Pick(len(list))]
}

// mine draws like pick, of what the person may change.
func (h *hands) mine(kinds ...string) *Rec {
	for range 8 {
		r := h.pick(kinds...)
		if r == nil || h.mayChange(r) {
			return r
		}
	}
	return nil
}

func (h *hands) mayChange(r *Rec) bool {
	if h.rash {
		return true
	}
	lock := h.m.Live("lock-" + r.ID)
	if lock != nil && lock.Word("holder", "") != h.p.b.Person && h.p.role != "facilitator" {
		return false
	}
	return h.all || r.Kind == "emotion" || r.By == h.p.b.Person && slices.Contains(ownKinds, r.Kind)
}

// ownKinds are the kinds of which participants change their own.
var ownKinds = []string{"card", "sticky", "marker", "moment"}

func idOf(r *Rec) string {
	if r == nil {
		return ""
	}
	return r.ID
}

// after draws a place among siblings, sometimes behind one that is not there.
func (h *hands) after(o map[string]any, kind string) map[string]any {
	switch h.s.Pick(4) {
	case 0:
		o["after"] = ""
	case 1, 2:
		if r := h.pick(kind); r != nil {
			o["after"] = r.ID
		}
	}
	return o
}

var words = []string{"a", "ä", "words", "😀", `"quoted"`, "\\", "line\nline", "tab\t", "<b>&amp;", "\u2028", "Größe"}

// word is something to write, and can be told from all other words.
func (h *hands) word() string {
	return fmt.Sprintf("%s-%x %s", ink, h.s.Rand.Uint32(), words[h.s.Pick(len(words))])
}

// line is a word without control characters.
func (h *hands) line() string {
	return strings.Map(func(c rune) rune {
		if c < ' ' {
			return '_'
		}
		return c
	}, h.word())
}

func (h *hands) halted() bool {
	for _, m := range h.m.Of("map") {
		if m.On("trashed") || m.On("frozen") {
			return true
		}
	}
	return false
}

func (h *hands) resume() map[string]any {
	if m := h.m.Of("map")[0]; m.On("trashed") {
		return op("untrash")
	}
	return op("freeze", "on", false)
}

func (h *hands) stop() map[string]any {
	if h.halted() {
		return h.resume()
	}
	switch h.s.Pick(10) {
	case 0:
		return op("trash")
	case 1, 2:
		return op("freeze", "on", true)
	}
	return nil
}

// nonsense is an op that is well formed and means nothing.
func (h *hands) nonsense() map[string]any {
	switch h.s.Pick(6) {
	case 0:
		return op("moveCard", "id", "card-never", "lane", "lane-1", "step", "step-1")
	case 1:
		return op("set", "id", "card-1", "fields", map[string]any{"span": 1000})
	case 2:
		return op("delete", "id", "map-1")
	case 3:
		return op("text", "id", "card-1", "field", "text", "base", 1<<40, "delta", []any{"x"})
	case 4:
		return op("text", "id", "card-1", "field", "text", "base", h.m.Seq, "delta", []any{100_000, "x"})
	}
	return op("vote", "ballot", "ballot-never", "target", "card-1", "count", 1)
}

// show shows where the person is, sometimes on something that is sealed.
func (w *World) show(p *Page) {
	h := &hands{w: w, p: p, m: p.m, s: w.S}
	m := map[string]any{"type": "presence", "at": map[string]any{"x": h.s.Pick(1000), "y": h.s.Pick(1000)}}
	if r := h.pick("card", "sticky"); r != nil {
		m["selection"] = []string{r.ID}
		if h.s.Chance(0.5) {
			m["typing"] = map[string]any{"id": r.ID, "field": "text"}
		}
		if h.s.Chance(0.3) {
			m["drag"] = map[string]any{"id": r.ID, "x": 1, "y": 2}
		}
	}
	if p.in {
		p.say(m)
	}
}

// typeText writes into a text that others may be writing into.
func (h *hands) typeText() map[string]any {
	id, field := h.field()
	if id == "" {
		return nil
	}
	text := ""
	if r := h.m.Records[id]; r != nil {
		text = r.Word(field, "")
	}
	for _, x := range h.p.boxes() {
		for _, it := range x.Items {
			t := it.Typing
			if t == nil || t.ID != id || t.Field != field {
				continue
			}
			if x != h.p.own || t.sent != nil || t.stale || x.Items[len(x.Items)-1] != it {
				return nil
			}
			text, _ = t.Live.Apply(t.Before)
			h.p.b.disk.wrote(h.p, it.shrink())
			t.Live = t.Live.Compose(h.edit(id, field, text))
			h.w.trace("%s grows %s to %s", h.p.b.Name, opKey(x.Client, it.N), t.Live.Value())
			return nil
		}
	}
	d := h.edit(id, field, text)
	h.t = &Typing{ID: id, Field: field, Live: d, Before: text}
	return op("text", "id", id, "field", field)
}

func (h *hands) field() (id, field string) {
	switch h.s.Pick(8) {
	case 0:
		return idOf(h.mine("phase", "step", "lane")), "title"
	case 1:
		return idOf(h.mine("emotion")), "because"
	case 2:
		return idOf(h.mine("moment")), "evidence"
	case 3:
		field := "goal"
		if h.p.role == "facilitator" {
			field = []string{"title", "goal"}[h.s.Pick(2)]
		}
		return idOf(h.mine("map")), field
	case 4:
		return idOf(h.mine("sticky")), "text"
	}
	return idOf(h.mine("card")), "text"
}

// edit is a change of a text: something put in, something taken out, or both.
func (h *hands) edit(id, field, text string) board.Delta {
	n := length(text)
	at := h.s.Pick(n + 1)
	var d board.Delta
	if at > 0 {
		d = append(d, board.Piece{N: at})
	}
	word := h.word()
	if field == "title" {
		word = h.line()
	}
	if r := h.m.Records[id]; r != nil && r.Only != "" {
		word = h.secret(id)
	}
	put := h.s.Chance(0.8) || n == at
	if put {
		d = append(d, board.Piece{Insert: word})
	}
	if out := n - at; out > 0 && (!put || h.s.Chance(0.5)) {
		d = append(d, board.Piece{N: -(1 + h.s.Pick(min(out, 12)))})
	}
	return d
}

// secret is a word that nobody else may see before the record is revealed.
func (h *hands) secret(id string) string {
	word := fmt.Sprintf("%s%x", canary, h.s.Rand.Uint64())
	h.w.ledger.secrets.seal(id, h.p.b.Person, []byte(word))
	return word + " "
}
