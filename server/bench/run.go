package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"
)

// A run is one call of the command; report is what it writes.
type run struct {
	options
	out    io.Writer
	shared *shared // nil = every server has its data for itself
	report report
	unsaid error // the first fault of printing
}

// A report is the JSON the command writes.
type report struct {
	Started  time.Time      `json:"started"`
	Machine  machine        `json:"machine"`
	Shared   *sharedFacts   `json:"shared,omitempty"`
	Disk     diskSpeed      `json:"disk"`
	Steady   []steadyResult `json:"steady,omitempty"`
	Idle     []idleResult   `json:"idle,omitempty"`
	Large    []gathering    `json:"largeBoard,omitempty"`
	Ladders  []ladder       `json:"saturation,omitempty"`
	Verdicts []verdict      `json:"marks,omitempty"`
}

type machine struct {
	Cores  int    `json:"cores"`
	Go     string `json:"go"`
	System string `json:"system"`
	Pinned bool   `json:"pinned"`
}

// A steadyResult is one workload on one subject, all rounds of it.
type steadyResult struct {
	Workload workload  `json:"workload"`
	On       subject   `json:"on"`
	Outcome  outcome   `json:"outcome"` // of the round with the median cost
	Costs    []float64 `json:"costs"`   // CPU seconds per 10,000 deliveries, of every round
	Audit    *audit    `json:"audit,omitempty"`
}

func newRun(o options, out io.Writer) *run {
	return &run{options: o, out: out, report: report{
		Started: time.Now().UTC(),
		Machine: machine{Cores: runtime.NumCPU(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Pinned: runtime.NumCPU() > 1},
	}}
}

func (r *run) all(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp(r.folder, "waymark-bench-")
	if err != nil {
		return fmt.Errorf("bench: make a data folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	probed, which := folder, "that of -dir"
	if r.database != "" {
		if r.shared, err = openShared(ctx, r.options); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		defer func() { err = errors.Join(err, r.shared.close()) }()
		r.report.Shared = &r.shared.facts
		if probed, which, err = r.shared.probeFolder(folder); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
	}
	if r.report.Disk, err = probeDisk(probed, which); err != nil {
		return err
	}
	r.printHead()
	for _, w := range steady {
		if !slices.Contains(r.workloads, w.Name) {
			continue
		}
		results, err := r.steady(ctx, w, folder)
		if err != nil {
			return fmt.Errorf("bench: %s: %w", w.Name, err)
		}
		r.report.Steady = append(r.report.Steady, results...)
		r.printSteady(w, results)
	}
	if err := r.others(ctx, folder); err != nil {
		return err
	}
	r.judge()
	return errors.Join(r.unsaid, r.writeJSON())
}

// others runs what has another shape than a steady load.
func (r *run) others(ctx context.Context, folder string) error {
	if slices.Contains(r.workloads, idle.Name) {
		if err := r.idle(ctx, folder); err != nil {
			return fmt.Errorf("bench: idle: %w", err)
		}
	}
	if join, storm := slices.Contains(r.workloads, "join"), slices.Contains(r.workloads, "storm"); join || storm {
		for _, on := range r.serverSubjects() {
			large, err := r.gather(ctx, on, folder, join, storm)
			if err != nil {
				return fmt.Errorf("bench: join and storm: %s: %w", on, err)
			}
			r.report.Large = append(r.report.Large, large)
			r.printLarge(large)
		}
	}
	if slices.Contains(r.workloads, saturation.Name) {
		r.printLadderHead()
		for _, on := range r.subjects() {
			climbed, err := r.climb(ctx, on, folder)
			if err != nil {
				return fmt.Errorf("bench: saturation: %s: %w", on, err)
			}
			r.report.Ladders = append(r.report.Ladders, climbed)
		}
	}
	return nil
}

// steady runs one workload on every subject, one after the other, as many rounds as asked.
func (r *run) steady(ctx context.Context, w workload, folder string) ([]steadyResult, error) {
	rounds := map[subject][]outcome{}
	audits := map[subject]*audit{}
	for range r.rounds {
		for _, on := range r.subjects() {
			result, checked, err := r.once(ctx, w, on, r.timing, folder)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", on, err)
			}
			rounds[on] = append(rounds[on], result)
			if checked != nil {
				audits[on] = checked.plus(audits[on])
			}
		}
	}
	var results []steadyResult
	for _, on := range r.subjects() {
		slices.SortFunc(rounds[on], func(a, b outcome) int { return compareFloats(a.cost(), b.cost()) })
		result := steadyResult{Workload: w, On: on, Outcome: rounds[on][(len(rounds[on])-1)/2], Audit: audits[on]}
		for _, o := range rounds[on] {
			result.Costs = append(result.Costs, o.cost())
		}
		result.Outcome.Seats = nil
		results = append(results, result)
	}
	return results, nil
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// once starts the subject and the load, and ends both. The flags are for the servers.
func (r *run) once(ctx context.Context, w workload, on subject, t timing, folder string, flags ...string) (outcome, *audit, error) {
	if on.Target == targetServer {
		return r.onServers(ctx, w, on, t, folder, flags...)
	}
	relay, url, err := startRelay(on.Target)
	if err != nil {
		return outcome{}, nil, err
	}
	defer func() { _ = relay.stop() }()
	result, err := runLoad[loadOrder, outcome](ctx, "load", loadOrder{
		Target: on.Target, URLs: []string{url}, Watched: watched{Servers: []int{relay.pid()}}, Workload: w, Timing: t, Places: relayPlaces(w),
	})
	return result, nil, err
}

// relayPlaces gives a relay's load the same frames that the server gets: ids of the same length.
func relayPlaces(w workload) []place {
	var places []place
	for b := range w.Boards {
		for p := range w.People {
			at := place{
				Board: fmt.Sprintf("board-%016d", b), Acts: p < w.Acting, Client: clientName(relayRun, len(places)),
				Lane: fmt.Sprintf("lane-%016d", b), Step: fmt.Sprintf("step-%016d", b),
			}
			for c := range w.Cards {
				at.Cards = append(at.Cards, fmt.Sprintf("card-%08d%08d", len(places), c))
			}
			places = append(places, at)
		}
	}
	return places
}

// relayRun fills up a client id to the length of a browser's.
const relayRun = "relayrelay"

func (r *run) writeJSON() error {
	if r.json == "" {
		return nil
	}
	raw, err := json.MarshalIndent(r.report, "", "  ")
	if err != nil {
		return fmt.Errorf("bench: write the figures: %w", err)
	}
	if err := os.WriteFile(r.json, append(raw, '\n'), 0o644); err != nil {
		return fmt.Errorf("bench: write the figures: %w", err)
	}
	return nil
}
