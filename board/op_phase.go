package board

// AddPhase makes a phase and its first step.
type AddPhase struct {
	ID        ID
	Step      ID
	Title     string
	StepTitle string
	After     *ID
}

// Type is "addPhase".
func (op *AddPhase) Type() string { return "addPhase" }

func (op *AddPhase) args(f *form) {
	f.id("id", &op.ID)
	f.id("step", &op.Step)
	f.str("title", &op.Title)
	f.str("stepTitle", &op.StepTitle)
	f.after(&op.After)
}

func (op *AddPhase) decide(d *decision) error {
	if !op.ID.chosen(KindPhase) || !op.Step.chosen(KindStep) {
		return reject(BadOp, "id "+string(op.ID)+" or "+string(op.Step))
	}
	if _, ok := d.b.Record(op.ID); ok {
		return nil
	}
	if _, ok := d.b.Record(op.Step); ok {
		return reject(BadOp, "the step is there already")
	}
	m, err := d.theMap()
	if err != nil {
		return err
	}
	phase := []Field{{"map", String(string(m.ID))}, {"title", String(op.Title)}}
	step := []Field{{"phase", String(string(op.ID))}, {"title", String(op.StepTitle)}}
	if err := d.checkFields(kinds[KindPhase], phase, AtStart); err != nil {
		return err
	}
	if err := d.checkFields(kinds[KindStep], step, AtStart); err != nil {
		return err
	}
	rank := d.rankFor(spot{group: parentGroup(KindPhase, m.ID), after: op.After})
	d.put(op.ID, "", append(phase, Field{"rank", String(string(rank))}))
	d.put(op.Step, "", append(step, Field{"rank", `"V"`}))
	return nil
}

// MovePhase puts a phase at another place in its map.
type MovePhase struct {
	ID    ID
	After *ID
}

// Type is "movePhase".
func (op *MovePhase) Type() string { return "movePhase" }

func (op *MovePhase) args(f *form) {
	f.id("id", &op.ID)
	f.after(&op.After)
}

func (op *MovePhase) decide(d *decision) error { return d.moveSibling(op.ID, KindPhase, op.After) }

// moveSibling puts a record at another place among its siblings.
func (d *decision) moveSibling(id ID, kind Kind, after *ID) error {
	if id.Kind() != kind {
		return reject(WrongKind, string(id))
	}
	r, _, err := d.editable(id, editRule)
	if err != nil {
		return err
	}
	d.set(r, Field{"rank", String(string(d.rankFor(spot{group: r.siblings(), after: after, self: id})))})
	return nil
}

// AddStep makes a step in a phase.
type AddStep struct {
	ID    ID
	Phase ID
	Title string
	After *ID
}

// Type is "addStep".
func (op *AddStep) Type() string { return "addStep" }

func (op *AddStep) args(f *form) {
	f.id("id", &op.ID)
	f.id("phase", &op.Phase)
	f.str("title", &op.Title)
	f.after(&op.After)
}

func (op *AddStep) decide(d *decision) error {
	if !op.ID.chosen(KindStep) {
		return reject(BadOp, "id "+string(op.ID))
	}
	if _, ok := d.b.Record(op.ID); ok {
		return nil
	}
	phase, err := d.parent(op.Phase, KindPhase)
	if err != nil {
		return err
	}
	fields := []Field{{"phase", String(string(phase.ID))}, {"title", String(op.Title)}}
	if err := d.checkFields(kinds[KindStep], fields, AtStart); err != nil {
		return err
	}
	rank := d.rankFor(spot{group: parentGroup(KindStep, phase.ID), after: op.After, self: op.ID})
	d.put(op.ID, "", append(fields, Field{"rank", String(string(rank))}))
	return nil
}

// MoveStep puts a step at another place in its phase, or into another phase.
type MoveStep struct {
	ID    ID
	Phase ID
	After *ID
}

// Type is "moveStep".
func (op *MoveStep) Type() string { return "moveStep" }

func (op *MoveStep) args(f *form) {
	f.id("id", &op.ID)
	f.id("phase", &op.Phase)
	f.after(&op.After)
}

func (op *MoveStep) decide(d *decision) error {
	if op.ID.Kind() != KindStep {
		return reject(WrongKind, string(op.ID))
	}
	r, _, err := d.editable(op.ID, editRule)
	if err != nil {
		return err
	}
	phase, err := d.parent(op.Phase, KindPhase)
	if err != nil {
		return err
	}
	if old := r.Ref("phase"); old != phase.ID && d.b.places(parentGroup(KindStep, old)).n == 1 {
		return reject(Last, string(old))
	}
	rank := d.rankFor(spot{group: parentGroup(KindStep, phase.ID), after: op.After, self: op.ID})
	d.set(r, Field{"phase", String(string(phase.ID))}, Field{"rank", String(string(rank))})
	return nil
}

func (d *decision) deletePhase(r *Record) error {
	if d.b.places(r.siblings()).n == 1 {
		return reject(Last, string(r.ID))
	}
	d.delete(r.ID)
	t := d.tray()
	for step := range d.b.Under(KindStep, r.ID) {
		if d.lockedByOther(step.ID) {
			return reject(Locked, string(step.ID))
		}
		d.delete(step.ID)
		if err := t.takeStep(step); err != nil {
			return err
		}
	}
	t.close()
	return nil
}

func (d *decision) deleteStep(r *Record) error {
	if d.b.places(r.siblings()).n == 1 {
		return reject(Last, string(r.ID))
	}
	d.delete(r.ID)
	t := d.tray()
	if err := t.takeStep(r); err != nil {
		return err
	}
	t.close()
	return nil
}

func (d *decision) restorePhase(r *Record) error {
	if _, err := d.parent(r.Ref("map"), KindMap); err != nil {
		return err
	}
	d.restore(r.ID)
	back := map[ID]bool{}
	for p := range d.b.places(deletedGroup).all() {
		step, ok := d.b.Record(p.id)
		if ok && step.Kind == KindStep && step.Ref("phase") == r.ID && step.Deleted.Seq == r.Deleted.Seq {
			d.restore(step.ID)
			back[step.ID] = true
		}
	}
	if len(back) == 0 {
		return reject(NoParent, "the steps of "+string(r.ID))
	}
	d.returnCards(back)
	return nil
}

func (d *decision) restoreStep(r *Record) error {
	if _, err := d.parent(r.Ref("phase"), KindPhase); err != nil {
		return err
	}
	d.restore(r.ID)
	d.returnCards(map[ID]bool{r.ID: true})
	return nil
}
