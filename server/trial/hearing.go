package trial

import (
	"encoding/json"
	"fmt"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// hear is called by the connection with each message.
func (y *Typist) hear(m client.Message) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	err := y.take(m)
	if err != nil {
		y.fault = err
	}
	return err
}

func (y *Typist) take(m client.Message) error {
	switch m.Type {
	case "welcome":
		y.tries = 0
	case "snapshot":
		return y.join(m.Raw)
	case "entries":
		for _, e := range m.Entries {
			if err := y.heard(e); err != nil {
				return err
			}
		}
		y.seen = m.To
	case "hole":
		y.seen = m.To
	case "mark", "gap", "busy":
		return y.answered(m)
	case "reset":
		return y.reset(m)
	case "bye":
		var told struct{ RetryMs int64 }
		err := m.Decode(&told)
		y.retry = time.Duration(told.RetryMs) * time.Millisecond
		return err
	}
	return nil
}

// reset hears that the log has lost what it had shown: a board and a mark follow.
func (y *Typist) reset(m client.Message) error {
	if y.MayReset == nil || !y.MayReset() {
		return fmt.Errorf("the server reset the board: %s", m.Raw)
	}
	y.count.Resets++
	y.open = false
	y.outbox.reset()
	return y.Journal.Note(Note{What: Reset})
}

// join reads the board as it is.
func (y *Typist) join(raw []byte) error {
	data, err := client.Inflate(raw)
	if err != nil {
		return err
	}
	var snapshot struct {
		Seq     board.Seq
		Records []struct {
			Record
			Fields struct{ Type, Text string }
		}
	}
	if err := json.Unmarshal(data, &snapshot); err != nil {
		return err
	}
	y.seen = snapshot.Seq
	y.count.Boards++
	y.outbox.known = map[board.ID]bool{}
	for _, r := range snapshot.Records {
		y.learn(r.ID, r.Kind, r.Fields.Type, r.Fields.Text)
	}
	return nil
}

func (y *Typist) learn(id board.ID, kind, laneType, text string) {
	y.outbox.known[id] = true
	y.Desk.Learn(id, kind, laneType, text)
}

func (y *Typist) heard(e client.Entry) error {
	by := board.ID(e.Client)
	if err := y.Journal.Note(Note{What: Heard, Client: by, N: e.N, Seq: e.Seq, Sum: SumOf(e.Raw)}); err != nil {
		return err
	}
	if by == y.Client {
		said := Note{What: Saved, N: e.N, Seq: e.Seq}
		if len(e.Refused) > 0 {
			said = Note{What: Refused, N: e.N, Seq: e.Seq, Code: string(e.Refused)}
			if !y.Refusable {
				return fmt.Errorf("op %d was refused: %s; %s", e.N, e.Refused, y.outbox.story(e.N))
			}
		}
		if err := y.Journal.Note(said); err != nil {
			return err
		}
		y.count.Acked += int64(y.outbox.settle(e.N, time.Now()))
		if len(e.Refused) > 0 {
			return nil
		}
	}
	var entry struct{ Changes []json.RawMessage }
	if err := json.Unmarshal(e.Raw, &entry); err != nil {
		return err
	}
	for _, raw := range entry.Changes {
		var change []json.RawMessage
		var put struct {
			ID     board.ID
			Kind   string
			Fields struct{ Type, Text string }
		}
		if json.Unmarshal(raw, &change) == nil && len(change) == 2 && string(change[0]) == `"put"` && json.Unmarshal(change[1], &put) == nil {
			y.learn(put.ID, put.Kind, put.Fields.Type, put.Fields.Text)
		}
	}
	return nil
}

func (y *Typist) answered(m client.Message) error {
	var told struct {
		Client  board.ID
		N       int64
		Refused []int64
		RetryMs int64
	}
	if err := m.Decode(&told); err != nil {
		return err
	}
	if told.Client != y.Client {
		return fmt.Errorf("a %s of %s, which is not ours", m.Type, told.Client)
	}
	switch m.Type {
	case "mark":
		return y.marked(told.N, told.Refused)
	case "busy":
		y.quietTo = time.Now().Add(time.Duration(told.RetryMs) * time.Millisecond)
	}
	y.outbox.unsent(told.N)
	return nil
}

func (y *Typist) marked(n int64, refused []int64) error {
	if len(refused) > 0 && !y.Refusable {
		return fmt.Errorf("ops %v were refused", refused)
	}
	acked, err := y.outbox.mark(n, time.Now())
	if err != nil {
		return err
	}
	y.count.Acked += int64(acked)
	y.open = true
	for _, e := range y.stale {
		if e.n > n {
			break // these wait, and are sent again in any case
		}
		y.count.Repeats++
		if err := y.conn.SendAgain(e.n, e.raw); err != nil {
			return err
		}
	}
	y.stale = nil
	return y.Journal.Note(Note{What: Mark, N: n, Refused: refused})
}
