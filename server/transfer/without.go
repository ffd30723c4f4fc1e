package transfer

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"waymark/board"
)

// An Unknown is a board to be left behind that a database has nothing of.
type Unknown struct{ Board board.ID }

func (u *Unknown) Error() string { return fmt.Sprintf("there is no board %s", u.Board) }

// Known fails with an [*Unknown] when the database has neither head nor log nor snapshot of one of these.
func Known(ctx context.Context, there Reader, ids []board.ID) error {
	for _, id := range ids {
		var known bool
		err := there.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM board_heads WHERE board_id = $1)
			OR EXISTS (SELECT 1 FROM board_batches WHERE board_id = $1) OR EXISTS (SELECT 1 FROM board_snapshots WHERE board_id = $1)`,
			string(id)).Scan(&known)
		if err != nil {
			return fmt.Errorf("look for board %s: %w", id, err)
		}
		if !known {
			return &Unknown{id}
		}
	}
	return nil
}

// Drop removes boards from a copy that nobody uses, with all that only they have. What the audit trail says of them
// stays. [*Unknown]: then nothing was removed.
func Drop(ctx context.Context, there Writer, ids []board.ID) error {
	if err := Known(ctx, there, ids); err != nil {
		return err
	}
	for _, id := range ids {
		for _, statement := range append([]string{`DELETE FROM board_heads WHERE board_id = $1`}, removal...) {
			if _, err := there.ExecContext(ctx, statement, string(id)); err != nil {
				return fmt.Errorf("leave %s behind: %w", id, err)
			}
		}
	}
	return nil
}

// DropSnapshots removes the stored snapshots of boards whose logs are good; servers make new ones.
func DropSnapshots(ctx context.Context, there Writer, ids []board.ID) error {
	for _, id := range ids {
		for _, statement := range []string{
			`DELETE FROM board_snapshots WHERE board_id = $1`,
			`UPDATE board_heads SET snapshot_seq = 0 WHERE board_id = $1`,
		} {
			if _, err := there.ExecContext(ctx, statement, string(id)); err != nil {
				return fmt.Errorf("leave the snapshot of %s behind: %w", id, err)
			}
		}
	}
	return nil
}

// but is the table without the rows that only these boards have.
func (t table) but(ids []board.ID) table {
	column, ok := map[string]string{
		"board_heads": "board_id", "board_batches": "board_id", "board_snapshots": "board_id",
		"boards": "id", "board_members": "board", "viewers": "board", "invites": "board", "invite_uses": "invite",
	}[t.name]
	if !ok || len(ids) == 0 {
		return t
	}
	places := make([]string, len(ids))
	for i, id := range ids {
		t.args = append(t.args[:len(t.args):len(t.args)], string(id))
		places[i] = "$" + strconv.Itoa(len(t.args))
	}
	list := strings.Join(places, ", ")
	if t.name == "invite_uses" {
		list = `SELECT id FROM invites WHERE board IN (` + list + `)`
	}
	t.where = column + ` NOT IN (` + list + `)`
	return t
}
