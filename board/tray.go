package board

import "waymark/board/planted"

// A tray takes cards out of cells that are being deleted. They keep in their field "from" where they lay.
type tray struct {
	d     *decision
	cards []*Record
}

func (d *decision) tray() *tray { return &tray{d: d} }

var trayGroup = group{kind: KindCard}

// takeStep takes the cards of all lanes.
func (t *tray) takeStep(step *Record) error {
	phase, ok := t.d.b.Record(step.Ref("phase"))
	if !ok {
		return nil
	}
	for lane := range t.d.b.Under(KindLane, phase.Ref("map")) {
		if err := t.takeCell(lane.ID, step.ID); err != nil {
			return err
		}
	}
	return nil
}

// takeLane takes the cards of all steps.
func (t *tray) takeLane(lane *Record) error {
	for phase := range t.d.b.Under(KindPhase, lane.Ref("map")) {
		for step := range t.d.b.Under(KindStep, phase.ID) {
			if err := t.takeCell(lane.ID, step.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tray) takeCell(lane, step ID) error {
	for card := range t.d.b.Under(KindCard, lane, step) {
		// A lock on a card that the actor may not see must not show by a refusal.
		if t.d.visible(card) && t.d.lockedByOther(card.ID) {
			return reject(Locked, string(card.ID))
		}
		t.cards = append(t.cards, card)
	}
	return nil
}

// close lays the cards at the end of the tray. Sealed ones leave no gaps between the ranks of the others.
func (t *tray) close() {
	if planted.On("cards-left-behind") {
		return
	}
	last := t.d.lastIn(trayGroup)
	sealed := make(map[ID]Rank) // the last by the person it is for
	for _, card := range t.cards {
		rank := behindLast(max(last, sealed[card.Only]))
		if card.Only == "" {
			last = rank
		} else {
			sealed[card.Only] = rank
		}
		t.d.set(card, Field{"from", placeOf(card)}, Field{"lane", ""}, Field{"step", ""}, Field{"rank", String(string(rank))})
	}
}

// behindLast is a rank behind the last sibling's. At the very end of all ranks it is that rank again: then
// the ids order them.
func behindLast(last Rank) Rank {
	if r, ok := Between(last, ""); ok {
		return r
	}
	return last
}

func placeOf(card *Record) Value {
	return Object(Field{"lane", card.Get("lane")}, Field{"rank", card.Get("rank")}, Field{"step", card.Get("step")})
}

// returnCards puts cards of the tray back where they were taken from, when that was in one of these lanes or
// steps, which are being restored, and the other half of the cell is there too. A card that somebody else has
// locked stays where it is.
func (d *decision) returnCards(back map[ID]bool) {
	d.whole = true
	here := func(id ID) bool {
		_, ok := d.b.Live(id)
		return ok || back[id]
	}
	for card := range d.b.list(trayGroup) {
		from := card.Get("from").Fields()
		if len(from) == 0 || d.lockedByOther(card.ID) {
			continue
		}
		lane, step := ID(field(from, "lane").Str()), ID(field(from, "step").Str())
		if (back[lane] || back[step]) && here(lane) && here(step) {
			d.set(card, Field{"from", ""}, Field{"lane", String(string(lane))}, Field{"rank", field(from, "rank")}, Field{"step", String(string(step))})
		}
	}
}
