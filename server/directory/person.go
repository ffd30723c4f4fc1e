package directory

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"waymark/board"
)

// A Person is an account or a guest.
type Person struct {
	ID         board.ID
	Name       string
	Department string
	Color      string // one of Palette
	Lang       string // de, en; "" until it is chosen: then that of the browser
	Login      string // "" = none
	Guest      bool
	Admin      bool
	Disabled   bool
	AdoptedBy  board.ID // the account a guest signed in to; "" = nobody
	Password   bool     // has one
}

// Palette holds the colours of people. White text on each has a contrast of at least 5.4.
var Palette = []string{
	"#b63b39", "#a84e07", "#896100", "#497103", "#07764d", "#047272",
	"#097398", "#3263c3", "#654db6", "#8a3d9a", "#a83876",
}

// A Profile is what a person says about themselves.
type Profile struct {
	Name       string
	Department string
	Lang       string
}

// Initials are the first letters of the first and the last word of the name.
func (p Person) Initials() string {
	words := strings.FieldsFunc(p.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var b strings.Builder
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			r, _ := utf8.DecodeRuneInString(w)
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

const personColumns = `id, kind, name, department, color, lang, COALESCE(login, ''), admin,
	CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, COALESCE(adopted_by, ''),
	CASE WHEN password IS NULL THEN 0 ELSE 1 END`

type row interface{ Scan(dest ...any) error }

func scanPerson(r row) (Person, error) {
	var p Person
	var kind string
	err := r.Scan(&p.ID, &kind, &p.Name, &p.Department, &p.Color, &p.Lang, &p.Login, &p.Admin,
		&p.Disabled, &p.AdoptedBy, &p.Password)
	p.Guest = kind == "guest"
	return p, one(err)
}

// Person returns one person, or ErrNotFound.
func (d *Directory) Person(ctx context.Context, id board.ID) (Person, error) {
	p, err := scanPerson(d.db.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE id = $1`, id))
	if err != nil {
		return Person{}, fmt.Errorf("read person %s: %w", id, err)
	}
	return p, nil
}

// People returns those of ids that exist, in no order. A guest that signed in to an account bears the account's name
// and colour, under the guest's id.
func (d *Directory) People(ctx context.Context, ids []board.ID) ([]Person, error) {
	people, err := d.persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	var adopters []board.ID
	for _, p := range people {
		if p.AdoptedBy != "" {
			adopters = append(adopters, p.AdoptedBy)
		}
	}
	accounts, err := d.persons(ctx, adopters)
	if err != nil {
		return nil, err
	}
	for i, p := range people {
		for _, account := range accounts {
			if p.AdoptedBy == account.ID {
				account.ID = p.ID
				people[i] = account
			}
		}
	}
	return people, nil
}

// readTogether is how many people one statement asks for.
const readTogether = 100

func (d *Directory) persons(ctx context.Context, ids []board.ID) ([]Person, error) {
	people := make([]Person, 0, len(ids))
	for some := range slices.Chunk(ids, readTogether) {
		places, args := make([]string, len(some)), make([]any, len(some))
		for i, id := range some {
			places[i], args[i] = "$"+strconv.Itoa(i+1), id
		}
		read, err := scanPeople(d.db.QueryContext(ctx, `SELECT `+personColumns+` FROM people
			WHERE id IN (`+strings.Join(places, ", ")+`)`, args...))
		if err != nil {
			return nil, fmt.Errorf("read %d people: %w", len(some), err)
		}
		people = append(people, read...)
	}
	return people, nil
}

func scanPeople(rows *sql.Rows, err error) (people []Person, _ error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		p, err := scanPerson(rows)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, rows.Err()
}

// Administrator returns the oldest account that may administer: ErrNotFound before the set-up, ErrAllOff when nobody is
// left who may.
func (d *Directory) Administrator(ctx context.Context) (Person, error) {
	p, err := scanPerson(d.db.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people
		WHERE admin = 1 ORDER BY CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, created_at, id LIMIT 1`))
	if err == nil && p.Disabled {
		err = ErrAllOff
	}
	if err != nil {
		return Person{}, fmt.Errorf("read the administrator: %w", err)
	}
	return p, nil
}

// FindAccount returns the account with this id or login.
func (d *Directory) FindAccount(ctx context.Context, name string) (Person, error) {
	p, err := scanPerson(d.db.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people
		WHERE kind = 'account' AND (id = $1 OR login = $2)`, name, FoldLogin(name)))
	if err != nil {
		return Person{}, fmt.Errorf("find account %q: %w", name, err)
	}
	return p, nil
}

// AddGuest makes a person without an account.
func (d *Directory) AddGuest(ctx context.Context, profile Profile) (Person, error) {
	return d.add(ctx, "guest", profile)
}

// AddAccount makes an account that has no password yet; a login link opens it.
func (d *Directory) AddAccount(ctx context.Context, profile Profile) (Person, error) {
	return d.add(ctx, "account", profile)
}

func (d *Directory) add(ctx context.Context, kind string, profile Profile) (Person, error) {
	var p Person
	err := d.write(ctx, "add "+kind, func(tx *sql.Tx) (err error) {
		p, err = d.insertPerson(ctx, tx, kind, profile, false)
		return err
	})
	return p, err
}

// insertPerson gives the colours of the palette in the order people come.
func (d *Directory) insertPerson(ctx context.Context, tx *sql.Tx, kind string, profile Profile, admin bool) (Person, error) {
	var count int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM people`).Scan(&count); err != nil {
		return Person{}, fmt.Errorf("count people: %w", err)
	}
	p := Person{
		ID: NewID("person"), Name: profile.Name, Department: profile.Department, Lang: profile.Lang,
		Color: Palette[count%len(Palette)], Guest: kind == "guest", Admin: admin,
	}
	flag := 0
	if admin {
		flag = 1
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO people (id, kind, name, department, color, lang, admin, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, kind, p.Name, p.Department, p.Color, p.Lang, flag, d.millis())
	if err != nil {
		return Person{}, fmt.Errorf("insert person: %w", err)
	}
	return p, nil
}

// SetProfile changes what a person says about themselves.
func (d *Directory) SetProfile(ctx context.Context, id board.ID, profile Profile, color string) error {
	return d.write(ctx, fmt.Sprintf("set profile of %s", id), func(tx *sql.Tx) error {
		return setProfile(ctx, tx, id, profile, color, d.millis())
	})
}

func setProfile(ctx context.Context, db execer, id board.ID, profile Profile, color string, now int64) error {
	_, err := db.ExecContext(ctx, `UPDATE people SET name = $2, department = $3, lang = $4, color = $5, changed_at = $6 WHERE id = $1`,
		id, profile.Name, profile.Department, profile.Lang, color, now)
	if err != nil {
		return fmt.Errorf("set profile of %s: %w", id, err)
	}
	return nil
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Disable ends an account: its tokens and sockets with it. ErrLast for the only administrator who is left.
func (d *Directory) Disable(ctx context.Context, id board.ID) error {
	return d.write(ctx, fmt.Sprintf("disable %s", id), func(tx *sql.Tx) error {
		now := d.millis()
		off, err := affected(tx.ExecContext(ctx, `UPDATE people SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL
			AND (admin = 0 OR EXISTS (SELECT 1 FROM people o WHERE o.id <> $1 AND o.admin = 1 AND o.disabled_at IS NULL))`, id, now))
		if err != nil {
			return err
		}
		if !off {
			p, err := scanPerson(tx.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE id = $1`, id))
			if err == nil && !p.Disabled {
				err = ErrLast
			}
			if err != nil {
				return err
			}
		}
		return endSignIns(ctx, tx, id, now)
	})
}

// Enable switches an account on again; it has to sign in anew.
func (d *Directory) Enable(ctx context.Context, id board.ID) error {
	return d.write(ctx, fmt.Sprintf("enable %s", id), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE people SET disabled_at = NULL WHERE id = $1`, id)
		return err
	})
}

// An Adoption is a guest who has signed in to an account.
type Adoption struct{ Guest, Account board.ID }

// AdoptionsLeft lists the adopted guests who are still members of a board.
func (d *Directory) AdoptionsLeft(ctx context.Context) ([]Adoption, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT p.id, p.adopted_by FROM people p
		WHERE p.adopted_by IS NOT NULL AND EXISTS (SELECT 1 FROM board_members m WHERE m.person = p.id) ORDER BY p.id`)
	if err != nil {
		return nil, fmt.Errorf("list adoptions left: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var list []Adoption
	for rows.Next() {
		var a Adoption
		if err := rows.Scan(&a.Guest, &a.Account); err != nil {
			return nil, fmt.Errorf("list adoptions left: %w", err)
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// MemberOf lists the boards that a person is a member of, as far as the list of boards knows.
func (d *Directory) MemberOf(ctx context.Context, person board.ID) ([]board.ID, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT board FROM board_members WHERE person = $1 ORDER BY board`, person)
	if err != nil {
		return nil, fmt.Errorf("list memberships of %s: %w", person, err)
	}
	return scanIDs(rows)
}

// Adopt makes the account the bearer of what the guest has made, and ends the guest's sign-ins. A guest is adopted
// once; adopting an account or an adopted guest changes nothing.
func (d *Directory) Adopt(ctx context.Context, guest, account board.ID) (bool, error) {
	var adopted bool
	err := d.write(ctx, fmt.Sprintf("adopt %s into %s", guest, account), func(tx *sql.Tx) (err error) {
		adopted, err = affected(tx.ExecContext(ctx, `UPDATE people SET adopted_by = $2, changed_at = $3
			WHERE id = $1 AND kind = 'guest' AND adopted_by IS NULL
			AND EXISTS (SELECT 1 FROM people a WHERE a.id = $2 AND a.kind = 'account')`, guest, account, d.millis()))
		if err != nil || !adopted {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO viewers (board, person, invite, revision, at)
			SELECT board, $2, invite, revision, at FROM viewers WHERE person = $1 AND removed_at IS NULL
			ON CONFLICT (board, person, invite) DO UPDATE SET removed_at = NULL`, guest, account); err != nil {
			return err
		}
		return endSignIns(ctx, tx, guest, d.millis())
	})
	return adopted, err
}
