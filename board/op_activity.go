package board

import "waymark/board/planted"

// OpenActivity begins an activity. While one that seals is open, the cards made in it are for their authors
// alone.
type OpenActivity struct {
	ID           ID
	ActivityType string
	Lane         ID // "" = any
	Sealed       bool
	ShowCount    bool
}

// Type is "openActivity".
func (op *OpenActivity) Type() string { return "openActivity" }

func (op *OpenActivity) args(f *form) {
	f.id("id", &op.ID)
	f.need("activityType", &op.ActivityType)
	f.ref("lane", &op.Lane)
	f.bool("sealed", &op.Sealed)
	f.bool("showCount", &op.ShowCount)
}

func (op *OpenActivity) decide(d *decision) error {
	if !op.ID.chosen(KindActivity) {
		return reject(BadOp, "id "+string(op.ID))
	}
	if _, ok := d.b.Record(op.ID); ok {
		return nil
	}
	fields := []Field{
		{"lane", String(string(op.Lane))},
		{"sealed", Bool(op.Sealed)},
		{"showCount", Bool(op.ShowCount)},
		{"type", String(op.ActivityType)},
	}
	if err := d.checkFields(kinds[KindActivity], fields, ByDecide); err != nil {
		return err
	}
	d.put(op.ID, "", fields)
	return nil
}

// CloseActivity ends an activity and reveals its cards.
type CloseActivity struct{ ID ID }

// Type is "closeActivity".
func (op *CloseActivity) Type() string { return "closeActivity" }

func (op *CloseActivity) args(f *form) { f.id("id", &op.ID) }

func (op *CloseActivity) decide(d *decision) error {
	if op.ID.Kind() != KindActivity {
		return reject(WrongKind, string(op.ID))
	}
	r, err := d.live(op.ID)
	if err != nil {
		return err
	}
	if r.Str("state") == "closed" {
		return nil
	}
	fields := []Field{{"state", `"closed"`}}
	cards := int64(0)
	for card := range d.b.list(activityGroup(r.ID)) {
		cards++
		if card.Only != "" && !planted.On("reveal-forgotten") {
			public := *card
			public.Only = ""
			d.out = append(d.out, Put{public.with(card.fields)})
		}
	}
	if r.Bool("sealed") {
		fields = append(fields, Field{"count", Int(cards)})
	}
	d.set(r, fields...)
	d.whole = true
	return nil
}

// activityGroup is the live cards of an activity.
func activityGroup(activity ID) group { return group{kind: KindCard, by: "activity", a: activity} }

// sealFor checks the activity that a new card names and says who alone is to see the card.
func (d *decision) sealFor(activity, lane ID) (only ID, err error) {
	if activity == "" {
		return "", nil
	}
	r, err := d.live(activity)
	if err != nil {
		return "", err
	}
	if r.Str("state") != "open" {
		return "", reject(Closed, string(activity))
	}
	if in := r.Ref("lane"); in != "" && in != lane {
		return "", reject(NoCell, string(lane)+" is not the activity's lane")
	}
	if r.Bool("sealed") {
		return d.actor.Person, nil
	}
	return "", nil
}

// roomFor checks that a sealed card can still be revealed in one entry with the others.
func (d *decision) roomFor(card *Record) error {
	activity := card.Ref("activity")
	if d.b.places(activityGroup(activity)).n >= Limits.ChangedRecords ||
		d.sealedBytes(activity)+len(card.text) > Limits.SealedBytes {
		return reject(Limit, "cards of "+string(activity))
	}
	return nil
}

// sealedBytes is the size of an activity's live cards.
func (d *decision) sealedBytes(activity ID) int {
	n := 0
	for card := range d.b.list(activityGroup(activity)) {
		n += len(card.text)
	}
	return n
}

// recount keeps the number of an activity's cards that everyone is shown.
func (d *decision) recount(activity ID, by int) {
	if r, ok := d.b.Live(activity); ok && sealing(r) && r.Bool("showCount") {
		d.set(r, Field{"count", Int(int64(d.b.places(activityGroup(activity)).n + by))})
	}
}

// shownCount is the number of cards that everyone is to be shown.
func (d *decision) shownCount(activity ID, show bool) Value {
	if !show {
		return "0"
	}
	return Int(int64(d.b.places(activityGroup(activity)).n))
}
