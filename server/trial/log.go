package trial

import (
	"context"
	"encoding/json"
	"fmt"

	"waymark/board"
	"waymark/collab"
)

// A Change is one of an entry: an array that begins with its verb.
type Change []json.RawMessage

// Verb is what it does.
func (c Change) Verb() (verb string) {
	if len(c) == 0 || json.Unmarshal(c[0], &verb) != nil {
		return ""
	}
	return verb
}

// Fields are those that a put or a set gives to a record; of other changes there are none.
func (c Change) Fields() (id board.ID, fields map[string]json.RawMessage) {
	var put struct {
		ID     board.ID
		Fields map[string]json.RawMessage
	}
	switch verb := c.Verb(); {
	case verb == "put" && len(c) == 2 && json.Unmarshal(c[1], &put) == nil:
		return put.ID, put.Fields
	case verb == "set" && len(c) == 3 && json.Unmarshal(c[1], &id) == nil && json.Unmarshal(c[2], &fields) == nil:
		return id, fields
	case len(c) > 1 && json.Unmarshal(c[1], &id) == nil:
		return id, nil
	}
	return "", nil
}

// ReadLog reads a board's log, beside servers or after them.
func ReadLog(ctx context.Context, log interface {
	Batches(ctx context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error)
}, id board.ID,
) (list []Logged, err error) {
	for after := board.Seq(0); ; {
		batches, err := log.Batches(ctx, id, after, 500)
		if err != nil || len(batches) == 0 {
			return list, err
		}
		for _, b := range batches {
			var entries []json.RawMessage
			if err := json.Unmarshal(b.Body, &entries); err != nil {
				return nil, fmt.Errorf("read the batch behind %d: %w", after, err)
			}
			for _, raw := range entries {
				e := Logged{Sum: SumOf(raw)}
				if err := json.Unmarshal(raw, &e); err != nil {
					return nil, fmt.Errorf("read the batch behind %d: %w", after, err)
				}
				list = append(list, e)
			}
			after = b.Last
		}
	}
}
