package pglog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How many connections a server holds at most, by what they are for. What is doubtful is found out by reading and then
// appended again under the row lock: so reads and locked appends have connections that hanging appends cannot take, and
// some of them are opened at the start, before a full database could refuse them.
const (
	// appendConns is for appends, of which several boards share one; more than one is in use when one of them hangs.
	appendConns = 8
	// lockedConns is for boards whose last append was lost or is doubtful. One may wait there for its row for lockTimeout.
	lockedConns = 4
	// readConns is for heads, batches and snapshots.
	readConns = 4
	// sideConns is for the directory and for storing snapshots.
	sideConns = 4
	// aloneConns is for transactions of which only one runs at a time, so that those who wait keep nobody else away.
	aloneConns = 2

	// Conns is all of them: what one server takes of the database's max_connections.
	Conns = appendConns + lockedConns + readConns + sideConns + aloneConns
)

const (
	// writeTimeout is how long a write may take before its outcome counts as unknown.
	writeTimeout = 10 * time.Second
	// lockTimeout is how long a write waits for another's row.
	lockTimeout = 2 * time.Second
	// idleTimeout is how long a transaction may stand still: a frozen server holds no board longer.
	idleTimeout = 5 * time.Second
	// connectTimeout and pingTimeout bound what a database that answers nothing can hold up.
	connectTimeout = 5 * time.Second
	pingTimeout    = 2 * time.Second
	// hostTimeout is connectTimeout where the address names several hosts: each connection tries them one after the
	// other, and the first may be dead.
	hostTimeout = 2 * time.Second
)

// configure reads the URL. What it says of time-outs, names and modes is kept.
func configure(url string, purpose purpose) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %s; want postgres://user:password@host:5432/name", reason(err))
	}
	c.PingTimeout = pingTimeout
	conn := c.ConnConfig
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectTimeout
		if slices.ContainsFunc(conn.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != conn.Host || f.Port != conn.Port }) {
			conn.ConnectTimeout = hostTimeout
		}
	}
	if conn.RuntimeParams["application_name"] == "" {
		conn.RuntimeParams["application_name"] = "waymark"
	}
	if !namesMode(url) {
		conn.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	if purpose != forReading {
		conn.ValidateConnect = both(conn.ValidateConnect, refuseStandby)
	}
	if purpose == forServer {
		conn.ValidateConnect = both(conn.ValidateConnect, refuseAnother())
	}
	conn.OnPgError = keeps(purpose)
	c.BeforeConnect = neverCancel
	c.BeforeClose = closeAtOnce
	return c, nil
}

// reason is what is wrong with an address, without the address: what pgx takes for no password may be one.
func reason(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "`: "); i >= 0 {
		text = text[i+len("`: "):]
	}
	return text
}

// direct adds what only Postgres itself understands, not a pooler before it.
func direct(c *pgxpool.Config, purpose purpose) {
	conn := c.ConnConfig
	for name, value := range map[string]string{
		"lock_timeout":                        millis(lockTimeout),
		"idle_in_transaction_session_timeout": millis(idleTimeout),
	} {
		if conn.RuntimeParams[name] == "" {
			conn.RuntimeParams[name] = value
		}
	}
	if purpose == forReading {
		// Not as a parameter of the connection: with target_session_attrs=read-write pgx would take it for a standby's.
		conn.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
			_, err := c.Exec(ctx, `SET default_transaction_read_only = on`).ReadAll()
			return err
		}
	}
	if !namesMode(c.ConnString()) {
		conn.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	}
}

// namesMode reports whether an address says how statements are to be sent; otherwise it is found out.
func namesMode(url string) bool { return strings.Contains(url, "default_query_exec_mode") }

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// openPool makes a pool and opens its first connections, which are kept however long there is no use for them.
func openPool(ctx context.Context, config *pgxpool.Config, most, least int32) (*pgxpool.Pool, error) {
	config = config.Copy()
	config.MaxConns, config.MinConns, config.MinIdleConns = most, 0, 0
	if least > 0 {
		config.MaxConnIdleTime = config.MaxConnLifetime
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	conns := make([]*pgxpool.Conn, least)
	for i := range conns {
		if conns[i], err = pool.Acquire(ctx); err != nil {
			break
		}
	}
	for _, c := range conns {
		if c != nil {
			c.Release()
		}
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

func both(first, second pgconn.ValidateConnectFunc) pgconn.ValidateConnectFunc {
	if first == nil {
		return second
	}
	return func(ctx context.Context, c *pgconn.PgConn) error {
		if err := first(ctx, c); err != nil {
			return err
		}
		return second(ctx, c)
	}
}

var errStandby = errors.New("it is a standby, which can only be read: " +
	"name the primary, or all hosts (postgres://user:password@one,two/name), or promote it")

// refuseStandby keeps to the primary: read from a standby that is behind, a log would seem to have lost its tail.
func refuseStandby(ctx context.Context, c *pgconn.PgConn) error {
	results, err := c.Exec(ctx, "SELECT pg_is_in_recovery()").ReadAll()
	if err != nil {
		return err
	}
	if string(results[0].Rows[0][0]) == "t" {
		return errStandby
	}
	return nil
}

// ErrReplaced is of a database that was dropped and made anew while a server had it open. What the server knows is of the
// one before: boards that are not in the new one yet, keys.
var ErrReplaced = errors.New("it was made anew since this server opened it: start the server anew")

// refuseAnother keeps to the database of the first connection. A standby that takes over is the same.
func refuseAnother() pgconn.ValidateConnectFunc {
	var first atomic.Pointer[string]
	return func(ctx context.Context, c *pgconn.PgConn) error {
		results, err := c.Exec(ctx, "SELECT oid FROM pg_database WHERE datname = current_database()").ReadAll()
		if err != nil {
			return err
		}
		oid := string(results[0].Rows[0][0])
		if !first.CompareAndSwap(nil, &oid) && *first.Load() != oid {
			return ErrReplaced
		}
		return nil
	}
}

// keeps says after which errors a connection is kept. One that can write no more may lead to a primary of before, so the
// next is to be looked for.
func keeps(purpose purpose) pgconn.PgErrorHandler {
	return func(_ *pgconn.PgConn, err *pgconn.PgError) bool {
		return err.SeverityUnlocalized != "FATAL" && (purpose == forReading || err.Code != readOnlyTransaction)
	}
}

// neverCancel keeps pgx from asking Postgres to cancel what a connection was doing when it broke: a commit that waits
// for a synchronous standby would become visible without being there. The statement ends by its own time-outs.
func neverCancel(_ context.Context, c *pgx.ConnConfig) error {
	var connected atomic.Bool
	dial := c.DialFunc
	c.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if connected.Load() {
			return nil, errors.New("statements are not cancelled")
		}
		return dial(ctx, network, address)
	}
	then := c.AfterConnect
	c.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		connected.Store(true)
		if then == nil {
			return nil
		}
		return then(ctx, conn)
	}
	return nil
}

// closeAtOnce spares a broken connection its last words, for which pgx would wait 15 seconds: its place in the pool
// would be taken so long.
func closeAtOnce(c *pgx.Conn) {
	if !c.IsClosed() {
		return
	}
	conn := c.PgConn().Conn()
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	_ = conn.Close() // it is of no use any more
}

// place names a database without its password.
func place(c *pgx.ConnConfig) string {
	return fmt.Sprintf("%q on %s as %q", c.Database, net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), c.User)
}
