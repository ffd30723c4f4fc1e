package sqlitelog

import (
	"context"
	"errors"
	"fmt"
)

// LimitPages lets the database grow to at most n pages, or to its present size.
func (l *Log) LimitPages(n int) error {
	return l.write(context.Background(), &request{alone: true, run: func(w *writer) error {
		s, err := w.statement("limit pages", fmt.Sprintf("PRAGMA max_page_count = %d", n))
		if err != nil {
			return err
		}
		return errors.Join(s.exec(), s.stmt.Close())
	}})
}
