package board

import "waymark/board/planted"

// This file decides what bytes of a board may reach a person, and nothing else does. A record without Only is
// for everyone on the board, one with Only for that person alone.

// everyone stands for all who may see the board.
const everyone ID = ""

// VisibleTo reports whether a person on the board may see the record.
func (r *Record) VisibleTo(person ID) bool { return r.Only == "" || r.Only == person }

// visibleTo reports whether a person on the board may see a change.
func visibleTo(c Change, person ID) bool {
	switch c := c.(type) {
	case Only:
		return c.Person == person
	case Put:
		return c.Record.VisibleTo(person)
	}
	return true
}

// PublicPart is what everybody on the board may see of an entry. whole means that this is all of it, any
// that there is something to see. Of an entry that has more to it, the part does not tell who did it, or as
// which op. An op that was refused, or changed nothing, is for its author alone.
func PublicPart(e Entry) (part Entry, whole, any bool) { return partFor(e, everyone) }

// PartFor is what a person may see of an entry: what everyone sees, and what is for that person alone. An
// author sees that its op was decided, and by which number; of records that are sealed for others an author
// sees nothing either.
func PartFor(e Entry, person ID) (part Entry, whole, any bool) { return partFor(e, person) }

func partFor(e Entry, person ID) (part Entry, whole, any bool) {
	author := person != everyone && e.By == person
	if !author && (e.Refused != "" || len(e.Changes) == 0) {
		return Entry{Seq: e.Seq, At: e.At}, false, false
	}
	hidden := 0
	for _, c := range e.Changes {
		if !visibleTo(c, person) && !planted.On("seal-ignored") {
			hidden++
		}
	}
	if hidden == 0 {
		return e, true, true
	}
	part = Entry{Seq: e.Seq, At: e.At}
	if author {
		part.By, part.Client, part.N = e.By, e.Client, e.N
	}
	for _, c := range e.Changes {
		if visibleTo(c, person) {
			part.Changes = append(part.Changes, c)
		}
	}
	return part, false, author || len(part.Changes) > 0
}

// PublicSnapshot is the board as everyone may see it, as JSON; batch is the last batch that it contains.
func (b *Board) PublicSnapshot(batch ID) []byte { return b.Snapshot().Public(batch) }

// StoredParts is the board for the log: what everyone may see, and the rest.
func (b *Board) StoredParts(batch ID) (public, rest []byte) {
	s := b.Snapshot()
	return s.Public(batch), s.Rest()
}

// Own lists the records that only this person may see, in the order of their ids.
func (b *Board) Own(person ID) []*Record {
	if person == everyone || b.sums.All == b.sums.Public {
		return nil
	}
	var own []*Record
	b.each(func(r *Record) {
		if r.Only == person {
			own = append(own, r)
		}
	})
	sortRecords(own)
	return own
}

// Export is what a person may take along of a board, as JSON: the map and the objects that everyone may see
// or that are sealed for that person, live ones only, without members, invites, locks, activities and votes. A
// board can begin with it: nothing in it is sealed or frozen, or belongs to what is not in it.
func (b *Board) Export(person ID) []byte {
	taken := make(map[ID]bool)
	var records []*Record
	for _, r := range b.Snapshot().sorted() {
		kind := kinds[r.Kind]
		if r.Deleted == nil && (r.VisibleTo(person) || planted.On("export-unfiltered")) &&
			(r.Kind == KindMap || kind != nil && kind.Remove != (Rule{})) {
			taken[r.ID] = true
			records = append(records, r)
		}
	}
	for i, r := range records {
		records[i] = r.beginning(taken)
	}
	dst := append(make([]byte, 0, b.count.bytes+len(records)+64), `{"board":`...)
	dst = appendString(dst, string(b.id))
	dst = append(dst, `,"records":`...)
	dst = appendRecords(dst, records, func(r *Record) bool { return r != nil })
	return append(dst, `,"waymark":1}`...)
}

// A Summary is what a list of boards shows of one. It counts only what everyone on the board may see.
type Summary struct {
	Title                         string
	Lang                          string
	Trashed                       bool
	Phases, Steps, Cards, Moments int
	Curve                         []Feeling // of the first persona, a feeling for each step
}

// Summary makes one.
func (b *Board) Summary() Summary {
	m, ok := b.Map()
	if !ok {
		return Summary{}
	}
	steps := b.Steps()
	s := Summary{Title: m.Str("title"), Lang: m.Str("lang"), Trashed: m.Bool("trashed"), Steps: len(steps)}
	s.Phases = b.places(parentGroup(KindPhase, m.ID)).n
	for persona := range b.Under(KindPersona, m.ID) {
		s.Curve = b.Feelings(steps, persona.ID)
		break
	}
	b.each(func(r *Record) {
		if r.Deleted != nil || !r.VisibleTo(everyone) {
			return
		}
		switch r.Kind {
		case KindCard:
			s.Cards++
		case KindMoment:
			s.Moments++
		}
	})
	return s
}
