package board

import (
	"strconv"
	"unicode/utf8"
)

// A Delta is an edit of a text, read from its start: keep so many code points, insert this, leave out so
// many. What is not mentioned at the end stays. A normal delta has no empty pieces, no two pieces of one
// sort in a row, an insert before a deletion at the same place, and does not end by keeping.
//
// As JSON: [3,"abc",-2] keeps three, inserts abc and leaves out two.
type Delta []Piece

// A Piece keeps N code points (N > 0), leaves out -N (N < 0), or inserts (N = 0).
type Piece struct {
	N      int
	Insert string
}

func (d Delta) appendTo(dst []byte) []byte {
	dst = append(dst, '[')
	for i, p := range d {
		if i > 0 {
			dst = append(dst, ',')
		}
		if p.N == 0 {
			dst = appendString(dst, p.Insert)
		} else {
			dst = strconv.AppendInt(dst, int64(p.N), 10)
		}
	}
	return append(dst, ']')
}

// Value spells a delta.
func (d Delta) Value() Value { return Value(d.appendTo(nil)) }

// delta takes a delta; it must be normal.
func (r *reader) delta() Delta {
	var d Delta
	for r.open('['); r.more(']'); {
		if r.peek() == '"' {
			d = append(d, Piece{Insert: string([]byte(r.str()))})
		} else {
			d = append(d, Piece{N: int(r.int())})
			if r.err == nil && d[len(d)-1].N == 0 {
				r.fail("a piece of nothing")
			}
		}
	}
	if r.err == nil && !d.Normal() {
		r.fail("delta not normal")
	}
	return d
}

// ParseDelta reads a delta, which must be normal. The error wraps ErrJSON.
func ParseDelta(v Value) (Delta, error) {
	r := reader{s: string(v)}
	d := r.delta()
	if r.end(); r.err != nil {
		return nil, r.err
	}
	return d, nil
}

// Normal reports whether d is spelled as it must be.
func (d Delta) Normal() bool {
	total := 0
	for i, p := range d {
		if p.N == 0 && p.Insert == "" || p.N != 0 && p.Insert != "" {
			return false
		}
		total += max(p.N, -p.N)
		if total < 0 || total > MaxInt {
			return false
		}
		if i > 0 && (p.sort() == d[i-1].sort() || p.N == 0 && d[i-1].N < 0) {
			return false
		}
	}
	return len(d) == 0 || d[len(d)-1].N <= 0
}

func (p Piece) sort() int {
	switch {
	case p.N > 0:
		return 1
	case p.N < 0:
		return -1
	}
	return 0
}

// Apply edits a text. ok is false, and the text as it was, when d reaches beyond its end.
func (d Delta) Apply(text string) (_ string, ok bool) {
	v, ok := d.apply(String(text))
	if !ok {
		return text, false
	}
	return v.Str(), true
}

// apply edits a text in its canonical spelling.
func (d Delta) apply(text Value) (_ Value, ok bool) {
	if text == "" {
		text = `""`
	}
	if !text.isString() {
		return text, false
	}
	size := len(text)
	for _, p := range d {
		size += len(p.Insert) + len(p.Insert)/8
	}
	dst := make([]byte, 0, size)
	rest := string(text[:len(text)-1])
	dst = append(dst, '"')
	rest = rest[1:]
	for _, p := range d {
		if p.N == 0 {
			dst = appendEscaped(dst, p.Insert)
			continue
		}
		n, ok := skip(rest, max(p.N, -p.N))
		if !ok {
			return text, false
		}
		if p.N > 0 {
			dst = append(dst, rest[:n]...)
		}
		rest = rest[n:]
	}
	dst = append(dst, rest...)
	return Value(append(dst, '"')), true
}

// skip measures n code points of an escaped text in bytes.
func skip(s string, n int) (size int, ok bool) {
	for ; n > 0; n-- {
		if size >= len(s) {
			return 0, false
		}
		switch c := s[size]; {
		case c == '\\' && size+1 < len(s) && s[size+1] == 'u':
			size += 6
		case c == '\\':
			size += 2
		case c < utf8.RuneSelf:
			size++
		default:
			_, w := utf8.DecodeRuneInString(s[size:])
			size += w
		}
	}
	return size, size <= len(s)
}

// length counts the code points of a text in its canonical spelling.
func (v Value) length() int {
	if !v.isString() {
		return 0
	}
	n := 0
	for i := 1; i < len(v)-1; n++ {
		w, _ := skip(string(v[i:]), 1)
		i += w
	}
	return n
}

// A builder makes a normal delta.
type builder struct{ d Delta }

func (b *builder) keep(n int) {
	if n == 0 {
		return
	}
	if last := len(b.d) - 1; last >= 0 && b.d[last].N > 0 {
		b.d[last].N += n
		return
	}
	b.d = append(b.d, Piece{N: n})
}

