package collab

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"waymark/board"
)

// errFrame is the class of everything that is wrong with a frame from a client.
var errFrame = errors.New("bad frame")

// maxDepth is how deep arrays and objects of a frame may nest.
const maxDepth = 16

// A scanner walks through the JSON of a frame without making values of it. The
// first mistake stays, and from then on it finds nothing.
type scanner struct {
	b     []byte
	i     int
	depth int
	fresh bool
	err   error
}

func (s *scanner) fail(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: %s at byte %d", errFrame, what, s.i)
	}
	s.i = len(s.b)
}

// peek is the next byte that is no blank, and 0 at the end.
func (s *scanner) peek() byte {
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// open begins an array or object, which more ends.
func (s *scanner) open(c byte) {
	if s.peek() != c {
		s.fail("expected " + string(c))
		return
	}
	if s.depth++; s.depth > maxDepth {
		s.fail("nested too deep")
		return
	}
	s.i++
	s.fresh = true
}

// more reports whether another element follows, and takes the comma or the
// closing bracket.
func (s *scanner) more(closing byte) bool {
	if s.err != nil {
		return false
	}
	fresh := s.fresh
	s.fresh = false
	switch c := s.peek(); {
	case c == closing:
		s.i++
		s.depth--
		return false
	case fresh && c != ',':
		return true
	case !fresh && c == ',':
		s.i++
		if s.peek() != closing {
			return true
		}
	}
	s.fail("expected a comma or " + string(closing))
	return false
}

// key takes a member's name, which has no escapes, and the colon.
func (s *scanner) key() []byte {
	name, escaped := s.quoted()
	if escaped {
		s.fail("escape in a name")
	}
	if s.peek() != ':' {
		s.fail("expected a colon")
		return nil
	}
	s.i++
	return name
}

// quoted takes a string: what is between its quotes.
func (s *scanner) quoted() (raw []byte, escaped bool) {
	if s.peek() != '"' {
		s.fail("expected a string")
		return nil, false
	}
	from := s.i + 1
	for i := from; i < len(s.b); {
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			return s.b[from:i], escaped
		case c == '\\':
			escaped = true
			i += 2
		case c < ' ':
			s.i = i
			s.fail("bare control character")
			return nil, false
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(s.b[i:])
			if r == utf8.RuneError && n == 1 {
				s.i = i
				s.fail("not UTF-8")
				return nil, false
			}
			i += n
		}
	}
	s.fail("string without end")
	return nil, false
}

// str takes a string of at most limit bytes.
func (s *scanner) str(limit int) string {
	raw, escaped := s.quoted()
	if len(raw) > 6*limit {
		s.fail("string too long")
		return ""
	}
	text := string(raw)
	if escaped {
		v, err := board.Canonical([]byte(`"` + text + `"`))
		if err != nil {
			s.fail("escape")
			return ""
		}
		text = v.Str()
	}
	if len(text) > limit {
		s.fail("string too long")
		return ""
	}
	return text
}

// id takes an id with this prefix; any record's when the prefix is "".
func (s *scanner) id(prefix string) board.ID {
	raw, escaped := s.quoted()
	id := board.ID(raw)
	if s.err == nil && (escaped || !id.Valid() || prefix != "" && id.Prefix() != prefix) {
		s.fail("expected an id")
	}
	if s.err != nil {
		return ""
	}
	return id
}

// integer takes a whole number from low to high.
func (s *scanner) integer(low, high int64) int64 {
	c := s.peek()
	i := s.i
	negative := c == '-'
	if negative {
		i++
	}
	from := i
	var n int64
	for i < len(s.b) && s.b[i] >= '0' && s.b[i] <= '9' && i-from < 17 {
		n = n*10 + int64(s.b[i]-'0')
		i++
	}
	if i < len(s.b) {
		switch c := s.b[i]; {
		case c >= '0' && c <= '9', c == '.', c == 'e', c == 'E':
			from = i
		}
	}
	if i == from || n > board.MaxInt || s.b[from] == '0' && (negative || i-from > 1) {
		s.fail("expected a whole number")
		return 0
	}
	if negative {
		n = -n
	}
	if n < low || n > high {
		s.fail("number out of range")
		return 0
	}
	s.i = i
	return n
}

// null takes null, if it comes next.
func (s *scanner) null() bool {
	if s.peek() == 'n' && len(s.b)-s.i >= 4 && string(s.b[s.i:s.i+4]) == "null" {
		s.i += 4
		return true
	}
	return false
}

// skip passes over any value and gives its bytes. Their form is looked at only
// as far as finding the end needs; whoever reads them checks it.
func (s *scanner) skip() []byte {
	s.peek()
	from := s.i
	depth := s.depth
	for s.err == nil {
		switch c := s.peek(); c {
		case '"':
			s.quoted()
		case '{', '[':
			s.i++
			if depth++; depth > maxDepth {
				s.fail("nested too deep")
			}
			continue
		case '}', ']':
			s.i++
			depth--
		case ',', ':':
			if depth == s.depth {
				s.fail("expected a value")
			}
			s.i++
			continue
		case 0:
			s.fail("expected a value")
		default:
			s.word()
		}
		if depth <= s.depth {
			break
		}
	}
	if s.err != nil || depth < s.depth {
		s.fail("expected a value")
		return nil
	}
	return s.b[from:s.i]
}

// word passes over a number or a literal.
func (s *scanner) word() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ',', ':', '}', ']', '{', '[', '"', ' ', '\t', '\n', '\r':
			return
		}
		s.i++
	}
}

// end asks for the end of the frame.
func (s *scanner) end() {
	if s.err == nil && s.peek() != 0 || s.i < len(s.b) {
		s.fail("expected the end")
	}
}
