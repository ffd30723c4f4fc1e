package directory

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"waymark/board"
)

// The cost of one guess: 19 MiB and two passes, the lower of the settings OWASP recommends for argon2id.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
	argonKey    = 32
	// argonWait is how long somebody waits for a turn before they are told to try again: a room full of people that joins
	// by one passcode takes a small computer this long. A request has 20 s in all.
	argonWait = 15 * time.Second
)

// nobody is checked when a login does not exist, so that the time of the answer tells nothing.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// FoldLogin is the form in which logins are compared and stored. Not every database can look for a zero character.
func FoldLogin(login string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(login)), "\x00", "\uFFFD")
}

// CheckPassword returns the account with this login if the password is its own, else ErrPassword, or ErrDisabled, or
// ErrBusy when too many are being checked.
func (d *Directory) CheckPassword(ctx context.Context, login, password string) (Person, error) {
	var id board.ID
	hash := nobody
	err := d.db.QueryRowContext(ctx, `SELECT id, password FROM people
		WHERE login = $1 AND password IS NOT NULL`, FoldLogin(login)).Scan(&id, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Person{}, fmt.Errorf("read password of a login: %w", err)
	}
	ok, err := d.compare(ctx, hash, password)
	if err != nil {
		return Person{}, err
	}
	if !ok || id == "" {
		return Person{}, ErrPassword
	}
	p, err := d.Person(ctx, id)
	if err == nil && p.Disabled {
		return Person{}, ErrDisabled
	}
	return p, err
}

// HasPassword says whether the password is this person's; a person without one has none that fits.
func (d *Directory) HasPassword(ctx context.Context, id board.ID, password string) (bool, error) {
	var hash sql.NullString
	if err := d.db.QueryRowContext(ctx, `SELECT password FROM people WHERE id = $1`, id).Scan(&hash); err != nil {
		return false, fmt.Errorf("read password of %s: %w", id, one(err))
	}
	if !hash.Valid {
		return false, nil
	}
	return d.compare(ctx, hash.String, password)
}

// SetPassword gives a person a login and a password and makes them an account; ErrTaken if somebody has the login.
// Every other sign-in of the person ends; keep is the one that stays.
func (d *Directory) SetPassword(ctx context.Context, id board.ID, login, password string, keep string) error {
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return d.write(ctx, fmt.Sprintf("set password of %s", id), func(tx *sql.Tx) error {
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM people WHERE login = $1 AND id <> $2`,
			FoldLogin(login), id).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return ErrTaken
		}
		if _, err := tx.ExecContext(ctx, `UPDATE people SET login = $2, password = $3, kind = 'account' WHERE id = $1`,
			id, FoldLogin(login), hash); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE sign_ins SET ended_at = $2
			WHERE person = $1 AND ended_at IS NULL AND id <> $3`, id, d.millis(), keep)
		return err
	})
}

// hashPassword is in the PHC string format, so the cost can change without losing older passwords.
func (d *Directory) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	release, err := d.turn(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonLanes, argonKey)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

func (d *Directory) compare(ctx context.Context, hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("stored password has an unknown form")
	}
	var memory, passes uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("read cost of a stored password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("read salt of a stored password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("read a stored password: %w", err)
	}
	release, err := d.turn(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// turn waits for one of the two places.
func (d *Directory) turn(ctx context.Context) (release func(), err error) {
	timeout := time.NewTimer(argonWait)
	defer timeout.Stop()
	select {
	case d.passwords <- struct{}{}:
		return func() { <-d.passwords }, nil
	case <-timeout.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
