package simulation

import (
	"encoding/json"
	"fmt"
	"strings"

	"waymark/board"
)

// An Entry is an entry of the log or of the wire, read by encoding/json.
type Entry struct {
	Raw     string
	Seq, At int64
	By      string
	Client  string
	N       int64
	Refused string
	Changes []*Change
}

// A Change is one change of an entry.
type Change struct {
	Raw  string
	Verb string
	ID   string
	// Only is the one person it is for.
	Only   string
	Record *Rec
	Fields map[string]string
	Field  string
	Delta  board.Delta
	Epoch  int64
}

// A Reader reads entries and frames, each spelling once: a frame goes to many, and is judged for each.
type Reader struct {
	known  map[string]*Entry
	frames map[string][]message
}

// NewReader returns a reader.
func NewReader() *Reader { return &Reader{known: map[string]*Entry{}, frames: map[string][]message{}} }

// Messages reads a frame that is no snapshot.
func (rd *Reader) Messages(frame []byte) ([]message, error) {
	messages, known := rd.frames[string(frame)]
	if !known {
		if err := json.Unmarshal(frame, &messages); err != nil {
			return nil, err
		}
		rd.frames[string(frame)] = messages
	}
	return messages, nil
}

// Entries reads a list of entries.
func (rd *Reader) Entries(raw []byte) ([]*Entry, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	return rd.items(items)
}

func (rd *Reader) items(items []json.RawMessage) ([]*Entry, error) {
	list := make([]*Entry, 0, len(items))
	for _, item := range items {
		e := rd.known[string(item)]
		if e == nil {
			var err error
			if e, err = readEntry(string(item)); err != nil {
				return nil, fmt.Errorf("entry %s: %w", item, err)
			}
			rd.known[e.Raw] = e
		}
		list = append(list, e)
	}
	return list, nil
}

func readEntry(raw string) (*Entry, error) {
	var form struct {
		Seq, At    int64
		By, Client string
		N          int64
		Refused    string
		Changes    []json.RawMessage
	}
	d := json.NewDecoder(strings.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&form); err != nil {
		return nil, err
	}
	e := &Entry{Raw: raw, Seq: form.Seq, At: form.At, By: form.By, Client: form.Client, N: form.N, Refused: form.Refused}
	for _, item := range form.Changes {
		c, err := readChange(item)
		if err != nil {
			return nil, err
		}
		e.Changes = append(e.Changes, c)
	}
	return e, nil
}

func readChange(raw json.RawMessage) (*Change, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	if len(parts) < 2 {
		return nil, fmt.Errorf("change %s", raw)
	}
	c := &Change{Raw: string(raw), Verb: unquote(string(parts[0]))}
	if c.Verb == "only" {
		inner, err := readChange(parts[2])
		if err != nil {
			return nil, err
		}
		inner.Only, inner.Raw = unquote(string(parts[1])), c.Raw
		return inner, nil
	}
	switch c.Verb {
	case "put":
		r, err := readRec(parts[1])
		if err != nil {
			return nil, err
		}
		c.Record, c.ID, c.Only = r, r.ID, r.Only
		return c, nil
	case "epoch":
		return c, json.Unmarshal(parts[1], &c.Epoch)
	}
	c.ID = unquote(string(parts[1]))
	var err error
	switch c.Verb {
	case "set":
		c.Fields, err = readFields(parts[2])
	case "text":
		c.Field = unquote(string(parts[2]))
		c.Delta, err = readDelta(parts[3])
	case "delete", "restore", "purge", "client", "append":
	default:
		err = fmt.Errorf("change %s", raw)
	}
	return c, err
}

func readFields(raw []byte) (map[string]string, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	fields := make(map[string]string, len(values))
	for name, v := range values {
		fields[name] = string(v)
	}
	return fields, nil
}

func readRec(raw []byte) (*Rec, error) {
	var form struct {
		ID, Kind, By, Only string
		At                 int64
		Deleted            *Mark
		Fields             json.RawMessage
	}
	if err := json.Unmarshal(raw, &form); err != nil {
		return nil, err
	}
	fields, err := readFields(form.Fields)
	if err != nil {
		return nil, err
	}
	r := &Rec{ID: form.ID, Kind: form.Kind, By: form.By, Only: form.Only, At: form.At, Deleted: form.Deleted, Fields: fields}
	if spelled := r.Spell(); spelled != string(raw) {
		return nil, fmt.Errorf("record %s is not canonical, should be %s", raw, spelled)
	}
	return r, nil
}

func readDelta(raw []byte) (board.Delta, error) {
	var parts []any
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	var d board.Delta
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			d = append(d, board.Piece{Insert: part})
		case float64:
			d = append(d, board.Piece{N: int(part)})
		default:
			return nil, fmt.Errorf("delta %s", raw)
		}
	}
	return d, nil
}
