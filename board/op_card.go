package board

import "slices"

// AddCard makes a card in a cell, or in the tray when lane and step are "". Into a cell that has been
// deleted meanwhile it goes by way of the tray: a restore of the cell puts it there.
type AddCard struct {
	ID     ID
	Lane   ID
	Step   ID
	After  *ID
	Fields []Field
}

// Type is "addCard".
func (op *AddCard) Type() string { return "addCard" }

func (op *AddCard) args(f *form) {
	f.id("id", &op.ID)
	f.ref("lane", &op.Lane)
	f.ref("step", &op.Step)
	f.after(&op.After)
	f.fields("fields", &op.Fields, true)
}

func (op *AddCard) decide(d *decision) error {
	if !op.ID.chosen(KindCard) {
		return reject(BadOp, "id "+string(op.ID))
	}
	if _, ok := d.b.Record(op.ID); ok {
		return nil
	}
	kind := kinds[KindCard]
	if err := d.checkFields(kind, op.Fields, AtStart); err != nil {
		return err
	}
	fields := slices.Clone(op.Fields)
	only, err := d.sealFor(ID(field(op.Fields, "activity").Str()), op.Lane)
	if err != nil {
		return err
	}
	if d.hasCell(op.Lane, op.Step) {
		rank := d.rankFor(spot{group: parentGroup(KindCard, op.Lane, op.Step), after: op.After, only: only})
		fields = append(fields, Field{"lane", String(string(op.Lane))}, Field{"step", String(string(op.Step))}, Field{"rank", String(string(rank))})
	} else {
		if !d.hadCell(op.Lane, op.Step) {
			return reject(NoCell, string(op.Lane)+" "+string(op.Step))
		}
		rank := String(string(d.rankFor(spot{group: trayGroup, only: only})))
		from := Object(Field{"lane", String(string(op.Lane))}, Field{"rank", rank}, Field{"step", String(string(op.Step))})
		fields = append(fields, Field{"from", from}, Field{"rank", rank})
	}
	d.put(op.ID, only, fields)
	if only != "" {
		put := d.out[len(d.out)-1].(Put)
		if err := d.roomFor(put.Record); err != nil {
			return err
		}
		d.recount(ID(field(op.Fields, "activity").Str()), 1)
	}
	return nil
}

// hasCell reports whether a card can lie there: in a live lane and a live step, or in the tray.
func (d *decision) hasCell(lane, step ID) bool {
	if lane == "" && step == "" {
		return true
	}
	l, ok := d.b.Live(lane)
	s, also := d.b.Live(step)
	return ok && also && l.Kind == KindLane && s.Kind == KindStep
}

// hadCell reports whether a card could once lie there.
func (d *decision) hadCell(lane, step ID) bool {
	l, ok := d.b.Record(lane)
	s, also := d.b.Record(step)
	return ok && also && l.Kind == KindLane && s.Kind == KindStep
}

// MoveCard puts a card into a cell, or into the tray when lane and step are "".
type MoveCard struct {
	ID    ID
	Lane  ID
	Step  ID
	After *ID
}

// Type is "moveCard".
func (op *MoveCard) Type() string { return "moveCard" }

func (op *MoveCard) args(f *form) {
	f.id("id", &op.ID)
	f.ref("lane", &op.Lane)
	f.ref("step", &op.Step)
	f.after(&op.After)
}

func (op *MoveCard) decide(d *decision) error {
	if op.ID.Kind() != KindCard {
		return reject(WrongKind, string(op.ID))
	}
	r, _, err := d.editable(op.ID, editRule)
	if err != nil {
		return err
	}
	if !d.hasCell(op.Lane, op.Step) {
		return reject(NoCell, string(op.Lane)+" "+string(op.Step))
	}
	rank := d.rankFor(spot{group: parentGroup(KindCard, op.Lane, op.Step), after: op.After, self: r.ID, only: r.Only})
	d.set(r, Field{"from", ""}, Field{"lane", String(string(op.Lane))}, Field{"rank", String(string(rank))}, Field{"step", String(string(op.Step))})
	return nil
}

// restoreCard brings a card back, into the tray when its cell is gone. One that was sealed in an activity
// that has ended meanwhile comes back as the others were revealed: for everyone.
func (d *decision) restoreCard(r *Record) error {
	activity, ok := d.b.Live(r.Ref("activity"))
	reveal := r.Only != "" && (!ok || !sealing(activity))
	var moved []Field
	if !d.hasCell(r.Ref("lane"), r.Ref("step")) {
		rank := behindLast(d.lastIn(trayGroup))
		moved = []Field{{"from", placeOf(r)}, {"lane", ""}, {"rank", String(string(rank))}, {"step", ""}}
	}
	if reveal {
		public := *r
		public.Only, public.Deleted = "", nil
		d.restored++
		d.out = append(d.out, Put{public.set(moved)})
		return nil
	}
	d.restore(r.ID)
	d.set(r, moved...)
	d.recount(r.Ref("activity"), 1)
	return nil
}
