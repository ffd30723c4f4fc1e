package collab_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"waymark/board"
	"waymark/collab"
)

// Many tabs edit one board at once and lose their connections now and then. In
// the end every op is in the log once, and every copy is the log's board.
func TestRoom_C4_every_op_becomes_one_entry_under_cuts(t *testing.T) {
	const tabs, ops = 8, 150
	limits := collab.DefaultLimits()
	limits.RingEntries, limits.SharedSnapshot, limits.SnapshotBatches, limits.SnapshotEvery = 64, 32, 20, 1
	limits.OpsPerSecond, limits.FramesPerSecond = 0, 0
	l := newLive(t, limits, nil)
	l.create(t, theBoard, tabs)
	list := make([]*tab, tabs)
	var all sync.WaitGroup
	for i := range list {
		b := newTab(t, l.hub, theBoard, i)
		b.ops = make([]string, 0, ops)
		list[i] = b
		b.connect()
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			for n := range ops {
				switch id := fmt.Sprintf("card-%d-%d", i, random.IntN(n+1)); random.IntN(4) {
				case 0:
					b.op(fmt.Sprintf(`{"type":"set","id":%q,"fields":{"color":"sky"}}`, id))
				case 1:
					b.op(fmt.Sprintf(`{"type":"delete","id":"card-%d-%d"}`, random.IntN(tabs), n))
				default:
					b.op(fmt.Sprintf(`{"type":"addCard","id":"card-%d-%d","lane":"lane-1","step":"step-1"}`, i, n))
				}
				if random.IntN(40) == 0 {
					b.disconnect()
					b.connect()
				}
			}
			<-b.settled
		})
	}
	all.Wait()

	heads, err := l.log.Heads(t.Context(), []board.ID{theBoard})
	if err != nil {
		t.Fatal(err)
	}
	replayed, counts := replay(t, l.log, theBoard)
	for i, b := range list {
		b.reach(heads[theBoard].Seq)
		if b.copy.Digests().Public != replayed.Digests().Public {
			t.Errorf("tab %d has digest %x, the log %x", i, b.copy.Digests().Public, replayed.Digests().Public)
		}
		for n := int64(1); n <= ops; n++ {
			if c := counts[fmt.Sprint(b.client, "#", n)]; c != 1 {
				t.Errorf("op %d of tab %d is in the log %d times", n, i, c)
			}
		}
		b.disconnect()
	}
	if m := l.hub.Metrics(); m.Mismatches.Load()+m.Faults.Load()+m.SnapshotErrors.Load() > 0 {
		t.Errorf("%d mismatches, %d faults, %d snapshot errors", m.Mismatches.Load(), m.Faults.Load(), m.SnapshotErrors.Load())
	}
}

// replay makes a board of its log alone, and counts its ops.
func replay(t testing.TB, log collab.Log, id board.ID) (*board.Board, map[string]int) {
	t.Helper()
	b, counts := board.New(id), map[string]int{}
	var head collab.Head
	for {
		batches, err := log.Batches(t.Context(), id, head.Seq, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, batch := range batches {
			if !batch.Follows(head) {
				t.Fatalf("batch %s does not follow %+v", batch.ID, head)
			}
			entries, err := board.ParseEntries(batch.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				board.Apply(b, e)
				counts[fmt.Sprint(e.Client, "#", e.N)]++
			}
			if sums := b.Digests(); sums.All != batch.All || sums.Public != batch.Public {
				t.Fatalf("batch %s has other digests", batch.ID)
			}
			head = batch.Head(head)
		}
		if len(batches) < 100 {
			return b, counts
		}
	}
}
