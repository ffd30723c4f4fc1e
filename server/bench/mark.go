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

// The marks of the steady workloads. CPU is a factor of a relay's in the same run.
var steadyMarks = []struct {
	workload string
	factor   float64
	of       target
	memory   float64 // MiB
	latency  bool    // whether the edit latency is held against the disk's fsync
}{
	{workshop.Name, 2.2, targetMerged, 60, true},
	{townHall.Name, 2.2, targetMerged, 90, false},
	{manyBoards.Name, 1.3, targetPlain, 150, false},
}

func (r *run) judge() {
	for _, m := range steadyMarks {
		var results []steadyResult
		for _, result := range r.report.Steady {
			if result.Workload.Name == m.workload {
				results = append(results, result)
			}
		}
		r.judgeSteady(m.workload, m.factor, m.of, m.memory, m.latency, results)
	}
	r.judgeLarge()
	r.judgeLadders()
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

func (r *run) judgeSteady(name string, factor float64, of target, memory float64, latency bool, results []steadyResult) {
	for _, result := range results {
		if result.Target != targetServer {
			continue
		}
		o := result.Outcome
		if base := costOf(results, of); base > 0 {
			r.verdict(name, "CPU per 10,000 deliveries", fmt.Sprintf("at most %.1f x the %s relay", factor, of),
				fmt.Sprintf("%.2f x (%.4f s)", o.cost()/base, o.cost()), o.cost() <= factor*base)
		}
		if latency {
			disk := r.report.Disk
			r.under(name, "edit latency p50", float64(o.EditLatency.P50), float64(2*disk.P50+4), "ms")
			r.under(name, "edit latency p99", float64(o.EditLatency.P99), float64(3*disk.P99+15), "ms")
		}
		r.under(name, "peak memory", inMiB(o.PeakMemory), memory, "MiB")
		if a := result.Audit; a != nil {
			r.verdict(name, "edits against the log", "none lost, none twice, all delivered", a.String(), a.clean() && o.Missing == 0 && len(o.Trouble) == 0)
		}
	}
}

func (r *run) judgeLarge() {
	g := r.report.Large
	if g == nil {
		return
	}
	if len(g.Cold) > 0 {
		times := make([]float64, len(g.Cold))
		for i, o := range g.Cold {
			times[i] = float64(o.ServerCPU)
		}
		slices.Sort(times)
		r.under("join", "server CPU from stored bytes", times[len(times)/2], 20, "ms")
	}
	if g.Warm != nil {
		r.under("join", "server CPU when warm", float64(g.Warm.ServerCPU), 2, "ms")
		r.under("join", "bytes on the wire", float64(g.Warm.WireBytes)/1000, 300, "kB")
		r.under("join", "to the last byte, median, warm", float64(g.Warm.ToLast.P50), 10, "ms")
	}
	if g.Storm != nil {
		r.under("storm", "last byte for all", float64(g.Storm.AllWithin), 1500, "ms")
		r.under("storm", "peak memory", inMiB(g.Storm.PeakMemory), 200, "MiB")
	}
}

func (r *run) judgeLadders() {
	for _, l := range r.report.Ladders {
		if l.Target != targetServer || l.Best == nil {
			continue
		}
		reached := l.Best.Outcome.editsPerSecond()
		r.verdict(saturation.Name, "delivered edits a second", "at least 320000", fmt.Sprintf("%.0f", reached), reached >= 320_000)
		r.under(saturation.Name, "peak memory", inMiB(l.Best.Outcome.PeakMemory), 250, "MiB")
	}
}

func (r *run) under(name, what string, reached, mark float64, unit string) {
	r.verdict(name, what, fmt.Sprintf("at most %.1f %s", mark, unit), fmt.Sprintf("%.1f %s", reached, unit), reached <= mark)
}

func (r *run) verdict(name, what, mark, reached string, met bool) {
	r.report.Verdicts = append(r.report.Verdicts, verdict{name, what, mark, reached, met})
}
