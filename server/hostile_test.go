package main

import (
	"strings"
	"testing"
)

// Whatever stands where a JSON object belongs is refused with a code and words, at every address, and changes nothing.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	p := start(t, "-wrong-per-minute", "1000")
	mira := p.setUp()
	id := string(mira.signed.Board)
	neighbour := mira.sit(mira.signed.Board)
	names, acts := len(mira.list()), audited(t, p)
	bodies := map[string]string{
		"nothing": ``, "null": `null`, "a list": `[]`, "a number": `7`, "cut": `{"name":"a"`, "more behind": `{}{}`,
		"a field twice": `{"name":"a","name":"b"}`, "in capitals": `{"NAME":"a","SECRET":"b","TITLE":"c","ROLE":"viewer"}`,
		"an unknown field": `{"force":true}`, "the wrong type": `{"name":7,"secret":7,"title":7,"role":7,"id":7,"login":7,"new":7}`,
		"nested": strings.Repeat(`{"name":`, 5000) + `1` + strings.Repeat(`}`, 5000), "not UTF-8": "{\"name\":\"\xff\"}",
		"half a character": `{"name":"\ud800"}`,
	}
	for _, path := range []string{
		"/api/setup", "/api/login", "/api/signin", "/api/invites/look", "/api/invites/join", "/api/me/password", "/api/accounts",
		"/api/boards", "/api/boards/" + id + "/title", "/api/boards/" + id + "/invites", "/api/boards/" + id + "/members",
	} {
		for name, body := range bodies {
			if f := mira.fails("POST", path, body, 400, "request"); f.RetryMs != 0 || f.Request != "" {
				t.Errorf("%s to %s is answered by %+v", name, path, f)
			}
		}
		mira.fails("POST", path, `{"name":"`+strings.Repeat("x", 64<<10)+`"}`, 413, "tooLarge")
	}
	for _, body := range bodies {
		mira.fails("PATCH", "/api/me", body, 400, "request")
		mira.fails("POST", "/api/boards/import", body, 422, "import")
	}
	for _, other := range []string{"card-1", "board-", "%2e%2e", "board-%2fx", "board-%00", "board-%ff", "board-" + strings.Repeat("x", 300)} {
		mira.fails("GET", "/api/boards/"+other+"/export", nil, 404, "notFound")
		mira.fails("POST", "/api/boards/"+other+"/trash", nil, 404, "notFound")
	}
	if now := len(mira.list()); now != names {
		t.Errorf("%d boards, %d before", now, names)
	}
	if now := audited(t, p); now != acts {
		t.Errorf("%d acts are in the audit trail, %d before", now, acts)
	}
	neighbour.send(`{"type":"add","id":"sticky-unharmed","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
	neighbour.untilEntry("sticky-unharmed")
}

func audited(t *testing.T, p *running) int {
	t.Helper()
	code, out, failure := command(t, "audit", "-data", p.data)
	if code != 0 {
		t.Fatal(failure)
	}
	return strings.Count(out, "\n")
}
