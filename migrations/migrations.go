// Package migrations holds the SQL that makes and changes the tables, numbered,
// one folder for each database.
package migrations

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// A Step is one numbered change of the tables.
type Step struct {
	Number int
	Name   string
	SQL    string
}

// Steps are those of one database ("sqlite", "postgres"), in order. The numbers begin at 1
// and leave none out.
func Steps(database string) ([]Step, error) {
	list, err := fs.ReadDir(files, database)
	if err != nil {
		return nil, fmt.Errorf("list migrations of %s: %w", database, err)
	}
	var steps []Step
	for i, f := range list {
		digits, _, _ := strings.Cut(f.Name(), "_")
		n, err := strconv.Atoi(digits)
		if err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s/%s is not number %d", database, f.Name(), i+1)
		}
		text, err := fs.ReadFile(files, database+"/"+f.Name())
		if err != nil {
			return nil, fmt.Errorf("read migration %s/%s: %w", database, f.Name(), err)
		}
		steps = append(steps, Step{Number: n, Name: strings.TrimSuffix(f.Name(), ".sql"), SQL: string(text)})
	}
	return steps, nil
}

// Applied are the numbers of the steps that a database says it has had, ascending.
type Applied []int

// Last is the highest, 0 when there is none.
func (a Applied) Last() int {
	if len(a) == 0 {
		return 0
	}
	return a[len(a)-1]
}

// Hole says what to do about a list that leaves steps out before its last one; nil when it leaves none out.
func (a Applied) Hole(steps []Step) error {
	var missing, rows []string
	for _, step := range steps {
		if step.Number < a.Last() && !slices.Contains(a, step.Number) {
			missing = append(missing, step.Name)
			rows = append(rows, fmt.Sprintf("(%d, '%s')", step.Number, step.Name))
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("its tables cannot be trusted: migration %s is not in schema_migrations, and a later one is; somebody changed that table, "+
		"or not all of the database was put back. Nothing was changed: restore a backup. Only where its tables are there, and the list alone is wrong: "+
		"INSERT INTO schema_migrations (number, name) VALUES %s", strings.Join(missing, " and "), strings.Join(rows, ", "))
}

var createTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// Tables are those that the steps of one database make, in that order: none refers to one behind it.
func Tables(database string) ([]string, error) {
	steps, err := Steps(database)
	if err != nil {
		return nil, err
	}
	return made(steps), nil
}

func made(steps []Step) (names []string) {
	for _, step := range steps {
		for _, found := range createTable.FindAllStringSubmatch(step.SQL, -1) {
			names = append(names, found[1])
		}
	}
	return names
}

// Missing says what to do about a database that has not all tables of these steps, or some although it has had none;
// there are those that it has, with the list itself. It is nil when the tables are those of the list.
func (a Applied) Missing(steps []Step, there []string) error {
	those := func(are bool, names []string) (some []string) {
		for _, name := range names {
			if slices.Contains(there, name) == are {
				some = append(some, name)
			}
		}
		return some
	}
	if len(a) > 0 {
		if missing := those(false, made(steps[:min(a.Last(), len(steps))])); missing != nil {
			return fmt.Errorf("it lacks tables that it once had: %s; somebody took them away, or not all of the database was put back. "+
				"Nothing was changed: put a copy back into an empty database (waymark restore)", strings.Join(missing, ", "))
		}
		return nil
	}
	if here := those(true, made(steps)); here != nil && !slices.Contains(there, listOfSteps) {
		if len(here) > 3 {
			here = append(here[:3:3], fmt.Sprintf("%d more tables with names of Waymark's", len(here)-3))
		}
		return fmt.Errorf("it has %s, but not %s, which says whose they are: they are another program's, or somebody took away a part of Waymark's. "+
			"Nothing was changed: give Waymark a database of its own, an empty one; if boards were in this one, "+
			"put a copy back there (waymark restore)", strings.Join(here, ", "), listOfSteps)
	}
	return nil
}

// listOfSteps is the table that says which steps were taken.
const listOfSteps = "schema_migrations"
