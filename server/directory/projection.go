package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"waymark/board"
)

// A Projection is what the list of boards shows of one board, true as of Seq.
type Projection struct {
	ID        board.ID
	Seq       board.Seq
	Title     string
	ChangedAt int64 // 0 = as before: what changed is not for everyone to see
	ChangedBy board.ID
	TrashedAt int64 // 0 = not in the trash
	Phases    int
	Steps     int
	Cards     int
	Moments   int
	Curve     []Point
	Picture   *Picture // nil: not known yet
	Members   map[board.ID]board.Role
	Acts      []Act // of the log, for the audit trail; those up to the projection that is there are left out
}

// A Point of the emotion curve: the mean of one step, absent where nobody said anything.
type Point struct {
	Value *int `json:"value"`
}

// Project stores those projections that are newer than what is there, in one transaction.
func (d *Directory) Project(ctx context.Context, projections []Projection) error {
	if len(projections) == 0 {
		return nil
	}
	return d.write(ctx, "project boards", func(tx *sql.Tx) error {
		for _, p := range projections {
			if err := project(ctx, tx, p); err != nil {
				return fmt.Errorf("board %s: %w", p.ID, err)
			}
		}
		return nil
	})
}

func project(ctx context.Context, tx *sql.Tx, p Projection) error {
	curve, err := json.Marshal(p.Curve)
	if err != nil {
		return err
	}
	picture := []byte("")
	if p.Picture != nil {
		if picture, err = json.Marshal(p.Picture); err != nil {
			return err
		}
	}
	before, err := projected(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	newer, err := affected(tx.ExecContext(ctx, `INSERT INTO boards
		(id, seq, title, changed_at, changed_by, trashed_at, phases, steps, cards, moments, curve, picture)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, title = excluded.title,
			changed_at = CASE WHEN excluded.changed_at = 0 THEN boards.changed_at ELSE excluded.changed_at END,
			changed_by = CASE WHEN excluded.changed_at = 0 THEN boards.changed_by ELSE excluded.changed_by END,
			trashed_at = excluded.trashed_at, phases = excluded.phases, steps = excluded.steps, cards = excluded.cards,
			moments = excluded.moments, curve = excluded.curve, picture = excluded.picture
		WHERE excluded.seq > boards.seq`,
		p.ID, p.Seq, p.Title, p.ChangedAt, p.ChangedBy, p.TrashedAt, p.Phases, p.Steps, p.Cards, p.Moments, string(curve),
		string(picture)))
	if err != nil || !newer {
		return err
	}
	for _, a := range p.Acts {
		if a.Seq <= before {
			continue
		}
		if _, err := tx.ExecContext(ctx, insertAct, a.At, a.Person, a.Board, a.Name, a.Detail); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM board_members WHERE board = $1`, p.ID); err != nil {
		return err
	}
	for person, role := range p.Members {
		if _, err := tx.ExecContext(ctx, `INSERT INTO board_members (board, person, role) VALUES ($1, $2, $3)`,
			p.ID, person, role); err != nil {
			return err
		}
	}
	return nil
}

// Projected is the seq of a board's projection, 0 when there is none.
func (d *Directory) Projected(ctx context.Context, id board.ID) (board.Seq, error) {
	seq, err := projected(ctx, d.db, id)
	if err != nil {
		return 0, fmt.Errorf("read the projection of %s: %w", id, err)
	}
	return seq, nil
}

func projected(ctx context.Context, q querier, id board.ID) (board.Seq, error) {
	var seq board.Seq
	err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM boards WHERE id = $1`, id).Scan(&seq)
	return seq, err
}

// Behind lists the boards whose log has gone on since their projection, or that have none. A board whose log is gone
// loses its projection; one that shows more than the log has, which was restored, counts as behind.
func (d *Directory) Behind(ctx context.Context) ([]board.ID, error) {
	err := d.write(ctx, "drop projections without a board", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM board_members WHERE NOT EXISTS
			(SELECT 1 FROM board_heads h WHERE h.board_id = board_members.board)`); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM boards WHERE NOT EXISTS
			(SELECT 1 FROM board_heads h WHERE h.board_id = boards.id)`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE boards SET seq = (SELECT h.seq - 1 FROM board_heads h WHERE h.board_id = boards.id)
			WHERE seq > (SELECT h.seq FROM board_heads h WHERE h.board_id = boards.id)`)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err := d.db.QueryContext(ctx, `SELECT h.board_id FROM board_heads h LEFT JOIN boards b ON b.id = h.board_id
		WHERE b.id IS NULL OR b.seq < h.seq ORDER BY h.board_id`)
	if err != nil {
		return nil, fmt.Errorf("list projections that are behind: %w", err)
	}
	return scanIDs(rows)
}

// TrashedBefore lists the boards that have been in the trash since before a time, as far as the projections know.
func (d *Directory) TrashedBefore(ctx context.Context, t time.Time) ([]board.ID, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT id FROM boards WHERE trashed_at > 0 AND trashed_at < $1 ORDER BY id`, t.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("list what lies in the trash: %w", err)
	}
	return scanIDs(rows)
}

// Forget drops what is known of a board that is gone for good, and notes that it is gone. exec runs a statement in the
// transaction that removes the board's log.
func (d *Directory) Forget(id board.ID, exec func(query string, args ...any) error) error {
	for _, statement := range []string{
		`DELETE FROM board_members WHERE board = $1`,
		`DELETE FROM boards WHERE id = $1`,
		`DELETE FROM viewers WHERE board = $1`,
		`DELETE FROM invite_uses WHERE invite IN (SELECT id FROM invites WHERE board = $1)`,
		`DELETE FROM invites WHERE board = $1`,
	} {
		if err := exec(statement, id); err != nil {
			return fmt.Errorf("forget board %s: %w", id, err)
		}
	}
	if err := exec(insertAct, d.millis(), "", id, "purge", ""); err != nil {
		return fmt.Errorf("audit purge of %s: %w", id, err)
	}
	return nil
}

// A Listed board is one line of a person's list.
type Listed struct {
	Projection
	Role board.Role
	// AtHead says that the person was a member at the head of the log. Any other line is a guess: only the board knows
	// whether the person may see it still.
	AtHead bool
}

// Boards lists the boards a person is a member of, or was let look at by invite, the last changed first.
func (d *Directory) Boards(ctx context.Context, person board.ID) ([]Listed, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT b.id, b.seq, b.title, b.changed_at, b.changed_by, b.trashed_at, b.phases,
			b.steps, b.cards, b.moments, b.curve, b.picture, COALESCE(m.role, 'viewer'),
			CASE WHEN m.person IS NOT NULL AND b.seq = h.seq THEN 1 ELSE 0 END
		FROM boards b LEFT JOIN board_heads h ON h.board_id = b.id LEFT JOIN board_members m ON m.board = b.id AND m.person = $1
		WHERE m.person IS NOT NULL OR EXISTS (SELECT 1 FROM viewers v WHERE v.board = b.id AND v.person = $1 AND v.removed_at IS NULL)
		ORDER BY b.changed_at DESC, b.id`, person)
	if err != nil {
		return nil, fmt.Errorf("list boards of %s: %w", person, err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var list []Listed
	for rows.Next() {
		var b Listed
		var curve, picture string
		if err := rows.Scan(&b.ID, &b.Seq, &b.Title, &b.ChangedAt, &b.ChangedBy, &b.TrashedAt, &b.Phases, &b.Steps,
			&b.Cards, &b.Moments, &curve, &picture, &b.Role, &b.AtHead); err != nil {
			return nil, fmt.Errorf("list boards of %s: %w", person, err)
		}
		if err := json.Unmarshal([]byte(curve), &b.Curve); err != nil {
			return nil, fmt.Errorf("read the curve of %s: %w", b.ID, err)
		}
		if picture != "" {
			if err := json.Unmarshal([]byte(picture), &b.Picture); err != nil {
				return nil, fmt.Errorf("read the picture of %s: %w", b.ID, err)
			}
		}
		list = append(list, b)
	}
	return list, rows.Err()
}

// Count fills in the numbers and the curve from a board and its map. Sealed records do not count.
func (p *Projection) Count(b *board.Board, m board.ID) {
	var lanes, personas []board.ID
	for r := range b.Under(board.KindLane, m) {
		lanes = append(lanes, r.ID)
	}
	for r := range b.Under(board.KindPersona, m) {
		personas = append(personas, r.ID)
	}
	p.Cards = countOpen(b, board.KindCard, "", "")
	for range b.Under(board.KindPhase, m) {
		p.Phases++
	}
	steps := b.Steps()
	p.Steps = len(steps)
	for _, step := range steps {
		p.Moments += countOpen(b, board.KindMoment, step.ID)
		for _, lane := range lanes {
			for card := range b.Under(board.KindCard, lane, step.ID) {
				if card.Only == "" {
					p.Cards++
					p.Moments += countOpen(b, board.KindMoment, card.ID)
				}
			}
		}
	}
	p.Curve = mean(b, steps, personas)
	picture := pictureOf(b, m, steps)
	p.Picture = &picture
}

func countOpen(b *board.Board, kind board.Kind, parent ...board.ID) int {
	n := 0
	for r := range b.Under(kind, parent...) {
		if r.Only == "" {
			n++
		}
	}
	return n
}

// mean is the curve of all personas: in each step the mean of those who feel something there.
func mean(b *board.Board, steps []*board.Record, personas []board.ID) []Point {
	curve := make([]Point, len(steps))
	sums, counts := make([]int, len(steps)), make([]int, len(steps))
	for _, persona := range personas {
		for i, f := range b.Feelings(steps, persona) {
			if f.Known {
				sums[i] += int(f.Value)
				counts[i]++
			}
		}
	}
	for i, n := range counts {
		if n > 0 {
			value := sums[i] / n
			curve[i].Value = &value
		}
	}
	return curve
}
