package board

import "iter"

// A Board is a map and all that belongs to it, as of one entry of its log. The zero Board is of no use; New,
// Load and Draft make one.
type Board struct {
	id   ID
	base *Board // what this is a draft of

	// Each of these maps is a layer in a draft: what it does not hold is as in base.
	layer
	spare layer // emptied maps of an adopted draft, for the next one

	seq     Seq
	at      Time
	epoch   int64
	sums    Digests
	count   counters
	floor   Seq // text changes up to here are forgotten
	swept   Seq // when they were forgotten last
	stopped bool
}

// A layer holds records and what is kept beside them. Its maps are made when they are first written to.
type layer struct {
	records map[ID]*Record // nil = purged
	index   map[group]places
	clients map[ID]*ClientMark // nil = expired
	typed   map[textField]*typing
}

// put writes to a map of a layer.
func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[k] = v
}

// empty makes a map fit for another draft, unless it has grown large.
func empty[K comparable, V any](m map[K]V) map[K]V {
	const large = 256
	if len(m) > large {
		return nil
	}
	clear(m)
	return m
}

type counters struct {
	live, deleted, bytes int
	sealing              int // open activities that seal
}

// A ClientMark is how far a client's ops are decided.
type ClientMark struct {
	By      ID
	N       int64
	At      Time
	Refused []int64 // the last 64 ops that were refused, in rising order
}

// maxRefused is how many refused ops a mark remembers: as many as a client has under way at most, so that a mark
// tells the fate of each of them.
const maxRefused = 64

// New makes an empty board before its first entry.
func New(id ID) *Board { return &Board{id: id, epoch: 1} }

// Draft makes a layer over b. Entries applied to the draft leave b as it is; b must not change while the
// draft is in use.
func (b *Board) Draft() *Board {
	d := *b
	d.base, d.layer, d.spare, b.spare = b, b.spare, layer{}, layer{}
	return &d
}

// Adopt makes b what the draft is. The draft must have been made from b since b last changed, and is used up.
func (b *Board) Adopt(draft *Board) {
	if draft.base != b {
		panic("board: Adopt of a draft of another board")
	}
	for id, r := range draft.records {
		if r == nil && b.base == nil {
			delete(b.records, id)
		} else {
			put(&b.records, id, r)
		}
	}
	for g, ps := range draft.index {
		if ps.n == 0 && b.base == nil {
			delete(b.index, g)
		} else {
			put(&b.index, g, ps)
		}
	}
	for id, m := range draft.clients {
		if m == nil && b.base == nil {
			delete(b.clients, id)
		} else {
			put(&b.clients, id, m)
		}
	}
	for f, t := range draft.typed {
		if t == nil && b.base == nil {
			delete(b.typed, f)
		} else {
			put(&b.typed, f, t)
		}
	}
	b.seq, b.at, b.epoch, b.sums, b.count, b.stopped = draft.seq, draft.at, draft.epoch, draft.sums, draft.count, draft.stopped
	b.spare = layer{empty(draft.records), empty(draft.index), empty(draft.clients), empty(draft.typed)}
	draft.base, draft.layer = nil, layer{}
	b.forgetTyping()
}

// ID names the board.
func (b *Board) ID() ID { return b.id }

// Seq is the last entry that the board contains.
func (b *Board) Seq() Seq { return b.seq }

// At is the time of that entry.
func (b *Board) At() Time { return b.at }

// Epoch begins at 1 and rises whenever the log has lost entries that people had seen.
func (b *Board) Epoch() int64 { return b.epoch }

// Digests are the sums over the board's records.
func (b *Board) Digests() Digests { return b.sums }

// Stopped reports whether the board met a change that this release does not know. From then on Apply does
// nothing: a newer release must carry the log on.
func (b *Board) Stopped() bool { return b.stopped }

// Sealing reports whether some activity is under way whose cards only their authors may see.
func (b *Board) Sealing() bool { return b.count.sealing > 0 }

// Len counts the live and the deleted records.
func (b *Board) Len() (live, deleted int) { return b.count.live, b.count.deleted }

// Bytes is the size of all records as JSON.
func (b *Board) Bytes() int { return b.count.bytes }

// Record finds a record, live or deleted. It looks at no right: what leaves the board goes through view.go.
func (b *Board) Record(id ID) (*Record, bool) {
	for l := b; l != nil; l = l.base {
		if r, ok := l.records[id]; ok {
			return r, r != nil
		}
	}
	return nil, false
}

// Live finds a record that is not deleted.
func (b *Board) Live(id ID) (*Record, bool) {
	r, ok := b.Record(id)
	return r, ok && r.Deleted == nil
}

// Client finds how far a client's ops are decided. The slice in it belongs to the board.
func (b *Board) Client(id ID) (ClientMark, bool) {
	for l := b; l != nil; l = l.base {
		if m, ok := l.clients[id]; ok {
			if m == nil {
				return ClientMark{}, false
			}
			return *m, true
		}
	}
	return ClientMark{}, false
}

// Role is what a person may do; Nobody when the person is no member.
func (b *Board) Role(person ID) Role {
	if person.Prefix() != PrefixPerson {
		return Nobody
	}
	m, ok := b.Live(ID(KindMember) + "-" + ID(person.Suffix()))
	if !ok {
		return Nobody
	}
	return Role(m.Str("role"))
}

// Map finds the board's map.
func (b *Board) Map() (*Record, bool) {
	for r := range b.Under(KindMap) {
		return r, true
	}
	return nil, false
}

// Trashed reports whether the board is in the trash.
func (b *Board) Trashed() bool {
	m, ok := b.Map()
	return ok && m.Bool("trashed")
}

// Under lists the live records of a kind below a parent, in the order of their ranks: Under(KindStep, phase),
// Under(KindCard, lane, step), Under(KindCard, "", "") for the tray, Under(KindSticky) for kinds without a
// parent.
func (b *Board) Under(kind Kind, parent ...ID) iter.Seq[*Record] {
	return b.list(parentGroup(kind, parent...))
}

func (b *Board) list(g group) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for p := range b.places(g).all() {
			if r, ok := b.Record(p.id); ok && !yield(r) {
				return
			}
		}
	}
}

// each visits every record, in no order.
func (b *Board) each(visit func(*Record)) {
	if b.base == nil {
		for _, r := range b.records {
			visit(r)
		}
		return
	}
	for l := b; l != nil; l = l.base {
		for id, r := range l.records {
			if r != nil && !b.hides(l, id) {
				visit(r)
			}
		}
	}
}

// hides reports whether a layer above l holds something else under this id.
func (b *Board) hides(l *Board, id ID) bool {
	for u := b; u != l; u = u.base {
		if _, ok := u.records[id]; ok {
			return true
		}
	}
	return false
}

// eachClient visits every client's mark, in no order.
func (b *Board) eachClient(visit func(ID, *ClientMark)) {
	for l := b; l != nil; l = l.base {
		for id, m := range l.clients {
			hidden := false
			for u := b; u != l && !hidden; u = u.base {
				_, hidden = u.clients[id]
			}
			if m != nil && !hidden {
				visit(id, m)
			}
		}
	}
}
