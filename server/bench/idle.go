package bench

import (
	"context"
	"time"
)

// An idleResult is what open boards cost on which nobody acts.
type idleResult struct {
	On      subject `json:"on"`
	Boards  int     `json:"boards"`
	Outcome outcome `json:"outcome"`
}

// idleTiming lets the boards come to rest first.
var idleTiming = timing{Warmup: 3 * time.Second, Window: 20 * time.Second}

func (r *run) idle(ctx context.Context, folder string) error {
	for _, on := range r.serverSubjects() {
		o, _, err := r.once(ctx, idle, on, idleTiming, folder)
		if err != nil {
			return err
		}
		o.Seats = nil
		r.report.Idle = append(r.report.Idle, idleResult{On: on, Boards: idle.Boards, Outcome: o})
	}
	r.printIdle()
	return nil
}

// perBoard is the processor time of one open board in a second.
func (i idleResult) perBoard(seconds float64) milliseconds {
	return milliseconds(seconds * 1000 / i.Outcome.Seconds / float64(i.Boards))
}
