package board

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"waymark/board/planted"
)

// A Snapshot is a board as of an entry. It never changes, and any goroutine may encode it.
type Snapshot struct {
	board   ID
	seq     Seq
	at      Time
	epoch   int64
	public  uint64
	size    int
	records []*Record // in no order
	clients map[ID]*ClientMark

	order   sync.Once
	ordered []*Record
}

// Snapshot takes one. It costs a pointer per record; the work is in encoding it.
func (b *Board) Snapshot() *Snapshot {
	s := &Snapshot{board: b.id, seq: b.seq, at: b.at, epoch: b.epoch, public: b.sums.Public, size: b.count.bytes}
	s.records = make([]*Record, 0, b.count.live+b.count.deleted)
	b.each(func(r *Record) { s.records = append(s.records, r) })
	s.clients = make(map[ID]*ClientMark)
	b.eachClient(func(id ID, m *ClientMark) { s.clients[id] = m })
	return s
}

// Seq is the last entry that the snapshot contains.
func (s *Snapshot) Seq() Seq { return s.seq }

// sorted lists the records by id.
func (s *Snapshot) sorted() []*Record {
	s.order.Do(func() {
		s.ordered = slices.Clone(s.records)
		sortRecords(s.ordered)
	})
	return s.ordered
}

func sortRecords(rs []*Record) {
	slices.SortFunc(rs, func(a, b *Record) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

// Public is the part that everyone may see, as JSON; batch is the last batch that it contains.
func (s *Snapshot) Public(batch ID) []byte {
	dst := make([]byte, 0, s.size+len(s.records)+256)
	dst = append(dst, `{"at":`...)
	dst = strconv.AppendInt(dst, int64(s.at), 10)
	dst = appendMember(dst, `,"batch":`, string(batch))
	dst = appendMember(dst, `,"board":`, string(s.board))
	dst = append(dst, `,"epoch":`...)
	dst = strconv.AppendInt(dst, s.epoch, 10)
	dst = appendMember(dst, `,"public":`, Hex(s.public))
	dst = append(dst, `,"records":`...)
	dst = appendRecords(dst, s.sorted(), func(r *Record) bool {
		return r.VisibleTo(everyone) || planted.On("snapshot-unfiltered")
	})
	dst = append(dst, `,"seq":`...)
	dst = strconv.AppendInt(dst, int64(s.seq), 10)
	return append(dst, '}')
}

// Rest is what only servers may see, as JSON: the clients and the sealed records.
func (s *Snapshot) Rest() []byte {
	ids := make([]ID, 0, len(s.clients))
	for id := range s.clients {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	dst := []byte(`{"clients":{`)
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		m := s.clients[id]
		dst = append(appendString(dst, string(id)), `:{"at":`...)
		dst = strconv.AppendInt(dst, int64(m.At), 10)
		dst = appendMember(dst, `,"by":`, string(m.By))
		dst = append(dst, `,"n":`...)
		dst = strconv.AppendInt(dst, m.N, 10)
		dst = appendInts(append(dst, `,"refused":`...), m.Refused)
		dst = append(dst, '}')
	}
	dst = append(dst, `},"records":`...)
	dst = appendRecords(dst, s.sorted(), func(r *Record) bool { return !r.VisibleTo(everyone) })
	return append(dst, '}')
}

func appendRecords(dst []byte, rs []*Record, take func(*Record) bool) []byte {
	dst = append(dst, '[')
	first := true
	for _, r := range rs {
		if !take(r) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, r.text...)
	}
	return append(dst, ']')
}

// ErrDigest is a snapshot whose records are not the ones it was made of.
var ErrDigest = errors.New("digest differs")

// Load makes a board from the two parts of a snapshot. Without the second part it is what everyone may see.
// The bytes belong to the board from then on. The error wraps ErrJSON or ErrDigest.
func Load(public, rest []byte) (*Board, error) {
	r := reader{s: unsafe.String(unsafe.SliceData(public), len(public)), slab: &slab{}}
	b := New("")
	b.records = make(map[ID]*Record, len(public)/200)
	r.open('{')
	r.more('}')
	r.lit(`"at":`)
	b.at = Time(r.int())
	r.lit(`,"batch":`)
	r.str()
	r.lit(`,"board":`)
	b.id = ID(strings.Clone(r.str()))
	r.lit(`,"epoch":`)
	b.epoch = r.int()
	r.lit(`,"public":`)
	sum := strings.Clone(r.str())
	r.lit(`,"records":`)
	b.load(&r, false)
	r.lit(`,"seq":`)
	b.seq = Seq(r.int())
	r.lit(`}`)
	if r.end(); r.err != nil {
		return nil, fmt.Errorf("load snapshot: %w", r.err)
	}
	if sum != Hex(b.sums.Public) {
		return nil, fmt.Errorf("load snapshot of %s at %d: %w: says %s, is %s", b.id, b.seq, ErrDigest, sum, Hex(b.sums.Public))
	}
	b.floor, b.swept = b.seq, b.seq
	if rest == nil {
		b.indexAll()
		return b, nil
	}
	r = reader{s: unsafe.String(unsafe.SliceData(rest), len(rest)), slab: r.slab}
	r.open('{')
	r.more('}')
	r.lit(`"clients":`)
	name, first := "", true
	for r.open('{'); r.more('}'); first = false {
		name = r.key(name, first)
		var m ClientMark
		r.lit(`{"at":`)
		m.At = Time(r.int())
		r.lit(`,"by":`)
		m.By = ID(strings.Clone(r.str()))
		r.lit(`,"n":`)
		m.N = r.int()
		r.lit(`,"refused":`)
		m.Refused = r.ints()
		r.lit(`}`)
		put(&b.clients, ID(strings.Clone(name)), &m)
	}
	r.lit(`,"records":`)
	b.load(&r, true)
	r.lit(`}`)
	r.depth--
	if r.end(); r.err != nil {
		return nil, fmt.Errorf("load the sealed part of a snapshot: %w", r.err)
	}
	b.indexAll()
	return b, nil
}

// load takes a list of records into an empty part of the board.
func (b *Board) load(r *reader, sealed bool) {
	last := ID("")
	for r.open('['); r.more(']'); {
		rec := r.readRecord()
		if rec == nil {
			return
		}
		if rec.ID <= last || (rec.Only != "") != sealed {
			r.fail("record out of order or in the wrong part")
			return
		}
		last = rec.ID
		if _, ok := b.records[rec.ID]; ok {
			r.fail("record twice")
			return
		}
		b.tally(rec, 1)
		put(&b.records, rec.ID, rec)
	}
}
