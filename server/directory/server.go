package directory

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A Server is a process that runs on this database.
type Server struct {
	Node, Name, Version, URL string
	ClockAhead               time.Duration // the database's clock before the server's
	StartedAt, SeenAt        int64
	// Keys are the fingerprints of the token keys that it takes, the one it signs with first; none while it does not know
	// them, and of a server of an earlier release.
	Keys []string
}

// silentFor is how long a server may say nothing until it counts as gone: three times what it has between two words.
const silentFor = 30 * time.Second

// SayHere notes that a server runs.
func (d *Directory) SayHere(ctx context.Context, s Server) error {
	_, err := d.db.ExecContext(ctx, `INSERT INTO servers (node, name, version, url, clock_ahead, started_at, seen_at, keys)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (node) DO UPDATE SET url = excluded.url, keys = excluded.keys, clock_ahead = excluded.clock_ahead, seen_at = excluded.seen_at`,
		s.Node, s.Name, s.Version, s.URL, s.ClockAhead.Milliseconds(), s.StartedAt, d.millis(), strings.Join(s.Keys, " "))
	if err != nil {
		return fmt.Errorf("note that server %s runs: %w", s.Name, err)
	}
	return nil
}

// SayGone notes that a server has ended.
func (d *Directory) SayGone(ctx context.Context, node string) error {
	if _, err := d.db.ExecContext(ctx, `DELETE FROM servers WHERE node = $1`, node); err != nil {
		return fmt.Errorf("note that server %s has ended: %w", node, err)
	}
	return nil
}

// Servers lists those that have said lately that they run, by name.
func (d *Directory) Servers(ctx context.Context) ([]Server, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT node, name, version, url, clock_ahead, started_at, seen_at, keys FROM servers
		WHERE seen_at > $1 ORDER BY name, node`, d.millis()-silentFor.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("list servers: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var list []Server
	for rows.Next() {
		var s Server
		var ahead int64
		var keys string
		if err := rows.Scan(&s.Node, &s.Name, &s.Version, &s.URL, &ahead, &s.StartedAt, &s.SeenAt, &keys); err != nil {
			return nil, fmt.Errorf("list servers: %w", err)
		}
		s.Keys = strings.Fields(keys)
		s.ClockAhead = time.Duration(ahead) * time.Millisecond
		list = append(list, s)
	}
	return list, rows.Err()
}
