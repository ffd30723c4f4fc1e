package main

import (
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
		`{`:                              "EOF",
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

func FuzzDecodeStrict(f *testing.F) {
	f.Add([]byte(`{"name":"a","more":[{"b":null}]}`))
	f.Add([]byte(`{"a":1,"a":2}]`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var v any
		_ = decodeStrict(data, &v) // must not panic
	})
}
