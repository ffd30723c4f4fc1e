package board

import "waymark/board/planted"

// OpenBallot begins a ballot: each voter has Cap votes and may give one target PerTarget of them (0 = all).
// How somebody voted in a blind ballot is for that person alone, for ever; the tallies come when it closes.
type OpenBallot struct {
	ID        ID
	Title     string
	Cap       int64
	PerTarget int64
	Blind     bool
}

// Type is "openBallot".
func (op *OpenBallot) Type() string { return "openBallot" }

func (op *OpenBallot) args(f *form) {
	f.id("id", &op.ID)
	f.str("title", &op.Title)
	f.int("cap", &op.Cap)
	f.int("perTarget", &op.PerTarget)
	f.bool("blind", &op.Blind)
}

func (op *OpenBallot) decide(d *decision) error {
	if !op.ID.chosen(KindBallot) {
		return reject(BadOp, "id "+string(op.ID))
	}
	if _, ok := d.b.Record(op.ID); ok {
		return nil
	}
	fields := []Field{
		{"blind", Bool(op.Blind)},
		{"cap", Int(op.Cap)},
		{"perTarget", Int(op.PerTarget)},
		{"title", String(op.Title)},
	}
	if err := d.checkFields(kinds[KindBallot], fields, ByDecide); err != nil {
		return err
	}
	d.put(op.ID, "", fields)
	return nil
}

// CastVote says how many of one's votes a target has.
type CastVote struct {
	Ballot ID
	Target ID
	Count  int64
}

// Type is "vote".
func (op *CastVote) Type() string { return "vote" }

func (op *CastVote) args(f *form) {
	f.id("ballot", &op.Ballot)
	f.id("target", &op.Target)
	f.int("count", &op.Count)
}

func (op *CastVote) decide(d *decision) error {
	if op.Ballot.Kind() != KindBallot {
		return reject(WrongKind, string(op.Ballot))
	}
	ballot, err := d.live(op.Ballot)
	if err != nil {
		return err
	}
	if ballot.Str("state") != "open" {
		return reject(Closed, string(op.Ballot))
	}
	if d.actor.Person.Prefix() != PrefixPerson || op.Count < 0 {
		return reject(BadOp, "count")
	}
	// Votes can be taken back from a target that is gone.
	if op.Count > 0 {
		target, err := d.live(op.Target)
		if err != nil {
			return err
		}
		if target.Only != "" {
			return reject(WrongKind, "a sealed record")
		}
		switch target.Kind {
		case KindCard, KindSticky, KindStep, KindMoment, KindMarker:
		default:
			return reject(WrongKind, string(op.Target))
		}
	}
	if most := ballot.Int("perTarget"); most > 0 && op.Count > most {
		return reject(OverCap, string(op.Ballot))
	}
	id := VoteID(ballot.ID, d.actor.Person)
	vote, voted := d.b.Record(id)
	var old []Field
	if voted {
		old = vote.Get("counts").Fields()
	}
	sum := op.Count
	var counts []Field
	for _, f := range old {
		if f.Name != string(op.Target) {
			counts = append(counts, f)
			sum += f.Value.Int()
		}
	}
	if sum > ballot.Int("cap") && !planted.On("cap-not-checked") {
		return reject(OverCap, string(op.Ballot))
	}
	if op.Count > 0 {
		counts = append(counts, Field{string(op.Target), Int(op.Count)})
	}
	if voted {
		d.set(vote, Field{"counts", Object(counts...)})
		return nil
	}
	if len(counts) == 0 {
		return nil
	}
	d.castVote(ballot, d.actor.Person, counts)
	return nil
}

// castVote makes the record of somebody's first vote in a ballot.
func (d *decision) castVote(ballot *Record, voter ID, counts []Field) {
	only := ID("")
	if ballot.Bool("blind") {
		only = voter
	}
	d.put(VoteID(ballot.ID, voter), only, []Field{
		{"ballot", String(string(ballot.ID))},
		{"counts", Object(counts...)},
		{"voter", String(string(voter))},
	})
}

// CloseBallot ends a ballot and tells the tallies.
type CloseBallot struct{ ID ID }

// Type is "closeBallot".
func (op *CloseBallot) Type() string { return "closeBallot" }

func (op *CloseBallot) args(f *form) { f.id("id", &op.ID) }

func (op *CloseBallot) decide(d *decision) error {
	if op.ID.Kind() != KindBallot {
		return reject(WrongKind, string(op.ID))
	}
	r, err := d.live(op.ID)
	if err != nil {
		return err
	}
	if r.Str("state") == "closed" {
		return nil
	}
	sums := make(map[string]int64)
	for vote := range d.b.Under(KindVote, r.ID) {
		for _, f := range vote.Get("counts").Fields() {
			sums[f.Name] += f.Value.Int()
		}
	}
	tallies := make([]Field, 0, len(sums))
	for target, n := range sums {
		tallies = append(tallies, Field{target, Int(n)})
	}
	d.set(r, Field{"state", `"closed"`}, Field{"tallies", Object(tallies...)})
	return nil
}
