package pglog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"waymark/board"
)

// Check reads all rows of all tables, those beside the log's too, and lists what is wrong: pages that Postgres cannot
// read, rows that an index does not find, indexes that are not valid, checksums that have failed.
func (l *Log) Check(ctx context.Context) ([]string, error) {
	found, err := l.check(ctx)
	if err != nil {
		return nil, fmt.Errorf("check the database: %w", err)
	}
	return found, nil
}

func (l *Log) check(ctx context.Context) (found []string, err error) {
	names, err := tables()
	if err != nil {
		return nil, err
	}
	c, err := l.acquire(ctx, l.side)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	for _, name := range names {
		switch wrong, err := checkTable(ctx, c.Conn(), name); {
		case err != nil:
			return nil, err
		case wrong != "":
			found = append(found, name+": "+wrong)
		}
	}
	rows, _ := c.Query(ctx, `SELECT i.indexrelid::regclass || ': the index is not valid; REINDEX it' FROM pg_index i
			JOIN pg_class t ON t.oid = i.indrelid
			WHERE NOT i.indisvalid AND t.relnamespace = to_regnamespace(quote_ident(current_schema())) AND t.relname = ANY($1)
		UNION ALL SELECT checksum_failures || ' pages had a wrong checksum since ' || coalesce(stats_reset::text, 'the beginning')
			FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0`, names)
	more, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return append(found, more...), err
}

// checkTable reads the table in its own order, every value of it, and again by its primary key, as of one moment.
func checkTable(ctx context.Context, c *pgx.Conn, name string) (wrong string, err error) {
	err = pgx.BeginTxFunc(ctx, c, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var key string
		err := tx.QueryRow(ctx, `SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::int[], a.attnum::int))
			FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
			WHERE i.indisprimary AND i.indrelid = to_regclass($1)`, name).Scan(&key)
		if err != nil {
			return err
		}
		table := ident(name)
		count := func(by, query string) (n int64, err error) {
			if _, err = tx.Exec(ctx, by); err != nil {
				return 0, err
			}
			err = tx.QueryRow(ctx, query).Scan(&n)
			return n, err
		}
		inTable, err := count("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off",
			"SELECT count(hashtext(t::text)) FROM "+table+" t")
		if err != nil {
			return err
		}
		// Asked for in its order, the rows come by the key; only then are they counted.
		byKey, err := count("SET LOCAL enable_indexscan = on; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off",
			"SELECT count(*) FROM (SELECT 1 FROM "+table+" ORDER BY "+key+" OFFSET 0) t")
		if err == nil && byKey != inTable {
			wrong = "it has " + strconv.FormatInt(inTable, 10) + " rows, and its primary key finds " +
				strconv.FormatInt(byKey, 10) + "; REINDEX it"
		}
		return err
	})
	var said *pgconn.PgError
	if errors.As(err, &said) && damaged(said.Code) {
		return said.Message, nil
	}
	return wrong, err
}

// damaged reports whether an error of reading speaks of the data and not of the asking.
func damaged(code string) bool {
	return len(code) == 5 && (code[:2] == "XX" || code[:2] == "58" || code[:2] == "22")
}

// Strays lists the boards of which there are batches or snapshots, but no head. Every transaction that takes the one
// takes the others too.
func (l *Log) Strays(ctx context.Context) ([]board.ID, error) {
	ids, err := l.ids(ctx, `SELECT board_id FROM board_batches UNION SELECT board_id FROM board_snapshots
		EXCEPT SELECT board_id FROM board_heads ORDER BY board_id`)
	if err != nil {
		return nil, fmt.Errorf("look for boards without a head: %w", err)
	}
	return ids, nil
}
