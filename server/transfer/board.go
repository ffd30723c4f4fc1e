package transfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"waymark/board"
	"waymark/collab"
)

// One copies one board: its log and snapshot, who is let in by which invite, what the list of boards shows of it, and
// the people whom any of these name. The people come without login, password and rights of an administrator, for a
// board may be put where these mean somebody else; people who are there stay as they are.
func One(ctx context.Context, from Reader, to Writer, id board.ID) (*Copy, error) {
	c := &Copy{from: from, to: to}
	if err := c.copy(ctx, of(id, "board_heads", "board_id = $1"), nil); err != nil {
		return nil, err
	}
	return c, c.behindHead(ctx, id)
}

// ErrMoved says that a board's head is not the expected one.
var ErrMoved = errors.New("the board was changed meanwhile")

// Replace puts a board in the place of the one that is there, whose head is expect; the zero head says that there is
// none. It is [One] but for that. Whoever waits for the head meanwhile finds another. [ErrMoved].
func Replace(ctx context.Context, from Reader, there Writer, id board.ID, expect collab.Head) error {
	h, ok, err := Head(ctx, from, id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("there is no board %s", id)
	}
	text := `INSERT INTO board_heads (epoch, seq, batch_id, format, snapshot_seq, board_id) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
	args := []any{h.Epoch, int64(h.Seq), string(h.Batch), h.Format, int64(h.SnapshotSeq), string(id)}
	if expect != (collab.Head{}) {
		text = `UPDATE board_heads SET epoch = $1, seq = $2, batch_id = $3, format = $4, snapshot_seq = $5
			WHERE board_id = $6 AND epoch = $7 AND seq = $8 AND batch_id = $9`
		args = append(args, expect.Epoch, int64(expect.Seq), string(expect.Batch))
	}
	result, err := there.ExecContext(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("replace %s: %w", id, err)
	}
	if n, err := result.RowsAffected(); err != nil {
		return fmt.Errorf("replace %s: %w", id, err)
	} else if n == 0 {
		return ErrMoved
	}
	for _, statement := range removal {
		if _, err := there.ExecContext(ctx, statement, string(id)); err != nil {
			return fmt.Errorf("replace %s: %w", id, err)
		}
	}
	c := &Copy{from: from, to: there}
	return c.behindHead(ctx, id)
}

// removal removes all of a board but its head.
var removal = []string{
	`DELETE FROM board_batches WHERE board_id = $1`,
	`DELETE FROM board_snapshots WHERE board_id = $1`,
	`DELETE FROM board_members WHERE board = $1`,
	`DELETE FROM boards WHERE id = $1`,
	`DELETE FROM viewers WHERE board = $1`,
	`DELETE FROM invite_uses WHERE invite IN (SELECT id FROM invites WHERE board = $1)`,
	`DELETE FROM invites WHERE board = $1`,
}

func of(id board.ID, name, where string) table {
	return table{name: name, where: where, args: []any{string(id)}}
}

// behindHead copies all of a board but its head.
func (c *Copy) behindHead(ctx context.Context, id board.ID) error {
	people := map[string]bool{}
	log := of(id, "board_batches", "board_id = $1")
	log.order = "first_seq"
	if err := c.copy(ctx, log, named(people)); err != nil {
		return err
	}
	if err := namedByRows(ctx, c.from, id, people); err != nil {
		return err
	}
	if err := c.people(ctx, people); err != nil {
		return err
	}
	for _, t := range []table{
		of(id, "board_snapshots", "board_id = $1"),
		of(id, "invites", "board = $1"),
		of(id, "invite_uses", "invite IN (SELECT id FROM invites WHERE board = $1)"),
		of(id, "viewers", "board = $1"),
		of(id, "boards", "id = $1"),
		of(id, "board_members", "board = $1"),
	} {
		if err := c.copy(ctx, t, nil); err != nil {
			return err
		}
	}
	return nil
}

var personID = regexp.MustCompile(`"(` + board.PrefixPerson + `-[0-9A-Za-z_-]+)"`)

// named collects whom the entries of a log name, in whatever field.
func named(people map[string]bool) func(columns []string, row []any) {
	return func(columns []string, row []any) {
		body, _ := row[slices.Index(columns, "body")].([]byte)
		for _, found := range personID.FindAllSubmatch(body, -1) {
			people[string(found[1])] = true
		}
	}
}

func namedByRows(ctx context.Context, from Reader, id board.ID, people map[string]bool) error {
	return collect(ctx, from, people, `SELECT created_by FROM invites WHERE board = $1
		UNION SELECT person FROM invite_uses WHERE invite IN (SELECT id FROM invites WHERE board = $1)
		UNION SELECT person FROM viewers WHERE board = $1
		UNION SELECT person FROM board_members WHERE board = $1
		UNION SELECT changed_by FROM boards WHERE id = $1`, string(id))
}

// peopleTogether is how many people one statement asks for.
const peopleTogether = 100

// people copies those of people who exist, and the accounts that have adopted them, these first.
func (c *Copy) people(ctx context.Context, people map[string]bool) error {
	for some := range slices.Chunk(sorted(people), peopleTogether) {
		places, args := among(some)
		if err := collect(ctx, c.from, people, `SELECT adopted_by FROM people WHERE adopted_by IS NOT NULL AND id IN (`+places+`)`, args...); err != nil {
			return err
		}
	}
	for _, which := range []string{"adopted_by IS NULL", "adopted_by IS NOT NULL"} {
		for some := range slices.Chunk(sorted(people), peopleTogether) {
			places, args := among(some)
			t := table{
				name: "people", where: which + ` AND id IN (` + places + `)`, args: args, kept: true,
				instead: map[string]string{"login": "NULL", "password": "NULL", "admin": "0"},
			}
			if err := c.copy(ctx, t, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func sorted(people map[string]bool) []string {
	list := make([]string, 0, len(people))
	for id := range people {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// among makes the places and arguments of a list.
func among(ids []string) (places string, args []any) {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = "$" + strconv.Itoa(i+1)
		args = append(args, id)
	}
	return strings.Join(list, ", "), args
}

// collect adds what a query of one column finds.
func collect(ctx context.Context, from Reader, into map[string]bool, query string, args ...any) error {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("look whom the board names: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("look whom the board names: %w", err)
		}
		into[id] = true
	}
	return rows.Err()
}

// Head is the end of a board's log, as the database or the transaction has it.
func Head(ctx context.Context, there Reader, id board.ID) (h collab.Head, ok bool, err error) {
	err = there.QueryRowContext(ctx, `SELECT epoch, seq, batch_id, format, snapshot_seq FROM board_heads WHERE board_id = $1`, string(id)).
		Scan(&h.Epoch, &h.Seq, &h.Batch, &h.Format, &h.SnapshotSeq)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return collab.Head{}, false, nil
	case err != nil:
		return collab.Head{}, false, fmt.Errorf("read the head of %s: %w", id, err)
	}
	return h, true, nil
}
