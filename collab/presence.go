package collab

import (
	"strconv"

	"waymark/board"
)

// Presence is what one session shows the others now. It is never stored (P1).
type Presence struct {
	At, Drag  *Place
	Selection []board.ID
	// Typing names the text field under its caret; without ID there is none.
	Typing struct {
		ID    board.ID
		Field string
	}
}

// A Place is over a cell of the map, in parts of a thousand of the cell, or
// elsewhere in tenths of a board pixel.
type Place struct {
	// ID names what is dragged; "" for a pointer.
	ID board.ID
	// Size says that it is drawn larger or smaller, not away.
	Size       bool
	Lane, Step board.ID
	FX, FY     int64
	// Free says that X and Y count, not the cell.
	Free bool
	X, Y int64
}

const (
	hasID = 1 << iota
	hasSize
	hasLane
	hasStep
	hasFX
	hasFY
	hasX
	hasY

	hasCell = hasLane | hasStep | hasFX | hasFY
	hasFree = hasX | hasY
)

// place takes a place, or null for none; a dragged one has an id.
func (s *scanner) place(dragged bool) *Place {
	if s.null() {
		return nil
	}
	var p Place
	var has uint
	for s.open('{'); s.more('}'); {
		bit := s.placeMember(&p)
		if has&bit != 0 {
			s.fail("member twice")
		}
		has |= bit
	}
	if s.err == nil && dragged != (has&hasID != 0) {
		s.fail("a drag names what is dragged, a pointer names nothing")
	}
	if s.err == nil && p.Size && !dragged {
		s.fail("a pointer has no size")
	}
	switch has &^ (hasID | hasSize) {
	case hasCell:
	case hasFree:
		p.Free = true
	default:
		s.fail("not a place")
	}
	return &p
}

func (s *scanner) placeMember(p *Place) uint {
	switch string(s.key()) {
	case "id":
		p.ID = s.id("")
		return hasID
	case "size":
		if p.Size = string(s.skip()) == "true"; !p.Size {
			s.fail("expected true")
		}
		return hasSize
	case "lane":
		p.Lane = s.id(string(board.KindLane))
		return hasLane
	case "step":
		p.Step = s.id(string(board.KindStep))
		return hasStep
	case "fx":
		p.FX = s.integer(0, perMille)
		return hasFX
	case "fy":
		p.FY = s.integer(0, perMille)
		return hasFY
	case "x":
		p.X = s.integer(-maxCoordinate, maxCoordinate)
		return hasX
	case "y":
		p.Y = s.integer(-maxCoordinate, maxCoordinate)
		return hasY
	}
	s.fail("unknown member")
	return 0
}

func (s *scanner) selection(p *Presence) {
	if s.null() {
		return
	}
	for s.open('['); s.more(']'); {
		if len(p.Selection) == maxSelection {
			s.fail("too many selected")
			return
		}
		p.Selection = append(p.Selection, s.id(""))
	}
}

func (s *scanner) typing(p *Presence) {
	if s.null() {
		return
	}
	var hasID, hasField bool
	for s.open('{'); s.more('}'); {
		switch key := string(s.key()); {
		case key == "id" && !hasID:
			p.Typing.ID, hasID = s.id(""), true
		case key == "field" && !hasField:
			p.Typing.Field, hasField = s.str(40), true
		default:
			s.fail("unknown member or member twice")
		}
	}
	if s.err == nil && (!hasID || !hasField || !fieldName(p.Typing.Field)) {
		s.fail("typing in no field")
	}
}

// fieldName reports whether s has the form of a field's name.
func fieldName(s string) bool {
	for i, c := range []byte(s) {
		lower, other := c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !lower && (i == 0 || !other) {
			return false
		}
	}
	return s != ""
}

// appendShown writes the item of a presence message for a session.
func appendShown(dst []byte, session, person board.ID, p *Presence) []byte {
	dst = append(dst, `{"session":"`...)
	dst = append(dst, session...)
	dst = append(dst, `","person":"`...)
	dst = append(dst, person...)
	dst = append(dst, '"')
	if p.At != nil {
		dst = appendPlace(append(dst, `,"at":`...), p.At)
	}
	if p.Drag != nil {
		dst = appendPlace(append(dst, `,"drag":`...), p.Drag)
	}
	if len(p.Selection) > 0 {
		dst = append(dst, `,"selection":[`...)
		for i, id := range p.Selection {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, '"'), id...), '"')
		}
		dst = append(dst, ']')
	}
	if p.Typing.ID != "" {
		dst = append(append(dst, `,"typing":{"id":"`...), p.Typing.ID...)
		dst = append(append(dst, `","field":"`...), p.Typing.Field...)
		dst = append(dst, `"}`...)
	}
	return append(dst, '}')
}

func appendPlace(dst []byte, p *Place) []byte {
	number := func(name string, n int64) {
		dst = append(dst, name...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	dst = append(dst, '{')
	if p.ID != "" {
		dst = append(append(append(dst, `"id":"`...), p.ID...), `",`...)
	}
	if p.Size {
		dst = append(dst, `"size":true,`...)
	}
	if p.Free {
		number(`"x":`, p.X)
		number(`,"y":`, p.Y)
	} else {
		dst = append(append(append(dst, `"lane":"`...), p.Lane...), `","step":"`...)
		dst = append(append(dst, p.Step...), '"')
		number(`,"fx":`, p.FX)
		number(`,"fy":`, p.FY)
	}
	return append(dst, '}')
}

// appendGone writes the item of a session that is no longer here.
func appendGone(dst []byte, session board.ID) []byte {
	dst = append(dst, `{"session":"`...)
	return append(append(dst, session...), `","gone":true}`...)
}
