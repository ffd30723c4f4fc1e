package simulation

import (
	"sync/atomic"
	"testing"
	"time"
)

// A server that lives, keeps all and is the only one loses nothing to a log that
// is cut again and again, whatever becomes of its appends: the epoch stays, and
// nobody is reset.
func TestTails_of_a_server_alone_all_come_back(t *testing.T) {
	var found, repaired atomic.Int64
	parallel(8, func(_, i int) bool {
		plan := NewPlan(*fromFlag+uint64(i), *opsFlag)
		plan.Servers, plan.Memory, plan.Expire = 1, 10*time.Minute, 0
		plan.Limits.RingEntries, plan.Limits.RingBytes, plan.Limits.Idle = 1000, 1<<20, time.Hour
		plan.Every[LogTail] = 5 * time.Second
		plan.Faults[LogApplied], plan.Faults[LogDropped], plan.Faults[LogLate] = 0.1, 0.1, 0.1
		delete(plan.Every, ServerKill)
		delete(plan.Every, ServerDrain)
		w := Run(plan, nil)
		if len(w.Failures) > 0 || w.Stats.Epochs+w.Stats.Resets > 0 {
			t.Errorf("seed %d: %d epochs, %d resets, %v", plan.Seed, w.Stats.Epochs, w.Stats.Resets, w.Failures)
		}
		found.Add(w.Stats.LostTails)
		repaired.Add(w.Stats.Repaired)
		return true
	})
	t.Logf("%d lost tails were found, %d were appended again for sure", found.Load(), repaired.Load())
	if repaired.Load() == 0 {
		t.Error("nothing was shown")
	}
}
