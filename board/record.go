package board

import (
	"strconv"
	"strings"
)

// An ID names a record, a person, a client, a batch: "<prefix>-<suffix>", where the prefix of a record's id
// is its kind and the suffix is letters, digits, "_" and "-". Browsers make the suffix from 96 random bits.
type ID string

// Prefixes of ids that name no record.
const (
	PrefixBoard   = "board"
	PrefixPerson  = "person"
	PrefixClient  = "client"
	PrefixBatch   = "batch"
	PrefixSession = "session"
)

// The longest suffixes: of an id that somebody chooses, and of any id (some are made from two others).
const (
	maxSuffix = 80
	maxID     = 200
)

// NewID joins a prefix and a suffix.
func NewID(prefix, suffix string) ID { return ID(prefix + "-" + suffix) }

// Prefix is what stands before the first "-", and "" when there is none.
func (id ID) Prefix() string {
	i := strings.IndexByte(string(id), '-')
	if i < 0 {
		return ""
	}
	return string(id[:i])
}

// Suffix is what stands behind the first "-".
func (id ID) Suffix() string { return string(id[strings.IndexByte(string(id), '-')+1:]) }

// Kind is the kind of record that the id names.
func (id ID) Kind() Kind { return Kind(id.Prefix()) }

// Valid reports whether the id has the form of one.
func (id ID) Valid() bool {
	i := strings.IndexByte(string(id), '-')
	if i < 1 || i == len(id)-1 || len(id) > maxID {
		return false
	}
	for _, c := range []byte(id[:i]) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	for _, c := range []byte(id[i+1:]) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// chosen reports whether somebody may choose this id for a new record of this kind.
func (id ID) chosen(kind Kind) bool {
	return id.Valid() && id.Kind() == kind && len(id) <= len(kind)+1+maxSuffix
}

// The ids that follow from other ids, so that two who make the same thing at once make one.

// MemberID is the record of a person's right.
func MemberID(person ID) ID { return NewID(string(KindMember), person.Suffix()) }

// AdoptionID is the record of a guest having become an account.
func AdoptionID(guest ID) ID { return NewID(string(KindAdoption), guest.Suffix()) }

// EmotionID is the record of what a persona feels in a step.
func EmotionID(step, persona ID) ID {
	return NewID(string(KindEmotion), step.Suffix()+"-"+persona.Suffix())
}

// VoteID is the record of how a person voted in a ballot.
func VoteID(ballot, person ID) ID {
	return NewID(string(KindVote), ballot.Suffix()+"-"+person.Suffix())
}

// LockID is the record of a lock on a record.
func LockID(target ID) ID { return NewID(string(KindLock), string(target)) }

// Seq is an entry's place in its board's log. 0 is before the first.
type Seq int64

// Time is milliseconds since 1970 in UTC.
type Time int64

// Kind is the kind of a record; the schema lists the kinds of this release.
type Kind string

// A Record is anything stored on a board. It never changes: an entry that touches it makes a new one. Its
// fields may be of a kind or name that this release does not know; they are kept and digested all the same.
type Record struct {
	ID   ID
	Kind Kind
	By   ID   // who made it
	At   Time // when
	Only ID   // the one person who may see it; "" = everyone
	// Deleted tells in which entry the record was deleted, and is nil on a live one.
	Deleted *Deletion

	fields []Field // sorted; shares memory with text
	text   string  // the canonical spelling of the whole record
	sum    uint64
}

// A Deletion marks a record that is hidden until somebody restores it.
type Deletion struct {
	Seq Seq
	At  Time
}

// NewRecord makes a record. Fields without a value, or null, are left out; the list is not kept.
func NewRecord(id ID, by ID, at Time, only ID, fields ...Field) *Record {
	r := Record{ID: id, Kind: id.Kind(), By: by, At: at, Only: only}
	return r.with(fields)
}

// with returns a copy of r that has exactly these fields.
func (r *Record) with(fields []Field) *Record {
	n := *r
	n.fields = make([]Field, 0, len(fields))
	for _, f := range fields {
		if f.Value != "" && f.Value != Null {
			n.fields = append(n.fields, f)
		}
	}
	for i := 1; i < len(n.fields); i++ {
		if n.fields[i].Name <= n.fields[i-1].Name {
			sortFields(n.fields)
			break
		}
	}
	n.spell()
	return &n
}

// set returns a copy of r with these fields changed; "" and null take a field away. The changes are sorted.
func (r *Record) set(changes []Field) *Record {
	n := *r
	n.fields = make([]Field, 0, len(r.fields)+len(changes))
	i, j := 0, 0
	for i < len(r.fields) || j < len(changes) {
		switch {
		case j == len(changes) || i < len(r.fields) && r.fields[i].Name < changes[j].Name:
			n.fields = append(n.fields, r.fields[i])
			i++
			continue
		case i < len(r.fields) && r.fields[i].Name == changes[j].Name:
			i++
		}
		if v := changes[j].Value; v != "" && v != Null {
			n.fields = append(n.fields, changes[j])
		}
		j++
	}
	n.spell()
	return &n
}

// mark returns a copy of r that is deleted, or live when d is nil.
func (r *Record) mark(d *Deletion) *Record {
	n := *r
	n.Deleted = d
	n.fields = append(make([]Field, 0, len(r.fields)), r.fields...)
	n.spell()
	return &n
}

// spell writes the record's text, sums it, and lets the fields share its memory. It is called once, before
// anybody else sees the record.
func (r *Record) spell() {
	var room [768]byte
	dst := append(room[:0], `{"at":`...)
	dst = strconv.AppendInt(dst, int64(r.At), 10)
	dst = appendMember(dst, `,"by":`, string(r.By))
	if r.Deleted != nil {
		dst = append(dst, `,"deleted":{"at":`...)
		dst = strconv.AppendInt(dst, int64(r.Deleted.At), 10)
		dst = append(dst, `,"seq":`...)
		dst = strconv.AppendInt(dst, int64(r.Deleted.Seq), 10)
		dst = append(dst, '}')
	}
	dst = append(dst, `,"fields":{`...)
	var places [24]int
	ends := places[:0]
	for i, f := range r.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, f.Name)
		dst = append(dst, ':')
		dst = append(dst, f.Value...)
		ends = append(ends, len(dst))
	}
	dst = appendMember(dst, `},"id":`, string(r.ID))
	dst = appendMember(dst, `,"kind":`, string(r.Kind))
	if r.Only != "" {
		dst = appendMember(dst, `,"only":`, string(r.Only))
	}
	dst = append(dst, '}')
	r.text = string(dst)
	r.sum = digest(r.text)
	for i := range r.fields {
		v := &r.fields[i].Value
		*v = Value(r.text[ends[i]-len(*v) : ends[i]])
	}
}

