package trial

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"waymark/board"
	"waymark/server/client"
)

// An Editor is the [Desk] of somebody who makes cards and stickies, moves them, types in them, and changes its mind.
type Editor struct {
	random *rand.Rand
	name   string
	first  rune // of its own letters
	lanes  []board.ID
	steps  []board.ID
	others []board.ID // cards that typists made, this one's among them
	cards  []board.ID // its own
	notes  []*sticky
	// how many so far
	letters, stickies, sets int
}

// A sticky is one of its own, as it stands once all ops on it are committed.
type sticky struct {
	id      board.ID
	text    []rune
	deleted bool
}

const (
	lettersEach = 6000
	cardText    = "card of "
	firstLength = len(cardText) + 3 // of a card's first text, in letters; the names are three letters long
	othersKept  = 12
	notesKept   = 6
	noteLength  = 200
	recordsEach = 400 // cards, and as many stickies
)

// lettersOf is where the letters of the i-th typist begin. Two planes hold them all; the last two of each are no letters.
func lettersOf(i int) rune {
	const perPlane = 0xFFFD / lettersEach
	return firstLetter + rune(i/perPlane)*0x10000 + rune(i%perPlane)*lettersEach
}

// Learn is told of each record that appears.
func (d *Editor) Learn(id board.ID, kind, laneType, text string) {
	switch kind {
	case "step":
		d.steps = append(d.steps, id)
	case "lane":
		if slices.Contains([]string{"touchpoints", "thoughts", "pains", "channels"}, laneType) {
			d.lanes = append(d.lanes, id)
		}
	case "card":
		if strings.HasPrefix(text, cardText) && !slices.Contains(d.others, id) {
			d.others = append(d.others, id)
			d.others = d.others[max(0, len(d.others)-othersKept):]
		}
	}
}

// NewEditor makes the i-th of those that work on one board. Its name is three letters long.
func NewEditor(seed uint64, i int) *Editor {
	return &Editor{random: NewRandom(seed, i), name: fmt.Sprintf("%03d", i), first: lettersOf(i)}
}

// Invent gives an op.
func (d *Editor) Invent(base board.Seq, typing func(board.ID) bool) map[string]any {
	if len(d.lanes) == 0 || len(d.steps) == 0 {
		return nil
	}
	switch p := d.random.IntN(100); {
	case p < 8 && len(d.cards) < recordsEach || len(d.cards) == 0:
		return d.addCard()
	case p < 45 && d.letters < lettersEach:
		return d.typeInto(base, typing)
	case p < 60:
		return d.move()
	case p < 72:
		d.sets++
		return map[string]any{"type": "set", "id": d.pick(d.cards), "fields": map[string]any{"now": d.sets}}
	case p < 77 && d.stickies < recordsEach || len(d.notes) == 0:
		return d.addSticky()
	case p < 84:
		return d.deleteOrRestore(typing)
	default:
		return d.editSticky(base, typing)
	}
}

func (d *Editor) addCard() map[string]any {
	id := client.NewID("card")
	d.cards = append(d.cards, id)
	d.others = append(d.others, id)
	return map[string]any{
		"type": "addCard", "id": id, "lane": d.pick(d.lanes), "step": d.pick(d.steps),
		"fields": map[string]any{"text": cardText + d.name},
	}
}

// typeInto puts one letter into a card that anybody made, anywhere in the text that it began with.
func (d *Editor) typeInto(base board.Seq, typing func(board.ID) bool) map[string]any {
	card := d.pick(d.others)
	if typing(card) {
		return nil
	}
	letter := string(d.first + rune(d.letters))
	d.letters++
	delta := []any{letter}
	if at := d.random.IntN(firstLength + 1); at > 0 {
		delta = []any{at, letter}
	}
	return map[string]any{"type": "text", "id": card, "field": "text", "base": base, "delta": delta}
}

func (d *Editor) move() map[string]any {
	return map[string]any{"type": "moveCard", "id": d.pick(d.cards), "lane": d.pick(d.lanes), "step": d.pick(d.steps)}
}

func (d *Editor) addSticky() map[string]any {
	d.stickies++
	s := &sticky{id: client.NewID("sticky"), text: []rune("note of " + d.name)}
	d.notes = append(d.notes, s)
	d.notes = d.notes[max(0, len(d.notes)-notesKept):]
	return map[string]any{"type": "add", "id": s.id, "fields": map[string]any{
		"x": d.random.IntN(20_000), "y": d.random.IntN(20_000), "w": 1600, "h": 1200, "text": string(s.text),
	}}
}

func (d *Editor) deleteOrRestore(typing func(board.ID) bool) map[string]any {
	s := d.notes[d.random.IntN(len(d.notes))]
	if typing(s.id) {
		return nil
	}
	verb := "delete"
	if s.deleted {
		verb = "restore"
	}
	s.deleted = !s.deleted
	return map[string]any{"type": verb, "id": s.id}
}

// editSticky puts some letters in or takes some out, anywhere: done twice, or not at all, the text is another.
func (d *Editor) editSticky(base board.Seq, typing func(board.ID) bool) map[string]any {
	s := d.notes[d.random.IntN(len(d.notes))]
	if s.deleted || typing(s.id) {
		return nil
	}
	at := d.random.IntN(len(s.text) + 1)
	var delta []any
	if at > 0 {
		delta = append(delta, at)
	}
	if len(s.text) > noteLength || (at < len(s.text) && d.random.IntN(3) == 0) {
		if at == len(s.text) {
			return nil
		}
		n := 1 + d.random.IntN(min(len(s.text)-at, 5))
		s.text = slices.Delete(s.text, at, at+n)
		delta = append(delta, -n)
	} else {
		words := []string{"a", "ß", "漢", "🙂", "<&>", "né", "\u2028", `"\`}
		word := words[d.random.IntN(len(words))]
		s.text = slices.Insert(s.text, at, []rune(word)...)
		delta = append(delta, word)
	}
	return map[string]any{"type": "text", "id": s.id, "field": "text", "base": base, "delta": delta}
}

func (d *Editor) pick(ids []board.ID) board.ID { return ids[d.random.IntN(len(ids))] }

// Write gives the JSON of an op.
func Write(op map[string]any) []byte {
	raw, err := json.Marshal(op)
	if err != nil {
		panic(err) // ops are made of strings and numbers
	}
	return raw
}
