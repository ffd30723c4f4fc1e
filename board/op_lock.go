package board

// LockRecord keeps others from changing a record.
type LockRecord struct{ Target ID }

// Type is "lock".
func (op *LockRecord) Type() string { return "lock" }

func (op *LockRecord) args(f *form) { f.id("target", &op.Target) }

func (op *LockRecord) decide(d *decision) error {
	r, err := d.live(op.Target)
	if err != nil {
		return err
	}
	kind := kinds[r.Kind]
	// A sealed record is nobody else's to change, and its lock would tell that it is there.
	if kind == nil || kind.Remove == (Rule{}) || r.Only != "" {
		return reject(WrongKind, string(r.ID))
	}
	if err := d.allowed(kind.Edit, r); err != nil {
		return err
	}
	if d.lockedByOther(r.ID) {
		return reject(Locked, string(r.ID))
	}
	holder := String(string(d.actor.Person))
	if lock, ok := d.b.Record(LockID(r.ID)); ok {
		d.set(lock, Field{"holder", holder})
		return nil
	}
	d.put(LockID(r.ID), "", []Field{{"holder", holder}, {"target", String(string(r.ID))}})
	return nil
}

// UnlockRecord takes a lock away: one's own, or any as a facilitator.
type UnlockRecord struct{ Target ID }

// Type is "unlock".
func (op *UnlockRecord) Type() string { return "unlock" }

func (op *UnlockRecord) args(f *form) { f.id("target", &op.Target) }

func (op *UnlockRecord) decide(d *decision) error {
	if _, err := d.live(op.Target); err != nil {
		return err
	}
	lock, ok := d.b.Record(LockID(op.Target))
	if !ok {
		return nil
	}
	if d.lockedByOther(op.Target) {
		return reject(Locked, string(op.Target))
	}
	d.out = append(d.out, Purge{lock.ID})
	return nil
}
