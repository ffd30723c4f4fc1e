package main

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/collab/sqlitelog"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	const last = ` WHERE first_seq = (SELECT MAX(first_seq) FROM board_batches)`
	for name, damage := range map[string]struct{ statement, says string }{
		"a changed digest":     {`UPDATE board_batches SET digest_all = digest_all + 1 WHERE first_seq > 1`, ""},
		"a changed text":       {`UPDATE board_batches SET body = CAST(replace(CAST(body AS TEXT), 'kept', 'lost') AS BLOB) WHERE first_seq > 1`, ""},
		"a lost batch":         {`DELETE FROM board_batches WHERE first_seq = 2`, ""},
		"a lost tail":          {`DELETE FROM board_batches WHERE first_seq = (SELECT MAX(first_seq) FROM board_batches)`, ""},
		"a foreign head":       {`UPDATE board_heads SET batch_id = 'batch-else'`, ""},
		"a head that is gone":  {`DELETE FROM board_heads`, ""},
		"a damaged snapshot":   {`UPDATE board_snapshots SET open_part = X'00'`, ""},
		"a number given twice": {`UPDATE board_batches SET body = CAST(replace(CAST(body AS TEXT), '"n":2', '"n":1') AS BLOB)` + last, "is number 1 of client-"},
		"another author":       {`UPDATE board_batches SET body = CAST(replace(CAST(body AS TEXT), '"by":"person-', '"by":"person-x') AS BLOB)` + last, "is a client of person-"},
		"a fallen epoch":       {`UPDATE board_batches SET epoch = epoch - 1` + last, "behind one of"},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t)
			mira := p.setUp()
			s := mira.sit(mira.signed.Board)
			for range 2 {
				s.send(`{"type":"add","id":"%s","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`, newRecordID("sticky"))
				s.untilEntry("kept")
			}
			if code := p.end(); code != 0 {
				t.Fatalf("ended with %d", code)
			}
			if code, out, failure := command(t, "verify", "-data", p.data); code != 0 {
				t.Fatalf("undamaged: %d %s %s", code, out, failure)
			}
			data, err := sqlitelog.OpenBeside(p.data)
			if err != nil {
				t.Fatal(err)
			}
			changed := change(t, data.DB(), damage.statement)
			if err := data.Close(); err != nil {
				t.Fatal(err)
			}
			if changed == 0 {
				t.Fatal("nothing was damaged")
			}
			code, out, failure := command(t, "verify", "-data", p.data)
			if code == 0 || !strings.Contains(out, "WRONG") || !strings.Contains(out, damage.says) || !strings.Contains(failure, "1 of 1") {
				t.Fatalf("damaged: %d %s %s", code, out, failure)
			}
		})
	}
}

// TestVerify_a_damaged_page_is_found overwrites the first page of tables that no replay looks at.
func TestVerify_a_damaged_page_is_found(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.setUp()
	file := backupOf(t, p)
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	for _, table := range []string{"people", "invites", "sqlite_autoindex_people_1"} {
		folder := t.TempDir()
		damaged := filepath.Join(folder, sqlitelog.FileName)
		if err := copyFile(damaged, file); err != nil {
			t.Fatal(err)
		}
		overwritePage(t, damaged, table)
		code, out, failure := command(t, "verify", "-data", folder)
		if code != 1 || !strings.Contains(out+failure, "WRONG") && !strings.Contains(failure, "malformed") {
			t.Errorf("verify with %s damaged: %d %s %s", table, code, out, failure)
		}
		if code, out, failure = command(t, "restore", "-data", t.TempDir(), damaged); code != 1 || !strings.Contains(failure, "damaged") {
			t.Errorf("restore with %s damaged: %d %s %s", table, code, out, failure)
		}
	}
}

// overwritePage makes the first page of a table or an index unreadable.
func overwritePage(t *testing.T, file, name string) {
	t.Helper()
	data, err := sqlitelog.OpenReadOnly(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	var page, size int64
	err = errors.Join(
		data.DB().QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name = $1`, name).Scan(&page),
		data.DB().QueryRow(`PRAGMA page_size`).Scan(&size),
		data.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xAA}, int(size)), (page-1)*size)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func change(t *testing.T, db *sql.DB, statement string) int64 {
	t.Helper()
	r, err := db.ExecContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestVerify_of_one_board_looks_at_no_other(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, empty func(*testing.T) home) {
		at := empty(t)
		p := at.launch(t)
		mira := p.setUp()
		good, bad := mira.newBoard("standard", "Contract"), mira.newBoard("empty", "Claim")
		if changed := at.change(t, `UPDATE board_batches SET digest_all = digest_all + 1 WHERE board_id = '`+string(bad)+`'`); changed == 0 {
			t.Fatal("nothing was damaged")
		}
		if code, out, failure := at.command(t, "verify", "-board", string(good)); code != 0 || !strings.Contains(out, "1 board is good") || strings.Contains(out, string(bad)) {
			t.Errorf("the good one: %d %s %s", code, out, failure)
		}
		if code, out, failure := at.command(t, "verify", "-board", string(bad)); code != 1 || !strings.Contains(out, string(bad)+"  WRONG") || !strings.Contains(failure, "1 of 1") {
			t.Errorf("the bad one: %d %s %s", code, out, failure)
		}
		if code, out, failure := at.command(t, "verify"); code != 1 || !strings.Contains(failure, "1 of 3") {
			t.Errorf("all of them: %d %s %s", code, out, failure)
		}
		if code, _, failure := at.command(t, "verify", "-board", "board-none"); code != 1 || !strings.Contains(failure, "no board board-none") {
			t.Errorf("one that is not there: %d %s", code, failure)
		}
		if code, _, failure := at.command(t, "verify", "-board", "contract"); code != 2 || !strings.Contains(failure, `-board "contract"`) {
			t.Errorf("what is no id: %d %s", code, failure)
		}
	})
}
