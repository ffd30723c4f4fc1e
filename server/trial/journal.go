package trial

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/crc64"
	"os"
	"path/filepath"
	"time"

	"waymark/board"
)

// A Note is one line of a journal. Which members count depends on What.
type Note struct {
	What string `json:"what"`
	// At is when, by the clock of this process; see [Now].
	At time.Duration `json:"at"`
	// began: whose journal it is.
	Board  board.ID `json:"board,omitempty"`
	Client board.ID `json:"client,omitempty"`
	// sent: the op, for the first time. saved, refused: the number of an own op whose entry came back.
	// mark: what the server answered to a claim: the last number that is decided, and who was refused of the last of them.
	N    int64           `json:"n,omitempty"`
	Op   json.RawMessage `json:"op,omitempty"`
	Code string          `json:"code,omitempty"`

	Refused []int64 `json:"refused,omitempty"`
	// heard: an entry, whoever wrote it, and the sum of its bytes.
	Seq board.Seq `json:"seq,omitempty"`
	Sum uint64    `json:"sum,omitempty"`
	// came: where the connection leads. left: its end, with the server's close code if it gave one.
	Server string `json:"server,omitempty"`
}

// What a note may say.
const (
	Began   = "began"
	Sent    = "sent"
	Saved   = "saved"
	Refused = "refused"
	Mark    = "mark"
	Heard   = "heard"
	Came    = "came"
	Left    = "left"
	Reset   = "reset" // the server said that the log had lost something
)

var began = time.Now()

// Now is the time since this process began: what journals go by.
func Now() time.Duration { return time.Since(began) }

// A Journal is written by one connection as things happen.
type Journal struct {
	Path string
	file *os.File
	out  *bufio.Writer
	enc  *json.Encoder
}

// NewJournal begins the journal of a client on a board, as a file of this name in a folder.
func NewJournal(folder, name string, on, client board.ID) (*Journal, error) {
	path := filepath.Join(folder, name+".jsonl")
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(file, 64<<10)
	j := &Journal{Path: path, file: file, out: out, enc: json.NewEncoder(out)}
	return j, j.Note(Note{What: Began, Board: on, Client: client})
}

// Note writes a line, with the time.
func (j *Journal) Note(n Note) error {
	n.At = Now()
	return j.enc.Encode(n)
}

// Close ends the journal; only then can all of it be read.
func (j *Journal) Close() error {
	if err := j.out.Flush(); err != nil {
		return err
	}
	return j.file.Close()
}

// ReadJournal gives the notes of a journal that was closed.
func ReadJournal(path string) ([]Note, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var notes []Note
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var n Note
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, len(notes)+1, err)
		}
		notes = append(notes, n)
	}
	return notes, lines.Err()
}

var sums = crc64.MakeTable(crc64.ECMA)

// SumOf is what a journal keeps of an entry's bytes.
func SumOf(entry []byte) uint64 { return crc64.Checksum(entry, sums) }
