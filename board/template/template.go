package template

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"waymark/board"
)

//go:embed de/*.json en/*.json
var files embed.FS

var (
	languages = []string{"de", "en"}
	// names are the templates in the order of the list.
	names = []string{"empty", "standard", "retention", "leads", "service", "consulting", "telecom"}
)

// ErrUnknown says that no template of this name is shipped in this language.
var ErrUnknown = errors.New("no such template")

// Info is what a list of templates shows.
type Info struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	About  string `json:"about"`
	Phases int    `json:"phases"`
	Steps  int    `json:"steps"`
}

// List returns the templates of a language, "de" or "en", in the order in which to show them. There are none
// in other languages.
func List(lang string) []Info {
	var list []Info
	for _, name := range names {
		if t, ok := shipped()[key{lang, name}]; ok {
			list = append(list, t.info())
		}
	}
	return list
}

// Records returns what a board made from a template begins with, the map first, for the op create. newID
// gives a fresh id of a kind at each call.
func Records(name, lang string, newID func(board.Kind) board.ID) ([]*board.Record, error) {
	t, ok := shipped()[key{lang, name}]
	if !ok {
		return nil, fmt.Errorf("template %q in %q: %w", name, lang, ErrUnknown)
	}
	p := plan{newID: newID}
	if err := p.lay(t); err != nil {
		return nil, fmt.Errorf("template %q in %q: %w", name, lang, err)
	}
	return p.records, nil
}

type key struct{ lang, name string }

// A template is a file of one.
type template struct {
	Name     string   `json:"name"`
	Lang     string   `json:"lang"`
	Title    string   `json:"title"`
	About    string   `json:"about"`
	Map      fields   `json:"map"`
	Personas []fields `json:"personas"`
	Lanes    []fields `json:"lanes"`
	Phases   []phase  `json:"phases"`
	Stickies []fields `json:"stickies"`
}

type phase struct {
	Title string `json:"title"`
	Steps []step `json:"steps"`
}

type step struct {
	Title   string            `json:"title"`
	Cells   map[string][]card `json:"cells"`
	Emotion fields            `json:"emotion"`
	Moment  fields            `json:"moment"`
	Markers []fields          `json:"markers"`
}

func (t *template) info() Info {
	i := Info{Name: t.Name, Title: t.Title, About: t.About, Phases: len(t.Phases)}
	for _, p := range t.Phases {
		i.Steps += len(p.Steps)
	}
	return i
}

// shipped reads every file once.
var shipped = sync.OnceValue(func() map[key]*template {
	all := make(map[key]*template, len(languages)*len(names))
	for _, lang := range languages {
		for _, name := range names {
			t, err := read(lang, name)
			if err != nil {
				panic(err)
			}
			all[key{lang, name}] = t
		}
	}
	return all
})

func read(lang, name string) (*template, error) {
	path := lang + "/" + name + ".json"
	raw, err := files.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if t.Lang != lang || t.Name != name {
		return nil, fmt.Errorf("read %s: it says it is %s/%s", path, t.Lang, t.Name)
	}
	return t, nil
}

func parse(raw []byte) (*template, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	t := new(template)
	if err := dec.Decode(t); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the template")
	}
	return t, nil
}
