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
	for _, good := range []string{`{}`, `{"name":"a","more":{"a":{"b":[1,{"c":2}]},"d":[]}}`, ` {"name":"ä"} `} {
		var v in
		if err := decodeStrict([]byte(good), &v); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, why := range map[string]string{
		``:                               "EOF",
		`[}`:                             "JSON",
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
