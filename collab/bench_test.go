package collab_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"waymark/collab"
)

// A mute is a session that sends prepared frames, and counts the entries of its
// own that come back.
type mute struct {
	session *collab.Session
	n       int
	heard   chan struct{}
}

// BenchmarkRoom measures one room with 50 sessions on a log on disk, without
// sockets: cpu-ns/op is the processor time of the whole process for each edit,
// shown to all 50. In "idle" one edit at a time is under way, in "busy" each
// session has some.
func BenchmarkRoom(b *testing.B) {
	b.Run("idle", func(b *testing.B) { benchRoom(b, 1, 1, 0) })
	b.Run("workshop", func(b *testing.B) { benchRoom(b, 1, 1, 10) })
	b.Run("busy", func(b *testing.B) { benchRoom(b, 50, 4, 0) })
}

// benchRoom lets writers of 50 sessions edit, each with window edits under way
// and cursor moves of others with each edit.
func benchRoom(b *testing.B, writers, window, cursors int) {
	const sessions = 50
	limits := collab.DefaultLimits()
	limits.OpsPerSecond, limits.PresencePerSecond, limits.FramesPerSecond = 0, 0, 0
	l := newLive(b, limits, nil)
	l.create(b, theBoard, sessions)
	var frames atomic.Int64
	var reading sync.WaitGroup
	list := make([]*mute, sessions)
	for i := range list {
		m := &mute{session: l.hub.Accept(), heard: make(chan struct{}, 1)}
		list[i] = m
		reading.Go(func() {
			for f := range m.session.Out() {
				frames.Add(1)
				m.session.Wrote(f)
				select {
				case m.heard <- struct{}{}:
				default:
				}
				if f.Close != 0 {
					m.session.Leave()
					return
				}
			}
		})
		m.session.Receive(fmt.Appendf(nil, `[{"type":"hello","token":"person-%d","board":"%s","epoch":0,"seq":-1,"batch":"","protocol":1},{"type":"claim","client":"client-%d"}]`, i, theBoard, i))
		<-m.heard
	}
	for i := range 1000 {
		benchSend(list[i%sessions], i%sessions, i)
	}
	list[999%sessions].wait(l.hub, 1000)
	begin := l.hub.Metrics().Committed.Load()
	frames.Store(0)
	used := cpuTime(b)
	b.ReportAllocs()
	b.ResetTimer()
	sent := 0
	for sent < b.N {
		burst := min(writers*window, b.N-sent)
		for i := range burst {
			benchSend(list[(sent+i)%writers], (sent+i)%writers, sent+i)
		}
		for c := range cursors * burst {
			m := list[(sent+c)%sessions]
			m.session.Receive(fmt.Appendf(nil, `[{"type":"presence","at":{"lane":"lane-1","step":"step-1","fx":%d,"fy":500}}]`, (sent+c)%1000))
		}
		sent += burst
		list[(sent-1)%writers].wait(l.hub, begin+int64(sent))
	}
	b.StopTimer()
	b.ReportMetric(float64((cpuTime(b)-used).Nanoseconds())/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(frames.Load())/float64(b.N), "frames/op")
	l.hub.End(collab.CloseFault, func(collab.Identity) bool { return true })
	reading.Wait()
}

func benchSend(m *mute, client, i int) {
	m.n++
	op := fmt.Sprintf(`{"type":"set","id":"card-%d","fields":{"color":"%s"}}`, i%500, []string{"sky", "sun"}[i/500%2])
	if m.n <= 20 && i < 1000 {
		op = fmt.Sprintf(`{"type":"addCard","id":"card-%d","lane":"lane-1","step":"step-1","fields":{"text":"forty to sixty letters stand on a card here"}}`, i%500)
	}
	m.session.Receive(fmt.Appendf(nil, `[{"type":"ops","client":"client-%d","items":[{"n":%d,"op":%s}]}]`, client, m.n, op))
}

// wait waits until n entries are committed and the session has heard of it.
func (m *mute) wait(h *collab.Hub, n int64) {
	for h.Metrics().Committed.Load() < n {
		<-m.heard
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
