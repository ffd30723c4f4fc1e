package bench

import (
	"slices"
	"time"
)

// An outcome is what the load process saw.
type outcome struct {
	Seconds          float64      `json:"seconds"`
	EditsSent        int64        `json:"editsSent"`
	CursorsSent      int64        `json:"cursorsSent"`
	EditsDelivered   int64        `json:"editsDelivered"` // to people other than their author, inside the window
	CursorsDelivered int64        `json:"cursorsDelivered"`
	EditLatency      latencies    `json:"editLatency"` // from just before the write to after the read, every receiver
	CursorLatency    latencies    `json:"cursorLatency"`
	EditSplit        *split       `json:"editLatencySplit,omitempty"` // with several servers
	CursorSplit      *split       `json:"cursorLatencySplit,omitempty"`
	Frames           int64        `json:"frames"`
	Bytes            int64        `json:"bytes"`
	ServerCPU        float64      `json:"serverCpuSeconds"` // of all servers
	ServerCPUs       []float64    `json:"serverCpuSecondsEach,omitempty"`
	PostgresCPU      *float64     `json:"postgresCpuSeconds,omitempty"` // where it runs on this machine
	RedisCPU         *float64     `json:"redisCpuSeconds,omitempty"`
	Transactions     *float64     `json:"transactionsPerSecond,omitempty"` // of the shared database
	LoadCPU          float64      `json:"loadCpuSeconds"`
	PeakMemory       int64        `json:"peakMemoryBytes"` // of the largest server
	PeakMemories     []int64      `json:"peakMemoryBytesEach,omitempty"`
	Missing          int64        `json:"missing"`  // edits of the whole run that somebody had still not got 10 s later
	HeldBack         int64        `json:"heldBack"` // edits inside the window's plan that waited for an earlier one instead
	Refused          int64        `json:"refused"`
	SendLagP99       milliseconds `json:"sendLagP99Ms"` // how far the load process was behind its own schedule
	Trouble          []string     `json:"trouble,omitempty"`
	Seats            []seatEnd    `json:"seats,omitempty"` // for the count against the log
}

type latencies struct {
	Count uint64       `json:"count"`
	P50   milliseconds `json:"p50Ms"`
	P95   milliseconds `json:"p95Ms"`
	P99   milliseconds `json:"p99Ms"`
	Max   milliseconds `json:"maxMs"`
}

// A split tells apart what stayed within a server from what crossed between two.
type split struct {
	Same   latencies `json:"same"`
	Across latencies `json:"across"`
}

// A seatEnd is what one connection claims at the end; the log must bear it out.
type seatEnd struct {
	Board    string `json:"board"`
	Client   string `json:"client"`
	Sent     int64  `json:"sent"`
	Acked    int64  `json:"acked"`
	Heard    int64  `json:"heard"`    // edits of others
	FirstSeq int64  `json:"firstSeq"` // of its board when it joined
	LastSeq  int64  `json:"lastSeq"`
}

func (o outcome) editsPerSecond() float64   { return float64(o.EditsDelivered) / o.Seconds }
func (o outcome) cursorsPerSecond() float64 { return float64(o.CursorsDelivered) / o.Seconds }

// cost is the server's processor time for 10,000 deliveries, in seconds.
func (o outcome) cost() float64 { return o.costOf(o.ServerCPU) }

// costOf is what some seconds of processor time are for 10,000 deliveries.
func (o outcome) costOf(seconds float64) float64 {
	return seconds / float64(max(1, o.EditsDelivered+o.CursorsDelivered)) * 10_000
}

// loadCore is how many seconds the load's core was busy with what is known to run on it.
func (o outcome) loadCore() float64 {
	busy := o.LoadCPU
	for _, part := range []*float64{o.PostgresCPU, o.RedisCPU} {
		if part != nil {
			busy += *part
		}
	}
	return busy
}

func latenciesOf(h *histogram) latencies {
	return latencies{
		Count: h.total, P50: inMs(h.quantile(0.5)), P95: inMs(h.quantile(0.95)), P99: inMs(h.quantile(0.99)), Max: inMs(h.max),
	}
}

// joined is both parts of a split as one.
func joined(parts *[distances]histogram) latencies {
	all := parts[sameServer]
	all.add(&parts[acrossServers])
	return latenciesOf(&all)
}

// splitOf is nil when there is one server.
func (l *load) splitOf(parts *[distances]histogram) *split {
	if len(l.order.URLs) < 2 {
		return nil
	}
	return &split{Same: latenciesOf(&parts[sameServer]), Across: latenciesOf(&parts[acrossServers])}
}

// inSeconds keeps nil.
func inSeconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}

// outcome adds up what the seats have counted. All goroutines of the load have ended.
func (l *load) outcome(used watch, missing int64) outcome {
	var edits, cursors [distances]histogram
	var lag histogram
	o := outcome{
		Seconds:     time.Duration(l.window.end.Load() - l.window.start.Load()).Seconds(),
		ServerCPU:   sum(used.servers).Seconds(),
		PostgresCPU: inSeconds(used.postgres),
		RedisCPU:    inSeconds(used.redis),
		LoadCPU:     used.load.Seconds(),
		PeakMemory:  slices.Max(used.peaks),
		Missing:     missing,
	}
	if len(used.servers) > 1 {
		for _, each := range used.servers {
			o.ServerCPUs = append(o.ServerCPUs, each.Seconds())
		}
		o.PeakMemories = used.peaks
	}
	if used.transactions != nil {
		rate := float64(*used.transactions) / o.Seconds
		o.Transactions = &rate
	}
	for _, s := range l.seats {
		for d := range distances {
			edits[d].add(&s.got.editLatency[d])
			cursors[d].add(&s.got.cursorLatency[d])
		}
		lag.add(&s.sent.lag)
		o.EditsSent += s.sent.edits
		o.CursorsSent += s.sent.cursors
		o.HeldBack += s.sent.heldBack
		o.EditsDelivered += s.got.edits
		o.CursorsDelivered += s.got.cursors
		o.Frames += s.got.frames
		o.Bytes += s.got.bytes
		o.Refused += s.got.refused
		if s.got.trouble != "" && len(o.Trouble) < 5 {
			o.Trouble = append(o.Trouble, s.got.trouble)
		}
		if s.sent.err != nil && len(o.Trouble) < 5 {
			o.Trouble = append(o.Trouble, "write: "+s.sent.err.Error())
		}
		if l.order.Target == targetServer {
			o.Seats = append(o.Seats, seatEnd{
				Board: s.Board, Client: s.Client, Sent: s.sent.allEdits, Acked: s.acked.Load(), Heard: s.heard.Load(),
				FirstSeq: s.got.firstSeq, LastSeq: s.seq.Load(),
			})
		}
	}
	o.EditLatency, o.CursorLatency = joined(&edits), joined(&cursors)
	o.EditSplit, o.CursorSplit = l.splitOf(&edits), l.splitOf(&cursors)
	o.SendLagP99 = inMs(lag.quantile(0.99))
	return o
}
