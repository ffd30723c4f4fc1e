package simulation

import (
	"io"
	"time"
)

// patience is how long a calm cluster may take to settle.
const patience = 3 * time.Minute

// Run runs a plan to its end and judges it.
func Run(plan Plan, trace io.Writer) *World { return run(New(plan, trace)) }

// An Other is a client that is not a [Page].
type Other interface {
	// soothe ends its own faults; calm reports whether it has everything and
	// waits for nothing, and lack says what it lacks.
	soothe()
	calm() bool
	lack() string
	// judge holds what it has against the log. It may do more, and let it settle.
	judge()
}

func run(w *World) *World {
	w.unleash()
	w.door()
	w.forget()
	w.S.RunUntil(2*time.Hour, func() bool { return w.done() || len(w.Failures) > 0 })
	if len(w.Failures) == 0 {
		w.S.RunFor(w.S.Between(0, 5*time.Second))
		w.soothe()
		w.settle()
		for _, o := range w.others {
			if len(w.Failures) == 0 {
				o.judge()
			}
		}
	}
	w.S.RunFor(2 * time.Second) // servers end what they are at
	for _, srv := range w.servers {
		if srv.up {
			if len(w.Failures) == 0 {
				for _, l := range srv.loops {
					l.emptied()
				}
			}
			srv.collect()
		}
	}
	w.Stats.Simulated = w.S.Elapsed()
	w.Stats.Batches, w.Stats.Entries = len(w.ledger.list), len(w.ledger.line)
	w.verdict()
	return w
}

// aftermath is how long ops may come from pages that are no more: they wait on a
// line, or in a server that has just thawed.
const aftermath = 5 * time.Second

// settle waits until everyone has everything, and nothing more comes.
func (w *World) settle() {
	w.readmit()
	for head := -1; head != len(w.ledger.line) && len(w.Failures) == 0; {
		if !w.S.RunUntil(patience, w.settled) && len(w.Failures) == 0 {
			w.unsettled()
		}
		head = len(w.ledger.line)
		w.S.RunFor(aftermath)
	}
}

// readmit opens the pages again that had ended.
func (w *World) readmit() {
	for _, b := range w.browsers {
		if b.page != nil && b.page.ended == "revoked" && w.right(w.ledger.m, b.Person) != "" {
			b.close(false)
			b.open()
		}
	}
}

// settled reports whether everyone has everything, or has broken something.
func (w *World) settled() bool {
	if len(w.Failures) > 0 {
		return true
	}
	for _, o := range w.others {
		if !o.calm() {
			return false
		}
	}
	for _, srv := range w.servers {
		if srv.up && srv.asking > 0 {
			return false
		}
	}
	head := int64(len(w.ledger.line))
	for _, b := range w.browsers {
		p := b.page
		role := w.right(w.ledger.m, b.Person)
		if p.ended == "revoked" && role == "" {
			continue
		}
		if p.ended != "" && role != "" {
			w.readmit()
			return false
		}
		if b.disk.orphaned() {
			if p.in {
				p.again() // and take them over
			}
			return false
		}
		if role == "" || !p.in || !p.whole || p.m.Seq != head || p.batch != w.ledger.tail.ID {
			return false
		}
		for _, x := range p.boxes() {
			if len(x.Items) > 0 {
				return false
			}
		}
	}
	return true
}

// unsettled says who is not where they should be.
func (w *World) unsettled() {
	for _, o := range w.others {
		if !o.calm() {
			w.fail("I13", "after %v of calm %s", patience, o.lack())
		}
	}
	for _, srv := range w.servers {
		if srv.up && srv.asking > 0 {
			w.fail("I13", "after %v of calm %s waits for %d ops of its own", patience, srv.Name, srv.asking)
		}
	}
	head := len(w.ledger.line)
	for _, b := range w.browsers {
		p := b.page
		if p.ended != "" {
			continue
		}
		seq := int64(-1)
		if p.m != nil {
			seq = p.m.Seq
		}
		var waiting []string
		for _, x := range p.boxes() {
			for _, it := range x.Items {
				waiting = append(waiting, opKey(x.Client, it.N))
			}
		}
		if w.right(w.ledger.m, b.Person) == "" {
			w.fail("I5", "after %v of calm %s, who has no right on the board, is still there", patience, b.Name)
		}
		if !p.in || !p.whole || seq != int64(head) || len(waiting) > 0 {
			w.fail("I13", "after %v of calm %s (%s) is at %d of %d, connected %v, ops waiting %v", patience, b.Name, b.Person, seq, head, p.in, waiting)
		}
	}
}

