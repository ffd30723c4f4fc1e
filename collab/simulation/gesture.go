package simulation

import (
	"fmt"
	"slices"
)

// This file has what people do to a map, one gesture a function.

func (h *hands) cell() (lane, step string) {
	if h.s.Chance(0.15) {
		return "", ""
	}
	lane, step = idOf(h.pick("lane")), idOf(h.pick("step"))
	if lane == "" || step == "" {
		return "", ""
	}
	return lane, step
}

func (h *hands) addCard() map[string]any {
	lane, step := h.cell()
	fields := map[string]any{"text": h.word()}
	id := h.newID("card")
	if a := h.open("activity"); a != nil {
		fields["activity"] = a.ID
		if in := a.Word("lane", ""); in != "" {
			lane = in
			if step = idOf(h.pick("step")); step == "" {
				return nil
			}
		}
		if a.On("sealed") {
			id = fmt.Sprintf("card-%s%x", canary, h.s.Rand.Uint64())
			h.w.ledger.secrets.seal(id, h.p.b.Person, []byte(id))
			fields["text"] = h.secret(id)
		}
	}
	if h.s.Chance(0.3) {
		fields["color"] = "sky"
	}
	return h.after(op("addCard", "id", id, "lane", lane, "step", step, "fields", fields), "card")
}

func (h *hands) moveCard() map[string]any {
	r := h.mine("card")
	if r == nil {
		return nil
	}
	lane, step := h.cell()
	return h.after(op("moveCard", "id", r.ID, "lane", lane, "step", step), "card")
}

func (h *hands) set() map[string]any {
	r := h.mine("card", "sticky", "marker", "moment", "persona", "lane", "card")
	if r == nil {
		return nil
	}
	fields := map[string]any{}
	n := h.s.Pick(4)
	switch r.Kind {
	case "card":
		fields["severity"] = n
		if h.s.Chance(0.5) {
			fields["color"] = []any{"", "sun", "sky", nil}[n]
		}
		if h.s.Chance(0.3) {
			fields["span"] = n + 1
		}
	case "sticky":
		fields["x"], fields["y"] = h.s.Pick(5000), -h.s.Pick(5000)
	case "marker":
		fields["edge"] = []string{"on", "after"}[n%2]
	case "moment":
		fields["importance"] = n
	case "persona":
		fields["age"] = n
	case "lane":
		fields["hidden"] = n == 0
	}
	return op("set", "id", r.ID, "fields", fields)
}

func (h *hands) delete() map[string]any {
	r := h.mine("card", "sticky", "marker", "moment", "card", "emotion")
	if r == nil {
		return nil
	}
	return op("delete", "id", r.ID)
}

