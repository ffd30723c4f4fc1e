package main

import (
	"slices"
	"testing"

	"waymark/board"
)

func TestInvites(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	path := "/api/boards/" + string(id)

	t.Run("a_guest_joins_with_a_name_and_stays_the_same_person", func(t *testing.T) {
		_, secret := mira.invite(id, map[string]any{"role": "participant", "label": "Workshop"})
		b := p.browser(t)
		var look lookBody
		b.ok("POST", "/api/invites/look", map[string]string{"secret": secret}, &look)
		if look.Board != id || look.Title != "Contract" || look.Role != board.Participant || look.Host != "Mira Kern" || look.Members != 1 ||
			look.NeedsPasscode || look.Steps == 0 || len(look.Curve) != look.Steps || look.Picture == nil {
			t.Fatalf("the link shows %+v", look)
		}
		b.fails("POST", "/api/invites/join", map[string]string{"secret": secret, "name": "", "lang": "de"}, 400, "field")
		first := b.enter("/api/invites/join", map[string]string{"secret": secret, "name": "Jonas", "department": "Sales", "lang": "de"})
		if first.Board != id || !first.Person.Guest || first.Person.Department != "Sales" {
			t.Fatalf("joined as %+v", first)
		}
		again := b.enter("/api/invites/join", map[string]string{"secret": secret, "name": "Jonas Lind", "lang": "de"})
		if again.Person.ID != first.Person.ID || again.Person.Name != "Jonas Lind" {
			t.Fatalf("the same browser is now %+v", again.Person)
		}
		b.refresh()
		if got := b.find(id); got.Role != board.Participant {
			t.Fatalf("listed as %+v", got)
		}
		if got := mira.access(id).member(first.Person.ID); got.Role != board.Participant || got.Name != "Jonas Lind" || got.Live {
			t.Fatalf("has access as %+v", got)
		}
		s := b.sit(id)
		if got := mira.access(id).member(first.Person.ID); !got.Live {
			t.Fatal("is on the board, and not live")
		}
		s.send(`{"type":"add","id":"sticky-jonas","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"hello"}}`)
		s.untilEntry("sticky-jonas")
		if got := b.access(id); len(got.Invites) != 0 || got.Members == nil {
			t.Fatalf("a participant is shown %+v", got)
		}
	})
	t.Run("a_link_that_was_used_does_not_give_back_what_a_facilitator_took", func(t *testing.T) {
		_, secret := mira.invite(id, map[string]any{"role": "editor"})
		b := p.browser(t)
		join := map[string]string{"secret": secret, "name": "Eve", "lang": "en"}
		eve := b.enter("/api/invites/join", join).Person.ID
		mira.ok("POST", path+"/members", map[string]any{"person": eve, "role": board.Viewer}, nil)
		b.enter("/api/invites/join", join)
		if got := mira.access(id).member(eve); got.Role != board.Viewer {
			t.Errorf("is %+v again", got)
		}
		_, another := mira.invite(id, map[string]any{"role": "participant"})
		join["secret"] = another
		b.enter("/api/invites/join", join)
		if got := mira.access(id).member(eve); got.Role != board.Participant {
			t.Errorf("by another link is %+v", got)
		}
		mira.ok("POST", path+"/members/"+string(eve)+"/remove", map[string]any{}, nil)
		b.enter("/api/invites/join", join)
		if got := mira.access(id).member(eve); got.Role != board.Participant {
			t.Errorf("after a removal, of which the facilitator is told by which links one comes back, is %+v", got)
		}
	})
	t.Run("a_link_offers_the_departments_of_the_map_and_none_behind_a_passcode", func(t *testing.T) {
		sample := mira.signed.Board
		_, secret := mira.invite(sample, map[string]any{"role": "editor"})
		_, closed := mira.invite(sample, map[string]any{"role": "editor", "passcode": "4711"})
		s := mira.sit(sample)
		s.send(`{"type":"add","id":"lane-own","fields":{"type":"departments"}}`)
		s.untilEntry("lane-own")
		var look lookBody
		b := p.browser(t)
		b.ok("POST", "/api/invites/look", map[string]string{"secret": secret}, &look)
		want := []departmentBody{
			{"Finance", 2}, {"Marketing", 9}, {"Network", 3}, {"Sales", 4}, {"Service", 0}, {"IT", 7}, {"Logistics", 6},
		}
		if !slices.Equal(look.Departments, want) {
			t.Errorf("offered are %v, want %v", look.Departments, want)
		}
		var hidden lookBody
		b.ok("POST", "/api/invites/look", map[string]string{"secret": closed}, &hidden)
		if !hidden.NeedsPasscode || hidden.Title != "" || hidden.Steps != 0 || hidden.Picture != nil || len(hidden.Departments) > 0 {
			t.Errorf("behind a passcode the link shows %+v", hidden)
		}
	})
	t.Run("a_closed_invite_lets_nobody_in", func(t *testing.T) {
		invite, secret := mira.invite(id, map[string]any{"role": "editor"})
		inside := p.join(t, secret, "Ana")
		mira.ok("POST", path+"/invites/"+invite+"/close", nil, nil)
		b := p.browser(t)
		b.fails("POST", "/api/invites/look", map[string]string{"secret": secret}, 410, "closed")
		b.fails("POST", "/api/invites/join", map[string]string{"secret": secret, "name": "Eve", "lang": "en"}, 410, "closed")
		inside.sit(id)
		i := slices.IndexFunc(mira.access(id).Invites, func(i inviteBody) bool { return string(i.ID) == invite })
		if got := mira.access(id).Invites[i]; !got.Closed || got.Used != 1 {
			t.Fatalf("the invite is %+v", got)
		}
	})
	t.Run("a_viewer's_right_ends_with_the_invite", func(t *testing.T) {
		invite, secret := mira.invite(id, map[string]any{"role": "viewer"})
		viewer := p.join(t, secret, "Vera")
		s := viewer.sit(id)
		s.send(`{"type":"add","id":"sticky-vera","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
		s.untilEntry(`"refused":"role"`)
		if got := mira.access(id).member(viewer.signed.Person.ID); got.Role != board.Viewer {
			t.Fatalf("has access as %+v", got)
		}
		mira.ok("POST", path+"/invites/"+invite+"/close", nil, nil)
		if code := s.closed(); code != 4403 {
			t.Fatalf("closed with %d", code)
		}
		if code := viewer.dial(id, nil).closed(); code != 4403 {
			t.Fatalf("comes back and is closed with %d", code)
		}
		viewer.fails("GET", path+"/export", nil, 404, "notFound")
	})
	t.Run("a_viewer_by_two_invites_stays_while_one_is_good", func(t *testing.T) {
		first, secret := mira.invite(id, map[string]any{"role": "viewer"})
		second, other := mira.invite(id, map[string]any{"role": "viewer"})
		viewer := p.join(t, secret, "Vera")
		s := viewer.sit(id)
		viewer.enter("/api/invites/join", map[string]string{"secret": other, "name": "Vera", "lang": "de"})
		mira.ok("POST", path+"/invites/"+second+"/close", nil, nil)
		viewer.dial(id, nil).seated()
		viewer.ok("GET", path+"/export", nil, nil)
		viewer.enter("/api/invites/join", map[string]string{"secret": secret, "name": "Vera", "lang": "de"})
		third, more := mira.invite(id, map[string]any{"role": "viewer"})
		viewer.enter("/api/invites/join", map[string]string{"secret": more, "name": "Vera", "lang": "de"})
		mira.ok("POST", path+"/invites/"+first+"/close", nil, nil)
		// What is written after the first is closed still reaches the seat that came by it.
		host := mira.sit(id)
		host.send(`{"type":"add","id":"sticky-after","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
		s.untilEntry("sticky-after")
		mira.ok("POST", path+"/invites/"+third+"/close", nil, nil)
		if code := s.closed(); code != 4403 {
			t.Fatalf("closed with %d", code)
		}
		viewer.fails("GET", path+"/export", nil, 404, "notFound")
	})
	t.Run("a_facilitator_takes_people_off_the_board", func(t *testing.T) {
		_, look := mira.invite(id, map[string]any{"role": "viewer"})
		_, edit := mira.invite(id, map[string]any{"role": "editor"})
		viewer, editor := p.join(t, look, "Vera"), p.join(t, edit, "Edgar")
		viewer.fails("POST", path+"/members/"+string(editor.signed.Person.ID)+"/remove", nil, 403, "role")
		for _, b := range []*browser{viewer, editor} {
			s := b.sit(id)
			if got := mira.access(id).member(b.signed.Person.ID); got.ByInvite != (b == viewer) {
				t.Fatalf("has access as %+v", got)
			}
			mira.ok("POST", path+"/members/"+string(b.signed.Person.ID)+"/remove", nil, nil)
			if code := s.closed(); code != 4403 {
				t.Fatalf("closed with %d", code)
			}
			b.fails("GET", path+"/export", nil, 404, "notFound")
			if code := b.dial(id, nil).closed(); code != 4403 {
				t.Fatalf("comes back and is closed with %d", code)
			}
		}
		mira.fails("POST", path+"/members/"+string(mira.signed.Person.ID)+"/remove", nil, 409, "lastFacilitator")
	})
	t.Run("a_passcode_is_asked_for_and_wrong_ones_wait", func(t *testing.T) {
		_, secret := mira.invite(id, map[string]any{"role": "editor", "passcode": "4711"})
		b := p.browser(t)
		var look lookBody
		b.ok("POST", "/api/invites/look", map[string]string{"secret": secret}, &look)
		if !look.NeedsPasscode || look.Title != "" || look.Board != "" {
			t.Fatalf("before the passcode the link shows %+v", look)
		}
		b.ok("POST", "/api/invites/look", map[string]string{"secret": secret, "passcode": "4711"}, &look)
		if look.Title != "Contract" {
			t.Fatalf("behind the passcode the link shows %+v", look)
		}
		for range 5 {
			b.fails("POST", "/api/invites/join", map[string]string{"secret": secret, "passcode": "1", "name": "E", "lang": "en"}, 403, "passcode")
		}
		b.fails("POST", "/api/invites/join", map[string]string{"secret": secret, "passcode": "4711", "name": "E", "lang": "en"}, 429, "wait")
	})
}

func TestInviteLimits(t *testing.T) {
	t.Parallel()
	p := start(t, "-wrong-per-minute", "1000")
	mira := p.setUp()
	id := mira.newBoard("empty", "Contract")
	path := "/api/boards/" + string(id)

	_, secret := mira.invite(id, map[string]any{"role": "commenter", "max": 1})
	jonas := p.join(t, secret, "Jonas")
	eve := p.browser(t)
	eve.fails("POST", "/api/invites/join", map[string]string{"secret": secret, "name": "Eve", "lang": "en"}, 410, "full")
	eve.fails("POST", "/api/invites/join", map[string]string{"secret": "wrong", "name": "Eve", "lang": "en"}, 404, "link")
	jonas.fails("POST", path+"/invites", map[string]any{"role": "viewer"}, 403, "role")
	for _, bad := range []map[string]any{
		{"role": "facilitator"}, {"role": "king"}, {"role": "editor", "max": -1}, {"role": "editor", "expiresIn": -1},
	} {
		mira.fails("POST", path+"/invites", bad, 400, "field")
	}
	mira.fails("POST", path+"/invites/invite-none/close", nil, 404, "notFound")

	jonas.fails("POST", path+"/members", map[string]any{"person": jonas.signed.Person.ID, "role": "facilitator"}, 403, "role")
	mira.fails("POST", path+"/members", map[string]any{"person": "person-\x00", "role": "editor"}, 400, "field")
	mira.fails("POST", path+"/members", map[string]any{"person": "person-none", "role": "editor"}, 404, "notFound")
	mira.fails("POST", path+"/members", map[string]any{"person": mira.signed.Person.ID, "role": "editor"}, 409, "lastFacilitator")
	mira.ok("POST", path+"/members", map[string]any{"person": jonas.signed.Person.ID, "role": "facilitator"}, nil)
	if got := jonas.find(id); got.Role != board.Facilitator {
		t.Fatalf("appointed, and listed as %+v", got)
	}
	mira.ok("POST", path+"/trash", nil, nil)
	_, other := jonas.invite(jonas.newBoard("empty", "Other"), map[string]any{"role": "editor"})
	p.join(t, other, "Ana")
	eve.fails("POST", "/api/invites/look", map[string]string{"secret": secret}, 409, "trashed")
}

func TestSelfRegistration(t *testing.T) {
	t.Parallel()
	p := start(t, "-self-registration")
	mira := p.setUp()
	_, secret := mira.invite(mira.signed.Board, map[string]any{"role": "editor"})
	b := p.join(t, secret, "Jonas")
	b.fails("POST", "/api/me/password", map[string]string{"new": "correct horse", "login": "ADMIN"}, 409, "taken")
	if !b.signed.Person.MayRegister {
		t.Error("the guest is not told of it")
	}
	b.ok("POST", "/api/me/password", map[string]string{"new": "correct horse", "login": "jonas"}, nil)
	other := p.browser(t)
	if got := other.enter("/api/signin", map[string]string{"login": "jonas", "password": "correct horse"}); got.Person.ID != b.signed.Person.ID || got.Person.Guest {
		t.Fatalf("signed in as %+v", got.Person)
	}
}

func (b *browser) access(id board.ID) accessBody {
	b.t.Helper()
	var a accessBody
	b.ok("GET", "/api/boards/"+string(id)+"/access", nil, &a)
	return a
}

func (a accessBody) member(id board.ID) memberBody {
	for _, m := range a.Members {
		if m.Person == id {
			return m
		}
	}
	return memberBody{}
}
