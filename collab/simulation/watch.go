package simulation

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"waymark/board"
	"waymark/collab"
)

// This file judges all bytes as they leave a server: to a client, onto the bus,
// into the log's archive, into the server's own log.

// sent judges a frame that a server is about to write to a client.
func (w *World) sent(k *socket, f *collab.Frame) {
	person := string(k.session.Person())
	w.Stats.Frames++
	k.greeted = k.greeted || bytes.Contains(f.Data, []byte(`"type":"welcome"`))
	if f.Binary {
		if leak, ok := w.snapshots[string(f.Data)]; !ok {
			w.snapshots[string(f.Data)] = ""
			w.judgeSnapshot(f.Data, "a snapshot sent")
		} else if leak != "" {
			w.fail("I7", "%s was sent %s", person, leak)
		}
		return
	}
	if leak := w.ledger.secrets.leak(f.Data, person); leak != "" {
		w.fail("I7", "%s was sent %s in %s", person, leak, f.Data)
	}
	messages, err := w.reader.Messages(f.Data)
	if err != nil {
		w.fail("protocol", "frame %q: %v", f.Data, err)
		return
	}
	for i := range messages {
		w.judgeMessage(person, &messages[i])
	}
}

func (w *World) judgeMessage(person string, m *message) {
	switch m.Type {
	case "entries", "hole":
		w.judgeEntries(person, m)
	case "mark":
		if m.N > 0 && !w.ledger.known[opKey(m.Client, m.N)] {
			w.fail("I2", "%s was told that %s is decided up to %d, which was never committed", person, m.Client, m.N)
		}
		for _, n := range m.Refused {
			if !w.ledger.refused[opKey(m.Client, n)] {
				w.fail("I2", "%s was told that %s was refused, which it was not", person, opKey(m.Client, n))
			}
		}
	case "digest":
		w.judgeDigest(m)
	case "own":
		for _, item := range m.Records {
			if r, err := readRec(item); err != nil || r.Only != person {
				w.fail("I7", "%s was sent %s as its own: %v", person, item, err)
			}
		}
	}
}

// judgeEntries checks that entries are in the log, and are exactly what this
// person may see of them.
func (w *World) judgeEntries(person string, m *message) {
	items := m.Items
	for seq := m.From; seq <= m.To; seq++ {
		points := w.ledger.ever[seq]
		if len(points) == 0 {
			w.fail("I2", "%s was sent %d to %d, but %d was never committed", person, m.From, m.To, seq)
			return
		}
		taken, silent := false, false
		for _, p := range points {
			own, open := partFor(p.E, person), partFor(p.E, "")
			if len(items) > 0 && (string(items[0]) == own || string(items[0]) == open) && !taken {
				items, taken = items[1:], true
			}
			silent = silent || open == ""
		}
		if !taken && !silent {
			w.fail("I1", "%s was sent %d to %d without %s: %s", person, m.From, m.To, points[0].E.Raw, m.Items)
		}
	}
	if len(items) > 0 {
		w.fail("I7", "%s was sent %s, which is not what it may see of the log", person, items[0])
	}
	if end := w.ledger.ends[m.Batch]; end == nil || end.Seq != m.To {
		w.fail("I4", "%s was told that %d is the end of batch %q", person, m.To, m.Batch)
	}
}

// partFor spells what a person may see of an entry; "" is nothing.
func partFor(e *Entry, person string) string {
	author := person != "" && e.By == person
	if (e.Refused != "" || len(e.Changes) == 0) && !author {
		return ""
	}
	var seen []string
	for _, c := range e.Changes {
		if c.Only == "" || c.Only == person {
			seen = append(seen, c.Raw)
		}
	}
	if len(seen) == len(e.Changes) {
		return e.Raw
	}
	if len(seen) == 0 && !author {
		return ""
	}
	by, client, n := "", "", int64(0)
	if author {
		by, client, n = e.By, e.Client, e.N
	}
	return fmt.Sprintf(`{"at":%d,"by":%s,"changes":[%s],"client":%s,"n":%d,"seq":%d}`,
		e.At, quote(by), strings.Join(seen, ","), quote(client), n, e.Seq)
}

func (w *World) judgeDigest(m *message) {
	for _, end := range w.ledger.ends {
		if end.Seq == m.Seq && m.Public == fmt.Sprintf("%016x", end.Public) {
			return
		}
	}
	w.fail("I1", "digest %s at %d is of no board that ever was", m.Public, m.Seq)
}

