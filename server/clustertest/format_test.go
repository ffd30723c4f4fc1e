//go:build linux && services

package clustertest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/server/client"
	"waymark/server/trial"
)

// nextRelease is a program that knows a log format and a verb that this one does not.
func nextRelease(t *testing.T) string {
	t.Helper()
	v := newVariant(t)
	v.change("collab/log.go", "const Format = 1\n", "const Format = 2\n")
	v.change("board/change.go", `case "client":`, "case \"shine\":\n\t\tc = shine{Expire{r.argID()}}\n\tcase \"client\":")
	v.put("board/shine.go", []byte(newVerb))
	return v.build()
}

const newVerb = `package board

type shine struct{ Expire }

func (c shine) appendTo(dst []byte) []byte {
	return append(appendMember(dst, "[\"shine\",", string(c.Client)), ']')
}
`

// openMixed makes a cluster that has two servers of this release and one of the next, in the middle of a rolling upgrade.
func openMixed(t *testing.T, next string) (*cluster, *load) {
	t.Helper()
	c := prepareCluster(t)
	c.servers[2].Binary = next
	c.open()
	l := newLoad(t, c)
	l.crowd(1, 6)
	l.start(bounded(t))
	l.wait(bounded(t), 3)
	return c, l
}

const tooNew = "board needs a newer release"

// judgeMixed holds the people's journals against what the newer server has. The older ones have said why they stopped,
// and have sent people away.
func judgeMixed(t *testing.T, c *cluster, l *load) {
	t.Helper()
	ctx := bounded(t)
	l.Until(ctx, "the older servers say that the "+tooNew, func() bool {
		return strings.Contains(c.servers[0].Lines(), tooNew) && strings.Contains(c.servers[1].Lines(), tooNew)
	})
	l.wait(ctx, 3)
	l.stop()
	if strings.Contains(c.servers[2].Lines(), tooNew) {
		t.Errorf("the newer server says that the %s", tooNew)
	}
	sent := 0
	for _, y := range l.Typists {
		for _, n := range l.Notes(y) {
			switch {
			case n.What == trial.Left && n.Code == "4503":
				sent++
			case n.What == trial.Left && n.Code != "" && n.Code != "1000":
				t.Errorf("%s was closed with %s", y.Client, n.Code)
			}
		}
	}
	if sent == 0 {
		t.Error("nobody was sent away with 4503")
	}
	t.Logf("connections sent away by the older servers: %d", sent)
	c.servers = c.servers[2:] // the others have nothing to show of that board
	l.judge(ctx)
}

func TestFormat(t *testing.T) {
	t.Parallel()
	next := nextRelease(t)
	t.Run("that_is_newer_stops_only_the_older_servers", func(t *testing.T) {
		c, l := openMixed(t, next)
		c.postgres.ExecIn(t, c.databaseName(t), "UPDATE board_heads SET format = 2 WHERE board_id = '"+string(l.Boards[0])+"'")
		l.Until(bounded(t), "everyone is on the newer server", func() bool {
			for _, y := range l.Typists {
				if !y.Connected() || y.Line.Server() != c.servers[2].name {
					return false
				}
			}
			return true
		})
		judgeMixed(t, c, l)
	})
	// There the older servers stop, until a snapshot takes them past it: what the entry did stands in its records.
	t.Run("of_an_entry_with_an_unknown_verb_stops_the_older_servers_there", func(t *testing.T) {
		c, l := openMixed(t, next)
		seq := shine(t.Context(), t, c, l.Boards[0])
		judgeMixed(t, c, l)
		for _, e := range l.log(t.Context(), l.Boards[0]) {
			if e.Seq == seq && (len(e.Changes) != 1 || e.Changes[0].Verb() != "shine") {
				t.Errorf("entry %d is not the one with the unknown verb: %+v", seq, e)
			}
		}
	})
}

// shine appends an entry with a verb that only the next release knows.
func shine(ctx context.Context, t *testing.T, c *cluster, id board.ID) (seq board.Seq) {
	t.Helper()
	log, err := pglog.OpenBeside(ctx, c.database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	err = log.AppendLocked(ctx, id, 0, func(head collab.Head, batches []collab.Batch) (collab.Batch, error) {
		last := batches[len(batches)-1]
		seq = head.Seq + 1
		body, err := json.Marshal([]any{map[string]any{
			"at": last.At, "by": "", "changes": []any{[]any{"shine", "client-shine"}}, "client": "", "n": 0, "seq": seq,
		}})
		return collab.Batch{
			Board: id, First: seq, Last: seq, Epoch: head.Epoch, ID: client.NewID("batch"), Prev: head.Batch,
			All: last.All, Public: last.Public, Node: "next", At: last.At, Body: body,
		}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}
