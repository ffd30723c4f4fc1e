package client

import (
	"bytes"
	"encoding/json"
	"fmt"

	"waymark/board"
)

// A Message is one message of a server. What it holds is good only until the call that was given it returns.
type Message struct {
	// Type is its name in SPEC; "snapshot" for the binary frame.
	Type string
	// Raw is its JSON, or the gzip bytes of a snapshot.
	Raw []byte
	// From, To and Batch are set for entries and holes.
	From, To board.Seq
	Batch    []byte
	// Entries are those of an entries message.
	Entries []Entry
}

// An Entry is a committed op.
type Entry struct {
	Seq board.Seq
	// Client and N are the op's id; empty and 0 where the server or someone hidden wrote it.
	Client []byte
	N      int64
	// Refused is the code of an op that changed nothing; only its author is sent it.
	Refused []byte
	// Raw is the whole entry, canonical JSON.
	Raw []byte
}

// Decode reads the message's JSON into a struct of the caller's.
func (m Message) Decode(into any) error {
	if err := json.Unmarshal(m.Raw, into); err != nil {
		return fmt.Errorf("read a %s message: %w", m.Type, err)
	}
	return nil
}

// A reader takes frames apart. It is used again for each frame.
type reader struct {
	entries []Entry
}

// frame calls hear for each message of a text frame.
func (r *reader) frame(data []byte, hear func(Message) error) error {
	s := scanner{data: data}
	return s.array(func() error {
		m, err := r.message(&s)
		if err != nil {
			return err
		}
		return hear(m)
	})
}

func (r *reader) message(s *scanner) (m Message, err error) {
	s.blank()
	start := s.at
	r.entries = r.entries[:0]
	var items []byte // met before the type
	err = s.object(func(key []byte) error {
		switch string(key) {
		case "type":
			name, err := s.text()
			m.Type = typeName(name)
			return err
		case "from":
			n, err := s.integer()
			m.From = board.Seq(n)
			return err
		case "to":
			n, err := s.integer()
			m.To = board.Seq(n)
			return err
		case "batch":
			m.Batch, err = s.text()
			return err
		case "items":
			if m.Type == "entries" {
				return s.array(func() error { return r.entry(s) })
			}
			items, err = s.skip()
			return err
		}
		_, err := s.skip()
		return err
	})
	if err == nil && m.Type == "entries" && items != nil {
		behind := scanner{data: items}
		err = behind.array(func() error { return r.entry(&behind) })
	}
	m.Raw, m.Entries = s.data[start:s.at], r.entries
	return m, err
}

// entry reads what an entry begins and ends with. Its keys are in canonical order, so that "client", "n", "refused" and
// "seq" are the last, and within a string no bare quote can stand: the first `,"client":"` is the entry's own.
func (r *reader) entry(s *scanner) error {
	s.blank()
	start := s.at
	i := bytes.Index(s.data[s.at:], entryTail)
	if i < 0 {
		return s.fault("an entry's client")
	}
	s.at += i + len(entryTail) - 1
	var e Entry
	var err error
	if e.Client, err = s.text(); err != nil {
		return err
	}
	for s.take(',') {
		key, err := s.text()
		if err != nil {
			return err
		}
		if !s.take(':') {
			return s.fault("a colon")
		}
		switch string(key) {
		case "n":
			e.N, err = s.integer()
		case "refused":
			e.Refused, err = s.text()
		case "seq":
			var n int64
			n, err = s.integer()
			e.Seq = board.Seq(n)
		default:
			_, err = s.skip()
		}
		if err != nil {
			return err
		}
	}
	if !s.take('}') {
		return s.fault("the end of an entry")
	}
	e.Raw = s.data[start:s.at]
	r.entries = append(r.entries, e)
	return nil
}

var entryTail = []byte(`,"client":"`)

// The names of the messages, so that none is allocated.
var typeNames = []string{
	"welcome", "own", "people", "mark", "entries", "hole", "gap", "busy", "presence", "digest", "role", "reset", "bye", "beat",
}

func typeName(name []byte) string {
	for _, known := range typeNames {
		if known == string(name) {
			return known
		}
	}
	return string(name)
}
