package board

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A FieldType says what a field holds.
type FieldType string

// The field types.
const (
	TypeText   FieldType = "text"   // prose; put at creation, then changed by text ops only, so that two may type in it
	TypeWord   FieldType = "word"   // a short string; the last writer wins
	TypeInt    FieldType = "int"    // an integer from Min to Max
	TypeBool   FieldType = "bool"   // true or false
	TypeEnum   FieldType = "enum"   // one of Values
	TypeRef    FieldType = "ref"    // the id of a record of one of Kinds, or of a person; "" = none
	TypeRank   FieldType = "rank"   // a Rank; Decide picks it
	TypeCounts FieldType = "counts" // an object of positive integers by record id
	TypePlace  FieldType = "place"  // an object {lane, rank, step}: the cell a card was taken out of
)

// A Writer says who writes a field, apart from text, which is always edited by text ops.
type Writer uint8

// The writers.
const (
	ByAll    Writer = iota // anyone who may edit the record: at its creation, and by set
	AtStart                // its author at its creation; afterwards only Decide, where an op says so
	ByDecide               // Decide alone
)

// A FieldSpec describes one field of a kind.
type FieldSpec struct {
	Name    string
	Type    FieldType
	Limit   int      // text, word: code points; counts: members
	Line    bool     // text: one line, without line ends and tabs; no text has other control characters
	Min     int64    // int
	Max     int64    // int
	Values  []string // enum
	Kinds   []Kind   // ref; empty = any record; PrefixPerson = a person
	Default Value
	Writer  Writer
	Role    Role // asked for on top of the kind's rule; "" = nothing more
}

// A Rule is who may do something: with a record that is its own, and with one that somebody else made.
// Nobody means that this op does not do it, whoever asks.
type Rule struct{ Own, Other Role }

func all(r Role) Rule { return Rule{r, r} }

func (r Rule) role(own bool) Role {
	if own {
		return r.Own
	}
	return r.Other
}

// A KindSpec describes one kind of record.
type KindSpec struct {
	Kind Kind
	// Parent names the fields whose values a record's siblings share.
	Parent []string
	// Also names further fields by which records of this kind are looked up.
	Also []string
	// Add is who may make one with the op add; Edit is who may set, type and lock; Remove is who may delete and
	// restore.
	Add    Role
	Edit   Rule
	Remove Rule
	Fields []FieldSpec // sorted by name
}

// Field finds a field, and nil when the kind has none of this name.
func (k *KindSpec) Field(name string) *FieldSpec {
	for i := range k.Fields {
		if k.Fields[i].Name == name {
			return &k.Fields[i]
		}
	}
	return nil
}

// Kinds lists the kinds of this release in the order of the table.
func Kinds() []KindSpec { return table }

var kinds = func() map[Kind]*KindSpec {
	m := make(map[Kind]*KindSpec, len(table))
	for i := range table {
		k := &table[i]
		for j := range k.Fields {
			f := &k.Fields[j]
			if f.Default == "" {
				f.Default = f.zero()
			}
		}
		m[k.Kind] = k
	}
	return m
}()

// zero is the default of a field for which the table gives none.
func (f *FieldSpec) zero() Value {
	switch f.Type {
	case TypeInt:
		return Int(max(0, f.Min))
	case TypeBool:
		return False
	case TypeEnum:
		return String(f.Values[0])
	case TypeCounts:
		return "{}"
	case TypePlace:
		return Null
	}
	return `""`
}

// check says what is wrong with a value for this field, apart from what only a board can tell (whether a
// record named by it is there); "" = nothing. The default is always right, and so is null.
func (f *FieldSpec) check(v Value) Code {
	if v == Null || v == f.Default {
		return ""
	}
	switch f.Type {
	case TypeText:
		if !v.isString() {
			return BadOp
		}
		return f.checkText(v.Str())
	case TypeWord:
		if !v.isString() || hasControls(v.Str(), true) {
			return BadOp
		}
		if utf8.RuneCountInString(v.Str()) > f.Limit {
			return TooLong
		}
	case TypeInt:
		if n := v.Int(); !v.isInt() || n < f.Min || n > f.Max {
			return BadOp
		}
	case TypeBool:
		if !v.isBool() {
			return BadOp
		}
	case TypeEnum:
		if !v.isString() || !contains(f.Values, v.Str()) {
			return BadOp
		}
	case TypeRef:
		return f.checkRef(v)
	case TypeRank:
		if !v.isString() || !Rank(v.Str()).Valid() {
			return BadRank
		}
	case TypeCounts:
		return f.checkCounts(v)
	case TypePlace:
		fs := v.Fields()
		if len(fs) != 3 || fs[0].Name != "lane" || fs[1].Name != "rank" || fs[2].Name != "step" ||
			!Rank(fs[1].Value.Str()).Valid() || ID(fs[0].Value.Str()).Kind() != KindLane || ID(fs[2].Value.Str()).Kind() != KindStep {
			return BadOp
		}
	}
	return ""
}

func (f *FieldSpec) checkText(s string) Code {
	if hasControls(s, f.Line) {
		return BadOp
	}
	if utf8.RuneCountInString(s) > f.Limit {
		return TooLong
	}
	return ""
}

func (f *FieldSpec) checkRef(v Value) Code {
	id := ID(v.Str())
	if !id.Valid() {
		return BadOp
	}
	if len(f.Kinds) == 0 {
		return ""
	}
	for _, k := range f.Kinds {
		if id.Kind() == k {
			return ""
		}
	}
	return WrongKind
}

func (f *FieldSpec) checkCounts(v Value) Code {
	if v == "" || v[0] != '{' {
		return BadOp
	}
	fs := v.Fields()
	if len(fs) > f.Limit {
		return Limit
	}
	for _, m := range fs {
		if !ID(m.Name).Valid() || !m.Value.isInt() || m.Value.Int() < 1 {
			return BadOp
		}
	}
	return ""
}

// hasControls reports whether a text has a character that does something instead of showing something. Line ends and
// tabs are text, where it is more than a line.
func hasControls(s string, line bool) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return unicode.IsControl(c) && (line || c != '\n' && c != '\t') })
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
