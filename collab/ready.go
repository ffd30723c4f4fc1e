package collab

import (
	"fmt"
	"time"

	"waymark/board"
)

// A BoardTrouble says that one board cannot be served, and that no other board
// has shown since that the log works.
type BoardTrouble struct {
	Board board.ID
	Since time.Time
	what  string
	cause error // what the log said; nil while it says nothing
}

func (t *BoardTrouble) Error() string {
	return fmt.Sprintf("board %s %s since %s", t.Board, t.what, t.Since.UTC().Format(time.RFC3339))
}

func (t *BoardTrouble) Unwrap() error { return t.cause }

// Ready reports why the server cannot serve boards now: it is draining, or for
// 10 s the log has been away, or a board could not be opened or appended to
// while no other was ([BoardTrouble]).
func (h *Hub) Ready() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock()
	if h.draining {
		return ErrDraining
	}
	if since, away := h.cutOff(); away {
		return fmt.Errorf("log has been away since %s", since.UTC().Format(time.RFC3339))
	}
	for _, r := range h.rooms {
		for what, at := range map[string]int64{"has been opening": r.openingSince.Load(), "cannot be appended to": r.stuckSince.Load()} {
			if at != 0 && now.UnixMilli()-at >= h.limits.Opening.Milliseconds() && h.worked.Load() <= at {
				t := &BoardTrouble{Board: r.id, Since: time.UnixMilli(at), what: what}
				if by := r.stuckBy.Load(); by != nil && at == r.stuckSince.Load() {
					t.cause = *by
				}
				return t
			}
		}
	}
	return nil
}
