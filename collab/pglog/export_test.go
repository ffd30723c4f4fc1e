//go:build services

package pglog

import (
	"context"

	"waymark/collab"
)

// AppendConns is how many appends there can be under way.
const AppendConns = appendConns

// AppendGroup appends in one statement and says what each is answered.
func (l *Log) AppendGroup(ctx context.Context, expect []collab.Head, batches []collab.Batch) []error {
	group := make([]*waiting, len(batches))
	for i := range group {
		group[i] = &waiting{ctx, expect[i], &batches[i], make(chan error, 1)}
	}
	l.write(group)
	errs := make([]error, len(group))
	for i, w := range group {
		errs[i] = <-w.done
	}
	return errs
}
