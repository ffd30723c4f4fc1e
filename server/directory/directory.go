// Package directory keeps who the people are and how they get in: accounts and guests, sign-ins, links, invites'
// secrets, token keys, the audit trail, and projections for the list of boards.
//
// It never decides what a person may do on a board; the board's own records do. Secrets are stored hashed, but for two:
// the keys that sign tokens, and the set-up secret until it is used. Whoever has these can be anybody, so they never
// leave the database: see Strip. Statements keep to what SQLite and Postgres share.
package directory

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"waymark/board"
)

// What a caller decides on.
var (
	ErrNotFound = errors.New("not found")
	ErrUsed     = errors.New("already used")
	ErrExpired  = errors.New("expired")
	ErrFull     = errors.New("used as often as it may be")
	ErrPassword = errors.New("wrong password")
	ErrTaken    = errors.New("login is taken")
	ErrDisabled = errors.New("account is disabled")
	ErrBusy     = errors.New("too many passwords are being checked")
	ErrLast     = errors.New("is the last administrator")
	ErrAllOff   = errors.New("every administrator is switched off")
)

// Tables is the database that the directory lies in.
type Tables interface {
	DB() *sql.DB
	// Begin begins a transaction that writes. No two of them run at the same time, on whatever server.
	Begin(ctx context.Context) (*sql.Tx, error)
}

// A Directory is safe for use by many goroutines.
type Directory struct {
	tables    Tables
	db        *sql.DB
	now       func() time.Time
	passwords chan struct{} // two hashes of 19 MiB at a time
}

// New returns the directory kept in tables, which must exist. now is the clock of every stamp.
func New(tables Tables, now func() time.Time) *Directory {
	return &Directory{tables: tables, db: tables.DB(), now: now, passwords: make(chan struct{}, 2)}
}

// Check reads a row of every table, so that one that is damaged or gone is noticed before somebody needs it.
func (d *Directory) Check(ctx context.Context) error {
	for _, table := range []string{
		"people", "sign_ins", "refresh_tokens", "installation", "token_keys", "login_links", "invites", "invite_uses", "viewers",
		"boards", "board_members", "audit", "servers",
	} {
		var n int
		if err := d.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM `+table+` LIMIT 1) t`).Scan(&n); err != nil {
			return fmt.Errorf("read a row of %s: %w", table, err)
		}
	}
	return nil
}

// Now is the time by which the directory goes.
func (d *Directory) Now() time.Time { return d.now() }

func (d *Directory) millis() int64 { return d.now().UnixMilli() }

// write runs do in one transaction.
func (d *Directory) write(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	tx, err := d.tables.Begin(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	if err := do(tx); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// NewID makes an id of the given kind with 96 random bits.
func NewID(kind string) board.ID { return board.ID(kind + "-" + randomText(12)) }

// NewSecret makes a secret of 128 bits for a link.
func NewSecret() string { return randomText(16) }

func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashSecret is for secrets of 128 bits and more, which nobody can guess; passwords go through argon2id.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// one turns "no rows" into ErrNotFound.
func one(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

func affected(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}

func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

func scanIDs(rows *sql.Rows) ([]board.ID, error) {
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var ids []board.ID
	for rows.Next() {
		var id board.ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read an id: %w", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read ids: %w", err)
	}
	return ids, nil
}
