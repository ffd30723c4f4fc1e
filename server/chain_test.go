//go:build services

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// otherChains turn the end of a board's log into another than was shown: they stand for a database that has lost its
// newest commits and gone on without the servers that had them.
var otherChains = map[string]string{
	"that_is_as_long": `
		UPDATE board_batches b SET batch_id = 'batch-other' FROM board_heads h
			WHERE b.board_id = '%[1]s' AND h.board_id = b.board_id AND b.last_seq = h.seq;
		UPDATE board_heads SET batch_id = 'batch-other' WHERE board_id = '%[1]s';`,
	"that_is_longer": `
		UPDATE board_batches b SET batch_id = 'batch-other' FROM board_heads h
			WHERE b.board_id = '%[1]s' AND h.board_id = b.board_id AND b.last_seq = h.seq;
		INSERT INTO board_batches (board_id, first_seq, last_seq, epoch, batch_id, prev_batch_id, digest_all, digest_public, node, at, body)
			SELECT board_id, last_seq + 1, last_seq + 1, epoch, 'batch-more', batch_id, digest_all, digest_public, node, at, convert_to(
				'[{"at":' || at || ',"by":"","changes":[],"client":"","n":0,"seq":' || last_seq + 1 || '}]', 'UTF8')
			FROM board_batches WHERE board_id = '%[1]s' AND batch_id = 'batch-other';
		UPDATE board_heads SET seq = seq + 1, batch_id = 'batch-more' WHERE board_id = '%[1]s';`,
	"that_is_shorter": `
		DELETE FROM board_batches b USING board_heads h
			WHERE b.board_id = '%[1]s' AND h.board_id = b.board_id AND b.last_seq = h.seq;
		UPDATE board_batches SET batch_id = 'batch-other'
			WHERE board_id = '%[1]s' AND last_seq = (SELECT max(last_seq) FROM board_batches WHERE board_id = '%[1]s');
		UPDATE board_heads SET batch_id = 'batch-other', seq = (SELECT max(last_seq) FROM board_batches WHERE board_id = '%[1]s')
			WHERE board_id = '%[1]s';`,
}

// Whoever has seen another chain than the log's is told so before anything goes on, and a new epoch begins.
func TestEpoch_E1_begins_when_the_log_has_another_chain(t *testing.T) {
	t.Parallel()
	for name, turn := range otherChains {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := newDatabase(t)
			p := at.launch(t)
			mira := p.setUp()
			id := mira.newBoard("standard", "Contract")
			s := mira.sit(id)
			for i := range 3 {
				s.send(`{"type":"add","id":"sticky-%d","fields":{"x":10,"y":10,"w":1000,"h":1000}}`, i)
				s.untilEntry(fmt.Sprintf("sticky-%d", i))
			}
			before := s.conn.Point().Epoch
			at.change(t, "DO $$ BEGIN "+fmt.Sprintf(turn, id)+" END $$")
			s.send(`{"type":"add","id":"sticky-after","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
			late := time.After(patience)
			for told := false; !told; {
				select {
				case m := <-s.heard:
					if strings.Contains(m.raw, "sticky-after") {
						t.Fatal("the log has another chain, and the page goes on in it without a reset")
					}
					told = m.kind == "reset"
				case <-late:
					t.Fatal("the page hears neither of a reset nor of its edit")
				}
			}
			anew := mira.sit(id)
			if now := anew.conn.Point().Epoch; now <= before {
				t.Errorf("the log has another chain, and its epoch is %d as before", now)
			}
			p.end()
			if code, out, failure := at.command(t, "verify"); code != 0 {
				t.Errorf("verify: %d %s %s", code, out, failure)
			}
		})
	}
}
