package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"waymark/board"
)

// counting gives ids that tell how many were asked for before, so two runs of the same shape name the same.
func counting() func(board.Kind) board.ID {
	n := 0
	return func(k board.Kind) board.ID {
		n++
		return board.NewID(string(k), fmt.Sprint(n))
	}
}

func records(t *testing.T, name, lang string) []*board.Record {
	t.Helper()
	list, err := Records(name, lang, counting())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// create makes a board from records.
func create(t *testing.T, list []*board.Record) *board.Board {
	t.Helper()
	b := board.New("board-1")
	actor := board.Actor{Person: "person-1", System: true}
	changes, err := board.Decide(b, &board.CreateBoard{Records: list}, actor, 1000)
	if err != nil {
		t.Fatal(err)
	}
	board.Apply(b, board.Entry{Seq: 1, At: 1000, By: actor.Person, Changes: changes})
	return b
}

func each(t *testing.T, check func(t *testing.T, name, lang string)) {
	for _, name := range names {
		for _, lang := range languages {
			t.Run(lang+"/"+name, func(t *testing.T) { check(t, name, lang) })
		}
	}
}

func TestRecords_begin_a_board(t *testing.T) {
	each(t, func(t *testing.T, name, lang string) {
		list := records(t, name, lang)
		b := create(t, list)
		if live, deleted := b.Len(); live != len(list)+1 || deleted != 0 {
			t.Errorf("%d records became %d live and %d deleted; the creator's right is one more", len(list), live, deleted)
		}
		m, ok := b.Map()
		if !ok || m.ID != list[0].ID {
			t.Errorf("the map is not the first record: %v", list[0].ID)
		}
		if got := m.Str("lang"); got != lang {
			t.Errorf("the map speaks %q", got)
		}
		if m.Str("title") == "" {
			t.Error("the map has no title")
		}
	})
}

func TestRecords_keep_every_field_of_the_file(t *testing.T) {
	each(t, func(t *testing.T, name, lang string) {
		b := create(t, records(t, name, lang))
		for _, r := range records(t, name, lang) {
			got, ok := b.Live(r.ID)
			if !ok {
				t.Fatalf("%s is not on the board", r.ID)
			}
			if !slices.Equal(got.Fields(), r.Fields()) {
				t.Errorf("%s is %v, was asked to be %v", r.ID, got.Fields(), r.Fields())
			}
		}
	})
}

// Both languages have the same shape: record by record the same ids, links, colours and numbers, and a text
// in one where there is a text in the other.
func TestRecords_differ_between_languages_in_words_only(t *testing.T) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			de, en := records(t, name, "de"), records(t, name, "en")
			if len(de) != len(en) {
				t.Fatalf("%d records in German, %d in English", len(de), len(en))
			}
			for i := range de {
				if a, b := shape(de[i]), shape(en[i]); a != b {
					t.Errorf("record %d:\n%s\n%s\nGerman:  %s\nEnglish: %s", i, a, b, de[i].Text(), en[i].Text())
				}
			}
		})
	}
}

// shape writes a record with every text replaced.
func shape(r *board.Record) string {
	var b strings.Builder
	b.WriteString(string(r.ID))
	for _, f := range r.Fields() {
		v := string(f.Value)
		if specs[r.Kind][f.Name].Type == board.TypeText {
			v = "text"
		}
		if r.Kind == board.KindMap && f.Name == "lang" {
			continue
		}
		fmt.Fprintf(&b, " %s=%s", f.Name, v)
	}
	return b.String()
}

func TestRecords_are_told_apart(t *testing.T) {
	each(t, func(t *testing.T, name, lang string) {
		seen := make(map[board.ID]bool)
		for _, r := range records(t, name, lang) {
			if seen[r.ID] {
				t.Errorf("two records %s", r.ID)
			}
			seen[r.ID] = true
		}
	})
}

func TestRecords_of_an_unknown_template(t *testing.T) {
	for _, k := range []key{{"de", "nothing"}, {"fr", "empty"}, {"", ""}, {"de", "../en/empty"}} {
		if _, err := Records(k.name, k.lang, counting()); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q in %q: %v", k.name, k.lang, err)
		}
	}
}

