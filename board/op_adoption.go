package board

// Adopt gives an account what a guest has on the board: the role, where it is higher, the records that the guest
// made, what is sealed for the guest, and the votes of open ballots as far as the account has votes left. The guest is
// no member any more. A guest is adopted once.
//
// Records keep the guest's id as their author, for the log says who made them. The adoption record says who that is
// now; see [Board.Is].
type Adopt struct {
	Guest   ID
	Account ID
}

// Type is "adopt".
func (op *Adopt) Type() string { return "adopt" }

func (op *Adopt) args(f *form) {
	f.id("guest", &op.Guest)
	f.id("account", &op.Account)
}

func (op *Adopt) decide(d *decision) error {
	if op.Guest.Prefix() != PrefixPerson || op.Account.Prefix() != PrefixPerson || op.Guest == op.Account {
		return reject(BadOp, string(op.Guest)+" "+string(op.Account))
	}
	if _, ok := d.b.Record(AdoptionID(op.Guest)); ok {
		return nil
	}
	d.put(AdoptionID(op.Guest), "", []Field{
		{"account", String(string(op.Account))},
		{"guest", String(string(op.Guest))},
	})
	if had := d.b.Role(op.Guest); had != Nobody {
		if !d.b.Role(op.Account).AtLeast(had) {
			d.setRole(op.Account, had)
		}
		d.out = append(d.out, Purge{MemberID(op.Guest)})
	}
	moved := make(map[ID]bool)
	for ballot := range d.b.Under(KindBallot) {
		if vote, ok := d.b.Live(VoteID(ballot.ID, op.Guest)); ok && ballot.Str("state") == "open" {
			moved[vote.ID] = true
			d.mergeVotes(ballot, vote, op.Account)
		}
	}
	for _, r := range d.b.Own(op.Guest) {
		if !moved[r.ID] {
			theirs := *r
			theirs.Only = op.Account
			d.out = append(d.out, Put{theirs.with(r.fields)})
		}
	}
	d.whole = true
	return nil
}

// mergeVotes adds a guest's votes to those of the account, up to what one person has.
func (d *decision) mergeVotes(ballot, vote *Record, account ID) {
	own, voted := d.b.Record(VoteID(ballot.ID, account))
	counts, left := make(map[string]int64), ballot.Int("cap")
	if voted {
		for _, f := range own.Get("counts").Fields() {
			counts[f.Name] = f.Value.Int()
			left -= f.Value.Int()
		}
	}
	most := ballot.Int("perTarget")
	if most == 0 {
		most = ballot.Int("cap")
	}
	for _, f := range vote.Get("counts").Fields() {
		n := min(f.Value.Int(), most-counts[f.Name], left)
		if n > 0 {
			counts[f.Name] += n
			left -= n
		}
	}
	var fields []Field
	for target, n := range counts {
		fields = append(fields, Field{target, Int(n)})
	}
	if voted {
		d.set(own, Field{"counts", Object(fields...)})
	} else {
		d.castVote(ballot, account, fields)
	}
	d.out = append(d.out, Purge{vote.ID})
}

// AccountOf is the account that has adopted a guest, and anybody else as they are.
func (b *Board) AccountOf(person ID) ID {
	if b.places(group{kind: KindAdoption}).n > 0 {
		if r, ok := b.Live(AdoptionID(person)); ok {
			return r.Ref("account")
		}
	}
	return person
}

// Is reports whether author is the person, or a guest whom the person has adopted.
func (b *Board) Is(author, person ID) bool {
	return author == person || b.AccountOf(author) == person
}
