package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// errJoined ends a join that has come to its end.
var errJoined = errors.New("joined")

// Join is somebody new who comes to a place for a board, makes it of what it is sent, and compares it with the digest
// that it is told. at is where the board ends.
func Join(ctx context.Context, who *Person, at Place, id board.ID) (b *board.Board, seq board.Seq, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	token, err := who.Token(ctx)
	if err != nil {
		return nil, 0, err
	}
	conn, err := client.Dial(ctx, client.Options{
		URL: at.Socket(), Token: token, Board: id,
		Hear: func(m client.Message) (err error) {
			switch m.Type {
			case "snapshot":
				b, err = replicaOf(m.Raw)
			case "entries":
				err = apply(b, m.Entries)
			case "digest":
				return compare(b, m, &seq)
			}
			return err
		},
	})
	if err != nil {
		return nil, 0, err
	}
	late := time.AfterFunc(requestLimit, func() { _ = conn.Cut() })
	defer late.Stop()
	if err := conn.Run(); !errors.Is(err, errJoined) {
		return nil, 0, fmt.Errorf("join %s: %w", id, err)
	}
	return b, seq, nil
}

func replicaOf(snapshot []byte) (*board.Board, error) {
	raw, err := client.Inflate(snapshot)
	if err != nil {
		return nil, err
	}
	return board.Load(raw, nil) // it compares the digest
}

func apply(b *board.Board, entries []client.Entry) error {
	for _, e := range entries {
		list, err := board.ParseEntries(slices.Concat([]byte{'['}, e.Raw, []byte{']'}))
		if err != nil {
			return fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		board.Apply(b, list[0])
	}
	return nil
}

func compare(b *board.Board, m client.Message, seq *board.Seq) error {
	var told struct {
		Seq    board.Seq
		Public string
	}
	if err := m.Decode(&told); err != nil {
		return err
	}
	if is := board.Hex(b.Digests().Public); is != told.Public {
		return fmt.Errorf("the replica at %d has digest %s, not %s", told.Seq, is, told.Public)
	}
	*seq = told.Seq
	return errJoined
}

// RecordsOf are those of a replica.
func RecordsOf(b *board.Board) (map[board.ID]Record, error) {
	var public struct{ Records []Record }
	if err := json.Unmarshal(b.Snapshot().Public(""), &public); err != nil {
		return nil, err
	}
	return byID(public.Records), nil
}
