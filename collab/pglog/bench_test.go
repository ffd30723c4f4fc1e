//go:build services

package pglog_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab/pglog/pgtest"
)

// BenchmarkAppend appends batches of a few ops from many boards at once, to a Postgres on the disk. cpu/op is the
// processor time of this process for each append; that of Postgres is not in it.
func BenchmarkAppend(b *testing.B) {
	s := pgtest.Open(b)
	for _, boards := range []int{1, 10, 100} {
		b.Run(fmt.Sprint("boards-", boards), func(b *testing.B) {
			l := open(b, s.Database(b))
			body := bytes.Repeat([]byte("0123456789"), 60)
			var all sync.WaitGroup
			begin := cpu(b)
			b.ResetTimer()
			for i := range boards {
				id := board.ID(fmt.Sprintf("board-0123456789abcde%d", i))
				head := start(b, l, id)
				all.Go(func() {
					for range b.N / boards {
						batch := next(id, head)
						batch.Body = body
						if err := l.Append(context.Background(), head, batch); err != nil {
							b.Error(err)
							return
						}
						head = batch.Head(head)
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64((cpu(b)-begin).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
