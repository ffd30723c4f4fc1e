package collab_test

import (
	"fmt"
	"testing"

	"waymark/board"
	"waymark/collab"
)

func TestSlot(t *testing.T) {
	woken := 0
	s := collab.NewSlot("here", func() { woken++ })
	put := func(epoch int64, seq board.Seq, body string) {
		s.Put(collab.Batch{Epoch: epoch, Last: seq, Body: []byte(body)})
	}
	want := func(epoch, seq int, body string) {
		t.Helper()
		b, ok, _ := s.Take()
		if !ok || int(b.Epoch) != epoch || int(b.Last) != seq || string(b.Body) != body {
			t.Fatalf("took %+v, %v; want epoch %d, seq %d, body %q", b, ok, epoch, seq, body)
		}
	}

	put(1, 4, "four")
	want(1, 4, "four")
	put(1, 4, "four")
	put(1, 5, "five")
	want(1, 5, "")
	put(1, 5, "five")
	put(1, 4, "four")
	want(1, 5, "")
	put(1, 9, "nine")
	put(2, 3, "three")
	want(2, 3, "")
	if _, ok, _ := s.Take(); ok || woken != 4 {
		t.Fatalf("an emptied slot holds a batch, or woke %d times for 4", woken)
	}

	s.Put(collab.Batch{Node: "here", Last: 1})
	s.PutShown(collab.Shown{Node: "here"})
	if _, ok, shown := s.Take(); ok || len(shown) > 0 || woken != 4 {
		t.Fatal("took its own server's hints")
	}

	for i := range 100 {
		s.PutShown(collab.Shown{Node: "a", Items: []byte(fmt.Sprint(i))})
	}
	s.PutShown(collab.Shown{Node: "b", Items: []byte("old")})
	s.PutShown(collab.Shown{Node: "b", Full: true, Items: []byte("full")})
	_, _, shown := s.Take()
	if n := len(shown["a"]); n != 16 || string(shown["a"][n-1].Items) != "99" {
		t.Fatalf("%d hints of a", n)
	}
	if len(shown["b"]) != 1 || string(shown["b"][0].Items) != "full" {
		t.Fatalf("hints of b %+v", shown["b"])
	}
}
