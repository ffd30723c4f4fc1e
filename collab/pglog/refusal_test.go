//go:build services

package pglog_test

import (
	"errors"
	"testing"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// What Postgres refuses is not written, and that is known.
func TestRefusal_is_known_to_write_nothing(t *testing.T) {
	s := pgtest.Shared(t)
	for name, c := range map[string]struct {
		begin, end func(database string) []string
	}{
		"read_only": {
			func(database string) []string {
				return []string{"ALTER DATABASE " + database + " SET default_transaction_read_only = on"}
			},
			func(database string) []string {
				return []string{"SET default_transaction_read_only = off", "ALTER DATABASE " + database + " RESET default_transaction_read_only"}
			},
		},
		"without_rights": {
			func(string) []string { return []string{"ALTER TABLE board_batches OWNER TO postgres"} },
			func(string) []string { return []string{"ALTER TABLE board_batches OWNER TO waymark"} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.Database(t)
			l := open(t, url)
			head, second := start(t, l, "board-apple"), start(t, l, "board-pear")
			database := named(t, url)
			anew := "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + database + "' AND pid <> pg_backend_pid()"
			s.ExecIn(t, database, append(c.begin(database), anew)...)
			b, other := next("board-apple", head), next("board-pear", second)
			// The connections that were ended are met first.
			settles(t, func() error { return l.Append(t.Context(), head, b) })
			settles(t, func() error {
				return l.AppendLocked(t.Context(), "board-apple", head.Seq, func(now collab.Head, _ []collab.Batch) (collab.Batch, error) {
					if now != head {
						return b, collab.ErrLost
					}
					return b, nil
				})
			})
			settles(t, func() error { return l.Create(t.Context(), next("board-plum", collab.Head{}), collab.Format) })
			for _, err := range l.AppendGroup(t.Context(), []collab.Head{head, second}, []collab.Batch{b, other}) {
				if !refusedAs(err) {
					t.Errorf("in a group: %v", err)
				}
			}
			s.ExecIn(t, database, append(c.end(database), anew)...)
			settled(t, func() error {
				heads, err := l.Heads(t.Context(), []board.ID{"board-apple", "board-pear", "board-plum"})
				if err == nil && (heads["board-apple"] != head || heads["board-pear"] != second || len(heads) != 2) {
					t.Errorf("heads %+v", heads)
				}
				return err
			})
			settled(t, func() error { return l.Append(t.Context(), head, b) })
		})
	}
}

func refusedAs(err error) bool {
	return errors.Is(err, collab.ErrUnwritten) && errors.Is(pglog.Trouble(err), collab.ErrReadOnly)
}

// settles tries until the database has answered, which must be a refusal.
func settles(t *testing.T, do func() error) {
	t.Helper()
	for range pglog.AppendConns + 10 {
		if err := do(); !errors.Is(pglog.Trouble(err), collab.ErrAway) {
			if !refusedAs(err) {
				t.Errorf("answered %v", err)
			}
			return
		}
	}
	t.Error("every connection was away")
}

// settled tries until the database has answered, which must be well.
func settled(t *testing.T, do func() error) {
	t.Helper()
	var err error
	for range pglog.AppendConns + 10 {
		if err = do(); err == nil {
			return
		}
	}
	t.Error(err)
}
