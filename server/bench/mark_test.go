package bench

import (
	"io"
	"strings"
	"testing"
)

// steadyOf is a result of which 10,000 deliveries cost so many seconds.
func steadyOf(w workload, on subject, cost float64) steadyResult {
	return steadyResult{Workload: w, On: on, Outcome: outcome{Seconds: 1, EditsDelivered: 10_000, ServerCPU: cost}}
}

func TestMarks_of_one_server_hold_it_against_the_relays(t *testing.T) {
	for _, c := range []struct {
		database string
		on       subject
		times    float64 // the merged relay's cost
		met      bool
	}{
		{"", subject{Target: targetServer}, 2.1, true},
		{"", subject{Target: targetServer}, 2.3, false},
		{"postgres://", subject{targetServer, 1}, 2.5, true},
		{"postgres://", subject{targetServer, 1}, 2.7, false},
	} {
		r := newRun(options{database: c.database}, io.Discard)
		r.report.Steady = []steadyResult{
			steadyOf(workshop, subject{Target: targetMerged}, 0.02), steadyOf(workshop, c.on, c.times*0.02),
		}
		r.judge()
		if met, found := verdictOn(r, "CPU"); !found || met != c.met {
			t.Errorf("%v at %.1f x: found %v, met %v", c.on, c.times, found, met)
		}
	}
}

func TestMarks_of_several_servers_are_about_what_crosses(t *testing.T) {
	for across, want := range map[milliseconds]bool{9: true, 11: false} {
		r := newRun(options{database: "postgres://"}, io.Discard)
		result := steadyOf(workshop, subject{targetServer, 3}, 1)
		result.Outcome.EditSplit = &split{Same: latencies{P50: 5}, Across: latencies{P50: across}}
		r.report.Steady = []steadyResult{steadyOf(workshop, subject{Target: targetMerged}, 0.02), result}
		r.judge()
		if met, found := verdictOn(r, "across servers"); !found || met != want {
			t.Errorf("p50 %v across: found %v, met %v", across, found, met)
		}
		if _, found := verdictOn(r, "CPU"); found {
			t.Error("three servers on one core are held against a relay")
		}
	}
}

func verdictOn(r *run, what string) (met, found bool) {
	for _, v := range r.report.Verdicts {
		if strings.Contains(v.What, what) {
			return v.Met, true
		}
	}
	return false, false
}
