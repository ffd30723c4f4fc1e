package board

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep arrays and objects may nest.
const maxDepth = 16

// ErrJSON is the class of everything that is wrong with the form of JSON text.
var ErrJSON = errors.New("not canonical JSON")

// A reader reads canonical JSON and refuses everything else: blanks, members out of order or named twice,
// floats, numbers above MaxInt, other escapes than the canonical ones, bytes that are not UTF-8. Values and
// strings that it returns share memory with the text. The first mistake stays in err, and from then on it
// reads nothing.
type reader struct {
	s     string
	i     int
	depth int
	fresh bool // just behind an opening bracket
	slab  *slab
	err   error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d", ErrJSON, what, r.i)
		r.i = len(r.s)
	}
}

// peek is the next byte, and 0 at the end.
func (r *reader) peek() byte {
	if r.i < len(r.s) {
		return r.s[r.i]
	}
	return 0
}

// lit takes exactly this text.
func (r *reader) lit(text string) {
	if !r.try(text) {
		r.fail("expected " + strconv.Quote(text))
	}
}

// try takes this text if it comes next.
func (r *reader) try(text string) bool {
	if r.err == nil && strings.HasPrefix(r.s[r.i:], text) {
		r.i += len(text)
		return true
	}
	return false
}

// end asks for the end of the text.
func (r *reader) end() {
	if r.err == nil && r.i != len(r.s) {
		r.fail("expected the end")
	}
}

// open takes a bracket and begins a list of elements, which more ends.
func (r *reader) open(c byte) {
	if r.err != nil {
		return
	}
	if r.peek() != c {
		r.fail("expected " + strconv.Quote(string(c)))
		return
	}
	if r.depth++; r.depth > maxDepth {
		r.fail("nested too deep")
		return
	}
	r.i++
	r.fresh = true
}

// more reports whether another element follows, and takes the comma or the closing bracket.
func (r *reader) more(closing byte) bool {
	if r.err != nil {
		return false
	}
	fresh := r.fresh
	r.fresh = false
	switch c := r.peek(); {
	case c == closing:
		r.i++
		r.depth--
		return false
	case fresh:
		return true
	case c == ',':
		r.i++
		return true
	}
	r.fail("expected a comma or " + strconv.Quote(string(closing)))
	return false
}

// key takes a member's name and the colon; it must come after the name before it.
func (r *reader) key(before string, first bool) string {
	if r.peek() != '"' {
		r.fail("expected a name")
		return ""
	}
	name := r.str()
	r.lit(":")
	if r.err == nil && !first && name <= before {
		r.fail("name out of order")
	}
	return name
}

// fields takes an object.
func (r *reader) fields() []Field {
	var room [16]Field // most objects are small, and the list is kept for as long as its record
	fs := r.members(room[:0])
	if len(fs) == 0 || r.err != nil {
		return nil
	}
	return append(r.slab.fieldsFor(len(fs)), fs...)
}

// A slab is memory for many records of one board that are read together: one by one they cost a third more, most of it
// later, in the collector. A nil slab gives each its own.
type slab struct {
	records []Record
	fields  []Field
}

const (
	slabRecords = 64
	slabFields  = 512
)

func (s *slab) record() *Record {
	if s == nil {
		return new(Record)
	}
	if len(s.records) == 0 {
		s.records = make([]Record, slabRecords)
	}
	r := &s.records[0]
	s.records = s.records[1:]
	return r
}

// fieldsFor is an empty list with room for n.
func (s *slab) fieldsFor(n int) []Field {
	if s == nil || n > slabFields/8 {
		return make([]Field, 0, n)
	}
	if len(s.fields) < n {
		s.fields = make([]Field, slabFields)
	}
	list := s.fields[:0:n]
	s.fields = s.fields[n:]
	return list
}

// members takes an object and appends its members to a list.
func (r *reader) members(fs []Field) []Field {
	name, first := "", true
	for r.open('{'); r.more('}'); first = false {
		name = r.key(name, first)
		fs = append(fs, Field{name, r.value()})
	}
	return fs
}

// value takes any value.
func (r *reader) value() Value {
	start := r.i
	switch c := r.peek(); {
	case c == '"':
		r.quoted()
	case c == '{':
		name, first := "", true
		for r.open('{'); r.more('}'); {
			name = r.key(name, first)
			first = false
			r.value()
		}
	case c == '[':
		for r.open('['); r.more(']'); {
			r.value()
		}
	case c == '-' || c >= '0' && c <= '9':
		r.int()
	case r.try("true"), r.try("false"), r.try("null"):
	default:
		r.fail("expected a value")
	}
	if r.err != nil {
		return ""
	}
	return Value(r.s[start:r.i])
}

// quoted passes over a string and reports whether it has escapes.
func (r *reader) quoted() (escapes bool) {
	if r.err != nil {
		return false
	}
	if r.peek() != '"' {
		r.fail("expected a string")
		return false
	}
	s := r.s
	i := r.i + 1
	for i < len(s) {
		c := s[i]
		switch {
		case c == '"':
			r.i = i + 1
			return escapes
		case c == '\\':
			_, n := escape(s[i:])
			if n == 0 {
				r.i = i
				r.fail("escape")
				return false
			}
			escapes = true
			i += n
		case c < ' ':
			r.i = i
			r.fail("bare control character")
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			ch, n := utf8.DecodeRuneInString(s[i:])
			if ch == utf8.RuneError && n == 1 {
				r.i = i
				r.fail("not UTF-8")
				return false
			}
			i += n
		}
	}
	r.i = i
	r.fail("string without end")
	return false
}

// str takes a string and reads it.
func (r *reader) str() string {
	start := r.i
	escapes := r.quoted()
	if r.err != nil {
		return ""
	}
	s := r.s[start+1 : r.i-1]
	if escapes {
		return unescape(s)
	}
	return s
}

// int takes an integer.
func (r *reader) int() int64 {
	if r.err != nil {
		return 0
	}
	i := r.i
	neg := r.peek() == '-'
	if neg {
		i++
	}
	start := i
	var n int64
	for i < len(r.s) && r.s[i] >= '0' && r.s[i] <= '9' && i-start < 17 {
		n = n*10 + int64(r.s[i]-'0')
		i++
	}
	switch {
	case i == start, n > MaxInt, n == 0 && (neg || i-start > 1), n > 0 && r.s[start] == '0',
		i < len(r.s) && (r.s[i] >= '0' && r.s[i] <= '9' || r.s[i] == '.' || r.s[i] == 'e' || r.s[i] == 'E'):
		r.fail("expected an integer")
		return 0
	}
	r.i = i
	if neg {
		return -n
	}
	return n
}
