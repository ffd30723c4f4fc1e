package board

import (
	"fmt"
	"strings"

	"waymark/board/planted"
)

// An Actor is who asks for an op. What the person may do comes from the board's member record, not from
// here. A System actor is the server itself, which acts for Person where there is one.
type Actor struct {
	Person ID
	Client ID
	System bool
}

// Decide says what an op changes now: nothing, when the board already is as asked. It looks at b and leaves
// it as it is; the changes are for the entry that follows b's last one. The error is a *Rejection, and then
// nothing is to change.
func Decide(b *Board, op Op, actor Actor, now Time) ([]Change, error) {
	if b.stopped {
		return nil, reject(Fault, "stopped at a change of a newer release")
	}
	d := decision{b: b, actor: actor, now: max(now, b.at), role: b.Role(actor.Person)}
	if actor.System {
		d.role = system
	}
	if err := d.admit(op); err != nil {
		return nil, err
	}
	if err := op.decide(&d); err != nil {
		return nil, err
	}
	return d.finish()
}

// A decision is one op being decided.
type decision struct {
	b     *Board
	actor Actor
	role  Role
	rule  Rule // of the op
	now   Time
	out   []Change

	made, restored, deleted int  // records
	grown                   int  // bytes
	whole                   bool // it cannot be done in parts, however many records it changes
}

// admit checks what can be checked without looking at what the op names.
func (d *decision) admit(op Op) error {
	i, ok := opTypes[op.Type()]
	if !ok {
		return reject(BadOp, "no such type")
	}
	spec := &ops[i]
	d.rule = spec.rule
	least := spec.rule.Own
	if spec.rule == byKind {
		least = Participant
	}
	m, mapped := d.b.Map()
	if mapped && spec.on != onBoard && m.Bool("trashed") {
		return reject(Trashed, "")
	}
	if !d.role.AtLeast(least) && !planted.On("role-not-asked") {
		return reject(NoRole, "")
	}
	if mapped && spec.on == onContent && m.Bool("frozen") && !d.role.AtLeast(Facilitator) {
		return reject(Frozen, "")
	}
	return nil
}

// visible reports whether the actor may know of a record.
func (d *decision) visible(r *Record) bool {
	return r.VisibleTo(d.actor.Person) || d.role == system
}

// record finds a record that the actor may know of, live or deleted.
func (d *decision) record(id ID) (*Record, bool) {
	r, ok := d.b.Record(id)
	if !ok || !d.visible(r) {
		return nil, false
	}
	return r, true
}

// live finds a live record that the actor may know of. For everybody else a sealed record answers exactly as
// one that does not exist.
func (d *decision) live(id ID) (*Record, error) {
	r, ok := d.record(id)
	if !ok || r.Deleted != nil {
		return nil, reject(Gone, string(id))
	}
	return r, nil
}

// parent finds what a new record is to belong to.
func (d *decision) parent(id ID, kind Kind) (*Record, error) {
	r, ok := d.record(id)
	if !ok || r.Deleted != nil || r.Kind != kind {
		return nil, reject(NoParent, string(id))
	}
	return r, nil
}

func (d *decision) own(r *Record) bool { return d.b.Is(r.By, d.actor.Person) }

// allowed checks a kind's rule against a record.
func (d *decision) allowed(rule Rule, r *Record) error {
	need := rule.role(d.own(r))
	if need == Nobody {
		return reject(WrongKind, string(r.ID))
	}
	if !d.role.AtLeast(need) {
		return reject(NoRole, string(r.ID))
	}
	return nil
}

// editable finds a live record that the actor may change, and that nobody else has locked.
func (d *decision) editable(id ID, rule func(*KindSpec) Rule) (*Record, *KindSpec, error) {
	r, err := d.live(id)
	if err != nil {
		return nil, nil, err
	}
	k := kinds[r.Kind]
	if k == nil {
		return nil, nil, reject(WrongKind, string(id))
	}
	if err := d.allowed(rule(k), r); err != nil {
		return nil, nil, err
	}
	if d.lockedByOther(id) {
		return nil, nil, reject(Locked, string(id))
	}
	return r, k, nil
}

func editRule(k *KindSpec) Rule   { return k.Edit }
func removeRule(k *KindSpec) Rule { return k.Remove }

// lockedByOther reports whether somebody else holds the lock on a record; facilitators pass every lock.
func (d *decision) lockedByOther(id ID) bool {
	if d.b.places(group{kind: KindLock}).n == 0 || d.role.AtLeast(Facilitator) || planted.On("lock-ignored") {
		return false
	}
	lock, ok := d.b.Live(LockID(id))
	return ok && !d.b.Is(lock.Ref("holder"), d.actor.Person)
}