// export takes a board along as one of its people could after a batch, and
// judges what is in it (I7).
func (srv *Server) export(b *board.Board, head collab.Head, _ bool) {
	w := srv.w
	srv.recheck(func(person string) string {
		if role := b.Role(board.ID(person)); role != board.Nobody {
			return string(role)
		}
		return w.passRole(person, func(id board.ID) (closed bool, revision string, ok bool) {
			r, ok := b.Live(id)
			if !ok {
				return true, "", false
			}
			return r.Bool("closed"), r.Str("revision"), true
		})
	})
	if head.Seq%exportEvery != 0 {
		return
	}
	person := fmt.Sprintf("person-%d", 1+head.Seq/exportEvery%mostPeople)
	if leak := w.ledger.secrets.leak(b.Export(board.ID(person)), person); leak != "" {
		w.fail("I7", "%s took %s along", person, leak)
	}
}

// exportEvery is how many entries lie between two exports.
const exportEvery = 4

// mostPeople is how many people a world has at most.
const mostPeople = 8

// judgeSnapshot checks that a snapshot is byte for byte what replaying the log
// gives (I8), and has nothing sealed in it.
func (w *World) judgeSnapshot(zipped []byte, what string) {
	raw := inflate(zipped)
	if leak := w.ledger.secrets.leak(raw, ""); leak != "" {
		w.fail("I7", "%s has %s in it", what, leak)
	}
	var head struct {
		Batch string
		Seq   int64
	}
	must(json.Unmarshal(raw, &head))
	end := w.ledger.ends[head.Batch]
	if end == nil {
		w.fail("I8", "%s is of batch %q at %d, which was never in the log", what, head.Batch, head.Seq)
		return
	}
	if want := end.Board.Public(board.ID(end.ID)); !bytes.Equal(raw, want) {
		w.fail("I8", "%s differs from the replay of the log:\n%s\n%s", what, raw, want)
	}
}

// unzippers are used again: each holds some forty kilobytes.
var unzippers = sync.Pool{New: func() any { return new(gzip.Reader) }}

func inflate(zipped []byte) []byte {
	zip := unzippers.Get().(*gzip.Reader)
	defer unzippers.Put(zip)
	must(zip.Reset(bytes.NewReader(zipped)))
	raw, err := io.ReadAll(zip)
	must(err)
	return raw
}

// stored judges a snapshot that the archive keeps.
func (w *World) stored(s collab.Snapshot) {
	w.Stats.Snapshots++
	w.judgeSnapshot(s.Open, "a stored snapshot")
	end := w.ledger.ends[string(s.Batch)]
	if end == nil || end.Seq != int64(s.Seq) || end.All != s.All || end.Public != s.Public || int64(s.At) != end.At {
		w.fail("I8", "a stored snapshot says %s at %d", s.Batch, s.Seq)
		return
	}
	if rest := inflate(s.Rest); !bytes.Equal(rest, end.Board.Rest()) {
		w.fail("I8", "the sealed part of a stored snapshot differs from the replay of the log:\n%s\n%s", rest, end.Board.Rest())
	}
}

// carried judges a hint on the bus.
func (w *World) carried(_ board.ID, hint []byte) {
	if leak := w.ledger.secrets.leak(hint, ""); leak != "" {
		w.fail("I7", "the bus carried %s", leak)
	}
}

// ink begins every word that people write; no server's log may have it.
const ink = "ink"

// A logJudge reads what a server writes into its own log.
type logJudge struct {
	w   *World
	srv *Server
}

func (w *World) serverLog(srv *Server) io.Writer { return logJudge{w, srv} }

func (j logJudge) Write(line []byte) (int, error) {
	if leak := j.w.ledger.secrets.leak(line, ""); leak != "" || bytes.Contains(line, []byte(ink+"-")) {
		j.w.fail("I7", "the log of %s says %s", j.srv.Name, line)
	}
	if bytes.Contains(line, []byte("level=ERROR")) && !bytes.Contains(line, []byte("lost its tail")) {
		j.w.fail("fault", "%s: %s", j.srv.Name, line)
	}
	j.w.trace("log %s: %s", j.srv.Name, bytes.TrimSpace(line))
	return len(line), nil
}
