package bench

import (
	"context"
	"fmt"
	"slices"

	"waymark/board"
)

// An audit is the count of what the load saw against what the log holds.
type audit struct {
	Entries    int64 `json:"entries"`    // of the load's clients in the log
	Acked      int64 `json:"acked"`      // edits their authors were told are committed
	AckedLost  int64 `json:"ackedLost"`  // of them not in the log
	Twice      int64 `json:"twice"`      // (client, n) that stand in the log more than once
	Expected   int64 `json:"expected"`   // deliveries to others that the log asks for
	Delivered  int64 `json:"delivered"`  // deliveries to others that were counted
	Mismatched int64 `json:"mismatched"` // connections whose count differs from the log's
}

func (a *audit) plus(b *audit) *audit {
	if b == nil {
		return a
	}
	return &audit{
		a.Entries + b.Entries, a.Acked + b.Acked, a.AckedLost + b.AckedLost, a.Twice + b.Twice,
		a.Expected + b.Expected, a.Delivered + b.Delivered, a.Mismatched + b.Mismatched,
	}
}

func (a *audit) clean() bool {
	return a.AckedLost == 0 && a.Twice == 0 && a.Mismatched == 0 && a.Expected == a.Delivered
}

func (a *audit) String() string {
	word := "agrees"
	if !a.clean() {
		word = "DIFFERS"
	}
	return fmt.Sprintf("%s: %d edits in it, %d acknowledged (%d of them lost, %d twice), %d of %d deliveries counted",
		word, a.Entries, a.Acked, a.AckedLost, a.Twice, a.Delivered, a.Expected)
}

const batchesAtOnce = 1000

// auditLog reads the log of every board of the seats, after the servers have ended, and counts.
func auditLog(ctx context.Context, log history, seats []seatEnd) (a *audit, err error) {
	byBoard := map[string][]seatEnd{}
	for _, s := range seats {
		byBoard[s.Board] = append(byBoard[s.Board], s)
	}
	a = &audit{}
	for id, on := range byBoard {
		var entries []board.Entry
		for after := board.Seq(0); ; {
			batches, err := log.Batches(ctx, board.ID(id), after, batchesAtOnce)
			if err != nil {
				return nil, fmt.Errorf("read the log of %s: %w", id, err)
			}
			if len(batches) == 0 {
				break
			}
			for _, b := range batches {
				some, err := board.ParseEntries(b.Body)
				if err != nil {
					return nil, fmt.Errorf("read the log of %s: %w", id, err)
				}
				entries = append(entries, some...)
				after = b.Last
			}
		}
		a.count(entries, on)
	}
	return a, nil
}

// count holds what the seats of one board claim against the board's entries.
func (a *audit) count(entries []board.Entry, seats []seatEnd) {
	type op struct {
		client board.ID
		n      int64
	}
	ours := map[board.ID]bool{}
	for _, s := range seats {
		ours[board.ID(s.Client)] = true
	}
	logged := map[op]bool{}
	var seqs []int64                   // of the entries of our clients, in order
	authored := map[board.ID][]int64{} // and of each client
	for _, e := range entries {
		if !ours[e.Client] {
			continue
		}
		if id := (op{e.Client, e.N}); logged[id] {
			a.Twice++
		} else {
			logged[id] = true
		}
		a.Entries++
		seqs = append(seqs, int64(e.Seq))
		authored[e.Client] = append(authored[e.Client], int64(e.Seq))
	}
	for _, s := range seats {
		a.Acked += s.Acked
		for n := int64(1); n <= s.Acked; n++ {
			if !logged[op{board.ID(s.Client), n}] {
				a.AckedLost++
			}
		}
		own := authored[board.ID(s.Client)]
		expected := between(seqs, s.FirstSeq, s.LastSeq) - between(own, s.FirstSeq, s.LastSeq)
		a.Expected += expected
		a.Delivered += s.Heard
		if expected != s.Heard {
			a.Mismatched++
		}
	}
}

// between counts the seqs above first up to last. The list is sorted.
func between(seqs []int64, first, last int64) int64 {
	from, _ := slices.BinarySearch(seqs, first+1)
	to, _ := slices.BinarySearch(seqs, last+1)
	return int64(max(0, to-from))
}
