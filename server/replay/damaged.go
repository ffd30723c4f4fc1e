package replay

import (
	"fmt"
	"strings"

	"waymark/board"
)

// A Damaged names the boards of a database whose logs are wrong.
type Damaged struct {
	Boards []board.ID
	// Of is how many boards were looked at.
	Of int
	// Why are the reasons, when nobody has been told them yet.
	Why []error
}

func (d *Damaged) Error() string {
	names := make([]string, len(d.Boards))
	for i, id := range d.Boards {
		names[i] = string(id)
	}
	text := fmt.Sprintf("%d of %d boards are wrong: %s", len(d.Boards), d.Of, strings.Join(names, ", "))
	for _, err := range d.Why {
		text += "; " + err.Error()
	}
	return text
}