// theMap finds the board's map.
func (d *decision) theMap() (*Record, error) {
	m, ok := d.b.Map()
	if !ok {
		return nil, reject(Gone, "the map")
	}
	return m, nil
}

// put makes a record unless its id is or was there.
func (d *decision) put(id ID, only ID, fields []Field) {
	kind := kinds[id.Kind()]
	kept := fields[:0:0]
	for _, f := range fields {
		if spec := kind.Field(f.Name); f.Value != spec.Default {
			kept = append(kept, Field{spec.Name, f.Value})
		}
	}
	// The id comes out of the op's text, which must not be kept for its sake.
	r := NewRecord(ID(strings.Clone(string(id))), d.actor.Person, d.now, only, kept...)
	d.made++
	d.grown += len(r.text)
	d.out = append(d.out, Put{r})
}

// set changes those of the fields that are not as asked already.
func (d *decision) set(r *Record, fields ...Field) {
	kind := kinds[r.Kind]
	changed := make([]Field, 0, len(fields))
	for _, f := range fields {
		spec := kind.Field(f.Name)
		if f.Name = spec.Name; f.Value == spec.Default || f.Value == Null {
			f.Value = ""
		}
		if f.Value != field(r.fields, f.Name) {
			changed = append(changed, f)
		}
	}
	if len(changed) > 0 {
		sortFields(changed)
		d.out = append(d.out, Set{r.ID, changed})
	}
}

func (d *decision) delete(id ID) {
	d.deleted++
	d.out = append(d.out, Delete{id})
	if lock := LockID(id); d.b.places(group{kind: KindLock}).n > 0 {
		if _, ok := d.b.Record(lock); ok {
			d.out = append(d.out, Purge{lock})
		}
	}
}

func (d *decision) restore(id ID) {
	d.restored++
	d.out = append(d.out, Restore{id})
}

// finish checks the limits, makes room among the deleted records, and wraps what is sealed.
func (d *decision) finish() ([]Change, error) {
	if len(d.out) == 0 {
		return nil, nil
	}
	c := &d.b.count
	if len(d.out) > Limits.ChangedRecords && !d.whole {
		return nil, reject(Limit, fmt.Sprintf("%d changes in one op", len(d.out)))
	}
	if d.made+d.restored > 0 && c.live+d.made+d.restored-d.deleted > Limits.Live {
		return nil, reject(Limit, fmt.Sprintf("%d live records", c.live))
	}
	if d.grown > 0 && c.bytes+d.grown > Limits.BoardBytes {
		return nil, reject(Limit, fmt.Sprintf("%d bytes", c.bytes))
	}
	d.makeRoom(c.deleted + d.deleted - d.restored - Limits.Deleted)
	for i, change := range d.out {
		d.out[i] = d.seal(change)
	}
	return d.out, nil
}

// seal wraps a change of a record that only one person may see.
func (d *decision) seal(c Change) Change {
	var id ID
	switch c := c.(type) {
	case Set:
		id = c.ID
	case Text:
		id = c.ID
	case Delete:
		id = c.ID
	case Restore:
		id = c.ID
	case Purge:
		id = c.ID
	default:
		return c
	}
	if r, ok := d.b.Record(id); ok && r.Only != "" {
		return Only{r.Only, c}
	}
	return c
}

// makeRoom purges the records that were deleted first, and with a step or a persona what it felt like and
// was marked with, which only its restore could have shown again.
func (d *decision) makeRoom(n int) {
	if n <= 0 {
		return
	}
	kept := make(map[ID]bool)
	for _, c := range d.out {
		switch c := c.(type) {
		case Restore:
			kept[c.ID] = true
		case Put:
			kept[c.Record.ID] = true
		}
	}
	for p := range d.b.places(deletedGroup).all() {
		if n <= 0 {
			return
		}
		if kept[p.id] {
			continue
		}
		n--
		d.out = append(d.out, Purge{p.id})
		var orphans []group
		switch p.id.Kind() {
		case KindStep:
			orphans = []group{parentGroup(KindEmotion, p.id), parentGroup(KindMarker, p.id)}
		case KindPersona:
			orphans = []group{{kind: KindEmotion, by: "persona", a: p.id}}
		}
		for _, g := range orphans {
			for r := range d.b.list(g) {
				d.out = append(d.out, Purge{r.ID})
			}
		}
	}
}
