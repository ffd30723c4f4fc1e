package sqlitelog

import (
	"testing"
	"time"
)

func TestTempo(t *testing.T) {
	begin := time.Unix(1_000_000, 0)
	// run lets requests of this many entries arrive every so often for a second, gathers those that come during a wait,
	// and gives the longest wait.
	run := func(entries int, every time.Duration) (longest time.Duration) {
		var tempo tempo
		for now := begin; now.Before(begin.Add(time.Second)); now = now.Add(every) {
			group := []*request{{entries: entries}}
			wait := max(0, tempo.wait(now))
			for range int(wait / every) {
				group = append(group, group[0])
			}
			longest, now = max(longest, wait), now.Add(wait)
			tempo.begin(now, group)
		}
		return longest
	}
	if got := run(1, 10*time.Millisecond); got != 0 {
		t.Errorf("a hundred entries a second wait %v, want no wait", got)
	}
	if got := run(1, time.Millisecond); got <= 0 || got > pace {
		t.Errorf("a thousand entries a second wait %v, want up to %v", got, pace)
	}
	if got := run(20, 50*time.Millisecond); got != 0 {
		t.Errorf("a commit every 50 ms waits %v, want no wait", got)
	}

	var tempo tempo
	for range 3 {
		tempo.wait(begin)
		tempo.begin(begin, []*request{{entries: manyEntries}})
		begin = begin.Add(slotSize)
	}
	if tempo.wait(begin.Add(pace)) > 0 {
		t.Error("a transaction waits longer than the pace")
	}
	if tempo.wait(begin.Add(time.Minute)) > 0 {
		t.Error("a log that was at rest for a minute does not write at once")
	}
}
