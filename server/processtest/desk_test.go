//go:build linux

package processtest

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"

	"waymark/board"
	"waymark/server/client"
)

// A desk is what a typist knows of the board, and what it thinks of next.
type desk struct {
	random *rand.Rand
	name   string
	letter rune // the next of its own letters
	lanes  []board.ID
	steps  []board.ID
	others []board.ID // cards that typists made, this one's among them
	cards  []board.ID // its own
	notes  []*sticky
	count  int
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
)

// lettersOf is where the letters of the i-th typist begin. Two planes hold them all; the last two of each are no letters.
func lettersOf(i int) rune {
	const perPlane = 0xFFFD / lettersEach
	return firstLetter + rune(i/perPlane)*0x10000 + rune(i%perPlane)*lettersEach
}

// learn is told of each record that appears.
func (d *desk) learn(id board.ID, kind, laneType, text string) {
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

// invent gives an op, and the record whose text it changes. base is the seq up to which the board was heard; typing
// says whose text has an op under way, for there is only ever one.
func (d *desk) invent(base board.Seq, typing func(board.ID) bool) (op []byte, on board.ID) {
	if len(d.lanes) == 0 || len(d.steps) == 0 {
		return nil, ""
	}
	switch p := d.random.IntN(100); {
	case p < 8 || len(d.cards) == 0:
		return d.addCard(), ""
	case p < 45:
		return d.typeInto(base, typing)
	case p < 60:
		return d.move(), ""
	case p < 72:
		d.count++
		return write(map[string]any{"type": "set", "id": d.pick(d.cards), "fields": map[string]any{"now": d.count}}), ""
	case p < 77 || len(d.notes) == 0:
		return d.addSticky(), ""
	case p < 84:
		return d.deleteOrRestore(typing), ""
	default:
		return d.editSticky(base, typing)
	}
}

func (d *desk) addCard() []byte {
	id := client.NewID("card")
	d.cards = append(d.cards, id)
	d.others = append(d.others, id)
	return write(map[string]any{
		"type": "addCard", "id": id, "lane": d.pick(d.lanes), "step": d.pick(d.steps),
		"fields": map[string]any{"text": cardText + d.name},
	})
}

// typeInto puts one letter into a card that anybody made, anywhere in the text that it began with.
func (d *desk) typeInto(base board.Seq, typing func(board.ID) bool) ([]byte, board.ID) {
	card := d.pick(d.others)
	if typing(card) {
		return nil, ""
	}
	letter := string(d.letter)
	d.letter++
	delta := []any{letter}
	if at := d.random.IntN(firstLength + 1); at > 0 {
		delta = []any{at, letter}
	}
	return write(map[string]any{"type": "text", "id": card, "field": "text", "base": base, "delta": delta}), card
}

func (d *desk) move() []byte {
	return write(map[string]any{"type": "moveCard", "id": d.pick(d.cards), "lane": d.pick(d.lanes), "step": d.pick(d.steps)})
}

func (d *desk) addSticky() []byte {
	s := &sticky{id: client.NewID("sticky"), text: []rune("note of " + d.name)}
	d.notes = append(d.notes, s)
	d.notes = d.notes[max(0, len(d.notes)-notesKept):]
	return write(map[string]any{"type": "add", "id": s.id, "fields": map[string]any{
		"x": d.random.IntN(20_000), "y": d.random.IntN(20_000), "w": 1600, "h": 1200, "text": string(s.text),
	}})
}

func (d *desk) deleteOrRestore(typing func(board.ID) bool) []byte {
	s := d.notes[d.random.IntN(len(d.notes))]
	if typing(s.id) {
		return nil
	}
	verb := "delete"
	if s.deleted {
		verb = "restore"
	}
	s.deleted = !s.deleted
	return write(map[string]any{"type": verb, "id": s.id})
}

// editSticky puts some letters in or takes some out, anywhere: done twice, or not at all, the text is another.
func (d *desk) editSticky(base board.Seq, typing func(board.ID) bool) ([]byte, board.ID) {
	s := d.notes[d.random.IntN(len(d.notes))]
	if s.deleted || typing(s.id) {
		return nil, ""
	}
	at := d.random.IntN(len(s.text) + 1)
	var delta []any
	if at > 0 {
		delta = append(delta, at)
	}
	if len(s.text) > noteLength || (at < len(s.text) && d.random.IntN(3) == 0) {
		if at == len(s.text) {
			return nil, ""
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
	return write(map[string]any{"type": "text", "id": s.id, "field": "text", "base": base, "delta": delta}), s.id
}

func (d *desk) pick(ids []board.ID) board.ID { return ids[d.random.IntN(len(ids))] }

func write(op map[string]any) []byte {
	raw, err := json.Marshal(op)
	if err != nil {
		panic(err) // ops are made of strings and numbers
	}
	return raw
}
