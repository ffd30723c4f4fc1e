package directory

import (
	"context"
	"database/sql"
	"fmt"

	"waymark/board"
)

// An Invite is the secret half of a link to a board. It is good only while the board's invite record, of the same id,
// names its revision and is open: the caller checks that at a verified head.
type Invite struct {
	ID        board.ID
	Board     board.ID
	Revision  string
	Role      board.Role
	Passcode  bool
	Label     string
	MaxUses   int // 0 = any number
	Uses      int
	ExpiresAt int64 // ms; 0 = never
	CreatedBy board.ID

	passcode string // its hash
}

const inviteColumns = `id, board, revision, role, COALESCE(passcode, ''), label, max_uses, uses, expires_at, created_by`

func scanInvite(r row) (Invite, error) {
	var v Invite
	err := r.Scan(&v.ID, &v.Board, &v.Revision, &v.Role, &v.passcode, &v.Label, &v.MaxUses, &v.Uses, &v.ExpiresAt, &v.CreatedBy)
	v.Passcode = v.passcode != ""
	return v, one(err)
}

// AddInvite stores an invite and returns it with its revision, and its secret, which is shown once.
func (d *Directory) AddInvite(ctx context.Context, v Invite, passcode string) (Invite, string, error) {
	secret := NewSecret()
	v.Revision = randomText(12)
	if passcode != "" {
		hash, err := d.hashPassword(ctx, passcode)
		if err != nil {
			return Invite{}, "", err
		}
		v.passcode, v.Passcode = hash, true
	}
	err := d.write(ctx, fmt.Sprintf("add invite %s", v.ID), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO invites
			(id, board, revision, role, secret_hash, passcode, label, max_uses, expires_at, created_by, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			v.ID, v.Board, v.Revision, v.Role, hashSecret(secret), nullable(v.passcode), v.Label, v.MaxUses, v.ExpiresAt,
			v.CreatedBy, d.millis())
		return err
	})
	if err != nil {
		return Invite{}, "", err
	}
	return v, secret, nil
}

// FindInvite returns the invite of a secret: ErrNotFound, or ErrExpired beside the invite.
func (d *Directory) FindInvite(ctx context.Context, secret string) (Invite, error) {
	v, err := scanInvite(d.db.QueryRowContext(ctx, `SELECT `+inviteColumns+` FROM invites WHERE secret_hash = $1`, hashSecret(secret)))
	if err == nil && v.ExpiresAt > 0 && d.millis() >= v.ExpiresAt {
		err = ErrExpired
	}
	if err != nil {
		return v, fmt.Errorf("find an invite: %w", err)
	}
	return v, nil
}

// CheckPasscode returns ErrPassword when the invite asks for another passcode.
func (d *Directory) CheckPasscode(ctx context.Context, v Invite, passcode string) error {
	if !v.Passcode {
		return nil
	}
	ok, err := d.compare(ctx, v.passcode, passcode)
	if err == nil && !ok {
		return ErrPassword
	}
	return err
}