func TestList(t *testing.T) {
	for _, lang := range languages {
		list := List(lang)
		if len(list) != len(names) {
			t.Errorf("%s: %d of %d templates", lang, len(list), len(names))
		}
		for i, info := range list {
			if info.Name != names[i] || info.Title == "" || info.About == "" || info.Phases == 0 || info.Steps < info.Phases {
				t.Errorf("%s: %+v", lang, info)
			}
			count := make(map[board.Kind]int)
			for _, r := range records(t, info.Name, lang) {
				count[r.Kind]++
			}
			if count[board.KindPhase] != info.Phases || count[board.KindStep] != info.Steps {
				t.Errorf("%s: %+v, but its records are %v", lang, info, count)
			}
		}
	}
	if list := List("fr"); len(list) != 0 {
		t.Errorf("French: %v", list)
	}
}

func TestFiles_are_all_listed(t *testing.T) {
	for _, lang := range languages {
		entries, err := files.ReadDir(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !slices.Contains(names, strings.TrimSuffix(e.Name(), ".json")) {
				t.Errorf("%s/%s is shipped and not listed", lang, e.Name())
			}
		}
	}
}

// The example shows every part of a map, so it must have every part.
func TestTelecom_shows_what_a_map_can_hold(t *testing.T) {
	for _, lang := range languages {
		list := records(t, "telecom", lang)
		count := make(map[board.Kind]int)
		for _, r := range list {
			count[r.Kind]++
			switch r.Kind {
			case board.KindPersona:
				for name, spec := range specs[r.Kind] {
					if sayable(spec.Type) && name != "color" && (r.Get(name) == spec.Default) {
						t.Errorf("%s: the persona's %s is not filled in", lang, name)
					}
				}
			case board.KindEmotion:
				if r.Str("word") == "" || r.Str("because") == "" || r.Str("tier") == "" {
					t.Errorf("%s: an emotion without a word, a reason or a tier: %s", lang, r.Text())
				}
			}
		}
		want := map[board.Kind]int{
			board.KindMap: 1, board.KindPersona: 1, board.KindPhase: 5, board.KindStep: 11, board.KindLane: 11,
			board.KindEmotion: 11, board.KindMoment: 2, board.KindMarker: 2, board.KindSticky: 5,
		}
		for k, n := range want {
			if count[k] != n {
				t.Errorf("%s: %d of kind %s, want %d", lang, count[k], k, n)
			}
		}
	}
}

func TestWords_are_set_with_typographic_quotes(t *testing.T) {
	quotes := map[string][2]string{"de": {"„", "“"}, "en": {"“", "”"}}
	each(t, func(t *testing.T, name, lang string) {
		for _, r := range records(t, name, lang) {
			for _, f := range r.Fields() {
				if specs[r.Kind][f.Name].Type != board.TypeText {
					continue
				}
				s := f.Value.Str()
				if strings.ContainsAny(s, `"'`) || strings.Contains(s, " - ") || strings.Contains(s, "...") || s != strings.TrimSpace(s) || strings.Contains(s, "  ") {
					t.Errorf("typewriter characters: %s", s)
				}
				if strings.Count(s, quotes[lang][0]) != strings.Count(s, quotes[lang][1]) {
					t.Errorf("an open quote: %s", s)
				}
				if lang == "en" && strings.Contains(s, "„") || lang == "de" && strings.Contains(s, "”") {
					t.Errorf("quotes of the other language: %s", s)
				}
			}
		}
	})
}

// A card names its icon by what the browser's sprite calls it.
func TestIcons_are_in_the_sprite(t *testing.T) {
	raw, err := os.ReadFile("../../static/src/icons.json")
	if err != nil {
		t.Fatal(err)
	}
	var sprite []string
	if err := json.Unmarshal(raw, &sprite); err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, name, lang string) {
		for _, r := range records(t, name, lang) {
			if icon := r.Str("icon"); r.Kind == board.KindCard && icon != "" && !slices.Contains(sprite, icon) {
				t.Errorf("no icon %q", icon)
			}
		}
	})
}