func appendMember(dst []byte, name, s string) []byte {
	dst = append(dst, name...)
	return appendString(dst, s)
}

// Fields lists the fields that differ from their defaults, in the order of their names. The slice belongs to
// the record.
func (r *Record) Fields() []Field { return r.fields }

// Get is a field's value, or its default, or "" when the schema knows no such field.
func (r *Record) Get(name string) Value {
	if v := field(r.fields, name); v != "" {
		return v
	}
	if k := kinds[r.Kind]; k != nil {
		if f := k.Field(name); f != nil {
			return f.Default
		}
	}
	return ""
}

// Str reads a field that holds text, a word or one of several names.
func (r *Record) Str(name string) string { return r.Get(name).Str() }

// Int reads a field that holds an integer.
func (r *Record) Int(name string) int64 { return r.Get(name).Int() }

// Bool reads a field that holds true or false.
func (r *Record) Bool(name string) bool { return r.Get(name).Bool() }

// Ref reads a field that names another record or a person; "" = none.
func (r *Record) Ref(name string) ID { return ID(field(r.fields, name).Str()) }

// Text is the record's canonical spelling, the bytes that its digest is taken over.
func (r *Record) Text() Value { return Value(r.text) }

// rank is where the record stands among its siblings.
func (r *Record) rank() Rank { return Rank(field(r.fields, "rank").Str()) }

// readRecord takes a record, which then shares memory with the text.
func (r *reader) readRecord() *Record {
	start := r.i
	rec := r.slab.record()
	r.lit(`{"at":`)
	rec.At = Time(r.int())
	r.lit(`,"by":`)
	rec.By = ID(r.str())
	if r.try(`,"deleted":{"at":`) {
		rec.Deleted = &Deletion{At: Time(r.int())}
		r.lit(`,"seq":`)
		rec.Deleted.Seq = Seq(r.int())
		r.lit(`}`)
	}
	r.lit(`,"fields":`)
	if r.peek() != '{' {
		r.fail("expected fields")
	}
	rec.fields = r.fields()
	for _, f := range rec.fields {
		if f.Value == Null {
			r.fail("a field that is null")
		}
	}
	r.lit(`,"id":`)
	rec.ID = ID(r.str())
	r.lit(`,"kind":`)
	rec.Kind = Kind(r.str())
	if r.try(`,"only":`) {
		rec.Only = ID(r.str())
		if rec.Only == "" {
			r.fail("only nobody")
		}
	}
	r.lit(`}`)
	if r.err == nil && (!rec.ID.Valid() || rec.ID.Kind() != rec.Kind) {
		r.fail("id of another kind")
	}
	if r.err != nil {
		return nil
	}
	if k := kinds[rec.Kind]; k != nil {
		rec.Kind = k.Kind
		for i := range rec.fields {
			if f := k.Field(rec.fields[i].Name); f != nil {
				rec.fields[i].Name = f.Name
			}
		}
	}
	rec.text = r.s[start:r.i]
	rec.sum = digest(rec.text)
	return rec
}

// own lets go of the text that the record was read from.
func (r *Record) own() *Record {
	if r == nil {
		return nil
	}
	n := *r
	n.ID, n.By, n.Only = ID(strings.Clone(string(r.ID))), ID(strings.Clone(string(r.By))), ID(strings.Clone(string(r.Only)))
	n.fields = append(make([]Field, 0, len(r.fields)), r.fields...)
	for i := range n.fields {
		n.fields[i].Name = strings.Clone(n.fields[i].Name)
	}
	n.spell()
	return &n
}