// RenewInvite gives an invite another secret, under another revision, and begins its count anew. The old secret finds
// nothing from here on; whoever came in by it keeps what the board's records say.
func (d *Directory) RenewInvite(ctx context.Context, id, invite board.ID) (Invite, string, error) {
	secret, revision := NewSecret(), randomText(12)
	var v Invite
	err := d.write(ctx, fmt.Sprintf("renew invite %s", invite), func(tx *sql.Tx) error {
		found, err := affected(tx.ExecContext(ctx, `UPDATE invites SET revision = $3, secret_hash = $4, uses = 0
			WHERE id = $1 AND board = $2`, invite, id, revision, hashSecret(secret)))
		if err != nil {
			return err
		}
		if !found {
			return ErrNotFound
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM invite_uses WHERE invite = $1`, invite); err != nil {
			return err
		}
		v, err = scanInvite(tx.QueryRowContext(ctx, `SELECT `+inviteColumns+` FROM invites WHERE id = $1`, invite))
		return err
	})
	return v, secret, err
}

// LetIn counts one person in, once, and returns who that is: a new guest of this profile when p is nobody yet, and a
// guest under the name it now says. ErrFull when the invite has had as many as it may; then nobody is made.
func (d *Directory) LetIn(ctx context.Context, v Invite, p Person, profile Profile) (Person, error) {
	err := d.write(ctx, fmt.Sprintf("use invite %s", v.ID), func(tx *sql.Tx) (err error) {
		switch {
		case p.ID == "":
			p, err = d.insertPerson(ctx, tx, "guest", profile, false)
		case p.Guest:
			p.Name, p.Department, p.Lang = profile.Name, profile.Department, profile.Lang
			err = setProfile(ctx, tx, p.ID, profile, p.Color, d.millis())
		}
		if err != nil {
			return err
		}
		return d.useInvite(ctx, tx, v, p.ID)
	})
	return p, err
}

func (d *Directory) useInvite(ctx context.Context, tx *sql.Tx, v Invite, person board.ID) error {
	now := d.millis()
	first, err := affected(tx.ExecContext(ctx, `INSERT INTO invite_uses (invite, person, at)
		VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, v.ID, person, now))
	if err != nil {
		return err
	}
	if first {
		room, err := affected(tx.ExecContext(ctx, `UPDATE invites SET uses = uses + 1
			WHERE id = $1 AND (max_uses = 0 OR uses < max_uses)`, v.ID))
		if err != nil {
			return err
		}
		if !room {
			return ErrFull
		}
	}
	if v.Role != board.Viewer {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO viewers (board, person, invite, revision, at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (board, person, invite) DO UPDATE
		SET revision = excluded.revision, at = excluded.at, removed_at = NULL`,
		v.Board, person, v.ID, v.Revision, now)
	return err
}

// TakeBack undoes the first use of an invite by a person who did not come in after all; it may be theirs another time.
func (d *Directory) TakeBack(ctx context.Context, v Invite, person board.ID) error {
	return d.write(ctx, fmt.Sprintf("take back a use of invite %s", v.ID), func(tx *sql.Tx) error {
		used, err := affected(tx.ExecContext(ctx, `DELETE FROM invite_uses WHERE invite = $1 AND person = $2`, v.ID, person))
		if err != nil || !used {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE invites SET uses = uses - 1 WHERE id = $1 AND uses > 0`, v.ID)
		return err
	})
}

// UsedBy lists the invites of a board by which a person has come.
func (d *Directory) UsedBy(ctx context.Context, id, person board.ID) ([]board.ID, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT i.id FROM invites i JOIN invite_uses u ON u.invite = i.id
		WHERE i.board = $1 AND u.person = $2 ORDER BY u.at, i.id`, id, person)
	if err != nil {
		return nil, fmt.Errorf("list invites used by %s: %w", person, err)
	}
	return scanIDs(rows)
}

// InviteUses returns how often each invite of a board was used.
func (d *Directory) InviteUses(ctx context.Context, id board.ID) (map[board.ID]int, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT id, uses FROM invites WHERE board = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("count uses of invites of %s: %w", id, err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	uses := map[board.ID]int{}
	for rows.Next() {
		var invite board.ID
		var n int
		if err := rows.Scan(&invite, &n); err != nil {
			return nil, fmt.Errorf("count uses of invites of %s: %w", id, err)
		}
		uses[invite] = n
	}
	return uses, rows.Err()
}

// A Viewer is somebody who may look at a board for as long as its invite record names the revision.
type Viewer struct {
	Person   board.ID
	Invite   board.ID
	Revision string
}

// Viewers lists the viewers by invite of one board.
func (d *Directory) Viewers(ctx context.Context, id board.ID) ([]Viewer, error) {
	return d.viewers(ctx, `board = $1 ORDER BY at, person`, id)
}

// ViewerOf lists by which invites the person may look at the board, the last used first.
func (d *Directory) ViewerOf(ctx context.Context, id, person board.ID) ([]Viewer, error) {
	return d.viewers(ctx, `board = $1 AND person = $2 ORDER BY at DESC`, id, person)
}

func (d *Directory) viewers(ctx context.Context, where string, args ...any) ([]Viewer, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT person, invite, revision FROM viewers WHERE removed_at IS NULL AND `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list viewers: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var viewers []Viewer
	for rows.Next() {
		var v Viewer
		if err := rows.Scan(&v.Person, &v.Invite, &v.Revision); err != nil {
			return nil, fmt.Errorf("list viewers: %w", err)
		}
		viewers = append(viewers, v)
	}
	return viewers, rows.Err()
}

// RemoveViewer takes the right to look from a viewer by invite. The row stays, for other servers to hear of it.
func (d *Directory) RemoveViewer(ctx context.Context, id, person board.ID) error {
	return d.write(ctx, fmt.Sprintf("remove viewer %s of %s", person, id), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE viewers SET removed_at = $3
			WHERE board = $1 AND person = $2 AND removed_at IS NULL`, id, person, d.millis())
		return err
	})
}
