package template_test

import (
	"fmt"

	"waymark/board"
	"waymark/board/template"
)

func Example() {
	for _, info := range template.List("en")[:2] {
		fmt.Println(info.Name, "-", info.Title, "-", info.Steps)
	}
	n := 0
	records, err := template.Records("empty", "en", func(k board.Kind) board.ID {
		n++
		return board.NewID(string(k), fmt.Sprint(n))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	b := board.New("board-1")
	server := board.Actor{Person: "person-1", System: true}
	changes, err := board.Decide(b, &board.CreateBoard{Records: records}, server, 0)
	fmt.Println(len(changes), err)
	// Output:
	// empty - Empty board - 1
	// standard - Customer journey - 11
	// 12 <nil>
}
