package main

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"waymark/board"
	"waymark/server/directory"
)

// actsPage is how many batches are read at once.
const actsPage = 256

// actsUpTo reads from the log what the audit trail does not have yet: whatever was done on a board, over a socket or by
// a request, is an entry first. The trail has its lines from there alone, so that each is there once and none is missing
// after a crash.
func (s *Server) actsUpTo(ctx context.Context, id board.ID, seq board.Seq) ([]directory.Act, error) {
	after, err := s.directory.Projected(ctx, id)
	if err != nil {
		return nil, err
	}
	var acts []directory.Act
	for after < seq {
		batches, err := s.data.Batches(ctx, id, after, actsPage)
		if err != nil {
			return nil, err
		}
		if len(batches) == 0 {
			break
		}
		for _, b := range batches {
			if !governs(b.Body) {
				continue
			}
			entries, err := board.ParseEntries(b.Body)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if e.Seq > after && e.Seq <= seq {
					acts = append(acts, actsOf(id, e)...)
				}
			}
		}
		after = batches[len(batches)-1].Last
	}
	return acts, nil
}

// governs says whether a batch may have lines for the trail; most have none and need not be read.
func governs(body []byte) bool {
	return slices.ContainsFunc([]board.Kind{board.KindMember, board.KindInvite, board.KindMap, board.KindAdoption}, func(k board.Kind) bool {
		return bytes.Contains(body, []byte(`"`+string(k)+`-`))
	})
}

// actsOf are the lines of one entry. What makes a board or hands a guest's over is one, however much it changes.
func actsOf(id board.ID, e board.Entry) []directory.Act {
	act := func(name, detail string) directory.Act {
		return directory.Act{At: int64(e.At), Seq: e.Seq, Person: e.By, Board: id, Name: name, Detail: detail}
	}
	var acts []directory.Act
	for _, c := range e.Changes {
		switch c := c.(type) {
		case board.Put:
			switch r := c.Record; r.Kind {
			case board.KindMap:
				return []directory.Act{act("create", "")}
			case board.KindAdoption:
				return []directory.Act{act("adopt", string(r.Ref("guest")))}
			case board.KindMember:
				acts = append(acts, act("role", string(r.Ref("person"))+" "+r.Str("role")))
			case board.KindInvite:
				acts = append(acts, act("invite", string(r.ID)+" "+r.Str("role")))
			}
		case board.Set:
			for _, f := range c.Fields {
				if name, detail := actOfField(c.ID, f); name != "" {
					acts = append(acts, act(name, detail))
				}
			}
		case board.Purge:
			if c.ID.Kind() == board.KindMember {
				acts = append(acts, act("remove", string(personOf(c.ID))))
			}
		}
	}
	return acts
}

func actOfField(id board.ID, f board.Field) (name, detail string) {
	switch kind := id.Kind(); {
	case kind == board.KindMember && f.Name == "role":
		return "role", string(personOf(id)) + " " + cmp.Or(f.Value.Str(), string(board.Viewer)) // the default is not written
	case kind == board.KindInvite && f.Name == "closed" && f.Value == board.True:
		return "closeInvite", string(id)
	case kind == board.KindInvite && f.Name == "revision":
		return "renewInvite", string(id)
	case kind == board.KindMap && f.Name == "trashed" && f.Value == board.True:
		return "trash", ""
	case kind == board.KindMap && f.Name == "trashed":
		return "untrash", ""
	}
	return "", ""
}

// personOf is whose member record this is.
func personOf(member board.ID) board.ID { return board.NewID(board.PrefixPerson, member.Suffix()) }
