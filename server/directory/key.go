package directory

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
)

// A Key signs access tokens. ID stands in the token's head.
type Key struct {
	ID      string
	Private ed25519.PrivateKey
}

// Keys returns the token keys of this database, the signing one first; the first call makes one. Servers that start
// together agree, for only one of their inserts takes place.
func (d *Directory) Keys(ctx context.Context) ([]Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed)
	var keys []Key
	err := d.write(ctx, "read the token keys", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO token_keys (id, seed, created_at)
			SELECT 'k1', $1, $2 WHERE NOT EXISTS (SELECT 1 FROM token_keys) ON CONFLICT DO NOTHING`,
			base64.RawURLEncoding.EncodeToString(seed), d.millis()); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT id, seed FROM token_keys ORDER BY created_at DESC, id DESC`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what went wrong
		for rows.Next() {
			var id, text string
			if err := rows.Scan(&id, &text); err != nil {
				return err
			}
			key, err := ParseKey(id, text)
			if err != nil {
				return err
			}
			keys = append(keys, key)
		}
		return rows.Err()
	})
	return keys, err
}

// BusKey is the secret of this database's servers: what comes over the bus counts only with their seal. The first call
// makes it.
func (d *Directory) BusKey(ctx context.Context) ([]byte, error) {
	made := make([]byte, 32)
	_, _ = rand.Read(made)
	var text string
	err := d.write(ctx, "read the key of the bus", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO installation (name, value) VALUES ('bus key', $1) ON CONFLICT DO NOTHING`,
			base64.RawURLEncoding.EncodeToString(made)); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT value FROM installation WHERE name = 'bus key'`).Scan(&text)
	})
	if err != nil {
		return nil, err
	}
	key, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read the key of the bus: %w", err)
	}
	return key, nil
}

// ParseKey makes a key from the base64url text of its 32 bytes.
func ParseKey(id, text string) (Key, error) {
	seed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(seed) != ed25519.SeedSize {
		return Key{}, fmt.Errorf("key %q is not base64url of %d bytes", id, ed25519.SeedSize)
	}
	return Key{ID: id, Private: ed25519.NewKeyFromSeed(seed)}, nil
}

// Strip takes out of a copy of the database what would let its holder in: the keys that sign tokens, the key of the bus,
// the set-up secret and the login links that are under way. So it does with what is true of the original alone: the
// servers that run on it, its marks. A server that is started on the copy makes new keys. Refresh tokens stay: they are
// kept as hashes, so the copy opens nothing, and whoever was signed in goes on with the cookie they have.
func Strip(ctx context.Context, copied *sql.DB) error {
	for _, statement := range []string{
		`DELETE FROM token_keys`,
		`DELETE FROM login_links`,
		`DELETE FROM servers`,
		`DELETE FROM installation WHERE name IN ('bus key', 'setup secret', 'half made')`,
	} {
		if _, err := copied.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("take the secrets out of a copy: %w", err)
		}
	}
	return DropMark(ctx, copied, MarkMoved)
}
