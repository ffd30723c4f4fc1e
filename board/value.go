package board

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxInt is the largest integer a board holds: the largest that a browser's numbers hold exactly.
const MaxInt = 1<<53 - 1

// A Value is a JSON value in its canonical spelling. The zero Value is no value at all: in a record it
// stands for the field's default, in a change for "back to the default". Two values are equal when their
// spellings are.
type Value string

// The values that are spelled in one way only.
const (
	Null  Value = "null"
	True  Value = "true"
	False Value = "false"
)

// String spells s. Bytes that are not UTF-8 become U+FFFD.
func String(s string) Value { return Value(appendString(make([]byte, 0, len(s)+2), s)) }

// Int spells n.
func Int(n int64) Value { return Value(strconv.FormatInt(n, 10)) }

// Bool spells b.
func Bool(b bool) Value {
	if b {
		return True
	}
	return False
}

// Object spells an object with these members, in any order; members without a value are left out.
func Object(fields ...Field) Value {
	fs := make([]Field, 0, len(fields))
	for _, f := range fields {
		if f.Value != "" {
			fs = append(fs, f)
		}
	}
	sortFields(fs)
	return Value(appendFields(nil, fs))
}

// Str is the text that v spells, and "" when v is not a string.
func (v Value) Str() string {
	if len(v) < 2 || v[0] != '"' {
		return ""
	}
	return unescape(string(v[1 : len(v)-1]))
}

// Int is the integer that v spells, and 0 when v is not an integer.
func (v Value) Int() int64 {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Bool reports whether v is true.
func (v Value) Bool() bool { return v == True }

// Fields lists the members of an object in the order of their names, and nothing for any other value.
func (v Value) Fields() []Field {
	r := reader{s: string(v)}
	if r.peek() != '{' {
		return nil
	}
	fs := r.fields()
	if r.err != nil {
		return nil
	}
	return fs
}

// Items lists the elements of an array, and nothing for any other value.
func (v Value) Items() []Value {
	r := reader{s: string(v)}
	if r.peek() != '[' {
		return nil
	}
	var vs []Value
	for r.open('['); r.more(']'); {
		vs = append(vs, r.value())
	}
	if r.err != nil {
		return nil
	}
	return vs
}

func (v Value) isString() bool { return v != "" && v[0] == '"' }

func (v Value) isInt() bool { return v != "" && (v[0] == '-' || v[0] >= '0' && v[0] <= '9') }

func (v Value) isBool() bool { return v == True || v == False }

// A Field is a named value: a field of a record, or a member of an object. Lists of fields are kept in the
// bytewise order of the names, each name once.
type Field struct {
	Name  string
	Value Value
}

func sortFields(fs []Field) {
	slices.SortFunc(fs, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
}

// field finds a name in a sorted list.
func field(fs []Field, name string) Value {
	for i := range fs {
		if fs[i].Name == name {
			return fs[i].Value
		}
	}
	return ""
}

// appendString writes s as JSON.stringify does.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

const hexDigits = "0123456789abcdef"

func appendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				i++
				start = i
			} else {
				i += n
			}
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(dst, s[start:]...)
}

// unescape reads the inside of a canonically spelled string.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	dst := make([]byte, 0, len(s))
	for ; i >= 0; i = strings.IndexByte(s, '\\') {
		dst = append(dst, s[:i]...)
		c, n := escape(s[i:])
		dst = append(dst, c)
		s = s[i+n:]
	}
	return string(append(dst, s...))
}

// escape reads the canonical escape at the start of s: the character and the bytes it takes, which are 0
// when this is no canonical escape.
func escape(s string) (c byte, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '"', '\\':
		return s[1], 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		if len(s) < 6 || s[2] != '0' || s[3] != '0' || s[4] > '1' || s[4] < '0' {
			return 0, 0
		}
		low := strings.IndexByte(hexDigits, s[5])
		if low < 0 {
			return 0, 0
		}
		c = (s[4]-'0')<<4 | byte(low)
		if c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r' {
			return 0, 0
		}
		return c, 6
	}
	return 0, 0
}

func appendFields(dst []byte, fs []Field) []byte {
	dst = append(dst, '{')
	for i, f := range fs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, f.Name)
		dst = append(dst, ':')
		if f.Value == "" {
			dst = append(dst, Null...)
		} else {
			dst = append(dst, f.Value...)
		}
	}
	return append(dst, '}')
}