// verdict judges what can only be judged at the end.
func (w *World) verdict() {
	if w.Stats.Faults > 0 {
		w.fail("fault", "%d times a room or an op panicked", w.Stats.Faults)
	}
	if w.Stats.Mismatches > 0 {
		w.fail("I1", "%d times a server's digest differed from the log's", w.Stats.Mismatches)
	}
	if n := w.Stats.Resets; n > 0 && w.ledger.whole() {
		w.fail("I15", "%d sessions were reset, and the log has all that it ever had", n)
	}
	system := 0
	for _, p := range w.ledger.line {
		switch {
		case p.E.Client == "":
			system++
		case p.E.Refused != "":
			w.Stats.Refused++
			w.Codes[p.E.Refused]++
		default:
			w.Stats.Accepted++
		}
	}
	if system > w.asked+1 && w.ledger.whole() {
		w.fail("I3", "servers asked %d times, and %d entries are theirs", w.asked, system)
	}
	if len(w.Failures) > 0 {
		return
	}
	w.converged()
	w.accounted()
}

// converged checks that every page has what the log says its person may see (I1).
func (w *World) converged() {
	for _, b := range w.browsers {
		p := b.page
		if p.ended != "" {
			continue
		}
		for id, want := range w.ledger.m.Records {
			got := p.m.Records[id]
			switch visible := want.Only == "" || want.Only == b.Person; {
			case visible && got == nil:
				w.fail("I1", "%s lacks %s", b.Name, want.Spell())
			case visible && got.Spell() != want.Spell():
				w.fail("I1", "%s has %s, the log has %s", b.Name, got.Spell(), want.Spell())
			case !visible && got != nil:
				w.fail("I7", "%s has %s", b.Name, got.Spell())
			}
		}
		for id, got := range p.m.Records {
			if w.ledger.m.Records[id] == nil {
				w.fail("I1", "%s has %s, which is not in the log", b.Name, got.Spell())
			}
		}
	}
}

// accounted checks the journals against the log: what was acknowledged is there
// (I2), and nothing is left open (I13).
func (w *World) accounted() {
	for _, p := range w.order {
		key := opKey(p.Client, p.N)
		seq, there := w.ledger.once[key]
		refused := there && w.ledger.line[seq-1].E.Refused != ""
		switch {
		case p.Moved != nil, w.ledger.forgotten[p.Client] && there:
		case p.Fate == "" && !there && !p.Forgotten && !w.closed(p.Person):
			w.fail("I13", "op %s of %s neither committed nor refused: %s", key, p.Person, p.Op)
		case p.Fate == "committed" && !there && !w.perished(p):
			w.fail("I2", "op %s of %s was acknowledged and is not in the log: %s", key, p.Person, p.Op)
		case p.Fate == "committed" && refused && w.ledger.whole(),
			p.Fate == "refused" && there && !refused && w.ledger.whole():
			w.fail("I2", "%s was told that op %s was %s; the log says refused: %v", p.Person, key, p.Fate, refused)
		}
	}
}

// closed reports whether a person was told to go.
func (w *World) closed(person string) bool {
	for _, b := range w.browsers {
		if b.Person == person && b.page.ended != "" {
			return true
		}
	}
	return false
}

// perished reports whether an op may be missing because a failover lost it and
// the page that had it is gone.
func (w *World) perished(p *Proposal) bool {
	if w.ledger.whole() {
		return false
	}
	for _, b := range w.browsers {
		if b.page != nil && b.page.own.Client == p.Client {
			return b.page.ended != ""
		}
	}
	return true
}
