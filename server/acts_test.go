package main

import (
	"slices"
	"strings"
	"testing"

	"waymark/board"
)

// trail is what the audit command prints, the oldest line first, without its times and with people by name.
func (p *running) trail(t *testing.T, names map[board.ID]string) []string {
	t.Helper()
	code, out, failure := command(t, "audit", "-data", p.data)
	if code != 0 {
		t.Fatalf("audit: %d %s", code, failure)
	}
	for id, name := range names {
		out = strings.ReplaceAll(out, string(id), name)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for i, line := range lines {
		_, rest, _ := strings.Cut(line, "\t")
		lines[i] = strings.Join(strings.Fields(rest), " ")
	}
	slices.Reverse(lines)
	return lines
}

// TestAudit_what_is_done_by_the_socket_leaves_a_line does all that governs a board as the page does it.
func TestAudit_what_is_done_by_the_socket_leaves_a_line(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	invite, secret := mira.invite(id, map[string]any{"role": "participant"})
	jonas := p.join(t, secret, "Jonas")
	names := map[board.ID]string{
		mira.signed.Person.ID: "mira", jonas.signed.Person.ID: "jonas", id: "contract", mira.signed.Board: "sample", board.ID(invite): "the-invite",
	}
	s := mira.sit(id)
	person := jonas.signed.Person.ID
	for _, step := range []struct{ op, until string }{
		{`{"type":"setMember","person":"` + string(person) + `","role":"facilitator"}`, `"facilitator"`},
		{`{"type":"setMember","person":"` + string(person) + `","role":"viewer"}`, person.Suffix()},
		{`{"type":"closeInvite","id":"` + invite + `"}`, `"closed":true`},
		{`{"type":"removeMember","person":"` + string(person) + `"}`, `["purge"`},
		{`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000}}`, `sticky-1`},
		{`{"type":"trash"}`, `"trashed":true`},
		{`{"type":"untrash"}`, `"trashed":null`},
	} {
		s.send("%s", step.op)
		s.untilEntry(step.until)
	}
	mira.list() // which brings the projections up to date
	mira.list()
	mira.ok("GET", "/api/boards/"+string(id)+"/export", nil, nil)
	mira.ok("POST", "/api/signout", nil, nil)
	mira.ok("POST", "/api/signout", nil, nil)

	want := []string{
		"create mira sample", "setup mira sample", "create mira contract", "invite mira contract the-invite participant",
		"role jonas contract jonas participant", "join jonas contract",
		"role mira contract jonas facilitator", "role mira contract jonas viewer", "closeInvite mira contract the-invite",
		"remove mira contract jonas", "trash mira contract", "untrash mira contract", "export mira contract", "signOut mira",
	}
	if got := p.trail(t, names); !slices.Equal(got, want) {
		t.Errorf("the trail is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// What the log says is there once, also after a start that looks at it again.
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	again := startOn(t, p.data)
	again.browser(t)
	if got := again.trail(t, names); len(got) != len(want) {
		t.Errorf("after a start the trail is\n%s", strings.Join(got, "\n"))
	}
}

// TestAudit_what_was_not_projected_is_found ends the server before the list of boards has heard of it.
func TestAudit_what_was_not_projected_is_found(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	s := mira.sit(mira.signed.Board)
	s.send(`{"type":"trash"}`)
	s.untilEntry(`"trashed":true`)
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	again := startOn(t, p.data)
	b := again.browser(t)
	b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
	b.list()
	if got := again.trail(t, map[board.ID]string{mira.signed.Person.ID: "mira", mira.signed.Board: "sample"}); !slices.Contains(got, "trash mira sample") {
		t.Errorf("the trail is\n%s", strings.Join(got, "\n"))
	}
}

func TestAudit_commands_leave_a_line(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.setUp()
	id, _ := account(t, p, "Ben")
	file := backupOf(t, p)
	folder := t.TempDir()
	if code, _, failure := command(t, "restore", "-data", folder, file); code != 0 {
		t.Fatal(failure)
	}
	for _, tt := range []struct {
		data string
		want []string
	}{
		{p.data, []string{"account ben", "link ben", "backup"}},
		{folder, []string{"account ben", "restore"}},
	} {
		got := (&running{data: tt.data}).trail(t, map[board.ID]string{id: "ben"})
		for _, line := range tt.want {
			if !slices.Contains(got, line) {
				t.Errorf("%s lacks %q:\n%s", tt.data, line, strings.Join(got, "\n"))
			}
		}
	}
}
