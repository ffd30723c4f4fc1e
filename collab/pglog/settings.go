package pglog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Settings are what matters of a database and of how it is reached.
type Settings struct {
	// Version is the server's, as text, and VersionNumber the same as a number: 150018 is 15.18.
	Version       string
	VersionNumber int
	Role          string
	Database      string
	// Schema is where tables are made; "" when the search path leads nowhere.
	Schema string
	// Pooled says that a pooler stands between this program and Postgres.
	Pooled bool
	// SynchronousCommit is how commits reach the disk, and SyncSource where that is set: "database", "user", "client" ...
	SynchronousCommit, SyncSource string
	// Standbys names the synchronous ones; "" when there are none.
	Standbys                        string
	Fsync, FullPageWrites, Checksum bool
	// InRecovery says that it is a standby, ReadOnly that transactions may not write.
	InRecovery, ReadOnly bool
	Encoding             string
	// MaxConnections are those that this role may have there beside the superusers'; a server takes up to [Conns]. Limit
	// is what sets that: "max_connections", "role" or "database".
	MaxConnections int
	Limit          string
	// IdleTimeout is how long a transaction may stand still; 0 = for ever.
	IdleTimeout time.Duration
	// CreateTables says that the role may make tables in the schema. Denied lists the tables that it may not read and
	// write, Unowned those that it may not change, and Owner is who may change the first of these.
	CreateTables    bool
	Denied, Unowned []string
	Owner           string
	// ClockOffset is by how much the database's clock is ahead of this machine's.
	ClockOffset time.Duration
}

// oldest is the first version this is made for.
const oldest = 14

// Settings asks the database.
func (l *Log) Settings(ctx context.Context) (Settings, error) {
	s, err := func() (Settings, error) {
		c, err := l.acquire(ctx, l.side)
		if err != nil {
			return Settings{}, err
		}
		defer c.Release()
		return readSettings(ctx, c.Conn())
	}()
	if err == nil {
		s.ClockOffset, err = l.ClockOffset(ctx)
	}
	if err != nil {
		return Settings{}, fmt.Errorf("read settings of the database: %w", err)
	}
	return s, nil
}

// A pooler gives its clients process ids of its own.
const selectSettings = `SELECT current_setting('server_version'), current_setting('server_version_num')::int,
	current_user, current_database(), coalesce(current_schema(), ''), pg_backend_pid(),
	current_setting('synchronous_commit'), (SELECT source FROM pg_settings WHERE name = 'synchronous_commit'),
	current_setting('synchronous_standby_names'),
	current_setting('fsync')::bool, current_setting('full_page_writes')::bool, current_setting('data_checksums')::bool,
	pg_is_in_recovery(), current_setting('transaction_read_only')::bool, current_setting('server_encoding'),
	current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
	(SELECT CASE WHEN rolsuper THEN -1 ELSE rolconnlimit END FROM pg_roles WHERE rolname = current_user),
	(SELECT CASE WHEN rolsuper THEN -1 ELSE datconnlimit END FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user),
	(SELECT setting::bigint FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'),
	coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
	ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relname = ANY($1)
		AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
			AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
		ORDER BY relname),
	ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relname = ANY($1)
		AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname),
	coalesce((SELECT pg_get_userbyid(relowner)::text FROM pg_class
		WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relname = ANY($1)
		AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname LIMIT 1), '')`

func readSettings(ctx context.Context, c *pgx.Conn) (s Settings, err error) {
	ours, err := tables()
	if err != nil {
		return s, err
	}
	var pid uint32
	var idle int64
	var role, database int
	err = c.QueryRow(ctx, selectSettings, ours).Scan(&s.Version, &s.VersionNumber, &s.Role, &s.Database, &s.Schema, &pid,
		&s.SynchronousCommit, &s.SyncSource, &s.Standbys, &s.Fsync, &s.FullPageWrites, &s.Checksum, &s.InRecovery,
		&s.ReadOnly, &s.Encoding, &s.MaxConnections, &role, &database, &idle, &s.CreateTables, &s.Denied, &s.Unowned, &s.Owner)
	s.Pooled = pid != c.PgConn().PID()
	s.IdleTimeout = time.Duration(idle) * time.Millisecond
	s.Limit = "max_connections"
	for limit, most := range map[string]int{"role": role, "database": database} {
		if most >= 0 && most < s.MaxConnections { // -1 is none
			s.MaxConnections, s.Limit = most, limit
		}
	}
	return s, err
}

// A Remark is what is to be said of one thing in the settings: that it is good as it is, why no log can be kept with it
// and what to change, or what is worth changing.
type Remark struct {
	Good    string
	Refusal error
	Warning string
}

