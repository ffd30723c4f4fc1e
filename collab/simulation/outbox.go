package simulation

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"waymark/board"
)

// A Proposal is an op in the journal of the client that asked for it.
type Proposal struct {
	Client string
	N      int64
	Person string
	Op     string // JSON; of a text op as it was first asked for
	// Fate is "" until the client learns it; then "committed", "refused", or
	// what else its person was told.
	Fate string
	Code string
	// Acked is when, in milliseconds, and Epoch in which epoch.
	Acked, Epoch int64
	// Moved is the same op under another client.
	Moved *Proposal
	// Forgotten says that the disk lost it, Sent that it has left its client,
	// Replica that a page's Replica asked for it.
	Forgotten, Sent, Replica bool
	// Typing is what is left of it when it edits a text.
	Typing *Typing
}

// An Item is an op in an outbox.
type Item struct {
	N      int64
	Op     map[string]any
	Typing *Typing
	P      *Proposal
	raw    json.RawMessage // as it was sent last
}

// Typing is what a client keeps of an edit of a text.
type Typing struct {
	ID, Field string
	// Live is the edit as it stands on Before, the confirmed text; stale says that
	// the confirmed text was replaced since.
	Live   board.Delta
	Before string
	stale  bool
	// sent is the edit as it left, on the text of base; nil before.
	sent board.Delta
	base int64
	// guess says that it left once and was then fitted to another text: what the
	// log makes of it may differ.
	guess bool
}

// A Box is the outbox of one client. It lies on its browser's disk.
type Box struct {
	Client string
	Items  []*Item
	holder *Page
	next   int64
	// ready says that the server of this connection has marked it; handed is the
	// last number that was sent.
	ready  bool
	handed int64
	later  bool // waits out a busy
	// ahead is how many ops may be under way at a time: few once the server was
	// busy, more again when it takes them.
	ahead int
	acked []*Item
}

// encode writes an item as it is sent, on a board of this seq.
func (it *Item) encode(seq int64) json.RawMessage {
	if it.raw != nil && (it.Typing == nil || it.Typing.sent != nil) {
		return it.raw
	}
	op := it.Op
	if t := it.Typing; t != nil {
		if t.sent == nil {
			t.sent, t.base = append(board.Delta{}, t.Live...), seq
		}
		op = map[string]any{
			"type": "text", "id": t.ID, "field": t.Field, "base": t.base,
			"delta": json.RawMessage(t.sent.Value()),
		}
	}
	raw, err := json.Marshal(map[string]any{"n": it.N, "op": op})
	must(err)
	it.raw = raw
	return raw
}

// shrink gives what takes the next growth of a text op back.
func (it *Item) shrink() (back func()) {
	t := it.Typing
	live, before := t.Live, t.Before
	return func() {
		if t.sent != nil {
			// Less is sent now than before; either may be committed.
			it.P.Op = "typing, some of it lost with the disk's last write"
		}
		t.Live, t.Before, t.stale = live, before, true
	}
}

// over carries the edit over a change of the text below it.
func (t *Typing) over(d board.Delta) {
	text, ok := d.Apply(t.Before)
	if !ok || t.stale {
		t.stale = true
		return
	}
	t.Live, t.Before = t.Live.Transform(d), text
}

// refit makes the edit fit another text, and forgets how it was sent.
func (t *Typing) refit(text string) {
	t.guess = t.guess || t.sent != nil
	t.Live = t.Live.Transform(difference(t.Before, text))
	t.Before, t.stale, t.sent = text, false, nil
}

// difference is an edit that makes a text another one.
func difference(from, to string) board.Delta {
	a, b := []rune(from), []rune(to)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var d board.Delta
	if head == len(a) && head == len(b) {
		return d
	}
	if head > 0 {
		d = append(d, board.Piece{N: head})
	}
	if put := b[head : len(b)-tail]; len(put) > 0 {
		d = append(d, board.Piece{Insert: string(put)})
	}
	if out := len(a) - head - tail; out > 0 {
		d = append(d, board.Piece{N: -out})
	}
	return d
}

// inserted is all that an edit puts in.
func inserted(d board.Delta) string {
	var b strings.Builder
	for _, p := range d {
		b.WriteString(p.Insert)
	}
	return b.String()
}

func length(s string) int { return utf8.RuneCountInString(s) }

func (b *Box) find(n int64) *Item {
	for _, it := range b.Items {
		if it.N == n {
			return it
		}
	}
	return nil
}

func (b *Box) remove(it *Item) {
	b.Items = slices.DeleteFunc(b.Items, func(other *Item) bool { return other == it })
}
