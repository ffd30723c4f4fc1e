package board

// SetMember gives a member another role. The board does not know who exists: somebody becomes a member by an invite, or
// because the server, which knows, says so.
type SetMember struct {
	Person ID
	Role   Role
}

// Type is "setMember".
func (op *SetMember) Type() string { return "setMember" }

func (op *SetMember) args(f *form) {
	f.id("person", &op.Person)
	f.role("role", &op.Role)
}

func (op *SetMember) decide(d *decision) error {
	if op.Person.Prefix() != PrefixPerson || !op.Role.Valid() {
		return reject(BadOp, string(op.Person))
	}
	if d.role != system && d.b.Role(op.Person) == Nobody {
		return reject(Gone, string(op.Person))
	}
	if d.lastFacilitator(op.Person) && op.Role != Facilitator {
		return reject(LastFacilitator, "")
	}
	d.setRole(op.Person, op.Role)
	return nil
}

func (d *decision) setRole(person ID, role Role) {
	id := MemberID(person)
	if r, ok := d.b.Record(id); ok {
		d.set(r, Field{"role", String(string(role))})
		return
	}
	d.put(id, "", []Field{{"person", String(string(person))}, {"role", String(string(role))}})
}

// lastFacilitator reports whether a board would be without a facilitator but for this person.
func (d *decision) lastFacilitator(person ID) bool {
	if d.b.Role(person) != Facilitator {
		return false
	}
	for m := range d.b.Under(KindMember) {
		if m.Str("role") == string(Facilitator) && m.Ref("person") != person {
			return false
		}
	}
	return true
}

// RemoveMember takes a person's right away; anybody may take their own.
type RemoveMember struct{ Person ID }

// Type is "removeMember".
func (op *RemoveMember) Type() string { return "removeMember" }

func (op *RemoveMember) args(f *form) { f.id("person", &op.Person) }

func (op *RemoveMember) decide(d *decision) error {
	if !d.role.AtLeast(d.rule.role(op.Person == d.actor.Person)) {
		return reject(NoRole, string(op.Person))
	}
	if d.lastFacilitator(op.Person) {
		return reject(LastFacilitator, "")
	}
	if d.b.Role(op.Person) != Nobody {
		d.out = append(d.out, Purge{MemberID(op.Person)})
	}
	return nil
}

// Join makes a person a member who has redeemed an invite. It never takes a role away.
type Join struct {
	Person ID
	Role   Role
	Invite ID
}

// Type is "join".
func (op *Join) Type() string { return "join" }

func (op *Join) args(f *form) {
	f.id("person", &op.Person)
	f.role("role", &op.Role)
	f.id("invite", &op.Invite)
}

func (op *Join) decide(d *decision) error {
	if op.Person.Prefix() != PrefixPerson || op.Invite.Kind() != KindInvite || !op.Role.Valid() {
		return reject(BadOp, string(op.Person)+" "+string(op.Invite))
	}
	invite, err := d.live(op.Invite)
	if err != nil {
		return err
	}
	if expires := Time(invite.Int("expires")); invite.Bool("closed") || expires != 0 && expires <= d.now {
		return reject(Closed, string(op.Invite))
	}
	if !Role(invite.Str("role")).AtLeast(op.Role) {
		return reject(NoRole, string(op.Invite))
	}
	if !d.b.Role(op.Person).AtLeast(op.Role) {
		d.setRole(op.Person, op.Role)
	}
	return nil
}

// AddInvite makes a link by which people become members. The directory has its secrets already, under
// Revision.
type AddInvite struct {
	ID       ID
	Role     Role
	Revision string
	Expires  Time
	Max      int64
	Passcode bool
	Label    string
}

// Type is "addInvite".
func (op *AddInvite) Type() string { return "addInvite" }

func (op *AddInvite) args(f *form) {
	f.id("id", &op.ID)
	f.role("role", &op.Role)
	f.need("revision", &op.Revision)
	expires := int64(op.Expires)
	f.int("expires", &expires)
	op.Expires = Time(expires)
	f.int("max", &op.Max)
	f.bool("passcode", &op.Passcode)
	f.str("label", &op.Label)
}

func (op *AddInvite) decide(d *decision) error {
	if !op.ID.chosen(KindInvite) {
		return reject(BadOp, "id "+string(op.ID))
	}
	if d.actor.Person != "" && !d.b.Role(d.actor.Person).AtLeast(Facilitator) {
		return reject(NoRole, string(d.actor.Person))
	}
	if _, ok := d.b.Record(op.ID); ok {
		return nil
	}
	fields := []Field{
		{"expires", Int(int64(op.Expires))},
		{"label", String(op.Label)},
		{"max", Int(op.Max)},
		{"passcode", Bool(op.Passcode)},
		{"revision", String(op.Revision)},
		{"role", String(string(op.Role))},
	}
	if err := d.checkFields(kinds[KindInvite], fields, ByDecide); err != nil {
		return err
	}
	d.put(op.ID, "", fields)
	return nil
}

// RenewInvite gives an invite another link: the one it had opens nothing any more, and whoever only looks by it is out.
// The directory has the new secret already, under Revision.
type RenewInvite struct {
	ID       ID
	Revision string
}

// Type is "renewInvite".
func (op *RenewInvite) Type() string { return "renewInvite" }

func (op *RenewInvite) args(f *form) {
	f.id("id", &op.ID)
	f.need("revision", &op.Revision)
}

func (op *RenewInvite) decide(d *decision) error {
	if op.ID.Kind() != KindInvite {
		return reject(WrongKind, string(op.ID))
	}
	if d.actor.Person != "" && !d.b.Role(d.actor.Person).AtLeast(Facilitator) {
		return reject(NoRole, string(d.actor.Person))
	}
	r, err := d.live(op.ID)
	if err != nil {
		return err
	}
	if expires := Time(r.Int("expires")); r.Bool("closed") || expires != 0 && expires <= d.now {
		return reject(Closed, string(op.ID))
	}
	revision := []Field{{"revision", String(op.Revision)}}
	if err := d.checkFields(kinds[KindInvite], revision, ByDecide); err != nil {
		return err
	}
	d.set(r, revision...)
	return nil
}

// CloseInvite ends an invite; who has joined by it stays.
type CloseInvite struct{ ID ID }

// Type is "closeInvite".
func (op *CloseInvite) Type() string { return "closeInvite" }

func (op *CloseInvite) args(f *form) { f.id("id", &op.ID) }

func (op *CloseInvite) decide(d *decision) error {
	if op.ID.Kind() != KindInvite {
		return reject(WrongKind, string(op.ID))
	}
	r, err := d.live(op.ID)
	if err != nil {
		return err
	}
	d.set(r, Field{"closed", True})
	return nil
}