func (h *hands) restore() map[string]any {
	var list []*Rec
	for _, kind := range []string{"card", "sticky", "marker", "moment", "emotion", "step", "phase", "lane", "persona"} {
		for _, r := range h.m.Records {
			if r.Kind == kind && r.Deleted != nil && h.mayRestore(r) {
				list = append(list, r)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	sortRecs(list)
	return op("restore", "id", list[h.s.Pick(len(list))].ID)
}

func (h *hands) mayRestore(r *Rec) bool {
	for _, parent := range []string{r.Word("phase", ""), r.Word("step", ""), r.Word("target", ""), r.Word("persona", "")} {
		if parent != "" && r.Kind != "card" && h.m.Live(parent) == nil {
			return false
		}
	}
	return h.mayChange(r)
}

func (h *hands) emotion() map[string]any {
	step, persona := h.pick("step"), h.pick("persona")
	if step == nil || persona == nil {
		return nil
	}
	o := op("setEmotion", "step", step.ID, "persona", persona.ID, "value", h.s.Pick(601)-300)
	if h.s.Chance(0.3) {
		o["because"] = h.word()
	}
	return o
}

func (h *hands) addObject() map[string]any {
	switch h.s.Pick(3) {
	case 0:
		return h.after(op("add", "id", h.newID("sticky"), "fields", map[string]any{"text": h.word(), "x": h.s.Pick(100)}), "sticky")
	case 1:
		if r := h.pick("step"); r != nil {
			return op("add", "id", h.newID("marker"), "fields", map[string]any{"step": r.ID, "type": "break", "text": h.word()})
		}
	default:
		if r := h.pick("step", "card"); r != nil && r.Only == "" {
			return op("add", "id", h.newID("moment"), "fields", map[string]any{"target": r.ID, "title": h.line()})
		}
	}
	return nil
}

func (h *hands) addPhase() map[string]any {
	return h.after(op("addPhase", "id", h.newID("phase"), "step", h.newID("step"), "title", h.line()), "phase")
}

func (h *hands) addStep() map[string]any {
	r := h.pick("phase")
	if r == nil {
		return nil
	}
	return h.after(op("addStep", "id", h.newID("step"), "phase", r.ID, "title", h.line()), "step")
}

func (h *hands) addLane() map[string]any {
	if h.s.Chance(0.3) {
		return op("add", "id", h.newID("persona"), "fields", map[string]any{"name": h.line()})
	}
	return h.after(op("add", "id", h.newID("lane"), "fields", map[string]any{"type": "pains"}), "lane")
}

func (h *hands) moveStructure() map[string]any {
	switch h.s.Pick(4) {
	case 0:
		return h.after(op("movePhase", "id", idOf(h.pick("phase"))), "phase")
	case 1:
		return h.after(op("moveStep", "id", idOf(h.pick("step")), "phase", idOf(h.pick("phase"))), "step")
	case 2:
		if r := h.pick("persona"); r != nil {
			return h.after(op("movePersona", "id", r.ID), "persona")
		}
	}
	if r := h.pick("lane"); r != nil {
		return h.after(op("moveLane", "id", r.ID), "lane")
	}
	return nil
}

func (h *hands) deleteStructure() map[string]any {
	r := h.mine("phase", "step", "step", "lane", "persona")
	if r == nil || len(h.m.Of(r.Kind)) < 3 {
		return nil
	}
	return op("delete", "id", r.ID)
}

func (h *hands) lock() map[string]any {
	if locks := h.m.Of("lock"); len(locks) > 2 || len(locks) > 0 && h.s.Chance(0.4) {
		l := locks[h.s.Pick(len(locks))]
		if h.p.role != "facilitator" && l.Word("holder", "") != h.p.b.Person && h.s.Chance(0.9) {
			return nil
		}
		return op("unlock", "target", l.Word("target", ""))
	}
	r := h.mine("card", "sticky", "step", "lane", "emotion")
	if r == nil || r.Only != "" {
		return nil
	}
	return op("lock", "target", r.ID)
}

func (h *hands) openActivity() map[string]any {
	if len(h.allOpen("activity")) > 1 {
		return h.closeActivity()
	}
	lane := ""
	if h.s.Chance(0.5) {
		lane = idOf(h.pick("lane"))
	}
	return op("openActivity", "id", h.newID("activity"), "activityType", "collect", "lane", lane,
		"sealed", h.s.Chance(0.8), "showCount", h.s.Chance(0.5))
}

func (h *hands) closeActivity() map[string]any {
	r := h.open("activity")
	if r == nil {
		return nil
	}
	return op("closeActivity", "id", r.ID)
}

func (h *hands) openBallot() map[string]any {
	id := fmt.Sprintf("ballot-%s%x", canary, h.s.Rand.Uint32())
	return op("openBallot", "id", id, "title", h.line(), "cap", 1+h.s.Pick(5), "perTarget", h.s.Pick(3), "blind", h.s.Chance(0.7))
}

func (h *hands) closeBallot() map[string]any {
	r := h.open("ballot")
	if r == nil {
		return nil
	}
	return op("closeBallot", "id", r.ID)
}

func (h *hands) vote() map[string]any {
	ballot, target := h.open("ballot"), h.pick("card", "sticky", "step")
	if ballot == nil || target == nil || target.Only != "" {
		return nil
	}
	left := int(ballot.Num("cap", 1))
	for _, vote := range h.m.Of("vote") {
		if vote.Word("ballot", "") == ballot.ID && vote.Word("voter", "") == h.p.b.Person {
			for id, n := range vote.Counts("counts") {
				if id != target.ID {
					left -= int(n)
				}
			}
		}
	}
	if most := int(ballot.Num("perTarget", 0)); most > 0 {
		left = min(left, most)
	}
	count := h.s.Pick(max(0, left) + 1)
	if h.s.Chance(0.1) {
		count++
	}
	return op("vote", "ballot", ballot.ID, "target", target.ID, "count", count)
}

// open draws an activity or a ballot that is under way, seldom one that is over.
func (h *hands) open(kind string) *Rec {
	if h.rash {
		return h.pick(kind)
	}
	if list := h.allOpen(kind); len(list) > 0 {
		return list[h.s.Pick(len(list))]
	}
	return nil
}

func (h *hands) allOpen(kind string) []*Rec {
	return slices.DeleteFunc(h.m.Of(kind), func(r *Rec) bool { return r.Word("state", "open") != "open" })
}

// member gives somebody another role, or takes somebody's away.
func (h *hands) member() map[string]any {
	person := fmt.Sprintf("person-%d", 1+h.s.Pick(mostPeople))
	if members := h.m.Of("member"); !h.rash {
		person = members[h.s.Pick(len(members))].Word("person", "")
	}
	if h.s.Chance(0.2) {
		return op("removeMember", "person", person)
	}
	role := roles[1+h.s.Pick(len(roles)-1)]
	if h.s.Chance(0.5) {
		role = "editor"
	}
	return op("setMember", "person", person, "role", role)
}
