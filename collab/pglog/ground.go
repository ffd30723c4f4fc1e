package pglog

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A Ground is an empty database to measure servers on. Each measurement gets a schema of its own in it, so that none
// finds what the one before has left. A Ground is for one goroutine; it has one connection, and no two Grounds are on
// one database.
type Ground struct {
	conn     *pgx.Conn
	url      *url.URL
	settings Settings
	// data is the folder of the database as Postgres calls it; "" when the role may not ask.
	data string
}

// groundLock is the key of the advisory lock that the only Ground of a database holds.
const groundLock = 0x67726f756e64 // "ground"

// groundSchema begins the names of the schemas.
const groundSchema = "waymark_bench_"

// OpenGround connects to the database that address names. It refuses, and says what to do, one that holds anything, one
// in which the role may not make schemas, one behind a pooler, and one that is safer to lose than Postgres is by
// default: the figures would be of another kind. It pairs with Close.
func OpenGround(ctx context.Context, address string) (*Ground, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, errors.New("read the database's address: want postgres://user:password@host:5432/name") // the error repeats the password
	}
	config, err := configure(address, forCommand)
	if err != nil {
		return nil, err
	}
	g := &Ground{url: u}
	if g.conn, err = pgx.ConnectConfig(ctx, config.ConnConfig); err == nil {
		if err = g.look(ctx); err != nil {
			err = errors.Join(err, g.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", place(config.ConnConfig), err)
	}
	return g, nil
}

// look refuses what cannot be measured on.
func (g *Ground) look(ctx context.Context) (err error) {
	if g.settings, err = readSettings(ctx, g.conn); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	s := &g.settings
	if err := s.Refusal(); err != nil {
		return err
	}
	switch {
	case s.SynchronousCommit != "on" && s.SynchronousCommit != "remote_apply":
		return fmt.Errorf("synchronous_commit is %s, weaker than the default: it is not measured; %s", s.SynchronousCommit, s.turnOn())
	case !s.FullPageWrites:
		return errors.New("full_page_writes is off, weaker than the default: it is not measured; set full_page_writes = on " +
			"in postgresql.conf and SELECT pg_reload_conf()")
	case s.Pooled:
		return errors.New("a pooler stands before it: name Postgres itself")
	}
	var may bool
	if err := g.conn.QueryRow(ctx, `SELECT has_database_privilege(current_database(), 'CREATE')`).Scan(&may); err != nil {
		return fmt.Errorf("read privileges: %w", err)
	}
	if !may {
		return fmt.Errorf("%[1]s may not make schemas in it, and each measurement needs its own: GRANT CREATE ON DATABASE %[2]s TO %[1]s",
			ident(s.Role), ident(s.Database))
	}
	if err := g.lock(ctx); err != nil {
		return err
	}
	if err := g.empty(ctx); err != nil {
		return err
	}
	if err := g.conn.QueryRow(ctx, `SELECT CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') ELSE '' END`).
		Scan(&g.data); err != nil {
		return fmt.Errorf("ask for the folder of the data: %w", err)
	}
	return nil
}

// lock keeps others away until the connection ends, which no time-out may bring about.
func (g *Ground) lock(ctx context.Context) error {
	var alone bool
	_, err := g.conn.Exec(ctx, `SET idle_session_timeout = 0`)
	if err == nil {
		err = g.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(groundLock)).Scan(&alone)
	}
	switch {
	case err != nil:
		return fmt.Errorf("lock it: %w", err)
	case !alone:
		return errors.New("it is being measured already: wait for the other to end, or name another database")
	}
	return nil
}

// selectRelations names some of what a database holds beside the catalogue and extensions.
const selectRelations = `SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
		AND n.nspname <> 'information_schema' AND left(n.nspname, 3) <> 'pg_'
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
	ORDER BY 1, 2 LIMIT 3`

func (g *Ground) empty(ctx context.Context) error {
	rows, err := g.conn.Query(ctx, selectRelations)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (name pgx.Identifier, err error) {
		name = make(pgx.Identifier, 2)
		return name, r.Scan(&name[0], &name[1])
	})
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	var names []string
	for _, name := range found {
		if strings.HasPrefix(name[0], groundSchema) {
			return fmt.Errorf("it holds what a measurement that was killed has left: DROP SCHEMA %s CASCADE", ident(name[0]))
		}
		names = append(names, name.Sanitize())
	}
	return fmt.Errorf("it is not empty (it holds %s): nothing in it was touched; name an empty one: CREATE DATABASE bench OWNER %s",
		strings.Join(names, ", "), ident(g.settings.Role))
}

// Settings are the database's as it was opened.
func (g *Ground) Settings() Settings { return g.settings }

// PID is the process that serves this connection, on the database's machine.
func (g *Ground) PID() int { return int(g.conn.PgConn().PID()) }

// Data is the folder of the database on its machine; "" when the role may not know.
func (g *Ground) Data() string { return g.data }

// Make makes a schema and gives the address under which everything is made and found in it. Drop removes it.
func (g *Ground) Make(ctx context.Context) (schema, address string, err error) {
	random := make([]byte, 6)
	_, _ = rand.Read(random) // it never fails
	schema = groundSchema + hex.EncodeToString(random)
	if _, err := g.conn.Exec(ctx, `CREATE SCHEMA `+ident(schema)); err != nil {
		return "", "", fmt.Errorf("make a schema: %w", err)
	}
	u := *g.url
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return schema, u.String(), nil
}

// Drop removes a schema and all in it.
func (g *Ground) Drop(ctx context.Context, schema string) error {
	if _, err := g.conn.Exec(ctx, `DROP SCHEMA `+ident(schema)+` CASCADE`); err != nil {
		return fmt.Errorf("drop schema %s: %w", schema, err)
	}
	return nil
}

// Close gives the connection back. It may be called twice.
func (g *Ground) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	defer cancel()
	return g.conn.Close(ctx)
}

// Transactions is how many have ended in the database so far, by whomever, to about a second. A statement on its own is
// one.
func (l *Log) Transactions(ctx context.Context) (n int64, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count transactions: %w", err)
	}
	return n, nil
}
