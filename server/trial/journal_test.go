package trial

import (
	"encoding/json"
	"testing"
)

func TestJournal_is_read_as_it_was_written(t *testing.T) {
	j, err := NewJournal(t.TempDir(), "ana", "board-b", "client-a")
	if err != nil {
		t.Fatal(err)
	}
	want := Note{What: Sent, N: 1, Op: json.RawMessage(`{"type":"delete","id":"sticky-<&>"}`)}
	if err := j.Note(want); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	notes, err := ReadJournal(j.Path)
	if err != nil || len(notes) != 2 {
		t.Fatalf("%d notes, %v", len(notes), err)
	}
	if notes[0].Board != "board-b" || notes[0].Client != "client-a" || notes[1].N != 1 || notes[1].What != Sent {
		t.Errorf("notes %+v", notes)
	}
}
