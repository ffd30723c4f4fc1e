package board

import "slices"

// TrashBoard puts the board into the trash: from then on nothing but UntrashBoard is accepted.
type TrashBoard struct{}

// Type is "trash".
func (op *TrashBoard) Type() string { return "trash" }

func (op *TrashBoard) args(*form) {}

func (op *TrashBoard) decide(d *decision) error { return d.setMap("trashed", True) }

// UntrashBoard takes the board out of the trash.
type UntrashBoard struct{}

// Type is "untrash".
func (op *UntrashBoard) Type() string { return "untrash" }

func (op *UntrashBoard) args(*form) {}

func (op *UntrashBoard) decide(d *decision) error { return d.setMap("trashed", False) }

// FreezeBoard lets only facilitators change the map and the objects, or ends that.
type FreezeBoard struct{ On bool }

// Type is "freeze".
func (op *FreezeBoard) Type() string { return "freeze" }

func (op *FreezeBoard) args(f *form) { f.bool("on", &op.On) }

func (op *FreezeBoard) decide(d *decision) error { return d.setMap("frozen", Bool(op.On)) }

func (d *decision) setMap(name string, v Value) error {
	m, err := d.theMap()
	if err != nil {
		return err
	}
	d.set(m, Field{name, v})
	return nil
}

// CreateBoard fills an empty board: with one map and what belongs to it, from a template or from a file. The
// person that the server acts for becomes author of all and facilitator.
type CreateBoard struct{ Records []*Record }

// Type is "create".
func (op *CreateBoard) Type() string { return "create" }

func (op *CreateBoard) args(f *form) { f.records("records", &op.Records) }

func (op *CreateBoard) decide(d *decision) error {
	if live, deleted := d.b.Len(); live+deleted > 0 {
		return reject(BadOp, "the board is not empty")
	}
	if d.actor.Person.Prefix() != PrefixPerson {
		return reject(BadOp, "nobody to be facilitator")
	}
	if err := checkCreation(op.Records); err != nil {
		return err
	}
	d.whole = true
	for _, r := range op.Records {
		d.put(r.ID, "", r.fields)
	}
	d.setRole(d.actor.Person, Facilitator)
	return nil
}

// ExpireClients forgets the clients whose last op was decided before a time.
type ExpireClients struct{ Before Time }

// Type is "expireClients".
func (op *ExpireClients) Type() string { return "expireClients" }

func (op *ExpireClients) args(f *form) {
	before := int64(op.Before)
	f.int("before", &before)
	op.Before = Time(before)
}

func (op *ExpireClients) decide(d *decision) error {
	var old []ID
	d.b.eachClient(func(id ID, m *ClientMark) {
		if m.At < op.Before {
			old = append(old, id)
		}
	})
	slices.Sort(old)
	for _, id := range old[:min(len(old), Limits.ChangedRecords)] {
		d.out = append(d.out, Expire{id})
	}
	return nil
}
