package collab

import (
	"slices"
	"strings"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// showing is who shows what: the sessions of this room, and those that other
// servers tell of.
type showing struct {
	// pending says that something may have changed that was not sent, the first
	// of it at since.
	pending bool
	since   time.Time
	// gone are sessions to be taken away, relay items of other servers to be
	// passed on.
	gone  []board.ID
	relay [][]byte
	// sealing is whether the board was sealing when the others were told last.
	sealing bool

	others map[string]*otherNode
	// busPending says that the other servers have not been told all; busFullAt
	// is when they were told everything last.
	busPending       bool
	busAt, busFullAt time.Time
	busGone          []board.ID
}

// otherNode is what another server's sessions show.
type otherNode struct {
	at    board.Time
	heard time.Time
	shows map[board.ID]otherShow
}

type otherShow struct {
	person board.ID
	shown  Presence
	// item is what was passed on last.
	item []byte
}

const (
	// busEvery is how often other servers are told what is shown, at most.
	busEvery = 50 * time.Millisecond
	// busFullEvery is how often they are told everything.
	busFullEvery = 5 * time.Second
	// otherFor is how long another server's sessions are shown without a word.
	otherFor = 12 * time.Second
)

// stir notes that there is something to send, now or with the next edit.
func (sh *showing) stir(now time.Time) {
	if !sh.pending {
		sh.pending, sh.since = true, now
	}
}

// stirred is the event of some session having left a presence.
type stirred struct{}

// More of them are not told of until the room has looked: see appendShown.
func (stirred) on(r *Room) { r.shown.stir(r.now) }

// showAgain tells everyone anew what everyone shows: sealing has begun or ended.
func (r *Room) showAgain() {
	for _, s := range r.sessions {
		s.stirred.Store(true)
	}
	for _, node := range r.shown.nodes() {
		other := r.shown.others[node]
		for _, id := range other.ids() {
			r.relay(other, id)
		}
	}
	r.shown.stir(r.now)
}

// visible is what may be shown of somebody's presence now: while an activity
// seals only that they are there, and where the facilitator points (P4).
func (r *Room) visible(person board.ID, p *Presence) Presence {
	switch {
	case p == nil:
		return Presence{}
	case planted.On("shown-while-sealing"):
		return *p
	case !r.board.Sealing():
		return r.unsealed(*p)
	case r.board.Role(person) == board.Facilitator:
		return Presence{At: p.At}
	}
	return Presence{}
}

// unsealed leaves out what is shown on records that are sealed still, ones that
// were deleted before their activity ended, and on records that the board does
// not have: they may have been sealed in an epoch that the log has lost.
func (r *Room) unsealed(p Presence) Presence {
	sealed := func(id board.ID) bool {
		record, ok := r.board.Record(id)
		return id != "" && (!ok || record.Only != "")
	}
	if slices.ContainsFunc(p.Selection, sealed) {
		p.Selection = slices.DeleteFunc(slices.Clone(p.Selection), sealed)
	}
	if sealed(p.Typing.ID) {
		p.Typing.ID, p.Typing.Field = "", ""
	}
	if p.Drag != nil && sealed(p.Drag.ID) {
		p.Drag = nil
	}
	return p
}

// item is what a session shows, encoded.
func (r *Room) item(s *Session) []byte {
	p := r.visible(s.who.Person, s.shown.Load())
	return appendShown(make([]byte, 0, 160), s.id, s.who.Person, &p)
}

// appendShown adds a presence message with what has changed. When all of it is
// one session's own it gives that session.
func (r *Room) appendShown(a *answer) (sole *Session) {
	sh := &r.shown
	if !sh.pending {
		return nil
	}
	sh.pending = false
	r.stirred.Store(false) // before the sessions are looked at: what they leave from here on is told of again
	items := itemList{a: a}
	many := len(sh.relay)+len(sh.gone) > 0
	for _, s := range r.sessions {
		if !s.stirred.Swap(false) {
			continue
		}
		item := r.item(s)
		if string(item) == string(s.seat.item) {
			continue
		}
		s.seat.item, s.seat.untold = item, true
		sh.busPending = true
		items.add(item)
		many = many || sole != nil
		sole = s
	}
	for _, item := range sh.relay {
		items.add(item)
	}
	for _, id := range sh.gone {
		items.add(appendGone(nil, id))
		sh.busGone, sh.busPending = append(sh.busGone, id), true
	}
	sh.relay, sh.gone = nil, sh.gone[:0]
	items.end()
	if many {
		return nil
	}
	return sole
}

// appendEveryone adds a presence message with all that is shown, for one who
// comes.
func (r *Room) appendEveryone(a *answer, but *Session) {
	items := itemList{a: a}
	for _, s := range r.sessions {
		if s != but && s.seat.item != nil {
			items.add(s.seat.item)
		}
	}
	for _, node := range r.shown.nodes() {
		other := r.shown.others[node]
		for _, id := range other.ids() {
			items.add(other.shows[id].item)
		}
	}
	items.end()
}

// An itemList begins its presence message with the first item.
type itemList struct {
	a   *answer
	any bool
}

func (l *itemList) add(item []byte) {
	if !l.any {
		l.a.list("presence")
	} else {
		l.a.b = append(l.a.b, ',')
	}
	l.a.b, l.any = append(l.a.b, item...), true
}

func (l *itemList) end() {
	if l.any {
		l.a.endList()
	}
}

// showOnBus tells the other servers what has changed, and now and then all.
func (r *Room) showOnBus() {
	sh := &r.shown
	if r.config.Alone {
		sh.busPending, sh.busGone = false, nil
		return
	}
	full := len(r.sessions) > 0 && !r.now.Before(sh.busFullAt.Add(busFullEvery))
	if !sh.busPending && !full || r.now.Before(sh.busAt.Add(busEvery)) {
		return
	}
	items := []byte{'['}
	add := func(item []byte) {
		if len(items) > 1 {
			items = append(items, ',')
		}
		items = append(items, item...)
	}
	for _, s := range r.sessions {
		if s.seat.item != nil && (full || s.seat.untold) {
			add(s.seat.item)
			s.seat.untold = false
		}
	}
	for _, id := range sh.busGone {
		add(appendGone(nil, id))
	}
	sh.busPending, sh.busGone, sh.busAt = false, nil, r.now
	if full {
		sh.busFullAt = r.now
	}
	r.config.Bus.Show(Shown{
		Board: r.id, Node: r.config.Node, At: r.local(), Full: full, Items: append(items, ']'),
	})
}

// hearShown takes what other servers show.
func (r *Room) hearShown(shown map[string][]Shown) {
	if r.board == nil {
		return
	}
	nodes := make([]string, 0, len(shown))
	for node := range shown {
		nodes = append(nodes, node)
	}
	slices.Sort(nodes)
	for _, node := range nodes {
		for i := range shown[node] {
			r.hearNode(node, &shown[node][i])
		}
	}
	r.listElsewhere()
}

// listElsewhere lists who has a session on another server, for the hub.
func (r *Room) listElsewhere() {
	var people []board.ID
	for _, other := range r.shown.others {
		for _, show := range other.shows {
			people = append(people, show.person)
		}
	}
	r.elsewhere.Store(&people)
}

func (r *Room) hearNode(node string, p *Shown) {
	items, err := parseShown(p.Items)
	if err != nil {
		r.hub.logger.Warn("presence from the bus", "board", r.id, "node", node, "error", err)
		return
	}
	other := r.shown.others[node]
	if other == nil {
		other = &otherNode{shows: map[board.ID]otherShow{}}
		r.shown.others[node] = other
		// It does not know what is shown here either.
		r.shown.busFullAt, r.shown.busPending = time.Time{}, true
	}
	if p.At < other.at {
		return
	}
	other.at, other.heard = p.At, r.now
	here := map[board.ID]bool{}
	for i := range items {
		it := &items[i]
		if it.gone {
			r.otherGone(other, it.session)
			continue
		}
		here[it.session] = true
		show := other.shows[it.session]
		show.person, show.shown = it.person, it.shown
		other.shows[it.session] = show
		r.people.want(it.person)
		r.relay(other, it.session)
	}
	if p.Full {
		for _, id := range other.ids() {
			if !here[id] {
				r.otherGone(other, id)
			}
		}
	}
}

// relay passes on what a session of another server shows, if that is new.
func (r *Room) relay(other *otherNode, session board.ID) {
	show := other.shows[session]
	p := r.visible(show.person, &show.shown)
	item := appendShown(nil, session, show.person, &p)
	if string(item) == string(show.item) {
		return
	}
	show.item = item
	other.shows[session] = show
	r.shown.relay = append(r.shown.relay, item)
	r.shown.stir(r.now)
}

func (r *Room) otherGone(other *otherNode, session board.ID) {
	if _, ok := other.shows[session]; ok {
		delete(other.shows, session)
		r.shown.relay = append(r.shown.relay, appendGone(nil, session))
		r.shown.stir(r.now)
	}
}

// forgetOthers takes away the sessions of servers that have fallen silent.
func (r *Room) forgetOthers() {
	for _, node := range r.shown.nodes() {
		other := r.shown.others[node]
		if r.now.Sub(other.heard) < otherFor {
			continue
		}
		for _, id := range other.ids() {
			r.otherGone(other, id)
		}
		delete(r.shown.others, node)
		r.listElsewhere()
	}
}

// nodes lists the other servers in the order of their names.
func (sh *showing) nodes() []string {
	list := make([]string, 0, len(sh.others))
	for node := range sh.others {
		list = append(list, node)
	}
	slices.Sort(list)
	return list
}

func (o *otherNode) ids() []board.ID {
	list := make([]board.ID, 0, len(o.shows))
	for id := range o.shows {
		list = append(list, id)
	}
	slices.SortFunc(list, func(a, b board.ID) int { return strings.Compare(string(a), string(b)) })
	return list
}
