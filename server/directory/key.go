package directory

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
)

// A Key signs access tokens. ID stands in the token's head.
type Key struct {
	ID      string
	Private ed25519.PrivateKey
}

// Fingerprint tells it from other keys, and keys of other IDs, and gives nothing of it away.
func (k Key) Fingerprint() string {
	public, _ := k.Private.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(fmt.Appendf(nil, "waymark token key %q %x", k.ID, public))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Keys returns the token keys of this database, the signing one first; the first call makes one. Servers that start
// together agree, for only one of their inserts takes place.
func (d *Directory) Keys(ctx context.Context) ([]Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed)
	var keys []Key
	err := d.write(ctx, "read the token keys", func(tx *sql.Tx) (err error) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO token_keys (id, seed, created_at)
			SELECT 'k1', $1, $2 WHERE NOT EXISTS (SELECT 1 FROM token_keys) ON CONFLICT DO NOTHING`,
			base64.RawURLEncoding.EncodeToString(seed), d.millis()); err != nil {
			return err
		}
		keys, err = readKeys(ctx, tx)
		return err
	})
	return keys, err
}

// ReadKeys returns the token keys that Keys has made, the signing one first; none when it has made none.
func (d *Directory) ReadKeys(ctx context.Context) ([]Key, error) {
	keys, err := readKeys(ctx, d.db)
	if err != nil {
		return nil, fmt.Errorf("read the token keys: %w", err)
	}
	return keys, nil
}

// lister is a database or a transaction.
type lister interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readKeys(ctx context.Context, q lister) (keys []Key, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, seed FROM token_keys ORDER BY created_at DESC, id DESC`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		key, err := ParseKey(id, text)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

// BusKey is the secret of this database's servers: what comes over the bus counts only with their seal. identity is that
// of the database, "" when it is not known. The first call makes the key, and so does the first one in a copy that was
// made with the means of the database: it must not hear the servers of its original.
func (d *Directory) BusKey(ctx context.Context, identity string) (key []byte, err error) {
	err = d.write(ctx, "read the key of the bus", func(tx *sql.Tx) error {
		of, err := installed(ctx, tx, busKeyOf)
		if err != nil {
			return err
		}
		key, err = readBusKey(ctx, tx)
		if err != nil {
			return err
		}
		if key == nil || identity != "" && of != "" && of != identity {
			key = make([]byte, 32)
			_, _ = rand.Read(key)
			if err := install(ctx, tx, busKey, base64.RawURLEncoding.EncodeToString(key)); err != nil {
				return err
			}
		}
		if identity == "" || identity == of {
			return nil
		}
		return install(ctx, tx, busKeyOf, identity)
	})
	return key, err
}

// The key of the bus and the database that it was made for, as they stand in installation.
const (
	busKey   = "bus key"
	busKeyOf = "bus key of"
)

// ReadBusKey is the key that BusKey has made; nil when it has made none.
func (d *Directory) ReadBusKey(ctx context.Context) ([]byte, error) { return readBusKey(ctx, d.db) }

func readBusKey(ctx context.Context, q querier) ([]byte, error) {
	text, err := installed(ctx, q, busKey)
	if err != nil || text == "" {
		return nil, err
	}
	key, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read the key of the bus: %w", err)
	}
	return key, nil
}

// installed is a value of installation; "" when there is none.
func installed(ctx context.Context, q querier, name string) (value string, err error) {
	err = q.QueryRowContext(ctx, `SELECT value FROM installation WHERE name = $1`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, err
}

func install(ctx context.Context, tx *sql.Tx, name, value string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO installation (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
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
		`DELETE FROM installation WHERE name IN ('bus key', 'bus key of', 'setup secret', 'half made')`,
	} {
		if _, err := copied.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("take the secrets out of a copy: %w", err)
		}
	}
	return DropMark(ctx, copied, MarkMoved)
}
