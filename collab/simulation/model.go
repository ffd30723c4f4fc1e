package simulation

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Model is a board as a plain reader of the protocol understands it, written
// apart from package board: the judge and the model clients keep theirs so.
type Model struct {
	Seq, At, Epoch int64
	Records        map[string]*Rec
	// Public is the digest over the records that everyone may see.
	Public uint64
	// Own is the digest over the records that are sealed for a person.
	Own map[string]uint64
}

// A Rec is a record. It never changes.
type Rec struct {
	ID, Kind, By, Only string
	At                 int64
	Deleted            *Mark
	Fields             map[string]string // canonical JSON by name

	sum uint64
}

// A Mark tells when a record was deleted.
type Mark struct {
	At  int64 `json:"at"`
	Seq int64 `json:"seq"`
}

// NewModel returns a board before its first entry.
func NewModel() *Model { return &Model{Epoch: 1, Records: map[string]*Rec{}, Own: map[string]uint64{}} }

// Live finds a record that is not deleted.
func (m *Model) Live(id string) *Rec {
	if r := m.Records[id]; r != nil && r.Deleted == nil {
		return r
	}
	return nil
}

// Of lists the live records of a kind by id.
func (m *Model) Of(kind string) []*Rec {
	var list []*Rec
	for _, r := range m.Records {
		if r.Kind == kind && r.Deleted == nil {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *Rec) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Role is what a person may do.
func (m *Model) Role(person string) string {
	if r := m.Live("member-" + suffix(person)); r != nil {
		return r.Word("role", "viewer")
	}
	return ""
}

func suffix(id string) string { return id[strings.IndexByte(id, '-')+1:] }

func prefix(id string) string { return id[:max(0, strings.IndexByte(id, '-'))] }

// Word is a field that holds a string.
func (r *Rec) Word(name, absent string) string {
	if v, ok := r.Fields[name]; ok {
		return unquote(v)
	}
	return absent
}

// Num is a field that holds an integer.
func (r *Rec) Num(name string, absent int64) int64 {
	if n, err := strconv.ParseInt(r.Fields[name], 10, 64); err == nil {
		return n
	}
	return absent
}

// On is a field that holds true or false.
func (r *Rec) On(name string) bool { return r.Fields[name] == "true" }

// Counts is a field that counts by id.
func (r *Rec) Counts(name string) map[string]int64 {
	counts := map[string]int64{}
	if v, ok := r.Fields[name]; ok {
		must(json.Unmarshal([]byte(v), &counts))
	}
	return counts
}

// Spell writes the record canonically.
func (r *Rec) Spell() string {
	b := append(make([]byte, 0, 512), `{"at":`...)
	b = strconv.AppendInt(b, r.At, 10)
	b = append(append(b, `,"by":`...), quote(r.By)...)
	if r.Deleted != nil {
		b = strconv.AppendInt(append(b, `,"deleted":{"at":`...), r.Deleted.At, 10)
		b = strconv.AppendInt(append(b, `,"seq":`...), r.Deleted.Seq, 10)
		b = append(b, '}')
	}
	b = append(b, `,"fields":{`...)
	for i, name := range slices.Sorted(maps.Keys(r.Fields)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, quote(name)...), ':'), r.Fields[name]...)
	}
	b = append(append(b, `},"id":`...), quote(r.ID)...)
	b = append(append(b, `,"kind":`...), quote(r.Kind)...)
	if r.Only != "" {
		b = append(append(b, `,"only":`...), quote(r.Only)...)
	}
	return string(append(b, '}'))
}

// with returns a copy that differs by what edit does.
func (r *Rec) with(edit func(*Rec)) *Rec {
	n := *r
	n.Fields = maps.Clone(r.Fields)
	n.sum = 0
	edit(&n)
	return &n
}

func (r *Rec) digest() uint64 {
	if r.sum == 0 {
		s := r.Spell()
		r.sum = uint64(murmur(1, s))<<32 | uint64(murmur(2, s))
	}
	return r.sum
}

// Put stores a record in place of the one before; nil removes it.
func (m *Model) Put(id string, r *Rec) {
	if old := m.Records[id]; old != nil {
		m.count(old, -old.digest())
	}
	if r == nil {
		delete(m.Records, id)
		return
	}
	m.Records[id] = r
	m.count(r, r.digest())
}

func (m *Model) count(r *Rec, digest uint64) {
	if r.Only == "" {
		m.Public += digest
	} else {
		m.Own[r.Only] += digest
	}
}

// sum writes a digest as the wire does.
func sum(digest uint64) string { return fmt.Sprintf("%016x", digest) }

// Apply carries an entry out.
func (m *Model) Apply(e *Entry) {
	m.Seq, m.At = e.Seq, max(m.At, e.At)
	for _, c := range e.Changes {
		m.apply(c, e)
	}
}

func (m *Model) apply(c *Change, e *Entry) {
	old := m.Records[c.ID]
	switch c.Verb {
	case "put":
		m.Put(c.ID, c.Record)
	case "epoch":
		m.Epoch = max(m.Epoch, c.Epoch)
	case "purge":
		m.Put(c.ID, nil)
	}
	if old == nil {
		return
	}
	switch c.Verb {
	case "set":
		m.Put(c.ID, old.with(func(r *Rec) {
			for name, v := range c.Fields {
				if v == "null" {
					delete(r.Fields, name)
				} else {
					r.Fields[name] = v
				}
			}
		}))
	case "delete":
		if old.Deleted == nil {
			m.Put(c.ID, old.with(func(r *Rec) { r.Deleted = &Mark{e.At, e.Seq} }))
		}
	case "restore":
		m.Put(c.ID, old.with(func(r *Rec) { r.Deleted = nil }))
	case "text":
		text, ok := c.Delta.Apply(old.Word(c.Field, ""))
		if !ok {
			return
		}
		m.Put(c.ID, old.with(func(r *Rec) {
			if text == "" {
				delete(r.Fields, c.Field)
			} else {
				r.Fields[c.Field] = quote(text)
			}
		}))
	}
}

// murmur is MurmurHash3 for x86 with 32 bits.
func murmur(seed uint32, s string) uint32 {
	h, n := seed, len(s)
	mix := func(k uint32) uint32 {
		k *= 0xcc9e2d51
		return (k<<15 | k>>17) * 0x1b873593
	}
	for ; len(s) >= 4; s = s[4:] {
		h ^= mix(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24)
		h = (h<<13|h>>19)*5 + 0xe6546b64
	}
	if len(s) > 0 {
		var k uint32
		for i := len(s) - 1; i >= 0; i-- {
			k = k<<8 | uint32(s[i])
		}
		h ^= mix(k)
	}
	h ^= uint32(n)
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// quote writes a string as JSON.stringify does.
func quote(s string) string {
	if plain(s) {
		return `"` + s + `"`
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\b':
			b.WriteString(`\b`)
		case c == '\f':
			b.WriteString(`\f`)
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plain reports whether a string is spelled in JSON as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func unquote(v string) string {
	if n := len(v) - 1; n > 0 && v[0] == '"' && v[n] == '"' && plain(v[1:n]) {
		return v[1:n]
	}
	var s string
	if err := json.Unmarshal([]byte(v), &s); err != nil || !utf8.ValidString(s) {
		return ""
	}
	return s
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func sortRecs(list []*Rec) {
	slices.SortFunc(list, func(a, b *Rec) int { return strings.Compare(a.ID, b.ID) })
}
