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
	// one is the first id that a record names in a field.
	one := func(field string) string {
		return regexp.MustCompile(`"` + field + `":"(` + field + `-[^"]+)"`).FindStringSubmatch(text)[1]
	}
	// says puts a text on a card that lies in no lane.
	says := func(said string) string {
		return regexp.MustCompile(`("lane":")lane-([^"]+"[^{}]*"text":")[^"]*"`).ReplaceAllString(text, `${1}lane-gone${2}`+said+`"`)
	}
	codes := regexp.MustCompile(`badOp|noParent|noCell|wrongKind|tooLong|canonical|[a-z]+-[A-Za-z0-9_]{16}`)
	for name, c := range map[string]struct{ file, en, de string }{
		"a lane that is gone": {
			strings.Replace(text, `"lane":"lane-`, `"lane":"lane-gone`, 1),
			"the card “", "gehört zu etwas, das darin fehlt",
		},
		"too long a title": {
			strings.Replace(text, `"title":"I switch`, `"title":"`+strings.Repeat("x", 1000), 1),
			"has a text that is too long (field “title”)", "die Map „xxx",
		},
		"a card in quotes": {
			says(`„Endlich \"Netz\", und das bei Ana's Oma“`),
			`the card “Endlich "Netz", und das bei Ana's Oma” belongs`, `die Karte „Endlich "Netz", und das bei Ana's Oma“ gehört`,
		},
		"a card with quotes": {
			says(`\"Ja\" und \"nein\"`),
			`the card “"Ja" und "nein"” belongs`, `die Karte „"Ja" und "nein"“ gehört`,
		},
		"a long card in quotes": {
			says(`»` + strings.Repeat("so ", 40) + `weiter«`),
			`the card “so so so`, `so so so so …“ gehört`,
		},
		"a control character": {
			strings.Replace(text, `"text":"`, `"text":"\u0007`, 1),
			"has a value that is not allowed (field “text”)", "hat einen Wert, der nicht erlaubt ist (Feld „text“)",
		},
		"a newer release":     {strings.Replace(text, `"waymark":1`, `"waymark":2`, 1), "of a newer release", "aus einer neueren Version"},
		"a part nobody knows": {strings.Replace(text, `"waymark":1`, `"waymark":1,"weather":"rain"`, 1), "of a newer release", "aus einer neueren Version"},
		"a step in the place of a lane": {
			strings.Replace(text, `"lane":"`+one("lane")+`"`, `"lane":"`+one("step")+`"`, 1),
			"” in the field “lane”, where it needs a lane", "“, und dorthin gehört eine Ebene",
		},
		"a lane in the place of a moment's target": {
			regexp.MustCompile(`"target":"(step|card)-[^"]+"`).ReplaceAllString(text, `"target":"`+one("lane")+`"`),
			"where it needs a step or a card", "im Feld „target“ steht die Ebene „",
		},
		"a step without a phase": {
			strings.Replace(text, `"phase":"`+one("phase")+`",`, "", 1),
			"does not say what it belongs to (field “phase”)", "es fehlt, wozu das gehört (Feld „phase“)",
		},
		"a field nobody knows": {
			strings.Replace(text, `"rank":"`, `"smell":"x","rank":"`, 1), "has a field that no board begins with (“smell”)", "hat ein Feld, mit dem kein Board beginnt („smell“)",
		},
		"a lane of no type":   {strings.Replace(text, `"type":"thoughts"`, `"type":"smells"`, 1), "the lane “smells” has a value", "die Ebene „smells“ hat einen Wert"},
		"a kind nobody knows": {strings.Replace(text, `"kind":"lane"`, `"kind":"smell"`, 1), "read: record number", "nicht lesbar: Eintrag Nummer"},
		"a record twice":      {regexp.MustCompile(`(\{"at":[^{]*"fields":\{[^{}]*\},"id":"lane-[^{}]*\}),`).ReplaceAllString(text, `$1,$1,`), "is there twice", "ist doppelt"},
		"a name twice at the top": {
			strings.Replace(text, `"records":[`, `"records":[],"records":[`, 1),
			"cannot be read: the field “records” stands in one place twice", "nicht lesbar: das Feld „records“ steht an einer Stelle doppelt",
		},
		"a name twice in a record": {
			strings.Replace(text, `"rank":"`, `"rank":"a","rank":"`, 1), "the field “rank” stands in one place twice", "das Feld „rank“ steht an einer Stelle doppelt",
		},
		"a file that ends early":          {text[:strings.Index(text, `"kind":`)], "it is no JSON, or ends too early", "sie ist kein JSON oder hört zu früh auf"},
		"a file that ends behind a field": {text[:strings.Index(text, `,"kind":`)], "it is no JSON, or ends too early", "sie ist kein JSON oder hört zu früh auf"},
		"half a character":                {strings.Replace(text, `"title":"`, `"title":"\ud800`, 1), "half of a character is missing", "von einem Zeichen fehlt die Hälfte"},
		"another encoding":                {strings.Replace(text, `"title":"`, "\"title\":\"\xff", 1), "its text is not UTF-8", "ihr Text ist kein UTF-8"},
		"a deep one":                      {strings.Replace(text, `"records":[`, `"records":[`+strings.Repeat("[", 20)+strings.Repeat("]", 20)+",", 1), "nested deeper than 16", "tiefer als 16"},
		"no records":                      {`{"board":"board-1","waymark":1}`, "no export of Waymark", "kein Export von Waymark"},
		"a float":                         {strings.Replace(text, `"at":`, `"at":0.5,"x":`, 1), "damaged", "beschädigt"},
		"too many records":                {strings.Replace(text, `"records":[`, `"records":[`+strings.Repeat(`{"at":1,"by":"","fields":{},"id":"sticky-1","kind":"sticky"},`, 5001), 1), "more than 5000 records", "mehr als 5000 Einträge"},
		"no map":                          {`{"board":"board-1","records":[],"waymark":1}`, "one map with a phase", "genau eine Map"},
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
	if boards := mira.list(); len(boards) != 1 {
		t.Errorf("a damaged file has made a board: %+v", boards)
	}
}

// Whoever imports a file that is too large is told its size, the limit and who can raise it, however much more it is than
// a server keeps.
func TestImportSize(t *testing.T) {
	p := start(t, "-import-bytes", "1572864")
	mira := p.setUp()
	for lang, want := range map[string][3]string{
		"en": {
			"This file is too large to import: it has 20.01 MiB, and this server takes at most 1.5 MiB.",
			"No board was made and nothing was changed.", "with -import-bytes. A board begins with at most 5000 records or 4 MiB",
		},
		"de": {
			"Diese Datei ist zu groß für den Import: Sie hat 20,01 MiB, und dieser Server nimmt höchstens 1,5 MiB.",
			"Es wurde kein Board angelegt und nichts geändert.", "mit -import-bytes mehr zulassen. Ein Board beginnt",
		},
	} {
		mira.ok("PATCH", "/api/me", map[string]string{"lang": lang}, nil)
		f := mira.fails("POST", "/api/boards/import", `{"id":"board-big","board":"`+strings.Repeat("x", 20<<20)+`"}`, 413, "importSize")
		if f.Message != want[0] || f.Kept != want[1] || !strings.Contains(f.Next, want[2]) {
			t.Errorf("%s: %+v", lang, f)
		}
	}
}
