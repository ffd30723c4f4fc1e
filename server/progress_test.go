package main

import (
	"strings"
	"testing"
	"time"
)

func TestProgress_is_told_when_it_takes_long(t *testing.T) {
	var said strings.Builder
	now := time.UnixMilli(1_795_000_000_000)
	g := &progress{to: &said, doing: "copied", all: 5, said: now, now: func() time.Time { return now }}
	for _, took := range []time.Duration{900, 200, 100, 950, 1000} {
		now = now.Add(took * time.Millisecond)
		g.next()
	}
	if want := "copied 2 of 5 boards\ncopied 4 of 5 boards\ncopied 5 of 5 boards\n"; said.String() != want {
		t.Errorf("it said %q, want %q", said.String(), want)
	}
}
