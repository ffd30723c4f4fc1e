package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// What a process that joins and leaves is told.
type joinOrder struct {
	URLs    []string      `json:"urls"`
	Watched watched       `json:"watched"`
	Places  []place       `json:"places"` // one join each
	Every   time.Duration `json:"every"`  // from one dial to the next; 0: the next begins when the last has all
	Linger  time.Duration `json:"linger"` // how long the processor time is watched after the last
}

// A joinOutcome is what it saw.
type joinOutcome struct {
	Joins       int           `json:"joins"`
	ToLast      latencies     `json:"toLastByte"`              // from the dial to the last byte of what a joiner is given
	AllWithin   milliseconds  `json:"allWithinMs"`             // from the first dial to the last byte of the last
	WireBytes   int64         `json:"wireBytes"`               // a join's, handshake and all: the largest
	ServerCPU   milliseconds  `json:"serverCpuMs"`             // a join's, on average, of all servers
	PostgresCPU *milliseconds `json:"postgresCpuMs,omitempty"` // where it runs on this machine
	RedisCPU    *milliseconds `json:"redisCpuMs,omitempty"`
	PeakMemory  int64         `json:"peakMemoryBytes"` // of the largest server
}

const joinLimit = 30 * time.Second

// serveJoins reads an order, does it, and writes the outcome.
func serveJoins(ctx context.Context, in io.Reader, out io.Writer) error {
	var order joinOrder
	if err := json.NewDecoder(in).Decode(&order); err != nil {
		return fmt.Errorf("bench joins: read the order: %w", err)
	}
	result, err := order.run(ctx)
	if err != nil {
		return fmt.Errorf("bench joins: %w", err)
	}
	return json.NewEncoder(out).Encode(result)
}

func (o joinOrder) run(ctx context.Context) (result joinOutcome, err error) {
	ctx, cancel := context.WithTimeout(ctx, joinLimit)
	defer cancel()
	before, err := o.Watched.readFine()
	if err != nil {
		return result, err
	}
	joiners := make([]*joiner, len(o.Places))
	begin := time.Now()
	var running sync.WaitGroup
	for i, p := range o.Places {
		j := &joiner{place: p, stays: o.Every > 0, done: make(chan struct{})}
		joiners[i] = j
		running.Go(func() { j.join(ctx, o.URLs[p.Server]) })
		if o.Every == 0 {
			<-j.done
		} else if wait := time.Until(begin.Add(time.Duration(i+1) * o.Every)); i+1 < len(o.Places) {
			<-time.After(wait)
		}
	}
	var times histogram
	var end time.Time
	for i, j := range joiners {
		<-j.done // at the latest when the context ends
		if j.err != nil {
			return result, fmt.Errorf("join %d: %w", i, j.err)
		}
		times.record(j.last.Sub(j.dialed))
		end = later(end, j.last)
		result.WireBytes = max(result.WireBytes, j.bytes)
	}
	select {
	case <-time.After(o.Linger):
	case <-ctx.Done():
	}
	after, err := o.Watched.readFine()
	if err != nil {
		return result, err
	}
	result.Joins, result.ToLast, result.AllWithin = len(joiners), latenciesOf(&times), inMs(end.Sub(begin))
	each := func(used time.Duration) milliseconds { return inMs(used / time.Duration(len(joiners))) }
	result.ServerCPU = each(after.servers.since(before.servers))
	if o.Watched.Postgres > 0 {
		used := each(after.postgres.since(before.postgres))
		result.PostgresCPU = &used
	}
	if o.Watched.Redis > 0 {
		used := each(after.redis.since(before.redis))
		result.RedisCPU = &used
	}
	result.PeakMemory, err = o.Watched.peak()
	cancel()
	running.Wait()
	return result, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// A joiner opens one session. It leaves when it has all, or stays until the order is done.
type joiner struct {
	place
	stays  bool
	read   atomic.Int64  // bytes
	done   chan struct{} // closed when it has all, or failed; what follows is settled then
	dialed time.Time
	last   time.Time
	bytes  int64
	err    error
}

var errLeft = errors.New("left")

func (j *joiner) join(ctx context.Context, url string) {
	j.dialed = time.Now()
	conn, err := client.Dial(ctx, client.Options{
		URL: url, Token: j.Token, Board: board.ID(j.Board), HTTP: countingHTTP(&j.read), Hear: j.hear,
	})
	if err == nil {
		stop := context.AfterFunc(ctx, func() { _ = conn.Cut() })
		defer stop()
		if j.Acts {
			var editing sync.WaitGroup
			editing.Go(func() { j.edit(ctx, conn) })
			defer editing.Wait()
		}
		err = conn.Run()
	}
	if j.last.IsZero() {
		j.err = err
		close(j.done)
	}
}

// edit types at the workshop's rate from the join on, so that there is a tail behind the snapshot.
func (j *joiner) edit(ctx context.Context, conn *client.Conn) {
	<-j.done
	typist := newTypist(j.Cards)
	ticker := time.NewTicker(time.Duration(float64(time.Second) / workshop.Edits))
	defer ticker.Stop()
	for n := int64(1); ; n++ {
		card, _ := typist.free(n)
		if _, err := conn.Send(card.typeOn(nil, int64(conn.Point().Seq), n)); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (j *joiner) hear(m client.Message) error {
	if m.Type != "own" || !j.last.IsZero() { // what a joiner is given ends with it
		return nil
	}
	j.last, j.bytes = time.Now(), j.read.Load()
	close(j.done)
	if j.stays {
		return nil
	}
	return errLeft
}

// countingHTTP is a client of its own whose connection counts what it reads.
func countingHTTP(count *atomic.Int64) *http.Client {
	var dialer net.Dialer
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn, count: count}, nil
		},
	}}
}

type countedConn struct {
	net.Conn
	count *atomic.Int64
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.count.Add(int64(n))
	return n, err
}
