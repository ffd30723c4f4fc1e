package sqlitelog

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// A statement is one prepared statement of the writer's connection. It goes
// past database/sql, whose bookkeeping costs as much as a small append.
type statement struct {
	name string
	stmt driver.Stmt
	args []driver.NamedValue
}

func (w *writer) statement(name, text string) (*statement, error) {
	s, err := w.conn.Prepare(text)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", name, err)
	}
	w.prepared = append(w.prepared, s)
	return &statement{name: name, stmt: s}, nil
}

func (s *statement) bind(args []driver.Value) {
	s.args = s.args[:0]
	for i, a := range args {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
}

func (s *statement) exec(args ...driver.Value) error {
	_, err := s.changes(args...)
	return err
}

// changes runs the statement and counts the rows it touched.
func (s *statement) changes(args ...driver.Value) (int64, error) {
	s.bind(args)
	res, err := s.stmt.(driver.StmtExecContext).ExecContext(context.Background(), s.args)
	if err != nil {
		return 0, dbError{fmt.Errorf("%s: %w", s.name, err)}
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, dbError{fmt.Errorf("%s: %w", s.name, err)}
	}
	return n, nil
}

// once runs a statement that is not kept.
func (w *writer) once(query string, args ...any) error {
	stmt, err := w.conn.Prepare(query)
	if err != nil {
		return fmt.Errorf("prepare %.40s: %w", query, err)
	}
	values := make([]driver.Value, len(args))
	for i, a := range args {
		if values[i], err = driver.DefaultParameterConverter.ConvertValue(a); err != nil {
			return errors.Join(fmt.Errorf("argument %d of %.40s: %w", i+1, query, err), stmt.Close())
		}
	}
	s := statement{name: query, stmt: stmt}
	return errors.Join(s.exec(values...), stmt.Close())
}

// rows runs the statement and gives each row to scan, whose slice is reused.
func (s *statement) rows(scan func([]driver.Value) error, args ...driver.Value) (err error) {
	s.bind(args)
	rows, err := s.stmt.(driver.StmtQueryContext).QueryContext(context.Background(), s.args)
	if err != nil {
		return dbError{fmt.Errorf("%s: %w", s.name, err)}
	}
	defer func() {
		if e := rows.Close(); e != nil && err == nil {
			err = dbError{fmt.Errorf("%s: %w", s.name, e)}
		}
	}()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(row); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return dbError{fmt.Errorf("%s: %w", s.name, err)}
		}
		if err := scan(row); err != nil {
			return err
		}
	}
}
