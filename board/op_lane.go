package board

// MoveLane puts a lane at another place in its map.
type MoveLane struct {
	ID    ID
	After *ID
}

// Type is "moveLane".
func (op *MoveLane) Type() string { return "moveLane" }

func (op *MoveLane) args(f *form) {
	f.id("id", &op.ID)
	f.after(&op.After)
}

func (op *MoveLane) decide(d *decision) error { return d.moveSibling(op.ID, KindLane, op.After) }

func (d *decision) deleteLane(r *Record) error {
	d.delete(r.ID)
	t := d.tray()
	if err := t.takeLane(r); err != nil {
		return err
	}
	t.close()
	return nil
}

func (d *decision) restoreLane(r *Record) error {
	if _, err := d.parent(r.Ref("map"), KindMap); err != nil {
		return err
	}
	d.restore(r.ID)
	d.returnCards(map[ID]bool{r.ID: true})
	return nil
}

// MovePersona puts a persona at another place among the map's.
type MovePersona struct {
	ID    ID
	After *ID
}

// Type is "movePersona".
func (op *MovePersona) Type() string { return "movePersona" }

func (op *MovePersona) args(f *form) {
	f.id("id", &op.ID)
	f.after(&op.After)
}

func (op *MovePersona) decide(d *decision) error { return d.moveSibling(op.ID, KindPersona, op.After) }
