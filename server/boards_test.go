package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"waymark/board"
	"waymark/server/client"
	"waymark/server/directory"
)

func TestBoards(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()

	t.Run("the_set_up_opens_a_sample_board", func(t *testing.T) {
		list := mira.list()
		if len(list) != 1 || list[0].ID != mira.signed.Board {
			t.Fatalf("list %+v, opened %s", list, mira.signed.Board)
		}
		b := list[0]
		if b.Title == "" || b.Role != board.Facilitator || b.Phases != 5 || b.Steps != 11 || b.Cards == 0 || len(b.Curve) != 11 ||
			b.Moments == 0 || b.ChangedBy != "Mira Kern" || b.ChangedAt == 0 || b.Curve[0].Value == nil {
			t.Fatalf("sample board %+v", b)
		}
		if b.Picture == nil || len(b.Picture.Phases) != b.Phases || len(b.Picture.Moments) != b.Steps ||
			!slices.ContainsFunc(b.Picture.Lanes, func(l directory.PictureLane) bool {
				return l.Type == "actions" && l.Cells == strings.Repeat("1", b.Steps)
			}) {
			t.Fatalf("its picture %+v", b.Picture)
		}
	})
	t.Run("a_board_is_made_once", func(t *testing.T) {
		id := mira.newBoard("standard", "Contract")
		mira.fails("POST", "/api/boards", map[string]string{"id": string(id), "lang": "en"}, 409, "exists")
		mira.fails("POST", "/api/boards", map[string]string{"id": "card-1", "lang": "en"}, 400, "field")
		mira.fails("POST", "/api/boards", map[string]string{"id": "board-x", "template": "none"}, 400, "field")
		var out struct {
			Templates []struct{ Name, Title string }
		}
		mira.ok("GET", "/api/templates?lang=de", nil, &out)
		if len(out.Templates) < 2 || out.Templates[0].Name != "empty" {
			t.Fatalf("templates %+v", out)
		}
		mira.fails("GET", "/api/templates?lang=fr", nil, 400, "field")
	})
	t.Run("a_title_is_changed_by_an_entry", func(t *testing.T) {
		id := mira.newBoard("empty", "Before")
		s := mira.sit(id)
		mira.ok("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": "Nachher 🚃"}, nil)
		s.untilEntry("Nachher 🚃")
		mira.ok("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": "After"}, nil)
		mira.ok("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": "After"}, nil)
		if got := mira.find(id); got.Title != "After" || got.Live != 1 {
			t.Fatalf("listed as %+v", got)
		}
		mira.fails("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": ""}, 400, "field")
	})
	t.Run("what_is_in_the_trash_can_only_be_restored", func(t *testing.T) {
		id := mira.newBoard("empty", "Old")
		mira.ok("POST", "/api/boards/"+string(id)+"/trash", nil, nil)
		if got := mira.find(id); got.TrashedAt == 0 {
			t.Fatalf("listed as %+v", got)
		}
		mira.fails("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": "New"}, 409, "trashed")
		mira.ok("POST", "/api/boards/"+string(id)+"/restore", nil, nil)
		if got := mira.find(id); got.TrashedAt != 0 {
			t.Fatalf("listed as %+v", got)
		}
		mira.ok("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": "New"}, nil)
	})
	t.Run("a_board_one_may_not_see_does_not_exist", func(t *testing.T) {
		_, secret := mira.invite(mira.signed.Board, map[string]any{"role": "editor"})
		stranger := p.join(t, secret, "Jonas")
		hidden := mira.newBoard("empty", "Hidden")
		for _, id := range []board.ID{hidden, client.NewID("board"), "board-1", "nonsense"} {
			for _, path := range []string{"/export", "/access"} {
				stranger.fails("GET", "/api/boards/"+string(id)+path, nil, 404, "notFound")
			}
			stranger.fails("POST", "/api/boards/"+string(id)+"/trash", nil, 404, "notFound")
			stranger.fails("POST", "/api/boards/"+string(id)+"/title", map[string]string{"title": "x"}, 404, "notFound")
		}
		stranger.fails("POST", "/api/boards/"+string(mira.signed.Board)+"/trash", nil, 403, "role")
	})
}

func (b *browser) find(id board.ID) listedBody {
	b.t.Helper()
	for _, l := range b.list() {
		if l.ID == id {
			return l
		}
	}
	b.t.Fatalf("%s is not listed", id)
	return listedBody{}
}

func TestImport(t *testing.T) {
	t.Parallel()
	p := start(t, "-import-bytes", "1048576")
	mira := p.setUp()
	status, file := mira.do("GET", "/api/boards/"+string(mira.signed.Board)+"/export", nil)
	if status != 200 || !json.Valid(file) {
		t.Fatalf("export: %d %.200s", status, file)
	}
	for _, private := range []string{"person-", "member-", "invite-"} {
		if strings.Contains(string(file), `"id":"`+private) {
			t.Errorf("the export has a record %q", private)
		}
	}
	id := client.NewID("board")
	mira.ok("POST", "/api/boards/import", map[string]any{"id": id, "board": json.RawMessage(file)}, nil)
	_, again := mira.do("GET", "/api/boards/"+string(id)+"/export", nil)
	if a, b := recordCount(t, file), recordCount(t, again); a != b || a == 0 {
		t.Fatalf("%d records went out, %d came in", a, b)
	}

	before := len(mira.list())
	text := string(file)
	for name, bad := range map[string]string{
		"cut in the middle":   text[:len(text)/2],
		"not JSON":            `{"records":oops}`,
		"no board":            `{"hello":"world"}`,
		"a list":              `[1,2]`,
		"nothing":             `null`,
		"a float":             strings.Replace(text, `"at":`, `"at":0.5,"x":`, 1),
		"a doubled field":     strings.Replace(text, `"waymark":1`, `"waymark":1,"waymark":1`, 1),
		"a foreign kind":      strings.Replace(text, `"kind":"card"`, `"kind":"spell"`, 1),
		"no map":              `{"board":"board-1","records":[],"waymark":1}`,
		"a newer release":     strings.Replace(text, `"waymark":1`, `"waymark":2`, 1),
		"a lane that is gone": strings.Replace(text, `"lane":"lane-`, `"lane":"lane-gone`, 1),
		"no key for a rank":   strings.Replace(text, `"rank":"`, `"rank":"!`, 1),
		"an id of its kind":   strings.Replace(text, `"id":"card-`, `"id":"lane-`, 1),
		"a lone surrogate":    strings.Replace(text, `"title":"`, `"title":"\ud800`, 1),
		"too long a text":     strings.Replace(text, `"title":"`, `"title":"`+strings.Repeat("x", 1000), 1),
	} {
		t.Run(name, func(t *testing.T) {
			mira := *mira
			mira.t = t
			body := `{"id":"` + string(client.NewID("board")) + `","board":` + bad + `}`
			if name == "cut in the middle" {
				body = strings.TrimSuffix(body, "}")
			}
			mira.fails("POST", "/api/boards/import", body, 422, "import")
		})
	}
	mira.fails("POST", "/api/boards/import", `{"id":"board-big","board":"`+strings.Repeat("x", 1<<20)+`"}`, 413, "importSize")
	if after := len(mira.list()); after != before {
		t.Fatalf("%d boards before the damaged files, %d after", before, after)
	}
}

func recordCount(t *testing.T, file []byte) int {
	t.Helper()
	var f struct{ Records []json.RawMessage }
	if err := json.Unmarshal(file, &f); err != nil {
		t.Fatal(err)
	}
	return len(f.Records)
}
