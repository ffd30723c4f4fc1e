package bench

import (
	"fmt"
	"slices"
)

// A verdict is a mark that the project has set itself, beside what this run reached.
type verdict struct {
	Workload string `json:"workload"`
	What     string `json:"what"`
	Mark     string `json:"mark"`
	Reached  string `json:"reached"`
	Met      bool   `json:"met"`
}

// A mark of a steady workload. CPU is a factor of a relay's in the same run; 0 is none.
type mark struct {
	workload string
	factor   float64
	of       target
	memory   float64 // MiB, of each server
	latency  bool    // whether the edit latency is held against the disk's fsync
}

// Marks are those of servers of a kind. Processor time and latency are held against them where one server is alone.
type marks struct {
	steady           []mark
	p50, p99         float64 // ms above 2 and 3 times those of an fsync
	across           float64 // ms by which the p50 across servers may be above that within one
	stormMemory      float64 // MiB
	saturationMemory float64
	deliveredEdits   float64 // a second at saturation; 0 = none
	joins            bool    // whether the time that joins take is judged
}

var aloneMarks = marks{
	steady: []mark{
		{workshop.Name, 2.2, targetMerged, 60, true},
		{townHall.Name, 2.2, targetMerged, 90, false},
		{manyBoards.Name, 1.3, targetPlain, 150, false},
	},
	p50: 4, p99: 15, stormMemory: 200, saturationMemory: 250, deliveredEdits: 320_000, joins: true,
}

var sharedMarks = marks{
	steady: []mark{
		{workshop.Name, 2.6, targetMerged, 90, true},
		{townHall.Name, 0, "", 120, false},
		{manyBoards.Name, 1.6, targetPlain, 180, false},
	},
	p50: 6, p99: 20, across: 5, stormMemory: 230, saturationMemory: 280,
}

func (r *run) judge() {
	marks := aloneMarks
	if r.database != "" {
		marks = sharedMarks
	}
	for _, m := range marks.steady {
		var results []steadyResult
		for _, result := range r.report.Steady {
			if result.Workload.Name == m.workload {
				results = append(results, result)
			}
		}
		for _, result := range results {
			if result.On.Target == targetServer {
				r.judgeSteady(marks, m, result, costOf(results, m.of))
			}
		}
	}
	for _, g := range r.report.Large {
		r.judgeLarge(marks, g)
	}
	for _, l := range r.report.Ladders {
		r.judgeLadder(marks, l)
	}
	if len(r.report.Verdicts) == 0 {
		return
	}
	r.say("\nmarks:\n")
	for _, v := range r.report.Verdicts {
		word := "met   "
		if !v.Met {
			word = "MISSED"
		}
		r.say("  %s  %s, %s: %s (mark: %s)\n", word, v.Workload, v.What, v.Reached, v.Mark)
	}
}

// named tells subjects of one workload apart.
func named(workload string, on subject) string {
	if on.Servers == 0 {
		return workload
	}
	return fmt.Sprintf("%s on %s", workload, on)
}

// judgeSteady holds a result against its mark; base is the cost of the mark's relay, 0 when it was not measured.
func (r *run) judgeSteady(all marks, m mark, result steadyResult, base float64) {
	o, name := result.Outcome, named(m.workload, result.On)
	if base > 0 && result.On.Servers <= 1 {
		r.verdict(name, "CPU per 10,000 deliveries", fmt.Sprintf("at most %.1f x the %s relay", m.factor, m.of),
			fmt.Sprintf("%.2f x (%.4f s)", o.cost()/base, o.cost()), o.cost() <= m.factor*base)
	}
	if m.latency && result.On.Servers <= 1 {
		disk := r.report.Disk
		r.under(name, "edit latency p50", float64(o.EditLatency.P50), 2*float64(disk.P50)+all.p50, "ms")
		r.under(name, "edit latency p99", float64(o.EditLatency.P99), 3*float64(disk.P99)+all.p99, "ms")
	}
	if o.EditSplit != nil {
		r.under(name, "edit latency p50 across servers above that within one",
			float64(o.EditSplit.Across.P50-o.EditSplit.Same.P50), all.across, "ms")
	}
	r.under(name, "peak memory", inMiB(o.PeakMemory), m.memory, "MiB")
	if a := result.Audit; a != nil {
		r.verdict(name, "edits against the log", "none lost, none twice, all delivered", a.String(), a.clean() && o.Missing == 0 && len(o.Trouble) == 0)
	}
}

func (r *run) judgeLarge(all marks, g gathering) {
	if len(g.Cold) > 0 && all.joins {
		times := make([]float64, len(g.Cold))
		for i, o := range g.Cold {
			times[i] = float64(o.ServerCPU)
		}
		slices.Sort(times)
		r.under("join", "server CPU from stored bytes", times[len(times)/2], 20, "ms")
	}
	if g.Warm != nil && all.joins {
		r.under("join", "server CPU when warm", float64(g.Warm.ServerCPU), 2, "ms")
		r.under("join", "bytes on the wire", float64(g.Warm.WireBytes)/1000, 300, "kB")
		r.under("join", "to the last byte, median, warm", float64(g.Warm.ToLast.P50), 10, "ms")
	}
	if g.Storm != nil {
		if all.joins {
			r.under("storm", "last byte for all", float64(g.Storm.AllWithin), 1500, "ms")
		}
		r.under(named("storm", g.On), "peak memory", inMiB(g.Storm.PeakMemory), all.stormMemory, "MiB")
	}
}

func (r *run) judgeLadder(all marks, l ladder) {
	if l.On.Target != targetServer || l.Best == nil {
		return
	}
	if all.deliveredEdits > 0 {
		reached := l.Best.Outcome.editsPerSecond()
		r.verdict(saturation.Name, "delivered edits a second", fmt.Sprintf("at least %.0f", all.deliveredEdits),
			fmt.Sprintf("%.0f", reached), reached >= all.deliveredEdits)
	}
	r.under(named(saturation.Name, l.On), "peak memory", inMiB(l.Best.Outcome.PeakMemory), all.saturationMemory, "MiB")
}

func (r *run) under(name, what string, reached, mark float64, unit string) {
	r.verdict(name, what, fmt.Sprintf("at most %.1f %s", mark, unit), fmt.Sprintf("%.1f %s", reached, unit), reached <= mark)
}

func (r *run) verdict(name, what, mark, reached string, met bool) {
	r.report.Verdicts = append(r.report.Verdicts, verdict{name, what, mark, reached, met})
}
