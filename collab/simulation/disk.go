package simulation

import (
	"fmt"
	"slices"
	"time"
)

// A Browser is one tab on a device of one person; its pages come and go.
type Browser struct {
	Name   string
	Person string

	w    *World
	host *Host
	disk *Disk
	page *Page
	// second says that the tab was opened beside another, for a while.
	second, retired bool
}

// A Disk is what lies on a device: it outlives pages, and its tabs share it.
type Disk struct {
	boxes []*Box
	// last takes back the last write, made by the page writer.
	last   func()
	writer *Page
}

// wrote notes a write and how it would be taken back.
func (d *Disk) wrote(p *Page, back func()) { d.last, d.writer = back, p }

// lose takes back the last write, if this page made it.
func (d *Disk) lose(p *Page) bool {
	if d.last == nil || d.writer != p {
		return false
	}
	d.last()
	d.last = nil
	return true
}

// drop removes a box.
func (d *Disk) drop(x *Box) {
	d.boxes = slices.DeleteFunc(d.boxes, func(other *Box) bool { return other == x })
}

// orphaned reports whether there are ops that no page sends.
func (d *Disk) orphaned() bool {
	return slices.ContainsFunc(d.boxes, func(x *Box) bool { return x.holder == nil && len(x.Items) > 0 })
}

// open loads the page: a new client, and all outboxes that lie there and no
// other tab holds.
func (b *Browser) open() {
	p := &Page{b: b, w: b.w}
	b.page = p
	p.own = p.newBox()
	p.connect()
}

// mostAhead is how many ops of a client are under way at most.
const mostAhead = 64

// newBox begins the outbox of a fresh client.
func (p *Page) newBox() *Box {
	x := &Box{Client: string(p.w.S.NewID("client")), holder: p, next: 1, ahead: mostAhead}
	p.b.disk.boxes = append(p.b.disk.boxes, x)
	return x
}

// adopt takes over what no page holds.
func (p *Page) adopt() {
	d := p.b.disk
	d.boxes = slices.DeleteFunc(d.boxes, func(x *Box) bool { return x.holder == nil && len(x.Items) == 0 })
	for _, x := range d.boxes {
		if x.holder == nil {
			p.hold(x)
		}
	}
}

// hold takes a box that another page wrote. What it reads there is on the disk
// for good.
func (p *Page) hold(x *Box) {
	p.b.disk.last = nil
	x.holder, x.ready, x.later, x.acked = p, false, false, nil
	for _, it := range x.Items {
		if it.Typing != nil {
			it.Typing.stale = true
		}
	}
}

// close ends the page without a word; with lose its last write never reached
// the disk.
func (b *Browser) close(lose bool) {
	p := b.page
	if p == nil {
		return
	}
	p.gone = true
	p.leave()
	b.host.Kill()
	b.page = nil
	if lose && b.disk.lose(p) {
		b.w.Faults.Strike(DiskLast)
		b.w.trace("the disk of %s lost its last write", b.Name)
	}
	for _, x := range b.disk.boxes {
		if x.holder == p {
			x.holder = nil
		}
	}
}

// another opens a second tab on the same disk.
func (b *Browser) another() *Browser {
	w := b.w
	w.tabs++
	name := fmt.Sprintf("%s-%d", b.Name, w.tabs)
	second := &Browser{Name: name, Person: b.Person, w: w, host: w.S.NewHost(name), disk: b.disk, second: true}
	w.browsers = append(w.browsers, second)
	second.open()
	w.S.After(w.S.Between(0, w.Plan.Pace), nil, func() { w.hand(second) })
	return second
}

// retire closes a second tab for good.
func (b *Browser) retire() {
	b.close(false)
	b.retired = true
	b.w.browsers = slices.DeleteFunc(b.w.browsers, func(other *Browser) bool { return other == b })
}

// steal has a page take an outbox that another tab's page is using. That one
// goes on with a fresh client as soon as it sees that.
func (p *Page) steal(from *Page) {
	x := from.own
	p.robbed, from.robbed = true, true // the claims may cross on the way
	p.hold(x)
	p.claim(x)
	p.w.S.After(p.w.S.Between(0, 300*time.Millisecond), from.b.host, func() {
		if !from.gone && from.own == x {
			from.own = from.newBox()
			from.claim(from.own)
		}
	})
}

// claim tells the server that this page holds a box now.
func (p *Page) claim(x *Box) { p.say(map[string]any{"type": "claim", "client": x.Client}) }
