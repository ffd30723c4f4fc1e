package template

import (
	"strings"
	"testing"

	"waymark/board"
)

// sketch is a template around what a test is about.
func sketch(lanes, personas, step string) string {
	return `{"name":"x","lang":"en","title":"X","about":"x","map":{"title":"I try"},"lanes":` + lanes +
		`,"personas":` + personas + `,"phases":[{"title":"P","steps":[{"title":"I do"` + step + `}]}]}`
}

func TestPlan_refuses_what_the_format_does_not_allow(t *testing.T) {
	const actions, jana = `[{"type":"actions"}]`, `[{"name":"Jana"}]`
	for _, c := range []struct{ what, file, says string }{
		{"a part that does not exist", `{"titel":"X"}`, "titel"},
		{"something behind it", sketch(actions, jana, "") + "{}", "follows"},
		{"a field that the schema does not know", sketch(actions, `[{"nick":"J"}]`, ""), "nick"},
		{"a rank", sketch(actions, `[{"rank":"V"}]`, ""), "rank"},
		{"a link to a record", sketch(actions, `[{"map":"map-1"}]`, ""), "map"},
		{"a fraction", sketch(actions, jana, `,"emotion":{"value":-1.5}`), "no integer"},
		{"an object as a value", sketch(actions, `[{"name":{}}]`, ""), "name"},
		{"a step named twice", sketch(actions, jana, `,"markers":[{"type":"gap","step":"step-1"}]`), "step"},
		{"a cell in no lane", sketch(actions, jana, `,"cells":{"pains":["x"]}`), "pains"},
		{"a marker in no lane", sketch(actions, jana, `,"markers":[{"type":"gap","lane":"pains"}]`), "pains"},
		{"two lanes of a type", sketch(`[{"type":"actions"},{"type":"actions"}]`, jana, ""), "two lanes"},
		{"an emotion of nobody", sketch(actions, `[]`, `,"emotion":{"value":100}`), "nobody"},
		{"a phase without a step", `{"map":{},"phases":[{"title":"P"}]}`, "no step"},
	} {
		file, err := parse([]byte(c.file))
		if err == nil {
			p := plan{newID: counting()}
			err = p.lay(file)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestPlan_takes_defaults_and_strings_for_cards(t *testing.T) {
	file, err := parse([]byte(sketch(`[{"type":"custom"},{"type":"pains"}]`, `[{"name":"Jana","color":"sun"}]`,
		`,"cells":{"pains":["Waits",{"text":"Pays","severity":2}],"custom":["Sighs"]}`)))
	if err != nil {
		t.Fatal(err)
	}
	p := plan{newID: counting()}
	if err := p.lay(file); err != nil {
		t.Fatal(err)
	}
	create(t, p.records)
	var cards []string
	for _, r := range p.records {
		if r.Kind == board.KindCard {
			cards = append(cards, r.Str("text"))
		}
		for _, f := range r.Fields() {
			if f.Value == specs[r.Kind][f.Name].Default {
				t.Errorf("%s says %s although that is the default", r.ID, f.Name)
			}
		}
	}
	if got := strings.Join(cards, ", "); got != "Sighs, Waits, Pays" {
		t.Errorf("cards are %s; want them by lane, then as in the file", got)
	}
}
