package trial

import (
	"encoding/json"
	"fmt"

	"waymark/board"
)

// An expectedCard is what the journals say of a card: its author alone moves it and sets its number; everyone types
// into it, one letter at a time, each letter used once on the whole board.
type expectedCard struct {
	id         board.ID
	known      bool // its author's journal was heard
	first      []rune
	lane, step board.ID
	now        int64
	letters    map[rune]bool
}

// An expectedSticky is one that only its author touches: its text is known exactly.
type expectedSticky struct {
	id      board.ID
	text    []rune
	deleted bool
}

// sentOp is an op as the typists write it.
type sentOp struct {
	Type       string
	ID         board.ID
	Lane, Step board.ID
	Fields     struct {
		Text *string
		Now  *int64
	}
	Delta []json.RawMessage
}

// expect folds an op of a journal into what must be there at the end.
func (j *Judge) expect(raw []byte) error {
	var op sentOp
	if err := json.Unmarshal(raw, &op); err != nil {
		return err
	}
	switch op.Type {
	case "addCard":
		c := j.card(op.ID)
		c.known, c.lane, c.step = true, op.Lane, op.Step
		if op.Fields.Text != nil {
			c.first = []rune(*op.Fields.Text)
		}
	case "moveCard":
		c := j.card(op.ID)
		c.lane, c.step = op.Lane, op.Step
	case "set":
		if op.Fields.Now != nil {
			j.card(op.ID).now = *op.Fields.Now
		}
	case "add":
		s := &expectedSticky{id: op.ID}
		if op.Fields.Text != nil {
			s.text = []rune(*op.Fields.Text)
		}
		j.notes[op.ID] = s
	case "delete", "restore":
		s := j.notes[op.ID]
		if s == nil {
			return fmt.Errorf("%s of %s, which its author never added", op.Type, op.ID)
		}
		s.deleted = op.Type == "delete"
	case "text":
		parts, err := deltaOf(op.Delta)
		if err != nil {
			return err
		}
		if s := j.notes[op.ID]; s != nil {
			s.text, err = splice(s.text, parts)
			return err
		}
		for _, p := range parts {
			for _, letter := range p.insert {
				j.card(op.ID).letters[letter] = true
			}
		}
	default:
		return fmt.Errorf("an op %q that the judge does not know", op.Type)
	}
	return nil
}

func (j *Judge) card(id board.ID) *expectedCard {
	c := j.cards[id]
	if c == nil {
		c = &expectedCard{id: id, letters: map[rune]bool{}}
		j.cards[id] = c
	}
	return c
}

// firstLetter is where the letters begin that stand for one edit each: the planes that no text uses.
const firstLetter = 0xF0000

func (c *expectedCard) compare(v *Verdict, r Record) {
	if !c.known {
		v.wrong("card %s was typed into, and nobody made it", c.id)
		return
	}
	counts := map[rune]int{}
	var rest []rune
	for _, letter := range r.Fields.Text {
		if letter >= firstLetter {
			counts[letter]++
		} else {
			rest = append(rest, letter)
		}
	}
	for letter := range c.letters {
		switch n := counts[letter]; {
		case n == 0:
			v.missing("card %s: the letter %U is gone", c.id, letter)
		case n > 1:
			v.twice("card %s: the letter %U stands there %d times", c.id, letter, n)
		}
	}
	for letter := range counts {
		if !c.letters[letter] {
			v.wrong("card %s: nobody typed %U", c.id, letter)
		}
	}
	if string(rest) != string(c.first) {
		v.wrong("card %s: between the letters stands %q, not %q", c.id, string(rest), string(c.first))
	}
	if r.Fields.Lane != c.lane || r.Fields.Step != c.step {
		v.missing("card %s was moved to %s, %s and lies in %s, %s", c.id, c.lane, c.step, r.Fields.Lane, r.Fields.Step)
	}
	if r.Fields.Now != c.now {
		v.missing("card %s was set to %d and stands at %d", c.id, c.now, r.Fields.Now)
	}
}

func (s *expectedSticky) compare(v *Verdict, r Record, live bool) {
	switch {
	case live == s.deleted:
		v.missing("sticky %s: deleted is %v, and its author made it %v", s.id, !live, s.deleted)
	case live && r.Fields.Text != string(s.text):
		v.wrong("sticky %s says %q, and its author made it %q", s.id, r.Fields.Text, string(s.text))
	}
}

// A part is one of a text op: letters kept, letters put in, or letters taken out.
type part struct {
	retain, delete int
	insert         []rune
}

func deltaOf(raw []json.RawMessage) ([]part, error) {
	var parts []part
	for _, r := range raw {
		var n int
		var s string
		switch {
		case json.Unmarshal(r, &n) == nil && n > 0:
			parts = append(parts, part{retain: n})
		case json.Unmarshal(r, &n) == nil && n < 0:
			parts = append(parts, part{delete: -n})
		case json.Unmarshal(r, &s) == nil && s != "":
			parts = append(parts, part{insert: []rune(s)})
		default:
			return nil, fmt.Errorf("%s is no part of a text op", r)
		}
	}
	return parts, nil
}

// splice applies a text op to a text that nobody else changes.
func splice(text []rune, parts []part) ([]rune, error) {
	var out []rune
	at := 0
	for _, p := range parts {
		if at+p.retain+p.delete > len(text) {
			return nil, fmt.Errorf("a text op beyond the end of %d letters", len(text))
		}
		out = append(out, text[at:at+p.retain]...)
		at += p.retain + p.delete
		out = append(out, p.insert...)
	}
	return append(out, text[at:]...), nil
}
