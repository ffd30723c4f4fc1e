package redisbus

import (
	"encoding/binary"
	"errors"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

// What a message is, by its first byte. Behind it stand numbers as varints, and texts and bytes behind their length.
const (
	kindBatch = 1 + iota
	kindShown
	kindProbe
)

const (
	// maxBody is the longest body or presence that is carried. A longer body is in the log.
	maxBody = 256 << 10
	// maxName is the longest id or name of a server, and maxHeader what all of them and the numbers take at most.
	maxName   = 256
	maxHeader = 2 << 10
)

var errMalformed = errors.New("message that cannot be read")

// appendBatch adds the message of a batch. A body that is too long is left out.
func appendBatch(dst []byte, b *collab.Batch) []byte {
	dst = append(dst, kindBatch)
	dst = appendText(dst, string(b.Board))
	dst = appendText(dst, b.Node)
	dst = appendText(dst, string(b.ID))
	dst = appendText(dst, string(b.Prev))
	dst = binary.AppendVarint(dst, int64(b.First))
	dst = binary.AppendVarint(dst, int64(b.Last))
	dst = binary.AppendVarint(dst, b.Epoch)
	dst = binary.AppendVarint(dst, int64(b.At))
	dst = binary.LittleEndian.AppendUint64(dst, b.All)
	dst = binary.LittleEndian.AppendUint64(dst, b.Public)
	body := b.Body
	if planted.On("long-body-cut") {
		body = body[:min(len(body), maxBody/2)]
	}
	if body == nil || len(body) > maxBody {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, 1+uint64(len(body)))
	return append(dst, body...)
}

// appendShown adds the message of a presence.
func appendShown(dst []byte, p *collab.Shown) []byte {
	dst = append(dst, kindShown)
	dst = appendText(dst, string(p.Board))
	dst = appendText(dst, p.Node)
	dst = binary.AppendVarint(dst, int64(p.At))
	full := byte(0)
	if p.Full && !planted.On("full-unsaid") {
		full = 1
	}
	dst = append(dst, full)
	dst = binary.AppendUvarint(dst, uint64(len(p.Items)))
	return append(dst, p.Items...)
}

// appendProbe adds the message of a probe.
func appendProbe(dst []byte, n uint64) []byte {
	return binary.AppendUvarint(append(dst, kindProbe), n)
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// fits reports whether every name is short enough to be carried.
func fits(names ...string) bool {
	for _, s := range names {
		if len(s) > maxName {
			return false
		}
	}
	return true
}

// A message is one of what is carried.
type message struct {
	kind  byte
	batch collab.Batch
	shown collab.Shown
	probe uint64
}

// decode reads a message. Body and items stay where they are in b. A body that says it is too long is left out.
func decode(b []byte) (m message, err error) {
	r := reader{rest: b}
	m.kind = r.byte()
	switch m.kind {
	case kindBatch:
		m.batch = r.batch()
	case kindShown:
		m.shown = collab.Shown{Board: board.ID(r.text()), Node: r.text(), At: board.Time(r.varint())}
		full := r.byte()
		m.shown.Full = full == 1
		m.shown.Items = r.bytes(r.uvarint())
		r.bad = r.bad || full > 1
	case kindProbe:
		m.probe = r.uvarint()
	default:
		r.bad = true
	}
	if r.bad || len(r.rest) > 0 {
		return message{}, errMalformed
	}
	return m, nil
}

// A reader takes fields off the front of a message; bad says that one of them was not there.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) batch() collab.Batch {
	b := collab.Batch{
		Board: board.ID(r.text()), Node: r.text(), ID: board.ID(r.text()), Prev: board.ID(r.text()),
		First: board.Seq(r.varint()), Last: board.Seq(r.varint()), Epoch: r.varint(), At: board.Time(r.varint()),
		All: r.uint64(), Public: r.uint64(),
	}
	switch size := r.uvarint(); {
	case size == 0:
	case size-1 > maxBody:
		r.rest = nil // the header counts
	default:
		b.Body = r.bytes(size - 1)
	}
	r.bad = r.bad || b.First < 1 || b.Last < b.First
	return b
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) text() string {
	n := r.uvarint()
	if n > maxName {
		r.bad, r.rest = true, nil
		return ""
	}
	return string(r.bytes(n))
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	return r.took(v, n)
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	return int64(r.took(uint64(v), n))
}

func (r *reader) took(v uint64, n int) uint64 {
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}