// Remarks look at everything that matters.
func (s *Settings) Remarks() []Remark {
	var list []Remark
	good := func(text string, args ...any) { list = append(list, Remark{Good: fmt.Sprintf(text, args...)}) }
	refuse := func(when bool, text string, args ...any) bool {
		if when {
			list[len(list)-1] = Remark{Refusal: fmt.Errorf(text, args...)}
		}
		return when
	}
	warn := func(when bool, text string, args ...any) {
		if when {
			list[len(list)-1] = Remark{Warning: fmt.Sprintf(text, args...)}
		}
	}
	good("it is PostgreSQL %s", s.Version)
	refuse(s.VersionNumber < oldest*10000, "it is PostgreSQL %s; want %d or newer", s.Version, oldest)
	good("its encoding is %s", s.Encoding)
	refuse(s.Encoding != "UTF8", "its encoding is %s, which cannot hold all texts; make another one: "+
		"CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0", s.Encoding)
	good("a commit is on its disk before it counts (synchronous_commit = %s, by %s)", s.SynchronousCommit, s.SyncSource)
	if s.Standbys != "" {
		list[len(list)-1].Good += fmt.Sprintf(", and on those of %q", s.Standbys)
	}
	refuse(s.SynchronousCommit == "off", "synchronous_commit is off: after a crash, changes that people saw would be missing; %s",
		s.turnOn())
	warn(s.Standbys != "" && s.SynchronousCommit == "local", "synchronous_commit is local: commits do not wait for the synchronous standbys %q; "+
		"a failover may lose what people saw", s.Standbys)
	good("it waits for its disk (fsync)")
	refuse(!s.Fsync, "fsync is off: after a power cut the database may be beyond repair; "+
		"set fsync = on in postgresql.conf and restart Postgres")
	good("a torn page is mended (full_page_writes)")
	warn(!s.FullPageWrites, "full_page_writes is off: on most disks a power cut can then tear a page; set it on, unless the file system never tears one (ZFS)")
	good("a damaged page is noticed (data_checksums)")
	warn(!s.Checksum, "data checksums are off: a page that the disk has damaged is not noticed; pg_checksums --enable, while Postgres is stopped")
	good("it can be written to")
	if !refuse(s.InRecovery, "%w", errStandby) {
		refuse(s.ReadOnly, "it is read-only (default_transaction_read_only is on, for the server, the database or the role): switch it off, "+
			"or name the database that is written to")
	}
	good("%s may read and write all tables in schema %s, and make more", s.Role, s.Schema)
	if !refuse(s.Schema == "", "no schema to make tables in; CREATE SCHEMA %[1]s AUTHORIZATION %[1]s, or set the search_path of %[1]s", ident(s.Role)) &&
		!refuse(len(s.Denied) > 0, "%s may not read and write %q; as their owner: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO %s",
			s.Role, s.Denied, ident(s.Schema), ident(s.Role)) {
		warn(!s.CreateTables, "%s may make no tables in schema %s, which a newer release may have to: GRANT CREATE, USAGE ON SCHEMA %s TO %s",
			s.Role, s.Schema, ident(s.Schema), ident(s.Role))
		warn(len(s.Unowned) > 0, "%s", s.unowned())
	}
	good("%s leaves %d, and each server takes up to %d", s.limit(), s.MaxConnections, Conns)
	warn(s.MaxConnections < Conns, "%s leaves %d, and each server takes up to %d: %s", s.limit(), s.MaxConnections, Conns, s.Raise(100))
	if s.Pooled {
		good("a pooler stands between, and a server that is frozen holds rows for %s at most", s.IdleTimeout)
		warn(s.IdleTimeout == 0, "behind a pooler, a frozen server can hold rows of the directory: ALTER ROLE %s SET idle_in_transaction_session_timeout = '%ds'",
			ident(s.Role), int(idleTimeout.Seconds()))
	}
	return list
}

// Refusal says why no log can be kept there, and what to change; nil when one can. A standby is refused by the
// connection itself.
func (s *Settings) Refusal() error {
	var errs []error
	for _, r := range s.Remarks() {
		errs = append(errs, r.Refusal)
	}
	return errors.Join(errs...)
}

// limit is what sets how many connections there are, for a person.
func (s *Settings) limit() string {
	switch s.Limit {
	case "role":
		return "the CONNECTION LIMIT of role " + s.Role
	case "database":
		return "the CONNECTION LIMIT of database " + s.Database
	}
	return "max_connections"
}

// Raise says how to allow so many connections.
func (s *Settings) Raise(most int) string {
	switch s.Limit {
	case "role":
		return fmt.Sprintf("ALTER ROLE %s CONNECTION LIMIT %d", ident(s.Role), most)
	case "database":
		return fmt.Sprintf("ALTER DATABASE %s CONNECTION LIMIT %d", ident(s.Database), most)
	}
	return fmt.Sprintf("ALTER SYSTEM SET max_connections = %d, and start Postgres anew", most)
}

// unowned says which tables the role may not change, and what to do.
func (s *Settings) unowned() string {
	return fmt.Sprintf("%s may read and write the tables %q and not change them, which a newer release may have to, for they are %s's: "+
		"start a newer release once as %s, or have %s say for each: ALTER TABLE ... OWNER TO %s", s.Role, s.Unowned, s.Owner, s.Owner, s.Owner, ident(s.Role))
}

// turnOn is what to do against synchronous_commit = off, by where it is set.
func (s *Settings) turnOn() string {
	switch s.SyncSource {
	case "database":
		return fmt.Sprintf("ALTER DATABASE %s RESET synchronous_commit", ident(s.Database))
	case "user":
		return fmt.Sprintf("ALTER ROLE %s RESET synchronous_commit", ident(s.Role))
	case "database user":
		return fmt.Sprintf("ALTER ROLE %s IN DATABASE %s RESET synchronous_commit", ident(s.Role), ident(s.Database))
	case "client":
		return "take synchronous_commit out of the database's address (or PGOPTIONS)"
	case "session":
		return "take synchronous_commit out of what the pooler sets (connect_query)"
	}
	return "set synchronous_commit = on in postgresql.conf (or ALTER SYSTEM RESET synchronous_commit) and SELECT pg_reload_conf()"
}

// Warnings say what is worth changing although a log can be kept there.
func (s *Settings) Warnings() []string {
	var list []string
	for _, r := range s.Remarks() {
		if r.Warning != "" {
			list = append(list, r.Warning)
		}
	}
	return list
}

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }
