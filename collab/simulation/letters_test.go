package simulation

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// arrived checks that every letter that was typed came into the log, whatever
// became of it there, or its author was told that it was refused (I13). One that
// was taken away by hand need not, nor one that went with a disk's last write.
func (g *tabs) arrived() {
	w := g.w
	came := map[rune]bool{}
	for _, points := range w.ledger.ever {
		for _, p := range points {
			for _, c := range p.E.Changes {
				for _, letter := range inserted(c.Delta) {
					came[letter] = true
				}
			}
		}
	}
	for _, t := range g.list {
		if w.right(w.ledger.m, t.person) == "" {
			continue
		}
		for _, letter := range slices.Sorted(maps.Keys(t.typed)) {
			if !came[letter] && !g.accounts(t.device, letter) {
				w.fail("I13", "%s typed %c, which neither came into the log nor was refused", t.name, letter)
				return
			}
		}
	}
}

// accounts reports whether a tab of the device says why a letter may be missing.
func (g *tabs) accounts(device string, letter rune) bool {
	return slices.ContainsFunc(g.list, func(t *tab) bool {
		return t.device == device && (t.gone[letter] || t.excused[letter])
	})
}

// typing is what an op in an outbox types.
func typing(raw json.RawMessage) string {
	var op struct{ Delta json.RawMessage }
	must(json.Unmarshal(raw, &op))
	return inserts(op.Delta)
}

// inserts is all that a delta, written as JSON, puts in.
func inserts(delta json.RawMessage) string {
	if delta == nil {
		return ""
	}
	d, err := readDelta(delta)
	must(err)
	return inserted(d)
}

// without is a text without the letters of another.
func without(text, other string) string {
	return strings.Map(func(letter rune) rune {
		if strings.ContainsRune(other, letter) {
			return -1
		}
		return letter
	}, text)
}
