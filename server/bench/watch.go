package bench

import (
	"context"
	"errors"
	"os"
	"time"

	"waymark/collab/pglog"
)

// A watch is what the processes used between the window's ends.
type watch struct {
	servers         []time.Duration // processor time of each
	peaks           []int64         // bytes, of each
	load            time.Duration
	postgres, redis *time.Duration // nil when they are not measured
	transactions    *int64
	err             error
}

// A reading is what the processes have used so far.
type reading struct {
	servers               []time.Duration
	load, postgres, redis time.Duration
	transactions          int64
}

func (l *load) watch(ctx context.Context) (w watch) {
	if w.err = l.watchInto(ctx, &w); w.err != nil {
		return watch{err: w.err}
	}
	return w
}

func (l *load) watchInto(ctx context.Context, w *watch) (err error) {
	watched := l.order.Watched
	var database *pglog.Log
	if watched.Database != "" {
		if database, err = pglog.OpenReadOnly(ctx, watched.Database); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, database.Close()) }()
	}
	var ends [2]reading
	for i, at := range []int64{l.window.start.Load(), l.window.end.Load()} {
		if err := l.sleepUntil(ctx, at); err != nil {
			return err
		}
		if ends[i], err = watched.read(); err != nil {
			return err
		}
		if database != nil {
			if ends[i].transactions, err = database.Transactions(ctx); err != nil {
				return err
			}
		}
	}
	first, last := ends[0], ends[1]
	for i, pid := range watched.Servers {
		peak, err := peakMemory(pid)
		if err != nil {
			return err
		}
		w.servers = append(w.servers, last.servers[i]-first.servers[i])
		w.peaks = append(w.peaks, peak)
	}
	w.load = last.load - first.load
	if watched.Postgres > 0 {
		used := last.postgres - first.postgres
		w.postgres = &used
	}
	if watched.Redis > 0 {
		used := last.redis - first.redis
		w.redis = &used
	}
	if database != nil {
		ended := last.transactions - first.transactions
		w.transactions = &ended
	}
	return nil
}

// read asks what all have used so far, but for the transactions.
func (w watched) read() (r reading, err error) {
	for _, pid := range w.Servers {
		used, err := cpuTime(pid)
		if err != nil {
			return r, err
		}
		r.servers = append(r.servers, used)
	}
	if r.load, err = cpuTime(os.Getpid()); err != nil {
		return r, err
	}
	if w.Postgres > 0 {
		if r.postgres, err = familyCPUTime(w.Postgres); err != nil {
			return r, err
		}
	}
	if w.Redis > 0 {
		r.redis, err = familyCPUTime(w.Redis)
	}
	return r, err
}

func sum(times []time.Duration) (total time.Duration) {
	for _, t := range times {
		total += t
	}
	return total
}

// fineTimes are what processes have used so far, by their ids, in nanoseconds: for spans too short for a reading.
type fineTimes map[int]time.Duration

// since is what was used after before, but by those that have ended meanwhile.
func (t fineTimes) since(before fineTimes) (used time.Duration) {
	for pid, all := range t {
		used += all - before[pid]
	}
	return used
}

type fineReading struct{ servers, postgres, redis fineTimes }

func (w watched) readFine() (r fineReading, err error) {
	r.servers = fineTimes{}
	for _, pid := range w.Servers {
		if r.servers[pid], err = fineCPUTime(pid); err != nil {
			return r, err
		}
	}
	if w.Postgres > 0 {
		if r.postgres, err = fineFamilyTimes(w.Postgres); err != nil {
			return r, err
		}
	}
	if w.Redis > 0 {
		r.redis, err = fineFamilyTimes(w.Redis)
	}
	return r, err
}

// peak is the most memory one of the servers has held.
func (w watched) peak() (most int64, err error) {
	for _, pid := range w.Servers {
		held, err := peakMemory(pid)
		if err != nil {
			return 0, err
		}
		most = max(most, held)
	}
	return most, nil
}
