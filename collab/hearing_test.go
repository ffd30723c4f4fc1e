package collab_test

import (
	"encoding/json"
	"fmt"

	"waymark/board"
)

// message is a message in short.
func (p *person) message(raw json.RawMessage) string {
	var m struct {
		Type                            string
		From, To, N, Seq, Code, RetryMs int64
		Batch, Client, Role, Public     string
		Epoch                           int64
		Session, Person                 string
		Items, Records                  []json.RawMessage
		Refused                         []int64
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		p.w.t.Fatalf("%s heard %s: %v", p.name, raw, err)
	}
	switch m.Type {
	case "welcome":
		return fmt.Sprintf("welcome %s as %s, epoch %d, seq %d", m.Session, m.Role, m.Epoch, m.Seq)
	case "entries", "hole":
		if p.seq >= 0 && m.From != int64(p.seq)+1 {
			p.w.t.Errorf("%s is at %d and heard %s", p.name, p.seq, raw)
		}
		p.seq, p.batch = board.Seq(m.To), board.ID(m.Batch)
		line := fmt.Sprintf("%s %d..%d %s", m.Type, m.From, m.To, m.Batch)
		for _, item := range m.Items {
			line += "\n    " + entry(item)
			p.epoch = max(p.epoch, epochOf(item))
		}
		return line
	case "own":
		return fmt.Sprintf("own at %d: %d records", m.Seq, len(m.Records))
	case "people":
		line := "people"
		for _, item := range m.Items {
			var who struct{ Name string }
			_ = json.Unmarshal(item, &who)
			line += " " + who.Name
		}
		return line
	case "mark":
		return fmt.Sprintf("mark %s %d refused %v at %d", m.Client, m.N, m.Refused, m.Seq)
	case "presence":
		line := "presence"
		for _, item := range m.Items {
			line += "\n    " + string(item)
		}
		return line
	case "digest":
		return fmt.Sprintf("digest at %d", m.Seq)
	case "reset":
		p.epoch = m.Epoch
		p.claim()
		return fmt.Sprintf("reset to epoch %d", m.Epoch)
	}
	return string(raw)
}

// epochOf is the epoch that an entry begins, 0 for none.
func epochOf(raw json.RawMessage) (epoch int64) {
	list, err := board.ParseEntries(append(append([]byte("["), raw...), ']'))
	if err != nil {
		return 0
	}
	for _, c := range list[0].Changes {
		if c, ok := c.(board.NewEpoch); ok {
			epoch = c.Epoch
		}
	}
	return epoch
}

func entry(raw json.RawMessage) string {
	var e struct {
		Seq, N     int64
		By, Client string
		Refused    string
		Changes    []json.RawMessage
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return err.Error()
	}
	line := fmt.Sprintf("%d by %s %s#%d", e.Seq, e.By, e.Client, e.N)
	if e.Refused != "" {
		line += " refused " + e.Refused
	}
	for _, c := range e.Changes {
		line += " " + change(c)
	}
	return line
}

// change is a change in short: its verb and its record.
func change(raw json.RawMessage) string {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err.Error()
	}
	var verb, id string
	_ = json.Unmarshal(list[0], &verb)
	if verb == "put" {
		var r struct{ ID string }
		_ = json.Unmarshal(list[1], &r)
		return verb + " " + r.ID
	}
	if verb == "only" {
		return "only " + string(list[1]) + " " + change(list[2])
	}
	if json.Unmarshal(list[1], &id) != nil {
		id = string(list[1])
	}
	if verb == "text" {
		id += " " + string(list[3])
	}
	return verb + " " + id
}
