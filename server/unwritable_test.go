//go:build services

package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"waymark/board"
	"waymark/collab/pglog/pgtest"
	"waymark/server/client"
)

// While the database takes no writes people are told why, an edit is not acknowledged, and it is there once it can be.
func TestCluster_a_Postgres_that_takes_no_writes_for_a_while(t *testing.T) {
	t.Parallel()
	small := pgtest.OpenSmall(t, 80)
	locked := pgtest.OpenInMemory(t)
	for name, c := range map[string]struct {
		url        string
		begin, end func()
		code       string
		doctor     []string
	}{
		"full": {small.Database(t), func() { small.Fill(t) }, func() { small.Free(t) }, "diskFull", []string{"nothing can be written", "its disk is full"}},
		"read_only": {locked.Database(t), func() {
			locked.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
			locked.Await(t, "postgres", "current_setting('default_transaction_read_only')", "on")
		}, func() {
			locked.Exec(t, "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")
			locked.Await(t, "postgres", "current_setting('default_transaction_read_only')", "off")
		}, "readOnly", []string{"it is read-only", "switch it off"}},
	} {
		t.Run(name, func(t *testing.T) {
			at := home{"-database", c.url}
			p, second := at.launch(t), at.launch(t)
			mira := p.setUp()
			id := mira.signed.Board
			there := mira.at(second).sit(id)
			s := mira.sit(id)
			s.send(`{"type":"add","id":"sticky-early","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`)
			s.untilEntry("sticky-early")
			c.begin()
			var made []board.ID
			await(t, "a board is refused as "+c.code, func() bool {
				next := client.NewID("board")
				status, data := mira.do("POST", "/api/boards", map[string]string{"id": string(next), "template": "standard", "title": "Contract", "lang": "en"})
				if status < 300 { // there was room for one more
					made = append(made, next)
				}
				return status == http.StatusServiceUnavailable && strings.Contains(string(data), `"code":"`+c.code+`"`) && strings.Contains(string(data), `"kept":`)
			})
			consult(t, at...).finds("WRONG", c.doctor...)
			if name == "read_only" {
				for _, b := range []*browser{mira, mira.at(second)} {
					b.notReady(t, name, "takes no writes")
				}
				mira.fails("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": "given up"}, http.StatusServiceUnavailable, c.code)
			}
			late := []byte(`{"type":"add","id":"sticky-late","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"kept"}}`)
			if name == "read_only" { // when it is full, there may be room for one more
				s = comesBack(t, at, mira, s, late)
			} else {
				s.send("%s", late)
			}
			c.end()
			s.untilEntry("sticky-late")
			there.untilEntry("sticky-late")
			for _, b := range []*browser{mira, mira.at(second)} {
				b.ok("GET", "/readyz", nil, nil)
			}
			for _, id := range made {
				mira.sit(id)
			}
			if _, export := mira.do("GET", "/api/boards/"+string(id)+"/export", nil); strings.Contains(string(export), "given up") {
				t.Errorf("what was given up was done later: %s", export)
			}
			p.end()
			second.end()
			if code, out, failure := at.command(t, "verify"); code != 0 {
				t.Errorf("verify: %d %s %s", code, out, failure)
			}
		})
	}
}

// comesBack sends an op, which cannot be written now, as the page's second, connects the page anew, and sends it again.
func comesBack(t *testing.T, at home, b *browser, s *seat, op []byte) *seat {
	t.Helper()
	const written = `SELECT seq FROM board_heads WHERE board_id = $1`
	id := b.signed.Board
	before := at.ask(t, written, string(id))
	s.send("%s", op)
	s.write([]byte(`[{"type":"beat"}]`))
	s.until("beat") // the server has taken the op
	again := b.dialAs(client.Options{Board: id, Client: s.conn.Client(), From: s.conn.Point(), Next: 3})
	if mark := again.until("mark").raw; !strings.Contains(mark, `"n":1,`) && at.ask(t, written, string(id)) == before {
		t.Errorf("nothing was written, and the page is told that more than its first op is decided: %s", mark)
	}
	if err := again.conn.SendAgain(2, op); err != nil {
		t.Fatal(err)
	}
	return again
}

// A link whose entry could not be written is still there to be used: the next try gives the link's right.
func TestCluster_a_join_that_could_not_be_written_can_be_tried_again(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	p := home{"-database", url}.launch(t)
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	_, low := mira.invite(id, map[string]any{"role": "participant"})
	invite, secret := mira.invite(id, map[string]any{"role": "editor", "max": 1})
	eve := p.join(t, low, "Eve")
	s := pgtest.Shared(t)
	name := databaseName(url)
	s.ExecIn(t, name, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN RAISE 'no writes' USING ERRCODE = 'read_only_sql_transaction'; END $$`,
		`CREATE TRIGGER refuse BEFORE INSERT ON board_batches FOR EACH ROW EXECUTE FUNCTION refuse()`)
	join := map[string]string{"secret": secret, "name": "Eve", "lang": "en"}
	for range 2 {
		eve.fails("POST", "/api/invites/join", join, http.StatusServiceUnavailable, "readOnly")
	}
	s.ExecIn(t, name, `DROP TRIGGER refuse ON board_batches`)
	eve.enter("/api/invites/join", join)
	access := mira.access(id)
	if got := access.member(eve.signed.Person.ID); got.Role != board.Editor {
		t.Errorf("is %+v", got)
	}
	if i := slices.IndexFunc(access.Invites, func(v inviteBody) bool { return v.ID == board.ID(invite) }); i < 0 || access.Invites[i].Used != 1 {
		t.Errorf("the link was used as %+v", access.Invites)
	}
}
