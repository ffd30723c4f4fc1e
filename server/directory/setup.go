package directory

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"waymark/board"
)

// SetupSecret returns the one secret that sets this database up, made at the first call, and "" once it was used. It
// is kept readable, because every start prints it until then and it opens an empty installation only.
func (d *Directory) SetupSecret(ctx context.Context) (string, error) {
	var secret string
	err := d.write(ctx, "read the set-up secret", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO installation (name, value)
			SELECT 'setup secret', $1 WHERE NOT EXISTS (SELECT 1 FROM installation WHERE name = 'set up by')
			ON CONFLICT DO NOTHING`, NewSecret()); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT value FROM installation WHERE name = 'setup secret'`).Scan(&secret)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return secret, err
}

// IsSetUp tells whether somebody has set this installation up.
func (d *Directory) IsSetUp(ctx context.Context) (bool, error) {
	var n int
	err := d.db.QueryRowContext(ctx, `SELECT count(*) FROM installation WHERE name = 'set up by'`).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("read who set this up: %w", err)
	}
	return n > 0, nil
}

// RedeemSetup makes the administrator. One conditional insert decides who is first; ErrUsed for everyone else,
// ErrNotFound for a wrong secret.
func (d *Directory) RedeemSetup(ctx context.Context, secret string, profile Profile) (Person, error) {
	var p Person
	err := d.write(ctx, "redeem the set-up link", func(tx *sql.Tx) error {
		var want string
		err := tx.QueryRowContext(ctx, `SELECT value FROM installation WHERE name = 'setup secret'`).Scan(&want)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUsed
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(secret)) != 1 {
			return ErrNotFound
		}
		if p, err = d.insertPerson(ctx, tx, "account", profile, true); err != nil {
			return err
		}
		first, err := affected(tx.ExecContext(ctx, `INSERT INTO installation (name, value)
			VALUES ('set up by', $1) ON CONFLICT DO NOTHING`, p.ID))
		if err != nil {
			return err
		}
		if !first {
			return ErrUsed
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM installation WHERE name = 'setup secret'`)
		return err
	})
	return p, err
}

// AddLoginLink makes a secret that signs this person in once.
func (d *Directory) AddLoginLink(ctx context.Context, person board.ID, life time.Duration) (string, error) {
	secret, now := NewSecret(), d.millis()
	err := d.write(ctx, fmt.Sprintf("add login link for %s", person), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO login_links (hash, person, created_at, expires_at)
			VALUES ($1, $2, $3, $4)`, hashSecret(secret), person, now, now+life.Milliseconds())
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// RedeemLoginLink returns the person of the link and uses it up: ErrNotFound, ErrUsed, ErrExpired, ErrDisabled.
func (d *Directory) RedeemLoginLink(ctx context.Context, secret string) (Person, error) {
	var p Person
	err := d.write(ctx, "redeem a login link", func(tx *sql.Tx) error {
		var person board.ID
		var expires, used int64
		err := tx.QueryRowContext(ctx, `SELECT person, expires_at, COALESCE(used_at, 0) FROM login_links
			WHERE hash = $1`, hashSecret(secret)).Scan(&person, &expires, &used)
		if err != nil {
			return one(err)
		}
		if used > 0 {
			return ErrUsed
		}
		if d.millis() >= expires {
			return ErrExpired
		}
		mine, err := affected(tx.ExecContext(ctx, `UPDATE login_links SET used_at = $2
			WHERE hash = $1 AND used_at IS NULL`, hashSecret(secret), d.millis()))
		if err != nil {
			return err
		}
		if !mine {
			return ErrUsed
		}
		if p, err = scanPerson(tx.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE id = $1`, person)); err != nil {
			return err
		}
		if p.Disabled {
			return ErrDisabled
		}
		return nil
	})
	return p, err
}

// SetURL notes where the server is reached, for the commands that print links beside it.
func (d *Directory) SetURL(ctx context.Context, url string) error {
	_, err := d.db.ExecContext(ctx, `INSERT INTO installation (name, value) VALUES ('url', $1)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, url)
	if err != nil {
		return fmt.Errorf("note the server's address: %w", err)
	}
	return nil
}

// URL is the last address noted, ErrNotFound before the first start.
func (d *Directory) URL(ctx context.Context) (string, error) {
	var url string
	err := d.db.QueryRowContext(ctx, `SELECT value FROM installation WHERE name = 'url'`).Scan(&url)
	if err != nil {
		return "", fmt.Errorf("read the server's address: %w", one(err))
	}
	return url, nil
}
