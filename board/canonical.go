package board

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Canonical respells JSON text canonically: what a browser sends, or a file that somebody imports, becomes
// a Value. It refuses what has no canonical spelling (floats, integers above MaxInt, lone surrogates) and
// what two parsers could read differently (a name twice, bytes that are not UTF-8, -0, text behind the
// value). The error wraps ErrJSON.
func Canonical(raw []byte) (Value, error) {
	s := string(raw)
	r := reader{s: s}
	v := r.value()
	if r.end(); r.err == nil {
		return v, nil
	}
	w := respeller{reader: reader{s: s}}
	w.dst = make([]byte, 0, len(s))
	w.any()
	w.blanks()
	w.end()
	if w.err != nil {
		return "", w.err
	}
	return Value(w.dst), nil
}

// A respeller reads any JSON and writes it canonically.
type respeller struct {
	reader
	dst []byte
}

func (w *respeller) blanks() {
	for w.i < len(w.s) {
		switch w.s[w.i] {
		case ' ', '\t', '\n', '\r':
			w.i++
		default:
			return
		}
	}
}

func (w *respeller) any() {
	w.blanks()
	switch w.peek() {
	case '"':
		w.dst = appendString(w.dst, w.loose())
	case '{':
		w.object()
	case '[':
		w.dst = append(w.dst, '[')
		w.open('[')
		for n := 0; w.next(']'); n++ {
			if n > 0 {
				w.dst = append(w.dst, ',')
			}
			w.any()
		}
		w.dst = append(w.dst, ']')
	default:
		w.dst = append(w.dst, w.value()...)
	}
}

// next is more, with blanks.
func (w *respeller) next(closing byte) bool {
	w.blanks()
	return w.more(closing)
}

func (w *respeller) object() {
	var fs []Field
	whole := w.dst
	w.open('{')
	for w.next('}') {
		w.blanks()
		name := w.loose()
		w.blanks()
		w.lit(":")
		w.dst = nil
		w.any()
		fs = append(fs, Field{name, Value(w.dst)})
		if w.err != nil {
			return
		}
	}
	sortFields(fs)
	for i := 1; i < len(fs); i++ {
		if fs[i].Name == fs[i-1].Name {
			w.fail("a name twice")
			return
		}
	}
	w.dst = appendFields(whole, fs)
}

// loose takes a string with any escapes.
func (w *respeller) loose() string {
	if w.err != nil {
		return ""
	}
	if w.peek() != '"' {
		w.fail("expected a string")
		return ""
	}
	var b strings.Builder
	for w.i++; w.i < len(w.s); {
		switch c := w.s[w.i]; {
		case c == '"':
			w.i++
			return b.String()
		case c == '\\':
			b.WriteRune(w.escaped())
			if w.err != nil {
				return ""
			}
		case c < ' ':
			w.fail("bare control character")
			return ""
		default:
			ch, n := utf8.DecodeRuneInString(w.s[w.i:])
			if ch == utf8.RuneError && n == 1 {
				w.fail("not UTF-8")
				return ""
			}
			b.WriteRune(ch)
			w.i += n
		}
	}
	w.fail("string without end")
	return ""
}

func (w *respeller) escaped() rune {
	if w.i+1 >= len(w.s) {
		w.fail("escape")
		return 0
	}
	c := w.s[w.i+1]
	if c == 'u' {
		unit := w.unit()
		if !utf16.IsSurrogate(unit) {
			return unit
		}
		if pair := utf16.DecodeRune(unit, w.unit()); pair != utf8.RuneError {
			return pair
		}
		w.fail("lone surrogate")
		return 0
	}
	w.i += 2
	if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
		return rune("\"\\/\b\f\n\r\t"[at])
	}
	w.fail("escape")
	return 0
}

// unit takes one \uXXXX.
func (w *respeller) unit() rune {
	if w.err != nil || w.i+6 > len(w.s) || w.s[w.i] != '\\' || w.s[w.i+1] != 'u' {
		w.fail("lone surrogate or short escape")
		return 0
	}
	var unit rune
	for _, c := range []byte(w.s[w.i+2 : w.i+6]) {
		digit := strings.IndexByte(hexDigits, c|0x20)
		if digit < 0 || c < '0' {
			w.fail("escape")
			return 0
		}
		unit = unit<<4 | rune(digit)
	}
	w.i += 6
	return unit
}
