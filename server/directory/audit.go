package directory

import (
	"context"
	"fmt"

	"waymark/board"
)

// An Act is one line of the audit trail: who got in, who was let in, what was taken out. It holds ids and names of
// acts, never what stands on a card.
type Act struct {
	At     int64
	Seq    board.Seq // of the entry that did it; 0 = it stands in no log
	Person board.ID  // who did it; "" = a command or the server itself
	Board  board.ID
	Name   string // setup, signIn, signOut, join, role, export ...
	Detail string
}

const insertAct = `INSERT INTO audit (at, person, board, act, detail) VALUES ($1, $2, $3, $4, $5)`

// Audit keeps one act.
func (d *Directory) Audit(ctx context.Context, a Act) error { return d.AuditIn(ctx, d.db, a) }

// AuditIn is Audit within a transaction.
func (d *Directory) AuditIn(ctx context.Context, tx execer, a Act) error {
	_, err := tx.ExecContext(ctx, insertAct, d.millis(), a.Person, a.Board, a.Name, a.Detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", a.Name, err)
	}
	return nil
}

// Acts returns the newest acts first. What was done on boards is there once their projections are.
func (d *Directory) Acts(ctx context.Context, limit int) ([]Act, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT at, person, board, act, detail FROM audit ORDER BY at DESC, id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var acts []Act
	for rows.Next() {
		var a Act
		if err := rows.Scan(&a.At, &a.Person, &a.Board, &a.Name, &a.Detail); err != nil {
			return nil, fmt.Errorf("read the audit trail: %w", err)
		}
		acts = append(acts, a)
	}
	return acts, rows.Err()
}
