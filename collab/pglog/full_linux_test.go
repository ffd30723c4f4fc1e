//go:build services

package pglog_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// A connection to a database that nobody has been in since its catalogs changed writes a file first.
func TestOpen_says_that_the_disk_is_full(t *testing.T) {
	s := pgtest.OpenSmall(t, 80)
	url := s.Database(t)
	s.Fill(t)
	refused(t, pglog.Open, url, "its disk is full", "make room", "what is saved is kept")
	if _, err := pglog.Examine(t.Context(), url); err == nil || !strings.Contains(err.Error(), "its disk is full") {
		t.Errorf("examined: %v", err)
	}
	s.Free(t)
	open(t, url)
}

func TestFullDisk_is_an_error_and_passes(t *testing.T) {
	s := pgtest.OpenSmall(t, 80)
	url := s.Database(t)
	l := open(t, url)
	head := start(t, l, "board-apple")
	big := next("board-apple", head)
	big.Body = make([]byte, 1<<20)
	for i := range big.Body {
		big.Body[i] = byte(i * i >> 3) // Postgres shall not make it small
	}
	s.Fill(t)
	err := l.Append(t.Context(), head, big)
	if err == nil || verdict(err) || !errors.Is(pglog.Trouble(err), collab.ErrFull) {
		t.Errorf("append on a full disk: %v is %v", err, pglog.Trouble(err))
	}
	if list, err := l.Batches(t.Context(), "board-apple", 0, 10); err != nil || len(list) != 1 {
		t.Errorf("batches %d, %v", len(list), err)
	}
	if e, err := pglog.Examine(t.Context(), url); err != nil || e.Unwritable == nil || !strings.Contains(e.Unwritable.Error(), "its disk is full") {
		t.Errorf("examined: %v, %v", e.Unwritable, err)
	}
	s.Free(t)
	if e, err := pglog.Examine(t.Context(), url); err != nil || e.Unwritable != nil {
		t.Errorf("examined with room: %v, %v", e.Unwritable, err)
	}
	if err := l.Append(t.Context(), head, big); err != nil {
		t.Fatal(err)
	}
	if list, err := l.Batches(t.Context(), "board-apple", 1, 10); err != nil || len(list) != 1 || !bytes.Equal(list[0].Body, big.Body) {
		t.Errorf("batches %d, %v", len(list), err)
	}
}
