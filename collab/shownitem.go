package collab

import "waymark/board"

// A shownItem is an item of a presence message, read back.
type shownItem struct {
	session, person board.ID
	gone            bool
	shown           Presence
}

// parseShown reads the items that another server published.
func parseShown(raw []byte) ([]shownItem, error) {
	s := scanner{b: raw}
	var list []shownItem
	for s.open('['); s.more(']'); {
		var it shownItem
		for s.open('{'); s.more('}'); {
			switch string(s.key()) {
			case "session":
				it.session = s.id(board.PrefixSession)
			case "person":
				it.person = s.id(board.PrefixPerson)
			case "gone":
				it.gone = string(s.skip()) == "true"
			case "at":
				it.shown.At = s.place(false)
			case "drag":
				it.shown.Drag = s.place(true)
			case "selection":
				s.selection(&it.shown)
			case "typing":
				s.typing(&it.shown)
			default:
				s.fail("unknown member")
			}
		}
		list = append(list, it)
	}
	if s.end(); s.err != nil {
		return nil, s.err
	}
	return list, nil
}
