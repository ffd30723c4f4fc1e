package transfer

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// A Copy is rows on their way from one database to another.
type Copy struct {
	from   Reader
	to     Writer
	copied []copied
}

// A copied table is what was read of it, and how.
type copied struct {
	table   table
	columns []string
	sum     sum
}

// A sum tells rows from other rows, in whatever order they come.
type sum struct {
	rows int64
	hash uint64
}

func (s *sum) add(row []any) {
	s.rows++
	s.hash += hash(row)
}

// hash is over the values and their kinds.
func hash(row []any) uint64 {
	h := sha256.New()
	var head [9]byte
	put := func(kind byte, n uint64) {
		head[0] = kind
		binary.BigEndian.PutUint64(head[1:], n)
		_, _ = h.Write(head[:])
	}
	for _, value := range row {
		switch v := value.(type) {
		case nil:
			put('n', 0)
		case int64:
			put('i', uint64(v))
		case string:
			put('s', uint64(len(v)))
			_, _ = h.Write([]byte(v))
		case []byte:
			put('b', uint64(len(v)))
			_, _ = h.Write(v)
		}
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// known reports whether a value is one of those that the tables hold.
func known(value any) bool {
	switch value.(type) {
	case nil, int64, string, []byte:
		return true
	}
	return false
}

const (
	// rowsTogether and bytesTogether bound what one statement writes.
	rowsTogether  = 100
	bytesTogether = 1 << 20
)

// copy copies the rows of a table; each is shown every one of them, and keeps none.
func (c *Copy) copy(ctx context.Context, t table, each func(columns []string, row []any)) error {
	columns, err := columnsOf(ctx, c.from, t.name)
	if err != nil {
		return fmt.Errorf("copy %s: %w", t.name, err)
	}
	columns = slices.DeleteFunc(columns, func(name string) bool { return slices.Contains(t.without, name) })
	w := &writing{to: c.to, table: &t, columns: columns}
	done := copied{table: t, columns: columns}
	err = read(ctx, c.from, &t, columns, func(row []any) error {
		done.sum.add(row)
		if each != nil {
			each(columns, row)
		}
		return w.add(ctx, row)
	})
	if err == nil {
		err = w.flush(ctx)
	}
	if err = errors.Join(err, w.close()); err != nil {
		return fmt.Errorf("copy %s: %w", t.name, err)
	}
	c.copied = append(c.copied, done)
	return nil
}

// Check reads what was copied where it is now, and compares.
func (c *Copy) Check(ctx context.Context, there Reader) error {
	for _, was := range c.copied {
		if was.table.kept {
			continue
		}
		var is sum
		err := read(ctx, there, &was.table, was.columns, func(row []any) error {
			is.add(row)
			return nil
		})
		if err != nil {
			return fmt.Errorf("compare %s: %w", was.table.name, err)
		}
		if is != was.sum {
			return fmt.Errorf("compare %s: %d rows were copied and %d are there, or they differ", was.table.name, was.sum.rows, is.rows)
		}
	}
	return nil
}

func columnsOf(ctx context.Context, from Reader, name string) (columns []string, err error) {
	rows, err := from.QueryContext(ctx, `SELECT * FROM `+name+` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if columns, err = rows.Columns(); err != nil {
		return nil, err
	}
	rows.Next()
	return columns, rows.Err()
}

// read gives each row, in memory of its own.
func read(ctx context.Context, from Reader, t *table, columns []string, each func(row []any) error) (err error) {
	rows, err := from.QueryContext(ctx, t.query(columns), t.args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		row, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		if err := rows.Scan(places...); err != nil {
			return err
		}
		for i, value := range row {
			if !known(value) {
				return fmt.Errorf("column %s holds a %T", columns[i], value)
			}
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// A writing collects rows of one table and writes many at once.
type writing struct {
	to      Writer
	table   *table
	columns []string

	values      []any
	rows, bytes int
	full        *sql.Stmt // writes rowsTogether rows
}

func (w *writing) add(ctx context.Context, row []any) error {
	w.values = append(w.values, row...)
	w.rows++
	for _, value := range row {
		switch v := value.(type) {
		case string:
			w.bytes += len(v)
		case []byte:
			w.bytes += len(v)
		}
	}
	if w.rows < rowsTogether && w.bytes < bytesTogether {
		return nil
	}
	return w.flush(ctx)
}

type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func (w *writing) flush(ctx context.Context) (err error) {
	if w.rows == 0 {
		return nil
	}
	if p, ok := w.to.(preparer); ok && w.rows == rowsTogether {
		if w.full == nil {
			if w.full, err = p.PrepareContext(ctx, w.table.insert(w.columns, w.rows)); err != nil {
				return err
			}
		}
		_, err = w.full.ExecContext(ctx, w.values...)
	} else {
		_, err = w.to.ExecContext(ctx, w.table.insert(w.columns, w.rows), w.values...)
	}
	clear(w.values)
	w.values, w.rows, w.bytes = w.values[:0], 0, 0
	return err
}

func (w *writing) close() error {
	if w.full == nil {
		return nil
	}
	return w.full.Close()
}
