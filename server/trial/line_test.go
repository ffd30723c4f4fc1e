package trial

import (
	"testing"

	"waymark/board"
)

func TestAcknowledges_only_the_entry_of_the_op(t *testing.T) {
	const ana = board.ID("client-ana")
	for frame, want := range map[string]bool{
		`[{"type":"entries","from":7,"to":8,"batch":"batch-b","items":[{"client":"client-ben","n":4,"seq":7},{"client":"client-ana","n":4,"seq":8}]}]`: true,
		`[{"type":"presence","items":[]},{"type":"entries","items":[{"client":"client-ana","n":4,"refused":"gone","seq":8}]}]`:                         true,
		`[{"type":"entries","items":[{"client":"client-ana","n":3,"seq":8}]}]`:                                                                         false,
		`[{"type":"entries","items":[{"client":"client-ben","n":4,"changes":[["client","client-ana"]],"seq":8}]}]`:                                     false,
		`[{"type":"mark","client":"client-ana","n":4,"refused":[]}]`:                                                                                   false,
		`[{"type":"entries","items":[{"client":"client-ana","n":4`:                                                                                     false,
	} {
		if acknowledges([]byte(frame), ana, 4) != want {
			t.Errorf("%s: %v", frame, !want)
		}
	}
}
