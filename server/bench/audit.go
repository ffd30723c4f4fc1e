package bench

import "fmt"

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
