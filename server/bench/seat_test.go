package bench

import (
	"testing"

	"waymark/server/client"
)

func TestSeat_that_is_given_the_board_anew_is_no_unharmed_run(t *testing.T) {
	s := &seat{}
	s.hearServer(client.Message{Type: "snapshot"}, 0)
	if s.got.trouble != "" {
		t.Errorf("the board that one joins is trouble: %s", s.got.trouble)
	}
	s.hearServer(client.Message{Type: "snapshot"}, 0)
	if s.got.trouble == "" {
		t.Error("a board in place of edits is counted as if they had been delivered")
	}
}
