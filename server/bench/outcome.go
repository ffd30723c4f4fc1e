package bench

import "time"

// An outcome is what the load process saw.
type outcome struct {
	Seconds          float64      `json:"seconds"`
	EditsSent        int64        `json:"editsSent"`
	CursorsSent      int64        `json:"cursorsSent"`
	EditsDelivered   int64        `json:"editsDelivered"` // to people other than their author, inside the window
	CursorsDelivered int64        `json:"cursorsDelivered"`
	EditLatency      latencies    `json:"editLatency"` // from just before the write to after the read, every receiver
	CursorLatency    latencies    `json:"cursorLatency"`
	Frames           int64        `json:"frames"`
	Bytes            int64        `json:"bytes"`
	ServerCPU        float64      `json:"serverCpuSeconds"`
	LoadCPU          float64      `json:"loadCpuSeconds"`
	PeakMemory       int64        `json:"peakMemoryBytes"`
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
func (o outcome) cost() float64 {
	return o.ServerCPU / float64(max(1, o.EditsDelivered+o.CursorsDelivered)) * 10_000
}

func latenciesOf(h *histogram) latencies {
	return latencies{
		Count: h.total, P50: inMs(h.quantile(0.5)), P95: inMs(h.quantile(0.95)), P99: inMs(h.quantile(0.99)), Max: inMs(h.max),
	}
}

// outcome adds up what the seats have counted. All goroutines of the load have ended.
func (l *load) outcome(used watch, missing int64) outcome {
	var edits, cursors, lag histogram
	o := outcome{
		Seconds:    time.Duration(l.window.end.Load() - l.window.start.Load()).Seconds(),
		ServerCPU:  used.serverCPU.Seconds(),
		LoadCPU:    used.loadCPU.Seconds(),
		PeakMemory: used.peak,
		Missing:    missing,
	}
	for _, s := range l.seats {
		edits.add(&s.got.editLatency)
		cursors.add(&s.got.cursorLatency)
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
	o.EditLatency, o.CursorLatency = latenciesOf(&edits), latenciesOf(&cursors)
	o.SendLagP99 = inMs(lag.quantile(0.99))
	return o
}
