package bench

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

func (r *run) printHead() {
	m := r.report.Machine
	pinned := "the measured process on one core, the load on another"
	if !m.Pinned {
		pinned = "one core for both: not comparable"
	}
	r.say("waymark bench: %d cores, %s, %s; %s\n", m.Cores, m.Go, m.System, pinned)
	r.say("disk: 4 KiB and fsync, %d times: p50 %.2f ms, p99 %.2f ms\n", fsyncRounds, r.report.Disk.P50, r.report.Disk.P99)
}

func (r *run) printSteady(w workload, results []steadyResult) {
	edits, cursors := w.asked()
	r.say("\n%s: %s; asked for %.0f edits and %.0f cursors delivered a second, %.0f s\n",
		w.Name, w.Title, edits, cursors, r.timing.Window.Seconds())
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line(table, "target\tCPU s/10k\tx merged\tx plain\tCPU %%\tedit p50\tp95\tp99\tcursor p99\tedits/s\tcursors/s\tframes/s\tB/delivery\tpeak MiB\tload CPU %%\tmissing\t\n")
	merged, plain := costOf(results, targetMerged), costOf(results, targetPlain)
	for _, result := range results {
		o := result.Outcome
		line(table, "%s\t%.4f\t%s\t%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\t%.0f\t%.0f\t%.1f\t%.0f\t%d\t\n",
			result.Target, o.cost(), ratio(o.cost(), merged), ratio(o.cost(), plain), 100*o.ServerCPU/o.Seconds,
			o.EditLatency.P50, o.EditLatency.P95, o.EditLatency.P99, o.CursorLatency.P99,
			o.editsPerSecond(), o.cursorsPerSecond(), float64(o.Frames)/o.Seconds,
			float64(o.Bytes)/float64(max(1, o.EditsDelivered+o.CursorsDelivered)), inMiB(o.PeakMemory), 100*o.LoadCPU/o.Seconds, o.Missing)
	}
	_ = table.Flush()
	for _, result := range results {
		o := result.Outcome
		if o.HeldBack > 0 || o.Refused > 0 || len(o.Trouble) > 0 {
			r.say("  %s: %d edits held back, %d refused; %s\n", result.Target, o.HeldBack, o.Refused, strings.Join(o.Trouble, "; "))
		}
		if result.Audit != nil {
			r.say("  log: %s\n", result.Audit)
		}
	}
}

func (r *run) printLarge(g gathering) {
	r.say("\nlarge board: %d cards of 40 to 60 letters\n", largeBoard)
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line(table, "joins\tmedian ms\tp99 ms\tmax ms\tall within ms\tkB on the wire\tserver CPU ms each\tpeak MiB\t\n")
	row := func(name string, o joinOutcome) {
		line(table, "%s\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t%.2f\t%.1f\t\n", name,
			o.ToLast.P50, o.ToLast.P99, o.ToLast.Max, o.AllWithin, float64(o.WireBytes)/1000, o.ServerCPU, inMiB(o.PeakMemory))
	}
	for _, o := range g.Cold {
		row("first after a start", o)
	}
	if g.Warm != nil {
		row(fmt.Sprintf("%d one by one", g.Warm.Joins), *g.Warm)
	}
	if g.Storm != nil {
		row(fmt.Sprintf("%d in a second, after a start", g.Storm.Joins), *g.Storm)
	}
	_ = table.Flush()
}

func (r *run) printLadderHead() {
	r.say("\n%s: %s, the rate rising until p99 passes %d ms or less than %.0f %% arrives; %.0f s each\n",
		saturation.Name, saturation.Title, saturationP99, 100*keptPart, saturationTiming.Window.Seconds())
}

func (r *run) printStep(on target, s step) {
	o := s.Outcome
	verdict := "kept"
	if s.Why != "" {
		verdict = "failed: " + s.Why
	}
	r.say("  %-8s %5.0f edits/s each: %7.0f delivered/s, p50 %.1f p99 %.1f ms, CPU %.0f %%, %.4f s/10k, %.0f frames/s, peak %.1f MiB, load CPU %.0f %%: %s\n",
		on, s.Rate, o.editsPerSecond(), o.EditLatency.P50, o.EditLatency.P99, 100*o.ServerCPU/o.Seconds, o.cost(),
		float64(o.Frames)/o.Seconds, inMiB(o.PeakMemory), 100*o.LoadCPU/o.Seconds, verdict)
}

// say prints; the first error is what the run ends with.
func (r *run) say(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil && r.unsaid == nil {
		r.unsaid = fmt.Errorf("bench: print: %w", err)
	}
}

// line adds to a table, which keeps it until it is flushed.
func line(table *tabwriter.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(table, format, args...)
}

func costOf(results []steadyResult, on target) float64 {
	for _, result := range results {
		if result.Target == on {
			return result.Outcome.cost()
		}
	}
	return 0
}

func ratio(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}

func inMiB(bytes int64) float64 { return float64(bytes) / (1 << 20) }
