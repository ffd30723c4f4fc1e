package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"waymark/board"
)

func TestSetup(t *testing.T) {
	t.Parallel()
	p := start(t)
	stranger := p.browser(t)
	stranger.fails("POST", "/api/setup", map[string]string{"secret": "wrong", "name": "Eve", "lang": "en"}, 404, "link")
	stranger.fails("POST", "/api/setup", map[string]string{"secret": p.secret, "name": " ", "lang": "en"}, 400, "field")
	stranger.fails("POST", "/api/setup", map[string]string{"secret": p.secret, "name": "Eve", "lang": "fr"}, 400, "field")
	stranger.fails("POST", "/api/setup", map[string]string{"secret": p.secret, "name": "Eve", "lang": "en", "login": "eve", "password": "nine char"}, 400, "shortPassword")

	mira := p.setUp()
	if who := mira.signed.Person; !who.Admin || who.Guest || who.Initials != "MK" || who.Color == "" || who.Lang != "en" {
		t.Fatalf("set up by %+v", who)
	}
	stranger.fails("POST", "/api/setup", map[string]string{"secret": p.secret, "name": "Eve", "lang": "en"}, 410, "used")

	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	again := startOn(t, p.data)
	if again.secret != "" {
		t.Fatal("the set-up link is printed after it was used")
	}
	stranger = again.browser(t)
	stranger.enter("/api/signin", map[string]string{"login": "ADMIN", "password": "correct horse"})
	if stranger.signed.Person.ID != mira.signed.Person.ID {
		t.Fatalf("signed in as %+v", stranger.signed.Person)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()

	t.Run("refresh_makes_new_tokens_and_sign_out_ends_them", func(t *testing.T) {
		b := p.browser(t)
		b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
		first := b.signed
		b.refresh()
		if b.signed.Person.ID != first.Person.ID || b.signed.Expires < first.Expires {
			t.Fatalf("refreshed to %+v", b.signed)
		}
		b.ok("GET", "/api/me", nil, nil)
		b.ok("POST", "/api/signout", nil, nil)
		b.fails("GET", "/api/me", nil, 401, "signedOut")
		if status, body := b.do("POST", "/api/refresh", nil); status != 204 || len(body) > 0 {
			t.Fatalf("without a cookie there is nothing to refresh: %d %s", status, body)
		}
	})
	t.Run("a_wrong_password_waits_after_five_tries", func(t *testing.T) {
		b := p.browser(t)
		wrong := map[string]string{"login": "nobody", "password": "wrong horse"}
		began, checked := time.Now(), 0
		status, body := b.do("POST", "/api/signin", wrong)
		for ; status == 403; status, body = b.do("POST", "/api/signin", wrong) {
			checked++
			if more := 1 + int(time.Since(began)/(12*time.Second)); checked > 5+more { // a place comes every twelve seconds
				t.Fatalf("%d wrong passwords were checked", checked)
			}
		}
		var f failureBody
		if err := json.Unmarshal(body, &f); err != nil || status != 429 || f.Code != "wait" || f.RetryMs <= 0 || checked < 5 {
			t.Fatalf("after %d wrong passwords: %d %s, %v", checked, status, body, err)
		}
	})
	t.Run("a_page_of_another_site_gets_nothing", func(t *testing.T) {
		b := p.browser(t)
		b.header["Origin"] = "https://evil.example"
		f := b.fails("POST", "/api/refresh", nil, 403, "origin")
		if !strings.Contains(f.Next, p.url) {
			t.Errorf("does not say the right address: %q", f.Next)
		}
		b.header = map[string]string{"X-Waymark": ""}
		b.fails("POST", "/api/refresh", nil, 403, "header")
		b.header = map[string]string{"Content-Type": "text/plain"}
		b.fails("POST", "/api/signin", map[string]string{"login": "a", "password": "b"}, 400, "request")
	})
	t.Run("only_an_own_api_token_opens_the_api", func(t *testing.T) {
		b := p.browser(t)
		b.fails("GET", "/api/me", nil, 401, "token")
		for _, token := range []string{mira.signed.Socket, mira.signed.Access + "x", "x", strings.Repeat("x", 5000)} {
			b.signed.Access = token
			b.fails("GET", "/api/me", nil, 401, "token")
		}
	})
	t.Run("failures_speak_the_reader's_language", func(t *testing.T) {
		b := p.browser(t)
		b.header["Accept-Language"] = "fr, de-AT;q=0.8, en;q=0.5"
		if f := b.fails("GET", "/api/none", nil, 404, "noPage"); !strings.Contains(f.Message, "Adresse") {
			t.Errorf("says %q", f.Message)
		}
		b.fails("POST", "/healthz", nil, 405, "method")
	})
}

func TestMe(t *testing.T) {
	t.Parallel()
	p := start(t)
	b := p.setUp()
	var me personBody
	b.ok("PATCH", "/api/me", map[string]string{"department": "Sales", "color": "#3263c3"}, &me)
	b.ok("GET", "/api/me", nil, &me)
	if me.Name != "Mira Kern" || me.Department != "Sales" || me.Color != "#3263c3" {
		t.Fatalf("is now %+v", me)
	}
	b.fails("PATCH", "/api/me", map[string]string{"color": "red"}, 400, "field")
	b.fails("PATCH", "/api/me", map[string]string{"name": strings.Repeat("x", 81)}, 400, "field")
	b.fails("PATCH", "/api/me", `{"admin":true}`, 400, "request")
	b.fails("PATCH", "/api/me", `{"name":null}`, 400, "request")
	b.fails("PATCH", "/api/me", `{"name":"`+strings.Repeat("x", 70_000)+`"}`, 413, "tooLarge")

	b.fails("POST", "/api/me/password", map[string]string{"old": "wrong horse", "new": "another horse"}, 403, "password")
	b.ok("POST", "/api/me/password", map[string]string{"old": "correct horse", "new": "another horse"}, nil)
	b.ok("GET", "/api/me", nil, nil)
	other := p.browser(t)
	other.enter("/api/signin", map[string]string{"login": "admin", "password": "another horse"})
}

func TestPublicPath(t *testing.T) {
	t.Parallel()
	p := start(t, "-public-url", "http://127.0.0.1/way", "-metrics", "on")
	direct := "http://" + listenAddress(t, p)
	for path, status := range map[string]int{
		"/way/": 200, "/way/join": 200, "/way/b/board-1": 200, "/way/b/unknown": 404, "/": 200, "/way/healthz": 200, "/way/readyz": 200,
		"/way/metrics": 200, "/way/nothing": 404,
	} {
		res, err := (&http.Client{Timeout: patience}).Get(direct + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
		}
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	var made struct{ Person, URL string }
	mira.ok("POST", "/api/accounts", map[string]string{"name": "Hanna Beck", "department": "Sales"}, &made)
	_, secret, ok := strings.Cut(made.URL, "/login#")
	if !ok || !strings.HasPrefix(made.URL, p.url) {
		t.Fatalf("link %s", made.URL)
	}
	mira.fails("POST", "/api/accounts", map[string]string{"name": " "}, 400, "field")
	mira.fails("POST", "/api/accounts", map[string]string{"name": "Eve", "lang": "fr"}, 400, "field")

	// A guest who opens it keeps the work, and signs in with a password from then on.
	_, invite := mira.invite(mira.signed.Board, map[string]any{"role": "editor"})
	b := p.join(t, invite, "A guest")
	b.fails("POST", "/api/accounts", map[string]string{"name": "Eve"}, 403, "admin")
	b.enter("/api/login", map[string]string{"secret": secret})
	if who := b.signed.Person; string(who.ID) != made.Person || who.Guest || who.Admin || who.Department != "Sales" || who.Lang != "" || b.signed.Adopted == "" {
		t.Fatalf("signed in as %+v", b.signed)
	}
	if got := b.find(mira.signed.Board); got.Role != board.Editor {
		t.Fatalf("listed as %+v", got)
	}
	b.fails("POST", "/api/me/password", map[string]string{"new": "too short", "login": "hanna"}, 400, "shortPassword")
	b.ok("POST", "/api/me/password", map[string]string{"new": "correct horse", "login": "hanna"}, nil)
	b.ok("PATCH", "/api/me", map[string]string{"name": "Hanna B."}, nil) // and has not chosen a language yet
	b.fails("PATCH", "/api/me", map[string]string{"lang": "fr"}, 400, "field")
	b.ok("PATCH", "/api/me", map[string]string{"lang": "de"}, nil)
	b.fails("POST", "/api/me/password", map[string]string{"old": "wrong horse!", "new": "another horse"}, 403, "password")
	b.ok("POST", "/api/me/password", map[string]string{"old": "correct horse", "new": "another horse"}, nil)
	p.browser(t).enter("/api/signin", map[string]string{"login": "hanna", "password": "another horse"})
	p.browser(t).fails("POST", "/api/login", map[string]string{"secret": secret}, 410, "used")
	b.fails("POST", "/api/accounts", map[string]string{"name": "Eve"}, 403, "admin")
	if code, out, failure := command(t, "audit", "-data", p.data); code != 0 || !strings.Contains(out, "\taccount\t"+string(mira.signed.Person.ID)) {
		t.Fatalf("audit: %d %s %s", code, out, failure)
	}
}
