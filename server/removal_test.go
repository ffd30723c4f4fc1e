package main

import (
	"slices"
	"strings"
	"testing"

	"waymark/board"
	"waymark/collab/sqlitelog"
)

func TestRemoval(t *testing.T) {
	t.Parallel()
	p := start(t, "-wrong-per-minute", "1000")
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	path := "/api/boards/" + string(id)
	remove := func(b *browser) (out struct{ Invites []inviteBody }) {
		t.Helper()
		mira.ok("POST", path+"/members/"+string(b.signed.Person.ID)+"/remove", nil, &out)
		return out
	}

	t.Run("it_takes_the_member_record_and_every_pass_and_names_the_links_that_still_let_in", func(t *testing.T) {
		look, one := mira.invite(id, map[string]any{"role": "viewer", "label": "Stakeholders"})
		edit, two := mira.invite(id, map[string]any{"role": "editor", "label": "Workshop"})
		shut, three := mira.invite(id, map[string]any{"role": "viewer"})
		edgar := p.join(t, one, "Edgar")
		for _, secret := range []string{two, three} {
			edgar.enter("/api/invites/join", map[string]string{"secret": secret, "name": "Edgar", "lang": "en"})
		}
		mira.ok("POST", path+"/invites/"+shut+"/close", nil, nil)
		s := edgar.sit(id)
		var came []string
		for _, invite := range remove(edgar).Invites {
			came = append(came, string(invite.ID))
		}
		slices.Sort(came)
		want := []string{look, edit}
		slices.Sort(want)
		if !slices.Equal(came, want) {
			t.Fatalf("the links that still let in are %v, want %v", came, want)
		}
		if code := s.closed(); code != 4403 {
			t.Fatalf("closed with %d", code)
		}
		if code := edgar.dial(id, nil).closed(); code != 4403 {
			t.Fatalf("comes back and is closed with %d", code)
		}
		edgar.fails("GET", path+"/export", nil, 404, "notFound")
	})
	t.Run("a_renewed_link_kills_the_old_one_and_ends_who_looks_by_it", func(t *testing.T) {
		invite, old := mira.invite(id, map[string]any{"role": "viewer", "label": "Board meeting", "max": 1})
		viewer := p.join(t, old, "Vera")
		s := viewer.sit(id)
		viewer.fails("POST", path+"/invites/"+invite+"/renew", nil, 403, "role")
		var made struct{ ID, URL string }
		mira.ok("POST", path+"/invites/"+invite+"/renew", nil, &made)
		if made.ID != invite {
			t.Fatalf("renewed to %+v", made)
		}
		if code := s.closed(); code != 4403 {
			t.Fatalf("closed with %d", code)
		}
		if got := viewer.list(); len(got) != 0 {
			t.Fatalf("still lists %+v", got)
		}
		stranger := p.browser(t)
		stranger.fails("POST", "/api/invites/look", map[string]string{"secret": old}, 404, "link")
		stranger.fails("POST", "/api/invites/join", map[string]string{"secret": old, "name": "Eve", "lang": "en"}, 404, "link")
		again := p.join(t, secretOf(t, made.URL), "Vera")
		if got := again.find(id); got.Role != board.Viewer {
			t.Fatalf("by the new link: %+v", got)
		}
		i := slices.IndexFunc(mira.access(id).Invites, func(i inviteBody) bool { return string(i.ID) == invite })
		if got := mira.access(id).Invites[i]; got.Used != 1 || got.Label != "Board meeting" || got.Closed {
			t.Fatalf("the invite is %+v", got)
		}
		mira.ok("POST", path+"/invites/"+invite+"/close", nil, nil)
		mira.fails("POST", path+"/invites/"+invite+"/renew", nil, 410, "closed")
		mira.fails("POST", path+"/invites/invite-none/renew", nil, 404, "notFound")
		other := mira.newBoard("empty", "Other")
		mira.fails("POST", "/api/boards/"+string(other)+"/invites/"+invite+"/renew", nil, 404, "notFound")
	})
	t.Run("a_full_link_leaves_no_guest_behind", func(t *testing.T) {
		_, secret := mira.invite(id, map[string]any{"role": "viewer", "max": 1})
		p.join(t, secret, "First")
		before := p.people()
		for range 5 {
			p.browser(t).fails("POST", "/api/invites/join", map[string]string{"secret": secret, "name": "Eve", "lang": "en"}, 410, "full")
		}
		if after := p.people(); after != before {
			t.Fatalf("%d people before, %d after", before, after)
		}
	})
	t.Run("nobody_becomes_a_member_who_does_not_exist", func(t *testing.T) {
		s := mira.sit(id)
		s.send(`{"type":"setMember","person":"person-ghost","role":"editor"}`)
		s.untilEntry(`"refused":"gone"`)
		mira.fails("POST", path+"/members", map[string]any{"person": "person-ghost", "role": "editor"}, 404, "notFound")
	})
	t.Run("a_facilitator_gives_who_looks_by_a_link_a_role", func(t *testing.T) {
		_, look := mira.invite(id, map[string]any{"role": "viewer"})
		_, lead := mira.invite(id, map[string]any{"role": "editor"})
		viewer, fay := p.join(t, look, "Vera"), p.join(t, lead, "Fay")
		stranger := p.join(t, func() string {
			_, secret := mira.invite(mira.newBoard("empty", "Elsewhere"), map[string]any{"role": "viewer"})
			return secret
		}(), "Eve")
		want := func(b *browser) map[string]any {
			return map[string]any{"person": b.signed.Person.ID, "role": "participant"}
		}
		fay.fails("POST", path+"/members", want(viewer), 403, "role")
		mira.ok("POST", path+"/members", map[string]any{"person": fay.signed.Person.ID, "role": "facilitator"}, nil)
		fay.ok("POST", path+"/members", want(viewer), nil)
		if got := viewer.find(id); got.Role != board.Participant {
			t.Fatalf("listed as %+v", got)
		}
		fay.fails("POST", path+"/members", want(stranger), 404, "notFound")
	})
}

// people counts the rows of the directory.
func (p *running) people() (n int) {
	p.t.Helper()
	data, err := sqlitelog.OpenBeside(p.data)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = data.Close() }()
	if err := data.DB().QueryRowContext(p.t.Context(), `SELECT COUNT(*) FROM people`).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func secretOf(t *testing.T, url string) string {
	t.Helper()
	_, secret, ok := strings.Cut(url, "/join#")
	if !ok {
		t.Fatalf("link %s", url)
	}
	return secret
}
