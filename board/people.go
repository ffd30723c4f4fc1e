package board

import "slices"

// People lists everyone whom a record names: its author, the member, the owner of a moment, the holder of a
// lock; in the order of their ids.
func (b *Board) People() []ID {
	found := make(map[ID]bool)
	var last ID // most records have the author of the one before
	b.each(func(r *Record) {
		if r.By != last {
			last = r.By
			found[last] = true
		}
		switch r.Kind {
		case KindMember:
			found[r.Ref("person")] = true
		case KindAdoption:
			found[r.Ref("account")] = true
		case KindMoment:
			found[r.Ref("owner")] = true
		case KindLock:
			found[r.Ref("holder")] = true
		}
	})
	delete(found, "")
	list := make([]ID, 0, len(found))
	for id := range found {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}
