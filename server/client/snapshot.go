package client

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"waymark/board"
)

// Inflate gives the JSON of a snapshot message.
func Inflate(snapshot []byte) ([]byte, error) {
	from, err := gzip.NewReader(bytes.NewReader(snapshot))
	if err != nil {
		return nil, fmt.Errorf("read a snapshot: %w", err)
	}
	raw, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("read a snapshot: %w", err)
	}
	return raw, nil
}

// pointOf is the end of the log that a snapshot holds.
func pointOf(snapshot []byte) (p Point, err error) {
	raw, err := Inflate(snapshot)
	if err != nil {
		return p, err
	}
	s := scanner{data: raw}
	err = s.object(func(key []byte) error {
		switch string(key) {
		case "epoch":
			p.Epoch, err = s.integer()
		case "seq":
			var n int64
			n, err = s.integer()
			p.Seq = board.Seq(n)
		case "batch":
			var id []byte
			id, err = s.text()
			p.Batch = board.ID(id)
		default:
			_, err = s.skip()
		}
		return err
	})
	if err != nil {
		return p, fmt.Errorf("read a snapshot: %w", err)
	}
	return p, nil
}
