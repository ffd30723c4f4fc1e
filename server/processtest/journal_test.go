//go:build linux

package processtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/crc64"
	"os"
	"path/filepath"
	"testing"

	"waymark/board"
)

// A note is one line of a journal. Which members count depends on What.
type note struct {
	What string `json:"what"`
	// began: whose journal it is.
	Board  board.ID `json:"board,omitempty"`
	Client board.ID `json:"client,omitempty"`
	// sent: the op, for the first time. saved, refused: the number of an own op whose entry came back.
	// mark: what the server answered to a claim: the last number that is decided.
	N    int64           `json:"n,omitempty"`
	Op   json.RawMessage `json:"op,omitempty"`
	Code string          `json:"code,omitempty"`
	// heard: an entry, whoever wrote it, and the sum of its bytes.
	Seq board.Seq `json:"seq,omitempty"`
	Sum uint64    `json:"sum,omitempty"`
}

const (
	noteBegan   = "began"
	noteSent    = "sent"
	noteSaved   = "saved"
	noteRefused = "refused"
	noteMark    = "mark"
	noteHeard   = "heard"
)

// A journal is written by one connection as things happen.
type journal struct {
	path string
	file *os.File
	out  *bufio.Writer
	enc  *json.Encoder
}

func newJournal(folder, name string, on, client board.ID) (*journal, error) {
	path := filepath.Join(folder, name+".jsonl")
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(file, 64<<10)
	j := &journal{path: path, file: file, out: out, enc: json.NewEncoder(out)}
	return j, j.note(note{What: noteBegan, Board: on, Client: client})
}

func (j *journal) note(n note) error { return j.enc.Encode(n) }

func (j *journal) close() error {
	if err := j.out.Flush(); err != nil {
		return err
	}
	return j.file.Close()
}

// readJournal gives the notes of a journal that was closed.
func readJournal(path string) ([]note, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var notes []note
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var n note
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, len(notes)+1, err)
		}
		notes = append(notes, n)
	}
	return notes, lines.Err()
}

var sums = crc64.MakeTable(crc64.ECMA)

// sumOf is what a journal keeps of an entry's bytes.
func sumOf(entry []byte) uint64 { return crc64.Checksum(entry, sums) }

func TestJournal_is_read_as_it_was_written(t *testing.T) {
	j, err := newJournal(t.TempDir(), "ana", "board-b", "client-a")
	if err != nil {
		t.Fatal(err)
	}
	want := note{What: noteSent, N: 1, Op: json.RawMessage(`{"type":"delete","id":"sticky-<&>"}`)}
	if err := j.note(want); err != nil {
		t.Fatal(err)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	notes, err := readJournal(j.path)
	if err != nil || len(notes) != 2 {
		t.Fatalf("%d notes, %v", len(notes), err)
	}
	if notes[0].Board != "board-b" || notes[0].Client != "client-a" || notes[1].N != 1 || notes[1].What != noteSent {
		t.Errorf("notes %+v", notes)
	}
}
