package board

import (
	"fmt"
	"strconv"
	"strings"
)

// An Entry is one committed op: who asked, which of the client's ops it was, and what it did. An op that was
// refused is an entry too, with a code and without changes; only its author gets to see it. Entries of the
// server itself, and of requests over HTTP, have no client.
type Entry struct {
	Seq     Seq
	At      Time
	By      ID
	Client  ID
	N       int64 // the op's number in its client's outbox
	Refused Code
	Changes []Change
}

// AppendEntry writes an entry canonically.
func AppendEntry(dst []byte, e Entry) []byte {
	dst = append(dst, `{"at":`...)
	dst = strconv.AppendInt(dst, int64(e.At), 10)
	dst = appendMember(dst, `,"by":`, string(e.By))
	dst = append(dst, `,"changes":[`...)
	for i, c := range e.Changes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = c.appendTo(dst)
	}
	dst = append(dst, ']')
	dst = appendMember(dst, `,"client":`, string(e.Client))
	dst = append(dst, `,"n":`...)
	dst = strconv.AppendInt(dst, e.N, 10)
	if e.Refused != "" {
		dst = appendMember(dst, `,"refused":`, string(e.Refused))
	}
	dst = append(dst, `,"seq":`...)
	dst = strconv.AppendInt(dst, int64(e.Seq), 10)
	return append(dst, '}')
}

// AppendEntries writes the body of a batch: an array of entries.
func AppendEntries(dst []byte, es []Entry) []byte {
	dst = append(dst, '[')
	for i, e := range es {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendEntry(dst, e)
	}
	return append(dst, ']')
}

// ParseEntries reads the body of a batch, which must be canonical. The entries keep nothing of raw. The
// error wraps ErrJSON.
func ParseEntries(raw []byte) ([]Entry, error) {
	r := reader{s: string(raw)}
	var es []Entry
	for r.open('['); r.more(']'); {
		es = append(es, r.entry())
	}
	if r.end(); r.err != nil {
		return nil, fmt.Errorf("read entry %d: %w", len(es), r.err)
	}
	return es, nil
}

func (r *reader) entry() Entry {
	var e Entry
	r.open('{')
	r.more('}')
	r.lit(`"at":`)
	e.At = Time(r.int())
	r.lit(`,"by":`)
	e.By = ID(strings.Clone(r.str()))
	r.lit(`,"changes":`)
	for r.open('['); r.more(']'); {
		e.Changes = append(e.Changes, r.change())
	}
	r.lit(`,"client":`)
	e.Client = ID(strings.Clone(r.str()))
	r.lit(`,"n":`)
	e.N = r.int()
	if r.try(`,"refused":`) {
		if e.Refused = Code(strings.Clone(r.str())); e.Refused == "" {
			r.fail("refused without a code")
		}
	}
	r.lit(`,"seq":`)
	e.Seq = Seq(r.int())
	r.lit(`}`)
	r.depth--
	return e
}
