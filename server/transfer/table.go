package transfer

import (
	"slices"
	"strconv"
	"strings"

	"waymark/migrations"
)

// A table is which rows of a table are copied, and how.
type table struct {
	name string
	// where picks rows by args; "" = all. order is how they come; "" = in any.
	where string
	args  []any
	order string
	// without are columns that the other database fills itself; instead are what to write in place of a column's value.
	without []string
	instead map[string]string
	// kept says that a row that is there stays as it is.
	kept bool
}

// whole are all tables in the order in which they can be filled, but for the servers, which run on one database, and
// what is said of the database itself.
func whole() ([]table, error) {
	names, err := migrations.Tables("sqlite")
	if err != nil {
		return nil, err
	}
	var tables []table
	for _, name := range names {
		t := table{name: name}
		switch name {
		case "servers":
			continue
		case "installation":
			t.where = `name NOT IN (` + ofDatabase + `)`
		case "people":
			t.order = adoptersFirst
		case "audit":
			t.order, t.without = "id", []string{"id"} // its numbers say nothing but the order
		case "board_batches":
			t.order = "board_id, first_seq"
		}
		tables = append(tables, t)
	}
	return tables, nil
}

const (
	// ofDatabase are the rows of installation that belong to one database.
	ofDatabase = `'bus key', 'bus key of', 'moved', 'half made', 'one board'`
	// adoptersFirst puts guests behind the accounts that they refer to.
	adoptersFirst = `CASE WHEN adopted_by IS NULL THEN 0 ELSE 1 END, id`
)

// query reads columns of the rows.
func (t *table) query(columns []string) string {
	list := slices.Clone(columns)
	for i, c := range list {
		if value, ok := t.instead[c]; ok {
			list[i] = value + " AS " + c
		}
	}
	text := `SELECT ` + strings.Join(list, ", ") + ` FROM ` + t.name
	if t.where != "" {
		text += ` WHERE ` + t.where
	}
	if t.order != "" {
		text += ` ORDER BY ` + t.order
	}
	return text
}

// insert writes rows of columns, all in one statement.
func (t *table) insert(columns []string, rows int) string {
	var b strings.Builder
	b.WriteString(`INSERT INTO ` + t.name + ` (` + strings.Join(columns, ", ") + `) VALUES `)
	n := 0
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j := range columns {
			if j > 0 {
				b.WriteString(", ")
			}
			n++
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	if t.kept {
		b.WriteString(` ON CONFLICT DO NOTHING`)
	}
	return b.String()
}
