package board

import (
	"slices"

	"waymark/board/planted"
)

// Apply carries an entry out. It never fails: what an entry says about a record that is not there, or about
// text that is shorter than it thought, is left out; an entry that the board already contains does nothing.
// A change of a verb that this release does not know stops the board before the whole entry.
//
// On a browser's or a viewer's copy entries may be missing in between (they change nothing it may see).
func Apply(b *Board, e Entry) {
	if b.stopped || e.Seq <= b.seq {
		return
	}
	for _, c := range e.Changes {
		if only, ok := c.(Only); ok {
			c = only.Change
		}
		if _, ok := c.(Unknown); ok {
			b.stopped = true
			return
		}
	}
	b.seq = e.Seq
	b.at = max(b.at, e.At)
	for _, c := range e.Changes {
		c.apply(b, e.Seq, e.At)
	}
	if e.Client != "" {
		b.markClient(e)
	}
	if b.base == nil {
		b.forgetTyping()
	}
}

func (b *Board) markClient(e Entry) {
	old, _ := b.Client(e.Client)
	if e.Refused != "" && planted.On("mark-stays-on-refusal") {
		return
	}
	m := ClientMark{By: e.By, N: e.N, At: e.At, Refused: old.Refused}
	if e.Refused != "" {
		kept := old.Refused[max(0, len(old.Refused)-maxRefused+1):]
		m.Refused = append(slices.Clone(kept), e.N)
	}
	put(&b.clients, e.Client, &m)
}

// store replaces a record; after is nil when it is purged.
func (b *Board) store(before, after *Record) {
	if before != nil {
		b.tally(before, -1)
	}
	if after != nil {
		b.tally(after, 1)
		put(&b.records, after.ID, after)
	} else if b.base == nil {
		delete(b.records, before.ID)
	} else {
		put(&b.records, before.ID, nil)
	}
	b.move(before, after)
}

func (b *Board) tally(r *Record, sign int) {
	b.sums.All += uint64(sign) * r.sum
	if r.Only == "" {
		b.sums.Public += uint64(sign) * r.sum
	}
	b.count.bytes += sign * len(r.text)
	if r.Deleted != nil {
		b.count.deleted += sign
		return
	}
	b.count.live += sign
	if r.Kind == KindActivity && sealing(r) {
		b.count.sealing += sign
	}
}

// sealing reports whether an activity keeps its cards to their authors.
func sealing(activity *Record) bool {
	return activity.Bool("sealed") && activity.Str("state") == "open"
}

func (c Put) apply(b *Board, _ Seq, _ Time) {
	before, _ := b.Record(c.Record.ID)
	b.store(before, c.Record)
}

func (c Set) apply(b *Board, _ Seq, _ Time) {
	if r, ok := b.Record(c.ID); ok {
		b.store(r, r.set(c.Fields))
	}
}

func (c Delete) apply(b *Board, seq Seq, at Time) {
	if r, ok := b.Live(c.ID); ok {
		b.store(r, r.mark(&Deletion{Seq: seq, At: at}))
	}
}

func (c Restore) apply(b *Board, _ Seq, _ Time) {
	if r, ok := b.Record(c.ID); ok && r.Deleted != nil {
		b.store(r, r.mark(nil))
	}
}

func (c Purge) apply(b *Board, _ Seq, _ Time) {
	if r, ok := b.Record(c.ID); ok {
		b.store(r, nil)
		b.forgetTypingIn(r)
	}
}

func (c Text) apply(b *Board, seq Seq, at Time) {
	r, ok := b.Record(c.ID)
	if !ok {
		return
	}
	text, ok := c.Delta.apply(field(r.fields, c.Field))
	if !ok {
		return
	}
	if text == `""` {
		text = ""
	}
	b.store(r, r.set([]Field{{c.Field, text}}))
	b.remember(textField{c.ID, c.Field}, seq, c.Delta)
}

func (c Append) apply(b *Board, _ Seq, _ Time) {
	r, ok := b.Record(c.ID)
	if !ok || len(c.Ints) == 0 {
		return
	}
	list := field(r.fields, c.Field)
	for _, v := range list.Items() {
		if !v.isInt() {
			return
		}
	}
	if list != "" && list[0] != '[' {
		return
	}
	more := Value(appendInts(nil, c.Ints))
	if list != "" && list != "[]" {
		more = list[:len(list)-1] + "," + more[1:]
	}
	b.store(r, r.set([]Field{{c.Field, more}}))
}

func (c Only) apply(b *Board, seq Seq, at Time) { c.Change.apply(b, seq, at) }

func (c Expire) apply(b *Board, _ Seq, _ Time) {
	if b.base == nil {
		delete(b.clients, c.Client)
	} else {
		put(&b.clients, c.Client, nil)
	}
}

func (c NewEpoch) apply(b *Board, _ Seq, _ Time) { b.epoch = max(b.epoch, c.Epoch) }

func (c Unknown) apply(*Board, Seq, Time) {}
