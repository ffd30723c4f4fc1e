package replay

import (
	"fmt"
	"strings"

	"waymark/board"
)

// A BadSnapshot says that the stored snapshot of a board is not what its log makes of it. The log is good: a server
// passes over the snapshot, and a copy may leave it behind.
type BadSnapshot struct {
	Seq board.Seq
	Err error
}

func (s *BadSnapshot) Error() string { return fmt.Sprintf("snapshot at %d: %v", s.Seq, s.Err) }
func (s *BadSnapshot) Unwrap() error { return s.Err }

// A Damaged names the boards of a database that are wrong.
type Damaged struct {
	// Boards are those whose logs are, Snapshots those of which only the stored snapshot is.
	Boards, Snapshots []board.ID
	// Of is how many boards were looked at.
	Of int
	// Why are the reasons, when nobody has been told them yet.
	Why []error
}

func (d *Damaged) Error() string {
	var parts []string
	if len(d.Boards) > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d boards are wrong: %s", len(d.Boards), d.Of, listed(d.Boards)))
	}
	if len(d.Snapshots) > 0 {
		parts = append(parts, fmt.Sprintf("of %d of %d boards only the stored snapshot is wrong: %s", len(d.Snapshots), d.Of, listed(d.Snapshots)))
	}
	for _, err := range d.Why {
		parts = append(parts, err.Error())
	}
	return strings.Join(parts, "; ")
}

func listed(ids []board.ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	return strings.Join(names, ", ")
}
