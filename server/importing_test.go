package main

import (
	"regexp"
	"strings"
	"testing"

	"waymark/server/client"
)

// Whoever imports a damaged file is told what is wrong with it in words, and where, by the text on the map.
func TestImportWords(t *testing.T) {
	p := start(t)
	mira := p.setUp()
	_, file := mira.do("GET", "/api/boards/"+string(mira.signed.Board)+"/export", nil)
	text := string(file)
	codes := regexp.MustCompile(`badOp|noParent|noCell|wrongKind|tooLong|canonical|[a-z]+-[A-Za-z0-9_]{16}`)
	for name, c := range map[string]struct{ file, en, de string }{
		"a lane that is gone": {
			strings.Replace(text, `"lane":"lane-`, `"lane":"lane-gone`, 1),
			"the card “", "gehört zu etwas, das darin fehlt",
		},
		"too long a title": {
			strings.Replace(text, `"title":"I switch`, `"title":"`+strings.Repeat("x", 1000), 1),
			"has a text that is too long (title)", "die Map „xxx",
		},
		"a control character": {
			strings.Replace(text, `"text":"`, `"text":"\u0007`, 1),
			"has a value that is not allowed (text)", "hat einen Wert, der nicht erlaubt ist (text)",
		},
		"a newer release":     {strings.Replace(text, `"waymark":1`, `"waymark":2`, 1), "of a newer release", "aus einer neueren Version"},
		"a part nobody knows": {strings.Replace(text, `"waymark":1`, `"waymark":1,"weather":"rain"`, 1), "of a newer release", "aus einer neueren Version"},
		"a float":             {strings.Replace(text, `"at":`, `"at":0.5,"x":`, 1), "damaged", "beschädigt"},
		"too many records":    {strings.Replace(text, `"records":[`, `"records":[`+strings.Repeat(`{"at":1,"by":"","fields":{},"id":"sticky-1","kind":"sticky"},`, 5001), 1), "more than 5000 records", "mehr als 5000 Einträge"},
		"no map":              {`{"board":"board-1","records":[],"waymark":1}`, "one map with a phase", "genau eine Map"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.file == text {
				t.Fatal("the file is not damaged")
			}
			mira := *mira
			mira.t = t
			for lang, want := range map[string]string{"en": c.en, "de": c.de} {
				mira.ok("PATCH", "/api/me", map[string]string{"lang": lang}, nil)
				f := mira.fails("POST", "/api/boards/import", `{"id":"`+string(client.NewID("board"))+`","board":`+c.file+`}`, 422, "import")
				if !strings.Contains(f.Message, want) || codes.MatchString(f.Message) {
					t.Errorf("%s: %s", lang, f.Message)
				}
			}
		})
	}
}
