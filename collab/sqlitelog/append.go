package sqlitelog

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"waymark/board"
	"waymark/collab"
)

// statements are those of the log, prepared on the writer's connection.
type statements struct {
	newHead, moveHead, head, putBatch, batches *statement
	hasBatch, putSnapshot, setSnapped          *statement
	dropHead, dropBatches, dropSnapshot        *statement
}

func (w *writer) prepare() error {
	type text struct {
		into      **statement
		name, sql string
	}
	s := &w.log
	for _, t := range []text{
		{&w.begin, "begin", `BEGIN IMMEDIATE`},
		{&w.commit, "commit", `COMMIT`},
		{&w.rollback, "roll back", `ROLLBACK`},
		{&s.newHead, "make head", `INSERT INTO board_heads (board_id, epoch, seq, batch_id, format)
			VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&s.moveHead, "move head", `UPDATE board_heads SET epoch = ?, seq = ?, batch_id = ?
			WHERE board_id = ? AND epoch = ? AND seq = ? AND batch_id = ? AND format = ?`},
		{&s.head, "read head", `SELECT epoch, seq, batch_id, format, snapshot_seq FROM board_heads WHERE board_id = ?`},
		{&s.putBatch, "write batch", `INSERT INTO board_batches (` + batchColumns + `)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.batches, "read batches", selectBatches + ` LIMIT ?`},
		{&s.hasBatch, "look for batch", `SELECT last_seq, batch_id FROM board_batches
			WHERE board_id = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1`},
		{&s.putSnapshot, "write snapshot", `INSERT OR REPLACE INTO board_snapshots (` + snapshotColumns + `)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.setSnapped, "note snapshot", `UPDATE board_heads SET snapshot_seq = ? WHERE board_id = ?`},
		{&s.dropHead, "delete head", `DELETE FROM board_heads
			WHERE board_id = ? AND epoch = ? AND seq = ? AND batch_id = ?`},
		{&s.dropBatches, "delete batches", `DELETE FROM board_batches WHERE board_id = ?`},
		{&s.dropSnapshot, "delete snapshot", `DELETE FROM board_snapshots WHERE board_id = ?`},
	} {
		var err error
		if *t.into, err = w.statement(t.name, t.sql); err != nil {
			return err
		}
	}
	ask, err := w.statement("ask how commits are synced", `PRAGMA synchronous`)
	if err != nil {
		return err
	}
	return ask.rows(func(row []driver.Value) error {
		w.sync, _ = row[0].(int64)
		return nil
	})
}

// release closes the connection, and first what was prepared on it: SQLite keeps a connection with statements, its
// files and the write-ahead log.
func (w *writer) release() error {
	errs := make([]error, 0, len(w.prepared)+1)
	for _, s := range w.prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

// Create starts a board's log with its first batch.
func (l *Log) Create(ctx context.Context, first collab.Batch, format int) error {
	err := l.write(ctx, &request{run: func(w *writer) error {
		n, err := w.log.newHead.changes(string(first.Board), first.Epoch, int64(first.Last), string(first.ID), int64(format))
		if err != nil {
			return err
		}
		if n == 0 {
			return collab.ErrExists
		}
		return w.putBatch(&first)
	}})
	if err != nil {
		return fmt.Errorf("create %s: %w", first.Board, err)
	}
	return nil
}

// Append writes b if the head of its board is still expect.
func (l *Log) Append(ctx context.Context, expect collab.Head, b collab.Batch) error {
	err := l.write(ctx, &request{
		run:     func(w *writer) error { return w.append(expect, &b) },
		entries: int(b.Last-b.First) + 1,
	})
	if err != nil {
		return fmt.Errorf("append batch %d to %s: %w", b.First, b.Board, err)
	}
	return nil
}

func (w *writer) append(expect collab.Head, b *collab.Batch) error {
	n, err := w.log.moveHead.changes(b.Epoch, int64(b.Last), string(b.ID),
		string(b.Board), expect.Epoch, int64(expect.Seq), string(expect.Batch), int64(expect.Format))
	if err != nil {
		return err
	}
	if n == 0 {
		return w.verdict(expect, b.Board)
	}
	return w.putBatch(b)
}

// verdict says why the head of a board is not the expected one.
func (w *writer) verdict(expect collab.Head, id board.ID) error {
	head, ok, err := w.head(id)
	switch {
	case err != nil:
		return err
	case !ok:
		return collab.ErrGone
	case head.Format > expect.Format:
		return collab.ErrFormat
	}
	return collab.ErrLost
}

func (w *writer) head(id board.ID) (h collab.Head, ok bool, err error) {
	err = w.log.head.rows(func(row []driver.Value) error {
		h, ok = collab.Head{
			Epoch: row[0].(int64), Seq: board.Seq(row[1].(int64)), Batch: board.ID(row[2].(string)),
			Format: int(row[3].(int64)), SnapshotSeq: board.Seq(row[4].(int64)),
		}, true
		return nil
	}, string(id))
	return h, ok, err
}

func (w *writer) putBatch(b *collab.Batch) error {
	return w.log.putBatch.exec(string(b.Board), int64(b.First), int64(b.Last), b.Epoch, string(b.ID), string(b.Prev),
		int64(b.All), int64(b.Public), b.Node, int64(b.At), b.Body)
}

// AppendLocked decides and writes within one transaction of its own. Decide is not at work any more when it returns,
// also when ctx ends first.
func (l *Log) AppendLocked(ctx context.Context, id board.ID, after board.Seq, decide func(collab.Head, []collab.Batch) (collab.Batch, error)) error {
	var deciding sync.Mutex
	defer deciding.Lock() // for good
	return l.write(ctx, &request{alone: true, run: func(w *writer) error {
		head, ok, err := w.head(id)
		if err != nil {
			return fmt.Errorf("append to %s: %w", id, err)
		}
		if !ok {
			return fmt.Errorf("append to %s: %w", id, collab.ErrGone)
		}
		if head.Format > collab.Format {
			return fmt.Errorf("append to %s: %w", id, collab.ErrFormat)
		}
		var missing []collab.Batch
		err = w.log.batches.rows(func(row []driver.Value) error {
			missing = append(missing, scanBatch(row))
			return nil
		}, string(id), int64(after), int64(-1))
		if err != nil {
			return fmt.Errorf("append to %s: %w", id, err)
		}
		if !deciding.TryLock() {
			return context.Canceled // the caller has gone
		}
		b, err := decide(head, missing)
		deciding.Unlock()
		if err != nil || b.ID == "" {
			return err
		}
		if err := w.append(head, &b); err != nil {
			return fmt.Errorf("append batch %d to %s: %w", b.First, id, err)
		}
		return nil
	}})
}

func scanBatch(row []driver.Value) collab.Batch {
	body, _ := row[10].([]byte)
	return collab.Batch{
		Board: board.ID(row[0].(string)), First: board.Seq(row[1].(int64)), Last: board.Seq(row[2].(int64)),
		Epoch: row[3].(int64), ID: board.ID(row[4].(string)), Prev: board.ID(row[5].(string)),
		All: uint64(row[6].(int64)), Public: uint64(row[7].(int64)),
		Node: row[8].(string), At: board.Time(row[9].(int64)), Body: body,
	}
}

// write hands a request to the writer, unless the log is open for reading only.
func (l *Log) write(ctx context.Context, r *request) error {
	if l.writer == nil {
		return errReadOnly
	}
	return l.writer.do(ctx, r)
}
