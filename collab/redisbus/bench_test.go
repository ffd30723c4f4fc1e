//go:build unix && services

package redisbus_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"waymark/board"
	"waymark/collab/redisbus/redistest"
)

// BenchmarkPublish carries hints from one bus to another through Redis, by bodies of 400 bytes on 100 boards, and reports
// the CPU time of both ends together for each hint, in ns. Redis' own is not in it.
func BenchmarkPublish(b *testing.B) {
	r := redistest.Start(b, redistest.Options{})
	from, to := open(b, quick(r.URL())), open(b, quick(r.URL()))
	up(b, from)
	body := []byte(`["` + strings.Repeat("x", 396) + `"]`)
	id := func(i int) board.ID { return board.ID(fmt.Sprint("board-", i)) }
	var ears [100]*ear
	for i := range ears {
		ears[i] = listen(b, to, id(i))
		ears[i].hears(b, from, id(i), 1)
	}
	poll(b, "quiet", func() bool { n, _ := from.Waiting(); return n == 0 })
	before, spent := from.Counts(), cpu(b)
	b.ReportAllocs()
	b.ResetTimer()
	for seq := 0; seq < b.N; seq += len(ears) {
		n := min(len(ears), b.N-seq)
		for i := range n {
			h := hint(id(i), board.Seq(1<<20+seq))
			h.Body = body
			from.Publish(h)
		}
		for _, e := range ears[:n] {
			for heard := board.Seq(0); heard < board.Seq(1<<20+seq); {
				<-e.woke
				got, _, _ := e.slot.Take()
				heard = got.Last
			}
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(cpu(b)-spent)/float64(b.N), "cpu-ns/hint")
	if after := from.Counts(); after.Merged+after.Dropped != before.Merged+before.Dropped {
		b.Errorf("not every hint was published for itself: %+v, before %+v", after, before)
	}
}

// cpu is the CPU time that this process has used, in ns.
func cpu(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
