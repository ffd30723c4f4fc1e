package collab_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/localbus"
	"waymark/collab/sqlitelog"
)

// words makes text of about n letters.
func words(random *rand.Rand, n int) string {
	var b strings.Builder
	for b.Len() < n {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for range 2 + random.IntN(8) {
			b.WriteByte("eeeeaaiinnrrssttdlhcmugobfkpwzv"[random.IntN(31)])
		}
	}
	return b.String()[:n]
}

// randomSuffix is as browsers make them: 96 bits.
func randomSuffix(random *rand.Rand) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var b [16]byte
	for i := range b {
		b[i] = letters[random.IntN(len(letters))]
	}
	return string(b[:])
}

// bigBoard creates a board of 5,000 cards of 40 to 60 letters, and leaves it
// closed with a stored snapshot.
func bigBoard(b *testing.B, dir string) {
	l := openBench(b, dir)
	random := rand.New(rand.NewPCG(1, 1))
	id := func(kind string) string { return kind + "-" + randomSuffix(random) }
	theMap, phase := id("map"), id("phase")
	records := []*board.Record{
		board.NewRecord(board.ID(theMap), "", 0, "", field("title", "Map")),
		board.NewRecord(board.ID(phase), "", 0, "", field("map", theMap), field("rank", "V")),
	}
	var steps, lanes []string
	for i := range 20 {
		step, lane := id("step"), id("lane")
		records = append(records,
			board.NewRecord(board.ID(step), "", 0, "", field("phase", phase), field("rank", fmt.Sprintf("V%dV", i))),
			board.NewRecord(board.ID(lane), "", 0, "", field("map", theMap), field("rank", fmt.Sprintf("V%dV", i))))
		steps, lanes = append(steps, step), append(lanes, lane)
	}
	for i := range 4900 {
		records = append(records, board.NewRecord(board.ID(id("card")), "", 0, "",
			field("lane", lanes[i%20]), field("step", steps[i/20%20]), field("rank", fmt.Sprintf("V%dV", i)),
			field("text", words(random, 40+random.IntN(21)))))
	}
	actor := board.Actor{Person: "person-0", System: true}
	if err := l.hub.Create(b.Context(), theBoard, actor, &board.CreateBoard{Records: records}); err != nil {
		b.Fatal(err)
	}
	for i := range 100 {
		op := &board.AddCard{ID: board.ID(id("card")), Lane: board.ID(lanes[i%20]), Step: board.ID(steps[i%20]), Fields: []board.Field{field("text", words(random, 50))}}
		if _, err := l.hub.Propose(b.Context(), theBoard, board.Actor{Person: "person-0"}, op); err != nil {
			b.Fatal(err)
		}
	}
	l.close(b)
}

func openBench(b *testing.B, dir string) *live {
	log, err := sqlitelog.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	return &live{log: log, hub: collab.NewHub(collab.Config{
		Log: log, Archive: log, Bus: &localbus.Bus{}, Node: "node-1",
		Authenticate: func(token string) (collab.Identity, error) {
			return collab.Identity{Person: board.ID(token)}, nil
		},
	})}
}

func (l *live) close(b *testing.B) {
	if err := l.hub.Drain(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := l.log.Close(); err != nil {
		b.Fatal(err)
	}
}

// join opens a session and waits until it has the board; it gives the bytes.
func (l *live) join(hello string) (size int, session *collab.Session) {
	s := l.hub.Accept()
	s.Receive([]byte(hello))
	for f := range s.Out() {
		size += len(f.Data)
		s.Wrote(f)
		if strings.Contains(string(f.Data[:min(len(f.Data), 400)]), `"own"`) || !f.Binary && strings.Contains(string(f.Data), `"own"`) {
			break
		}
	}
	return size, s
}

// BenchmarkJoin measures joins of a board of 5,000 cards: cold opens the board
// from its stored snapshot first.
func BenchmarkJoin(b *testing.B) {
	dir := b.TempDir()
	bigBoard(b, dir)
	const hello = `[{"type":"hello","token":"person-0","board":"board-1","epoch":0,"seq":-1,"batch":"","protocol":1}]`
	b.Run("cold", func(b *testing.B) {
		b.ReportAllocs()
		var used time.Duration
		var size int
		for range b.N {
			b.StopTimer()
			l := openBench(b, dir)
			before := cpuTime(b)
			b.StartTimer()
			n, s := l.join(hello)
			b.StopTimer()
			used += cpuTime(b) - before
			size = n
			s.Leave()
			l.close(b)
		}
		b.ReportMetric(float64(used.Nanoseconds())/float64(b.N), "cpu-ns/op")
		b.ReportMetric(float64(size), "bytes")
	})
	b.Run("warm", func(b *testing.B) {
		l := openBench(b, dir)
		_, s := l.join(hello)
		b.ReportAllocs()
		before := cpuTime(b)
		b.ResetTimer()
		for range b.N {
			_, s := l.join(hello)
			s.Leave()
		}
		b.StopTimer()
		b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		s.Leave()
		l.close(b)
	})
}
