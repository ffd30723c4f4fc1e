package bench

import "strconv"

// The edit that is measured is the one people make most: typing. Each edit is a text op that adds a word to the end of
// a card, and when the card is full one that deletes all but its first word; with its envelope about 100 bytes. It is
// also the dearest of the common ops: it reads, transforms and writes text and keeps its history.
//
// A typist does what a browser does: on one field it has at most one op in flight, and when that is still on its way
// it goes to its next card.
type typist struct {
	cards []*typedCard
	next  int
}

type typedCard struct {
	id       string
	letters  int
	inFlight int64 // the n of the last op on it
}

const (
	typedWord = "journey "
	fullCard  = 8 * len(typedWord)
)

func newTypist(cards []string) *typist {
	t := &typist{cards: make([]*typedCard, len(cards))}
	for i, id := range cards {
		t.cards[i] = &typedCard{id: id}
	}
	return t
}

// free gives the next card whose last op is among the confirmed ones, those up to n.
func (t *typist) free(confirmed int64) (*typedCard, bool) {
	for range t.cards {
		card := t.cards[t.next]
		t.next = (t.next + 1) % len(t.cards)
		if card.inFlight <= confirmed {
			return card, true
		}
	}
	return nil, false
}

// typeOn appends the card's next text op, as op n, against the text as of seq base.
func (c *typedCard) typeOn(frame []byte, base, n int64) []byte {
	c.inFlight = n
	frame = append(frame, `{"base":`...)
	frame = strconv.AppendInt(frame, base, 10)
	frame = append(frame, `,"delta":[`...)
	if c.letters >= fullCard {
		frame = strconv.AppendInt(frame, int64(len(typedWord)), 10)
		frame = append(frame, ',')
		frame = strconv.AppendInt(frame, int64(len(typedWord)-c.letters), 10)
		c.letters = len(typedWord)
	} else {
		if c.letters > 0 {
			frame = strconv.AppendInt(frame, int64(c.letters), 10)
			frame = append(frame, ',')
		}
		frame = append(frame, '"')
		frame = append(frame, typedWord...)
		frame = append(frame, '"')
		c.letters += len(typedWord)
	}
	frame = append(frame, `],"field":"text","id":"`...)
	frame = append(frame, c.id...)
	return append(frame, `","type":"text"}`...)
}
