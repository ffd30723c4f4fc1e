package bench

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

func (r *run) printHead() {
	m := r.report.Machine
	pinned := "the measured process on one core, the load on another"
	if r.shared != nil {
		pinned = "the measured servers on one core, the load on another"
	}
	if !m.Pinned {
		pinned = "one core for all: not comparable"
	}
	r.say("waymark bench: %d cores, %s, %s; %s\n", m.Cores, m.Go, m.System, pinned)
	if s := r.report.Shared; s != nil {
		redis := "no Redis: edits cross between servers within half a second"
		if s.Redis != "" {
			redis = "Redis " + s.Redis
		}
		r.say("shared: Postgres %s with synchronous_commit %s, fsync and full_page_writes on; %s\n", s.Postgres, s.Synchronous, redis)
		if on := r.shared.pinned(); on != "" && m.Pinned {
			r.say("pinned: %s on the load's core\n", on)
		}
		for _, why := range s.Unmeasured {
			r.say("%s\n", why)
		}
	}
	r.say("disk: %s; 4 KiB and fsync, %d times: p50 %.2f ms, p99 %.2f ms\n",
		r.report.Disk.Which, fsyncRounds, r.report.Disk.P50, r.report.Disk.P99)
}

func (r *run) printSteady(w workload, results []steadyResult) {
	edits, cursors := w.asked()
	r.say("\n%s: %s; asked for %.0f edits and %.0f cursors delivered a second, %.0f s\n",
		w.Name, w.Title, edits, cursors, r.timing.Window.Seconds())
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line(table, "target\tCPU s/10k\tx merged\tx plain\tCPU %%\t%sedit p50\tp95\tp99\tcursor p99\tedits/s\tcursors/s\tframes/s\tB/delivery\tpeak MiB\tload CPU %%\tmissing\t\n",
		r.ifShared("Postgres s/10k\tRedis s/10k\t"))
	merged, plain := costOf(results, targetMerged), costOf(results, targetPlain)
	for _, result := range results {
		o := result.Outcome
		line(table, "%s\t%.4f\t%s\t%s\t%.0f\t%s%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\t%.0f\t%.0f\t%.1f\t%.0f\t%d\t\n",
			result.On, o.cost(), ratio(o.cost(), merged), ratio(o.cost(), plain), 100*o.ServerCPU/o.Seconds,
			r.ifShared(o.costOrDash(o.PostgresCPU)+"\t"+o.costOrDash(o.RedisCPU)+"\t"),
			o.EditLatency.P50, o.EditLatency.P95, o.EditLatency.P99, o.CursorLatency.P99,
			o.editsPerSecond(), o.cursorsPerSecond(), float64(o.Frames)/o.Seconds,
			float64(o.Bytes)/float64(max(1, o.EditsDelivered+o.CursorsDelivered)), inMiB(o.PeakMemory), 100*o.LoadCPU/o.Seconds, o.Missing)
	}
	_ = table.Flush()
	for _, result := range results {
		r.printBelow(result)
	}
}

// printBelow says what the table has no columns for.
func (r *run) printBelow(result steadyResult) {
	o := result.Outcome
	if result.On.Servers > 0 {
		r.say("  %s: %s transactions/s; the load's core %.0f %% busy%s\n",
			result.On, numberOrDash(o.Transactions, 0), 100*o.loadCore()/o.Seconds, each(o))
	}
	if o.EditSplit != nil {
		r.say("  %s: edits within a server %s, across servers %s\n", result.On, o.EditSplit.Same, o.EditSplit.Across)
		r.say("  %s: cursors within a server %s, across servers %s\n", result.On, o.CursorSplit.Same, o.CursorSplit.Across)
	}
	if o.HeldBack > 0 || o.Refused > 0 || len(o.Trouble) > 0 {
		r.say("  %s: %d edits held back, %d refused; %s\n", result.On, o.HeldBack, o.Refused, strings.Join(o.Trouble, "; "))
	}
	if result.Audit != nil {
		r.say("  log of %s: %s\n", result.On, result.Audit)
	}
}

// each tells the servers apart.
func each(o outcome) string {
	if len(o.ServerCPUs) == 0 {
		return ""
	}
	var costs, peaks []string
	for i, used := range o.ServerCPUs {
		costs = append(costs, fmt.Sprintf("%.4f", o.costOf(used)))
		peaks = append(peaks, fmt.Sprintf("%.1f", inMiB(o.PeakMemories[i])))
	}
	return fmt.Sprintf("; each server's CPU s/10k of all deliveries: %s; peak MiB: %s", strings.Join(costs, " + "), strings.Join(peaks, ", "))
}

