package collab

import (
	"errors"
	"fmt"

	"waymark/board"
)

// follow applies a batch to a draft, if it is the next one. With errDiffers it
// has been applied, but the board is not what the batch's writer had.
func follow(draft *board.Board, at Head, b *Batch) (held, error) {
	if !b.Follows(at) || b.Epoch != at.Epoch {
		return held{}, errBroken
	}
	entries, err := board.ParseEntries(b.Body)
	if err != nil {
		return held{}, fmt.Errorf("%w: batch %d: %w", errReplay, b.First, err)
	}
	for _, e := range entries {
		board.Apply(draft, e)
	}
	switch {
	case draft.Stopped():
		return held{}, fmt.Errorf("%w: batch %d", errNewer, b.First)
	case draft.Seq() != b.Last:
		return held{}, fmt.Errorf("%w: batch %d ends at %d, not at %d", errReplay, b.First, draft.Seq(), b.Last)
	}
	h := hold(b, entries)
	if sums := draft.Digests(); sums.All != b.All || sums.Public != b.Public {
		return h, fmt.Errorf("%w: batch %d of %s", errDiffers, b.First, b.Node)
	}
	return h, nil
}

var (
	// errReplay: a batch cannot be carried out.
	errReplay = errors.New("log cannot be replayed")
	// errNewer: a batch has a change that this release does not know.
	errNewer = errors.New("log has a change of a newer release")
	// errDiffers: a batch does not make the board what its writer had.
	errDiffers = errors.New("digest differs from the log's")
)
