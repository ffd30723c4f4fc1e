package simulation

import "bytes"

// canary begins every word, and the id of every record, that only one person
// may see for now.
const canary = "canary"

// Secrets knows which canaries are still sealed, and for whom (I7).
type Secrets struct {
	w *World
	// owners is the person by canary; records the canaries of a record.
	owners  map[string]string
	records map[string][]string
	// revealed are the records that everyone could see once.
	revealed map[string]bool
}

func newSecrets(w *World) *Secrets {
	return &Secrets{w: w, owners: map[string]string{}, records: map[string][]string{}, revealed: map[string]bool{}}
}

// seal makes every canary in text one that only this person may see, until the
// record is revealed.
func (s *Secrets) seal(record, person string, text []byte) {
	if s.revealed[record] {
		return
	}
	for _, word := range canaries(text) {
		if _, known := s.owners[word]; !known {
			s.owners[word] = person
			s.records[record] = append(s.records[record], word)
		}
	}
}

// committed takes the entry that seals or reveals records.
func (s *Secrets) committed(e *Entry) {
	for _, c := range e.Changes {
		if c.Verb != "put" {
			continue
		}
		switch {
		case c.Record.Only != "" && c.Record.Kind == "vote":
			// Everyone knows the ballot's name; that this person voted is sealed.
			s.owners[suffix(c.ID)] = c.Record.Only
			continue
		case c.Record.Only != "":
			s.seal(c.ID, c.Record.Only, []byte(c.Record.Spell()))
			continue
		}
		s.revealed[c.ID] = true
		for _, word := range s.records[c.ID] {
			delete(s.owners, word)
		}
		delete(s.records, c.ID)
	}
}

// leak is a canary in these bytes that this person may not see; "" = none.
func (s *Secrets) leak(text []byte, person string) string {
	if !bytes.Contains(text, []byte(canary)) {
		return ""
	}
	for _, word := range canaries(text) {
		if owner, sealed := s.owners[word]; sealed && owner != person {
			return word
		}
	}
	return ""
}

// canaries lists the canaries in a text: each alone, and with what is joined to
// it, for the id of a vote names the ballot and the voter.
func canaries(text []byte) []string {
	var words []string
	for {
		i := bytes.Index(text, []byte(canary))
		if i < 0 {
			return words
		}
		text = text[i:]
		n := len(canary)
		for n < len(text) && isWord(text[n]) {
			n++
		}
		words = append(words, string(text[:n]))
		if n < len(text) && text[n] == '-' {
			end := n + 1
			for end < len(text) && isWord(text[end]) {
				end++
			}
			words = append(words, string(text[:end]))
		}
		text = text[n:]
	}
}

func isWord(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' }
