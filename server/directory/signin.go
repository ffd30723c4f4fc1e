package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"waymark/board"
)

// RefreshLife is how long a browser that never comes back stays signed in.
const RefreshLife = 60 * 24 * time.Hour

// A spent token that comes back within this time is a slow tab of the same browser; later it is a copy in other hands.
const lateTab = time.Minute

// A SignIn is one browser signed in as one person.
type SignIn struct {
	ID     string
	Person Person
	// Refresh is what the browser keeps: the newest token and, behind a point, the one before, for a database that
	// failed over and lost the newest. It is shown once.
	Refresh string
}

// SignIn starts one for a person.
func (d *Directory) SignIn(ctx context.Context, p Person) (SignIn, error) {
	s := SignIn{ID: randomText(12), Person: p, Refresh: randomText(32)}
	err := d.write(ctx, fmt.Sprintf("sign in %s", p.ID), func(tx *sql.Tx) error {
		now := d.millis()
		if _, err := tx.ExecContext(ctx, `INSERT INTO sign_ins (id, person, created_at, seen_at)
			VALUES ($1, $2, $3, $3)`, s.ID, p.ID, now); err != nil {
			return err
		}
		return insertToken(ctx, tx, s.Refresh, s.ID, "", now)
	})
	return s, err
}

func insertToken(ctx context.Context, tx *sql.Tx, token, signIn, parent string, now int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO refresh_tokens (hash, sign_in, parent, issued_at, expires_at)
		VALUES ($1, $2, $3, $4, $5)`,
		hashSecret(token), signIn, nullable(parent), now, now+RefreshLife.Milliseconds())
	return err
}

// Refresh takes a token and hands out its successor. The token itself stays good until a successor is used, so an
// answer that never arrived costs nothing. token is what the browser keeps. It returns ErrNotFound, ErrExpired, ErrUsed or ErrDisabled for a token that
// is good no more; a used one that comes back late ends the whole sign-in, for somebody else has a copy.
func (d *Directory) Refresh(ctx context.Context, token string) (SignIn, error) {
	var s SignIn
	next := randomText(32)
	var refusal error
	err := d.write(ctx, "refresh a sign-in", func(tx *sql.Tx) error {
		t, err := readToken(ctx, tx, token)
		if err != nil {
			return err
		}
		now := d.millis()
		switch {
		case t.ended || now >= t.expires:
			refusal = ErrExpired
			return nil
		case t.spent > 0:
			refusal = ErrUsed
			if now-t.spent < lateTab.Milliseconds() {
				return nil
			}
			_, err := tx.ExecContext(ctx, `UPDATE sign_ins SET ended_at = $2 WHERE id = $1`, t.signIn, now)
			return err
		}
		s.ID, s.Refresh = t.signIn, next+"."+t.text
		if s.Person, err = scanPerson(tx.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE id = $1`, t.person)); err != nil {
			return err
		}
		if s.Person.Disabled {
			refusal = ErrDisabled
			return nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE refresh_tokens SET spent_at = $2
			WHERE hash = $1 AND spent_at IS NULL`, t.parent, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE sign_ins SET seen_at = $2 WHERE id = $1`, t.signIn, now); err != nil {
			return err
		}
		return insertToken(ctx, tx, next, t.signIn, hashSecret(t.text), now)
	})
	if err != nil {
		return SignIn{}, err
	}
	if refusal != nil {
		return SignIn{}, fmt.Errorf("refresh a sign-in: %w", refusal)
	}
	return s, nil
}

// Holder returns who holds a refresh token that is still good, without spending anything.
func (d *Directory) Holder(ctx context.Context, token string) (Person, error) {
	t, err := readToken(ctx, d.db, token)
	if err == nil && (t.ended || t.spent > 0 || d.millis() >= t.expires) {
		err = ErrExpired
	}
	if err != nil {
		return Person{}, fmt.Errorf("read the holder of a token: %w", err)
	}
	p, err := d.Person(ctx, t.person)
	if err == nil && p.Disabled {
		return Person{}, ErrDisabled
	}
	return p, err
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type storedToken struct {
	text           string
	signIn, parent string
	person         board.ID
	expires, spent int64
	ended          bool
}

// readToken reads the newest of the tokens that a browser keeps, as far as the database knows them.
func readToken(ctx context.Context, q querier, kept string) (storedToken, error) {
	newest, before, _ := strings.Cut(kept, ".")
	t, err := readOneToken(ctx, q, newest)
	if errors.Is(err, ErrNotFound) && before != "" {
		return readOneToken(ctx, q, before)
	}
	return t, err
}

func readOneToken(ctx context.Context, q querier, token string) (storedToken, error) {
	t := storedToken{text: token}
	err := q.QueryRowContext(ctx, `SELECT t.sign_in, COALESCE(t.parent, ''), s.person, t.expires_at,
			COALESCE(t.spent_at, 0), CASE WHEN s.ended_at IS NULL THEN 0 ELSE 1 END
		FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in WHERE t.hash = $1`, hashSecret(token)).
		Scan(&t.signIn, &t.parent, &t.person, &t.expires, &t.spent, &t.ended)
	return t, one(err)
}

// SignOut ends the sign-in that holds the token and returns it, its person by id alone. An unknown token, or one of a
// sign-in that has ended, ends nothing.
func (d *Directory) SignOut(ctx context.Context, token string) (SignIn, error) {
	var s SignIn
	err := d.write(ctx, "sign out", func(tx *sql.Tx) error {
		t, err := readToken(ctx, tx, token)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		ended, err := affected(tx.ExecContext(ctx, `UPDATE sign_ins SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`,
			t.signIn, d.millis()))
		if ended {
			s = SignIn{ID: t.signIn, Person: Person{ID: t.person}}
		}
		return err
	})
	return s, err
}

func endSignIns(ctx context.Context, tx *sql.Tx, person board.ID, now int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE sign_ins SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL`, person, now)
	return err
}

// Prune forgets tokens, links, servers and removed viewers that have been useless for a day.
func (d *Directory) Prune(ctx context.Context) error {
	return d.write(ctx, "prune tokens", func(tx *sql.Tx) error {
		old := d.now().Add(-24 * time.Hour).UnixMilli()
		for _, statement := range []string{
			`DELETE FROM refresh_tokens WHERE expires_at < $1`,
			`DELETE FROM refresh_tokens WHERE sign_in IN (SELECT id FROM sign_ins WHERE ended_at < $1)`,
			`DELETE FROM login_links WHERE expires_at < $1`,
			`DELETE FROM servers WHERE seen_at < $1`,
			`DELETE FROM viewers WHERE removed_at < $1`,
		} {
			if _, err := tx.ExecContext(ctx, statement, old); err != nil {
				return err
			}
		}
		return nil
	})
}

// Active returns the person if the sign-in is theirs and still goes on: ErrNotFound, ErrDisabled.
func (d *Directory) Active(ctx context.Context, person board.ID, signIn string) (Person, error) {
	p, err := scanPerson(d.db.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE id = $1 AND EXISTS
		(SELECT 1 FROM sign_ins s WHERE s.id = $2 AND s.person = $1 AND s.ended_at IS NULL)`, person, signIn))
	if err == nil && p.Disabled {
		err = ErrDisabled
	}
	if err != nil {
		return Person{}, fmt.Errorf("read %s as signed in: %w", person, err)
	}
	return p, nil
}
