package board

import "slices"

// AddRecord makes a record of a kind with which nothing else happens: a persona, a lane, a sticky, a marker,
// a moment.
type AddRecord struct {
	ID     ID
	Fields []Field
	After  *ID
}

// Type is "add".
func (op *AddRecord) Type() string { return "add" }

func (op *AddRecord) args(f *form) {
	f.id("id", &op.ID)
	f.fields("fields", &op.Fields, false)
	f.after(&op.After)
}

func (op *AddRecord) decide(d *decision) error {
	kind := kinds[op.ID.Kind()]
	if kind == nil || kind.Add == Nobody {
		return reject(WrongKind, string(op.ID))
	}
	if !d.role.AtLeast(kind.Add) {
		return reject(NoRole, string(op.ID))
	}
	if !op.ID.chosen(kind.Kind) {
		return reject(BadOp, "id "+string(op.ID))
	}
	if _, ok := d.b.Record(op.ID); ok {
		return nil
	}
	fields := slices.Clone(op.Fields)
	if kind.Field("map") != nil && field(fields, "map") == "" {
		m, err := d.theMap()
		if err != nil {
			return err
		}
		fields = append(fields, Field{"map", String(string(m.ID))})
	}
	if err := d.checkFields(kind, fields, AtStart); err != nil {
		return err
	}
	for _, name := range kind.Parent {
		parent, err := d.liveParent(kind.Field(name), field(fields, name))
		if err != nil {
			return err
		}
		if parent.Only != "" {
			return reject(WrongKind, "on a sealed record")
		}
	}
	if kind.Field("rank") != nil {
		g := group{kind: kind.Kind}
		if len(kind.Parent) > 0 {
			g.a = ID(field(fields, kind.Parent[0]).Str())
		}
		fields = append(fields, Field{"rank", String(string(d.rankFor(spot{group: g, after: op.After})))})
	}
	d.put(op.ID, "", fields)
	return nil
}

// liveParent finds the live record that a parent field names.
func (d *decision) liveParent(spec *FieldSpec, v Value) (*Record, error) {
	id := ID(v.Str())
	for _, k := range spec.Kinds {
		if id.Kind() == k {
			return d.parent(id, k)
		}
	}
	return nil, reject(NoParent, string(id))
}

// checkFields checks what somebody asks a record's fields to be: that the kind has them, that this writer
// may write them, that the values are of their types, and that the records they name are there to see.
func (d *decision) checkFields(kind *KindSpec, fields []Field, by Writer) error {
	for _, f := range fields {
		spec := kind.Field(f.Name)
		if spec == nil || spec.Writer > by || by == ByAll && spec.Type == TypeText {
			return reject(BadOp, string(kind.Kind)+" field "+f.Name)
		}
		if !d.role.AtLeast(spec.Role) {
			return reject(NoRole, string(kind.Kind)+" field "+f.Name)
		}
		if code := spec.check(f.Value); code != "" {
			return reject(code, string(kind.Kind)+" field "+f.Name)
		}
		if spec.Type == TypeRef && f.Value != Null {
			if id := ID(f.Value.Str()); id != "" && id.Kind() != kindPerson && !contains(kind.Parent, f.Name) {
				if _, err := d.live(id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// SetFields changes fields of a record: those that are no text, no rank and no link in the map's structure.
// Null goes back to the default.
type SetFields struct {
	ID     ID
	Fields []Field
}

// Type is "set".
func (op *SetFields) Type() string { return "set" }

func (op *SetFields) args(f *form) {
	f.id("id", &op.ID)
	f.fields("fields", &op.Fields, false)
}

func (op *SetFields) decide(d *decision) error {
	r, kind, err := d.editable(op.ID, editRule)
	if err != nil {
		return err
	}
	if err := d.checkFields(kind, op.Fields, ByAll); err != nil {
		return err
	}
	fields := op.Fields
	if show := field(fields, "showCount"); show != "" && kind.Kind == KindActivity && sealing(r) {
		fields = append(slices.Clone(fields), Field{"count", d.shownCount(r.ID, show != False)})
	}
	d.set(r, fields...)
	return nil
}

// DeleteRecord hides a record until somebody restores it. The cards of a step, a phase or a lane go to the
// tray, the steps of a phase are deleted with it.
type DeleteRecord struct{ ID ID }

// Type is "delete".
func (op *DeleteRecord) Type() string { return "delete" }

func (op *DeleteRecord) args(f *form) { f.id("id", &op.ID) }

func (op *DeleteRecord) decide(d *decision) error {
	if r, ok := d.record(op.ID); ok && r.Deleted != nil && kinds[r.Kind] != nil {
		return d.allowed(kinds[r.Kind].Remove, r)
	}
	r, _, err := d.editable(op.ID, removeRule)
	if err != nil {
		return err
	}
	switch r.Kind {
	case KindPhase:
		return d.deletePhase(r)
	case KindStep:
		return d.deleteStep(r)
	case KindLane:
		return d.deleteLane(r)
	case KindCard:
		d.recount(r.Ref("activity"), -1)
	}
	d.delete(r.ID)
	return nil
}

// RestoreRecord brings a deleted record back, and with a step, a phase or a lane the cards that went to the
// tray with it and were not moved since.
type RestoreRecord struct{ ID ID }

// Type is "restore".
func (op *RestoreRecord) Type() string { return "restore" }

func (op *RestoreRecord) args(f *form) { f.id("id", &op.ID) }

func (op *RestoreRecord) decide(d *decision) error {
	r, ok := d.record(op.ID)
	if !ok {
		return reject(Gone, string(op.ID))
	}
	kind := kinds[r.Kind]
	if kind == nil {
		return reject(WrongKind, string(op.ID))
	}
	if err := d.allowed(kind.Remove, r); err != nil {
		return err
	}
	if r.Deleted == nil {
		return nil
	}
	switch r.Kind {
	case KindPhase:
		return d.restorePhase(r)
	case KindStep:
		return d.restoreStep(r)
	case KindLane:
		return d.restoreLane(r)
	case KindCard:
		return d.restoreCard(r)
	case KindMarker:
		if _, err := d.parent(r.Ref("step"), KindStep); err != nil {
			return err
		}
	case KindEmotion:
		if _, err := d.parent(r.Ref("step"), KindStep); err != nil {
			return err
		}
		if _, err := d.parent(r.Ref("persona"), KindPersona); err != nil {
			return err
		}
	}
	d.restore(r.ID)
	return nil
}
