package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"waymark/collab"
)

// hubMetrics reads the hub's counts when Prometheus asks.
type hubMetrics struct {
	m          *collab.Metrics
	gauges     []hubCount
	counters   []hubCount
	histograms []hubHistogram
	ends       *prometheus.Desc
}

type hubCount struct {
	desc *prometheus.Desc
	read func() int64
}

type hubHistogram struct {
	desc  *prometheus.Desc
	h     *collab.Histogram
	scale float64 // of one unit
}

const microsecond = 1e-6

func (m *Metrics) observeHub(hub *collab.Hub) {
	c := hub.Metrics()
	h := &hubMetrics{m: c, ends: describe("sessions_ended_total", "Sessions ended by the server, by close code.", "code")}
	h.gauges = []hubCount{
		{describe("sessions", "Connections on a board."), c.Sessions.Load},
		{describe("rooms", "Boards open in this process."), c.Rooms.Load},
		{describe("queue_bytes", "Bytes that wait for connections to take them."), hub.QueueBytes},
		{describe("rooms_opening", "Boards that wait for their log."), c.Opening.Load},
	}
	h.counters = []hubCount{
		{describe("frames_in_total", "Frames received."), c.FramesIn.Load},
		{describe("frames_out_total", "Frames handed to connections."), c.FramesOut.Load},
		{describe("bytes_out_total", "Bytes handed to connections."), c.BytesOut.Load},
		{describe("presence_in_total", "Cursor and selection messages received."), c.PresenceIn.Load},
		{describe("ops_in_total", "Ops proposed."), c.OpsIn.Load},
		{describe("ops_committed_total", "Entries committed by this server."), c.Committed.Load},
		{describe("ops_refused_total", "Ops that were rejected."), c.RefusedOps.Load},
		{describe("ops_busy_total", "Ops that were not taken for now."), c.Busy.Load},
		{describe("ops_out_of_turn_total", "Ops that came without the one before them."), c.OutOfTurn.Load},
		{describe("commits_total", "Batches committed."), c.Commits.Load},
		{describe("commits_lost_total", "Appends that met another head."), c.Lost.Load},
		{describe("commits_unknown_total", "Appends whose outcome had to be looked up."), c.Unknown.Load},
		{describe("log_errors_total", "Reads and appends of the log that failed."), c.LogErrors.Load},
		{describe("gaps_total", "Times that the log had more than was heard, and was read."), c.Gaps.Load},
		{describe("published_total", "Batches told to other servers."), c.Published.Load},
		{describe("heard_total", "Batches heard from other servers."), c.Heard.Load},
		{describe("lags_total", "Connections whose queue was dropped."), c.Lags.Load},
		{describe("resyncs_total", "Connections given a snapshot though they had one."), c.Resyncs.Load},
		{describe("resets_total", "Connections told that the log has lost entries."), func() int64 { return c.Resets.Load() + c.Strays.Load() }},
		{describe("digest_mismatches_total", "Digests that differed from the log's."), c.Mismatches.Load},
		{describe("pages_differing_total", "Pages that said that their board is not the log's."), c.Differing.Load},
		{describe("lost_tails_total", "Logs that had lost what this server had seen."), c.LostTails.Load},
		{describe("tails_repaired_total", "Lost tails that are in the log again, appended by this server at least in part."), c.TailsRepaired.Load},
		{describe("faults_total", "Panics in rooms."), c.Faults.Load},
		{describe("sessions_refused_total", "Sessions ended for what they sent."), c.Refused.Load},
		{describe("snapshots_total", "Snapshots stored."), c.Snapshots.Load},
		{describe("snapshot_errors_total", "Snapshots that could not be stored."), c.SnapshotErrors.Load},
	}
	h.histograms = []hubHistogram{
		{describe("batch_ops", "Entries of a batch."), &c.BatchOps, 1},
		{describe("commit_seconds", "From an op's arrival to its commit."), &c.Commit, microsecond},
		{describe("append_seconds", "Time of an append to the log."), &c.Append, microsecond},
		{describe("fan_out_seconds", "From a commit until every connection has written it."), &c.FanOut, microsecond},
		{describe("open_seconds", "Time to open a board."), &c.Open, microsecond},
	}
	m.register(h)
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("waymark_"+name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (h *hubMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, c := range append(h.gauges, h.counters...) {
		to <- c.desc
	}
	for _, c := range h.histograms {
		to <- c.desc
	}
	to <- h.ends
}

// Collect implements prometheus.Collector.
func (h *hubMetrics) Collect(to chan<- prometheus.Metric) {
	for _, c := range h.gauges {
		to <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, float64(c.read()))
	}
	for _, c := range h.counters {
		to <- prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, float64(c.read()))
	}
	for _, c := range h.histograms {
		counts, sum := c.h.Read()
		buckets, total := map[float64]uint64{}, uint64(0)
		for i, n := range counts {
			total += uint64(n)
			if i < len(counts)-1 { // the last has no bound
				buckets[float64(collab.Bound(i))*c.scale] = total
			}
		}
		to <- prometheus.MustNewConstHistogram(c.desc, total, float64(sum)*c.scale, buckets)
	}
	for _, code := range closeCodes {
		to <- prometheus.MustNewConstMetric(h.ends, prometheus.CounterValue, float64(h.m.Ends.Count(code.code)), code.label)
	}
}

var closeCodes = []struct {
	code  collab.CloseCode
	label string
}{
	{collab.CloseBad, "4400"},
	{collab.CloseToken, "4401"},
	{collab.CloseRevoked, "4403"},
	{collab.CloseGone, "4404"},
	{collab.CloseSlow, "4408"},
	{collab.CloseSuperseded, "4409"},
	{collab.CloseProtocol, "4426"},
	{collab.CloseRate, "4429"},
	{collab.CloseFault, "4500"},
	{collab.CloseDraining, "4503"},
}
