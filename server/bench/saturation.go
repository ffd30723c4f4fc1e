package bench

import (
	"context"
	"fmt"
	"time"
)

// A ladder raises the edit rate of 50 people until the server no longer keeps up: doubled until it fails, then halved
// into the gap until that is at most a tenth. Every step has a fresh process.
type ladder struct {
	On    subject `json:"on"`
	Steps []step  `json:"steps"`
	Best  *step   `json:"best,omitempty"`
}

type step struct {
	Rate    float64 `json:"rate"` // edits a second and person
	Outcome outcome `json:"outcome"`
	Audit   *audit  `json:"audit,omitempty"`
	Why     string  `json:"why,omitempty"` // it counts as failed
}

const (
	firstRate     = 20
	lastRate      = 2560
	saturationP99 = 200 // ms
	// A rate is kept when this part of the asked deliveries arrived inside the window.
	keptPart = 0.97
)

var saturationTiming = timing{Warmup: 2 * time.Second, Window: 8 * time.Second}

// liftedLimits are the server's documented flags that let one person send at any rate. Nothing else is changed.
var liftedLimits = []string{"-ops-per-second", "100000", "-ops-burst", "100000"}

func (r *run) climb(ctx context.Context, on subject, folder string) (ladder, error) {
	l := ladder{On: on}
	try := func(rate float64) (bool, error) {
		s, err := r.climbStep(ctx, on, rate, folder)
		if err != nil {
			return false, err
		}
		l.Steps = append(l.Steps, s)
		r.printStep(on, s)
		if s.Why == "" && (l.Best == nil || s.Rate > l.Best.Rate) {
			l.Best = &s
		}
		return s.Why == "", nil
	}
	good, bad := 0.0, float64(firstRate)
	for bad <= lastRate {
		ok, err := try(bad)
		if err != nil {
			return l, err
		}
		if !ok {
			break
		}
		good, bad = bad, bad*2
	}
	for good > 0 && bad <= lastRate && bad > good*1.1 {
		middle := float64(int((good + bad) / 2))
		ok, err := try(middle)
		if err != nil {
			return l, err
		}
		if ok {
			good = middle
		} else {
			bad = middle
		}
	}
	return l, nil
}

func (r *run) climbStep(ctx context.Context, on subject, rate float64, folder string) (step, error) {
	w := saturation
	w.Edits = rate
	o, checked, err := r.once(ctx, w, on, saturationTiming, folder, liftedLimits...)
	if err != nil {
		return step{}, fmt.Errorf("%.0f edits a second and person: %w", rate, err)
	}
	s := step{Rate: rate, Outcome: o, Audit: checked}
	s.Outcome.Seats = nil
	asked, _ := w.asked()
	switch {
	case len(o.Trouble) > 0:
		s.Why = o.Trouble[0]
	case checked != nil && !checked.clean():
		s.Why = "the log differs"
	case o.Missing > 0:
		s.Why = fmt.Sprintf("%d deliveries missing", o.Missing)
	case o.EditLatency.P99 > saturationP99:
		s.Why = fmt.Sprintf("p99 %.0f ms", o.EditLatency.P99)
	case o.editsPerSecond() < keptPart*asked:
		s.Why = fmt.Sprintf("%.0f of %.0f edits a second", o.editsPerSecond(), asked)
	}
	return s, nil
}
