package trial

import (
	"context"
	"encoding/json"
	"fmt"

	"waymark/board"
	"waymark/collab"
)

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