func (b *builder) leave(n int) {
	if n == 0 {
		return
	}
	if last := len(b.d) - 1; last >= 0 && b.d[last].N < 0 {
		b.d[last].N -= n
		return
	}
	b.d = append(b.d, Piece{N: -n})
}

func (b *builder) insert(s string) {
	if s == "" {
		return
	}
	last := len(b.d) - 1
	// An insert goes before a deletion at the same place.
	deletion := last >= 0 && b.d[last].N < 0
	if deletion {
		last--
	}
	if last >= 0 && b.d[last].N == 0 {
		b.d[last].Insert += s
		return
	}
	b.d = append(b.d, Piece{Insert: s})
	if deletion {
		last = len(b.d) - 1
		b.d[last], b.d[last-1] = b.d[last-1], b.d[last]
	}
}

func (b *builder) done() Delta {
	if last := len(b.d) - 1; last >= 0 && b.d[last].N > 0 {
		b.d = b.d[:last]
	}
	return b.d
}

// A walker hands out a delta piece by piece; behind its end it keeps for ever.
type walker struct {
	d    Delta
	i    int
	used int // of d[i]: code points, or bytes of the insert
}

const forever = int(^uint(0) >> 1)

// next is what is left of the current piece: its sort and its length in code points (an insert: 0).
func (w *walker) next() (sort, n int) {
	if w.i >= len(w.d) {
		return 1, forever
	}
	p := w.d[w.i]
	if p.N == 0 {
		return 0, 0
	}
	return p.sort(), max(p.N, -p.N) - w.used
}

func (w *walker) done() bool { return w.i >= len(w.d) }

// take uses n code points of a kept or left-out piece.
func (w *walker) take(n int) {
	if w.i >= len(w.d) {
		return
	}
	w.used += n
	if p := w.d[w.i]; w.used == max(p.N, -p.N) {
		w.i++
		w.used = 0
	}
}

// Transform says what d means on a text to which other, made on the same text as d, has been applied. Where
// both insert at one place, the text of other, which is in the log already, stands first. With the roles
// swapped, as a browser has it when it carries an entry over its own pending edit, the entry's text still
// stands first: see TransformUnder.
func (d Delta) Transform(other Delta) Delta { return transform(d, other, false) }

// TransformUnder says what d, which is in the log, means on a text to which pending, made on the same text,
// has been applied. Where both insert at one place, the text of d stands first.
func (d Delta) TransformUnder(pending Delta) Delta { return transform(d, pending, true) }

func transform(d, other Delta, first bool) Delta {
	var out builder
	a, b := walker{d: d}, walker{d: other}
	for !a.done() {
		sa, na := a.next()
		sb, nb := b.next()
		switch {
		case sa == 0 && (first || sb != 0):
			out.insert(a.d[a.i].Insert)
			a.i++
		case sb == 0:
			out.keep(utf8.RuneCountInString(b.d[b.i].Insert))
			b.i++
		default:
			n := min(na, nb)
			switch {
			case sb < 0: // gone already
			case sa > 0:
				out.keep(n)
			default:
				out.leave(n)
			}
			a.take(n)
			b.take(n)
		}
	}
	return out.done()
}

// Compose is one edit that does what d and then next does.
func (d Delta) Compose(next Delta) Delta {
	var out builder
	a, b := walker{d: d}, walker{d: next}
	for !a.done() || !b.done() {
		sa, na := a.next()
		sb, nb := b.next()
		switch {
		case sa < 0:
			out.leave(na)
			a.take(na)
		case sb == 0:
			out.insert(b.d[b.i].Insert)
			b.i++
		case sa == 0:
			text := a.d[a.i].Insert[a.used:]
			size, n := prefix(text, nb)
			if sb > 0 {
				out.insert(text[:size])
			}
			if b.take(n); size == len(text) {
				a.i++
				a.used = 0
			} else {
				a.used += size
			}
		default:
			n := min(na, nb)
			if sb > 0 {
				out.keep(n)
			} else {
				out.leave(n)
			}
			a.take(n)
			b.take(n)
		}
	}
	return out.done()
}

// prefix measures at most n code points of a plain text: their bytes, and how many they are.
func prefix(s string, n int) (size, count int) {
	for size < len(s) && count < n {
		_, w := utf8.DecodeRuneInString(s[size:])
		size += w
		count++
	}
	return size, count
}

// Invert is the edit that takes back d, which was made on this text.
func (d Delta) Invert(text string) Delta {
	var out builder
	for _, p := range d {
		switch {
		case p.N == 0:
			out.leave(utf8.RuneCountInString(p.Insert))
		case p.N > 0:
			size, _ := prefix(text, p.N)
			out.keep(p.N)
			text = text[size:]
		default:
			size, _ := prefix(text, -p.N)
			out.insert(text[:size])
			text = text[size:]
		}
	}
	return out.done()
}
