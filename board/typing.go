package board

import "waymark/board/planted"

// A textField is a text field of a record.
type textField struct {
	id   ID
	name string
}

// typing is the newest text change of a field, and through it the ones before. Nothing in it ever changes,
// so layers share it.
type typing struct {
	seq   Seq
	delta Delta
	older *typing
}

// textWindow is for how many entries a board remembers text changes at least; at most twice as many.
const textWindow = 8192

func (b *Board) typing(f textField) *typing {
	for l := b; l != nil; l = l.base {
		if t, ok := l.typed[f]; ok {
			return t
		}
	}
	return nil
}

func (b *Board) remember(f textField, seq Seq, d Delta) {
	put(&b.typed, f, &typing{seq, d, b.typing(f)})
}

// forgetTypingIn forgets how the texts of a purged record came about.
func (b *Board) forgetTypingIn(r *Record) {
	k := kinds[r.Kind]
	if k == nil {
		return
	}
	for i := range k.Fields {
		if f := (textField{r.ID, k.Fields[i].Name}); b.typing(f) != nil {
			if b.base == nil {
				delete(b.typed, f)
			} else {
				put(&b.typed, f, nil)
			}
		}
	}
}

// forgetTyping lets go of text changes that are so old that no writer can still build on them.
func (b *Board) forgetTyping() {
	if b.base != nil || b.seq-b.swept < textWindow {
		return
	}
	b.floor = max(b.floor, b.seq-textWindow)
	b.swept = b.seq
	for f, t := range b.typed {
		if t = t.since(b.floor); t == nil {
			delete(b.typed, f)
		} else {
			b.typed[f] = t
		}
	}
}

// since copies the part of a history above a seq.
func (t *typing) since(floor Seq) *typing {
	if t == nil || t.seq <= floor {
		return nil
	}
	return &typing{t.seq, t.delta, t.older.since(floor)}
}

// rebase carries an edit that its writer made on the text as of base over what has been typed since.
func (b *Board) rebase(f textField, base Seq, d Delta) (Delta, error) {
	if base > b.seq {
		return nil, reject(BadOp, "base ahead of the board")
	}
	if base < b.floor {
		return nil, reject(BadBase, "")
	}
	var since []*typing
	for t := b.typing(f); t != nil && t.seq > base; t = t.older {
		if len(since) == Limits.TextOps {
			return nil, reject(BadBase, "")
		}
		since = append(since, t)
	}
	for i := len(since) - 1; i >= 0; i-- {
		if planted.On("text-taken-as-it-came") {
			break
		}
		d = d.Transform(since[i].delta)
	}
	return d, nil
}

// Forgotten reports whether an edit of the text as of base needs text changes that this board does not have, but that
// are young enough for Recall: those from before the snapshot it was loaded from.
func (b *Board) Forgotten(base Seq) bool {
	return base >= 0 && base < b.floor && base >= b.seq-textWindow
}

// Remembers is the seq from which on the board knows all text changes.
func (b *Board) Remembers() Seq { return b.floor }

// Recall teaches a board that was loaded from a snapshot the text changes of the entries that led to it, so that
// writers who had not yet seen the snapshot's last entries may go on. The entries are the last ones up to the first
// that the board remembers, without a gap; others are ignored. Of those of an earlier epoch nothing is learnt: a
// writer of that time may have seen other entries under these numbers.
func (b *Board) Recall(entries []Entry) {
	if b.base != nil || len(entries) == 0 || entries[len(entries)-1].Seq != b.floor {
		return
	}
	recalled := make(map[textField]*typing)
	floor := entries[0].Seq - 1
	for i, e := range entries {
		if e.Seq != entries[0].Seq+Seq(i) {
			return
		}
		for _, c := range e.Changes {
			if only, ok := c.(Only); ok {
				c = only.Change
			}
			switch c := c.(type) {
			case Text:
				f := textField{c.ID, c.Field}
				recalled[f] = &typing{e.Seq, c.Delta, recalled[f]}
			case NewEpoch:
				clear(recalled)
				floor = e.Seq
			}
		}
	}
	for f, t := range recalled {
		if _, ok := b.Record(f.id); ok {
			put(&b.typed, f, b.typed[f].onto(t))
		}
	}
	b.floor = floor
}

// onto copies a history and lets it go on with older changes.
func (t *typing) onto(older *typing) *typing {
	if t == nil {
		return older
	}
	return &typing{t.seq, t.delta, t.older.onto(older)}
}