func (l latencies) String() string {
	return fmt.Sprintf("p50 %.2f p95 %.2f p99 %.2f ms", l.P50, l.P95, l.P99)
}

func (r *run) printIdle() {
	r.say("\n%s: %s; %.0f s\n", idle.Name, idle.Title, idleTiming.Window.Seconds())
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line(table, "target\tCPU ms/board/s\tCPU %%\t%speak MiB\t\n", r.ifShared("Postgres ms/board/s\tRedis ms/board/s\ttransactions/s\t"))
	for _, result := range r.report.Idle {
		o := result.Outcome
		perBoard := func(seconds *float64) string {
			if seconds == nil {
				return "-"
			}
			return fmt.Sprintf("%.4f", result.perBoard(*seconds))
		}
		line(table, "%s\t%.4f\t%.1f\t%s%.1f\t\n", result.On, result.perBoard(o.ServerCPU), 100*o.ServerCPU/o.Seconds,
			r.ifShared(perBoard(o.PostgresCPU)+"\t"+perBoard(o.RedisCPU)+"\t"+numberOrDash(o.Transactions, 1)+"\t"),
			inMiB(o.PeakMemory))
	}
	_ = table.Flush()
}

func (r *run) printLarge(g gathering) {
	r.say("\nlarge board: %d cards of 40 to 60 letters; %s\n", largeBoard, g.On)
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line(table, "joins\tmedian ms\tp99 ms\tmax ms\tall within ms\tkB on the wire\tserver CPU ms each\t%speak MiB\t\n",
		r.ifShared("Postgres ms each\tRedis ms each\t"))
	row := func(name string, o joinOutcome) {
		line(table, "%s\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t%.2f\t%s%.1f\t\n", name,
			o.ToLast.P50, o.ToLast.P99, o.ToLast.Max, o.AllWithin, float64(o.WireBytes)/1000, o.ServerCPU,
			r.ifShared(numberOrDash(o.PostgresCPU, 2)+"\t"+numberOrDash(o.RedisCPU, 2)+"\t"), inMiB(o.PeakMemory))
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

func (r *run) printStep(on subject, s step) {
	o := s.Outcome
	verdict := "kept"
	if s.Why != "" {
		verdict = "failed: " + s.Why
	}
	var beside string
	if on.Servers > 0 {
		beside = fmt.Sprintf(" + Postgres %s + Redis %s", o.costOrDash(o.PostgresCPU), o.costOrDash(o.RedisCPU))
	}
	r.say("  %-9s %5.0f edits/s each: %7.0f delivered/s, p50 %.1f p99 %.1f ms, CPU %.0f %%, %.4f%s s/10k, %.0f frames/s, peak %.1f MiB, load CPU %.0f %%: %s\n",
		on, s.Rate, o.editsPerSecond(), o.EditLatency.P50, o.EditLatency.P99, 100*o.ServerCPU/o.Seconds, o.cost(), beside,
		float64(o.Frames)/o.Seconds, inMiB(o.PeakMemory), 100*o.LoadCPU/o.Seconds, verdict)
}

// say prints; the first error is what the run ends with.
func (r *run) say(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil && r.unsaid == nil {
		r.unsaid = fmt.Errorf("bench: print: %w", err)
	}
}

// ifShared is for columns of runs on a shared database.
func (r *run) ifShared(columns string) string {
	if r.database == "" {
		return ""
	}
	return columns
}

// line adds to a table, which keeps it until it is flushed.
func line(table *tabwriter.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(table, format, args...)
}

func costOf(results []steadyResult, of target) float64 {
	for _, result := range results {
		if result.On.Target == of {
			return result.Outcome.cost()
		}
	}
	return 0
}

// costOrDash is the cost of what may not be measured.
func (o outcome) costOrDash(seconds *float64) string {
	if seconds == nil {
		return "-"
	}
	return fmt.Sprintf("%.4f", o.costOf(*seconds))
}

func numberOrDash[N ~float64](n *N, decimals int) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprintf("%.*f", decimals, *n)
}

func ratio(a, b float64) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}

func inMiB(bytes int64) float64 { return float64(bytes) / (1 << 20) }
