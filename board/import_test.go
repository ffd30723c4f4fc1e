package board_test

import (
	"errors"
	"strings"
	"testing"

	"waymark/board"
	"waymark/board/template"
)

func TestReadExport(t *testing.T) {
	n := 0
	records, err := template.Records("telecom", "de", func(k board.Kind) board.ID {
		n++
		return board.NewID(string(k), strings.Repeat("x", n%7+1)+string(rune('a'+n%26))+strings.Repeat("y", n/26))
	})
	if err != nil {
		t.Fatal(err)
	}
	create := func(t *testing.T, records []*board.Record) *board.Board {
		t.Helper()
		b := board.New("board-1")
		changes, err := board.Decide(b, &board.CreateBoard{Records: records}, board.Actor{Person: "person-1", System: true}, 7)
		if err != nil {
			t.Fatal(err)
		}
		board.Apply(b, board.Entry{Seq: 1, At: 7, By: "person-1", Changes: changes})
		return b
	}
	first := create(t, records)
	file := first.Export("person-1")
	read, err := board.ReadExport(file)
	if err != nil {
		t.Fatal(err)
	}
	if again := create(t, read).Export("person-1"); string(again) != string(file) {
		t.Fatal("a board made of an export exports something else")
	}
	if _, err := board.ReadExport([]byte(strings.Replace(string(file), `"records":[`, "\"records\" : [ \n", 1))); err != nil {
		t.Fatalf("blanks: %v", err)
	}
	for _, bad := range []string{
		"", "null", "[]", "{}", `{"waymark":1}`, `{"records":[],"waymark":2}`, `{"records":{},"waymark":1}`, `{"records":[1],"waymark":1}`,
		string(file[:len(file)/2]), strings.Replace(string(file), `"kind":"card"`, `"kind":"step"`, 1), string(file) + "x",
		strings.Replace(string(file), `"waymark":1`, `"waymark":1,"weather":"rain"`, 1),
	} {
		if _, err := board.ReadExport([]byte(bad)); !errors.Is(err, board.ErrJSON) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}
