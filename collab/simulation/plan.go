package simulation

import (
	"time"

	"waymark/collab"
)

// A Plan says what a simulation is made of. It follows from the seed; to shrink
// a failure parts of it are taken away.
type Plan struct {
	Seed     uint64
	Servers  int
	Browsers int
	Ops      int
	// Faults are the probabilities of those that strike at an occasion, and the
	// mean times between those that strike by themselves.
	Faults map[Fault]float64
	Every  map[Fault]time.Duration
	Limits collab.Limits
	// Pace is the mean time between two ops of a person.
	Pace time.Duration
	// Window is how many bytes may be under way to a client before its server's
	// writes wait.
	Window int
	// Memory is how long a page keeps what was acknowledged. Where Expire is not
	// 0 the servers forget clients that were silent for so long.
	Memory, Expire time.Duration
}

// occasional are the faults that strike at an occasion, with their highest
// probability.
var occasional = []struct {
	fault Fault
	most  float64
}{
	{BusLost, 0.6},
	{BusDoubled, 0.4},
	{BusLate, 0.4},
	{LogApplied, 0.15},
	{LogDropped, 0.15},
	{LogLate, 0.2},
	{LogSlow, 0.15},
	{NetHalf, 1},
	{NetSwallow, 0.05},
	{NetTorn, 0.02},
	{DiskLast, 1},
}

// recurring are the faults that strike by themselves, with the shortest mean
// time between two.
var recurring = []struct {
	fault Fault
	every time.Duration
}{
	{BusDead, 8 * time.Second},
	{BusFrozen, 8 * time.Second},
	{LogAway, 10 * time.Second},
	{LogCutOff, 6 * time.Second},
	{LogFull, 10 * time.Second},
	{LogTail, 2 * time.Second},
	{NetCut, 1500 * time.Millisecond},
	{NetSlow, 4 * time.Second},
	{ServerKill, 5 * time.Second},
	{ServerPause, 5 * time.Second},
	{ServerDrain, 10 * time.Second},
	{ClientLoad, 3 * time.Second},
	{ClientSleep, 4 * time.Second},
	{ClientGone, 5 * time.Second},
	{ClientTwin, 5 * time.Second},
	{ClientSteal, 5 * time.Second},
}

// NewPlan draws the plan of a seed. Each fault is left out of about every second
// plan, so that no fault always hides behind another.
func NewPlan(seed uint64, ops int) Plan {
	s := NewScheduler(seed ^ 0x5eed)
	p := Plan{
		Seed: seed, Servers: 1 + s.Pick(4), Browsers: 2 + s.Pick(7), Ops: ops,
		Faults: map[Fault]float64{}, Every: map[Fault]time.Duration{},
		Pace: 20*time.Millisecond + s.Between(0, 500*time.Millisecond),
	}
	calm := s.Chance(0.05)
	for _, f := range occasional {
		rate := s.Rand.Float64()
		if f.fault != DiskLast { // it has few occasions
			rate *= rate
		}
		if !calm && s.Chance(0.5) {
			p.Faults[f.fault] = f.most * rate
		}
	}
	for _, f := range recurring {
		if slower := 1 + s.Pick(6); !calm && s.Chance(0.5) {
			p.Every[f.fault] = f.every * time.Duration(slower)
		}
	}
	p.Limits = limits(s)
	p.Window = []int{1 << 10, 8 << 10, 64 << 10}[s.Pick(3)]
	p.Memory = 10 * time.Minute
	if p.Every[LogTail] == 0 && s.Chance(0.4) {
		// What is acknowledged is forgotten by the page long before the server
		// forgets the page, as with the real ten minutes and sixty days.
		p.Memory, p.Expire = time.Second, 4*time.Second+s.Between(0, 10*time.Second)
	}
	return p
}

// limits draws small limits, so that what happens at a limit happens often.
func limits(s *Scheduler) collab.Limits {
	pick := func(values ...int) int { return values[s.Pick(len(values))] }
	l := collab.DefaultLimits()
	l.OpsPerSecond, l.OpsBurst = pick(30, 60), pick(64, 240)
	l.FramesPerSecond, l.FramesBurst = 1000, 5000
	l.PresencePerSecond = 0
	l.QueueBytes = int64(pick(4<<10, 64<<10, 1<<20))
	l.WaitingOps, l.WaitingBytes = pick(8, 64, 1024), 4<<20
	l.BatchOps, l.BatchBytes = pick(1, 8, 256), pick(2<<10, 256<<10)
	l.PublishBytes = pick(0, 600, 256<<10)
	l.RingEntries, l.RingBytes = pick(3, 40, 1000), pick(4<<10, 1<<20)
	l.SharedSnapshot = pick(2, 30, 512)
	l.SnapshotBatches, l.SnapshotBytes = pick(4, 20, 200), pick(4<<10, 256<<10)
	l.SnapshotEvery = time.Duration(pick(500, 2000, 10000)) * time.Millisecond
	l.Opening = 10 * time.Second
	l.Idle = time.Duration(pick(1, 5, 60)) * time.Second
	return l
}
