package client

import (
	"bytes"
	"errors"
	"fmt"
)

var errForm = errors.New("not the JSON of a frame")

// A scanner walks JSON without making anything of it. Its position is always at the next byte that counts.
type scanner struct {
	data []byte
	at   int
}

func (s *scanner) blank() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// take steps over c and reports whether it stood there.
func (s *scanner) take(c byte) bool {
	if s.at < len(s.data) && s.data[s.at] == c {
		s.at++
		return true
	}
	s.blank()
	if s.at < len(s.data) && s.data[s.at] == c {
		s.at++
		return true
	}
	return false
}

// text steps over a string and gives what stands between its quotes, escapes and all.
func (s *scanner) text() ([]byte, error) {
	if !s.take('"') {
		return nil, s.fault("a string")
	}
	start := s.at
	for {
		i := bytes.IndexByte(s.data[s.at:], '"')
		if i < 0 {
			return nil, s.fault("the end of a string")
		}
		end := s.at + i
		s.at = end + 1
		if !escaped(s.data[start:end]) {
			return s.data[start:end], nil
		}
	}
}

// escaped reports whether an odd number of backslashes ends b: then the quote behind it belongs to the string.
func escaped(b []byte) bool {
	odd := false
	for i := len(b) - 1; i >= 0 && b[i] == '\\'; i-- {
		odd = !odd
	}
	return odd
}

func (s *scanner) integer() (int64, error) {
	s.blank()
	negative := s.at < len(s.data) && s.data[s.at] == '-'
	if negative {
		s.at++
	}
	start := s.at
	var n int64
	for s.at < len(s.data) && s.data[s.at] >= '0' && s.data[s.at] <= '9' {
		n = n*10 + int64(s.data[s.at]-'0')
		s.at++
	}
	if s.at == start || s.at-start > 18 {
		return 0, s.fault("an integer")
	}
	if negative {
		n = -n
	}
	return n, nil
}

// skip steps over one value and gives its bytes.
func (s *scanner) skip() ([]byte, error) {
	s.blank()
	start, depth := s.at, 0
	for s.at < len(s.data) {
		switch c := s.data[s.at]; c {
		case '"':
			if _, err := s.text(); err != nil {
				return nil, err
			}
			if depth == 0 {
				return s.data[start:s.at], nil
			}
		case '{', '[':
			depth++
			s.at++
		case '}', ']', ',', ':':
			if depth == 0 {
				return s.scalar(start)
			}
			s.at++
			if c == '}' || c == ']' {
				if depth--; depth == 0 {
					return s.data[start:s.at], nil
				}
			}
		default:
			s.at++
		}
	}
	return s.scalar(start)
}

func (s *scanner) scalar(start int) ([]byte, error) {
	if s.at == start {
		return nil, s.fault("a value")
	}
	return s.data[start:s.at], nil
}

// object calls field for each key, with the scanner before the value; field must step over it.
func (s *scanner) object(field func(key []byte) error) error {
	if !s.take('{') {
		return s.fault("an object")
	}
	if s.take('}') {
		return nil
	}
	for {
		key, err := s.text()
		if err != nil {
			return err
		}
		if !s.take(':') {
			return s.fault("a colon")
		}
		if err := field(key); err != nil {
			return err
		}
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return s.fault("a comma")
		}
	}
}

// array calls element for each element, with the scanner before it; element must step over it.
func (s *scanner) array(element func() error) error {
	if !s.take('[') {
		return s.fault("an array")
	}
	if s.take(']') {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.fault("a comma")
		}
	}
}

func (s *scanner) fault(wanted string) error {
	return fmt.Errorf("%w: want %s at byte %d", errForm, wanted, s.at)
}
