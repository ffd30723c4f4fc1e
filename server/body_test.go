package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestDecodeStrict(t *testing.T) {
	type in struct {
		Name string         `json:"name"`
		More map[string]any `json:"more"`
	}
	for _, good := range []string{`{}`, `{"name":"a","more":{"a":{"b":[1,{"c":2}]},"d":[]}}`, ` {"name":"ä"} `, `{"name":"\ud83d\ude42 \u00e9 \\ud800"}`} {
		var v in
		if err := decodeStrict([]byte(good), &v); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, why := range map[string]string{
		``:                               "EOF",
		`[}`:                             "no object",
		`[]`:                             "no object",
		`null`:                           "no object",
		`7`:                              "no object",
		`{]`:                             "JSON",
		`{"NAME":"a"}`:                   "unknown field",
		`{"name":"a","Name":"b"}`:        "unknown field",
		`{"name":"\ud83d"}`:              "half a character",
		`{"name":"\ude42\ud83d"}`:        "half a character",
		`{"name":"\ud83dx"}`:             "half a character",
		`{`:                              "it is no JSON",
		`{"name":1}`:                     "wrong type",
		`{"nam":"a"}`:                    "unknown field",
		`{"name":"a","name":"b"}`:        "twice",
		`{"more":{"a":[],"b":{},"a":1}}`: "twice",
		`{"name":"a"}{"name":"b"}`:       "behind",
		"{\"name\":\"\xff\"}":            "UTF-8",
		`{"more":` + strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 21): "deeper",
	} {
		var v in
		if err := decodeStrict([]byte(bad), &v); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %s", bad, err, why)
		}
	}
}

// A name of which nothing can be seen would stand in no list, and under no cursor.
func TestLine_something_of_it_is_seen(t *testing.T) {
	for _, good := range []string{"Mira", "  Mira ", "美羅", "מירה", "Zoe\u0301", "👩\u200d💻", "7", "?", "a\u200b", "می\u200cخواهم"} {
		if err := line("name", &good, 1, 80); err != nil {
			t.Errorf("%+q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "  ", "\u200b", " \u200b\u200d ", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u034f",
		"\U000e0041", "\ufe0f", "\u0301",
	} {
		if err := line("name", &bad, 1, 80); err == nil || asFailure(err).Code != "field" {
			t.Errorf("%+q: %v", bad, err)
		}
	}
	empty := " "
	if err := line("department", &empty, 0, 80); err != nil || empty != "" {
		t.Errorf("none where none is needed: %v", err)
	}
	if unseen := "\u200b"; line("department", &unseen, 0, 80) == nil {
		t.Error("one that cannot be seen is taken where none is needed")
	}
}

func FuzzDecodeStrict(f *testing.F) {
	f.Add([]byte(`{"name":"a","more":[{"b":null}]}`))
	f.Add([]byte(`{"a":1,"a":2}]`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var v any
		_ = decodeStrict(data, &v) // must not panic
	})
}

// A field that a person fills in is named by what it is called, not by its name in JSON.
func TestFieldWords_are_those_of_a_person(t *testing.T) {
	for lang, want := range map[string]string{"en": "“expiry” is missing", "de": "„Gültigkeit“ fehlt"} {
		if _, body := asFailure(failField("expiresIn")).body(lang); !strings.Contains(body.Message, want) {
			t.Error(body.Message)
		}
	}
	// A name without words would stand in a message as it is.
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:failField|\bline)\("(\w+)"`).FindAllStringSubmatch(string(data), -1) {
			if named++; fieldWords[m[1]] == (saying{}) {
				t.Errorf("%s: %s has no words", file, m[1])
			}
		}
	}
	if named < 10 {
		t.Errorf("found %d fields only", named)
	}
}
