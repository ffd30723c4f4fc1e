//go:build planted

// Package plantedtest knows which bugs can be planted, and runs tests on them in processes of their own.
package plantedtest

// The bugs by what must find them. One at a time is planted.
var (
	// Simulated are in board and collab, and in the simulation's own log: for the simulation.
	Simulated = []string{
		// board
		"lock-ignored", "role-not-asked", "cap-not-checked", "cards-left-behind", "seal-ignored", "text-taken-as-it-came",
		"mark-stays-on-refusal", "snapshot-unfiltered", "export-unfiltered", "reveal-forgotten",
		// committing
		"published-before-commit", "decided-once", "dedupe-skipped", "time-falls", "unknown-taken-for-done",
		"chain-not-compared", "epoch-stays", "marked-before-commit", "batch-not-compared", "lost-tail-unseen",
		// lost tails
		"tail-not-appended-again", "tail-behind-another-chain", "tail-with-a-batch-left-out", "tail-with-new-digests",
		"tail-under-another-name", "tail-not-waited-for",
		// sending
		"sealed-body-on-the-bus", "busy-unsaid", "resumed-one-too-far", "hole-dropped",
		"shown-while-sealing", "snapshot-called-newer", "dropped-frames-forgotten", "private-behind-public", "revoked-stay",
	}
	// OfPostgres are in collab/pglog: for the suite of every log.
	OfPostgres = []string{
		"epoch-left-out", "batch-id-left-out", "format-left-out", "answered-before-the-end", "answered-by-a-neighbour",
		"left-taken-for-lost", "row-not-held", "snapshot-of-a-lost-batch", "deleted-by-id-alone",
	}
	// OfRedis are in collab/redisbus: for the suite of every bus.
	OfRedis = []string{
		"older-header-kept", "newest-presence-dropped", "full-unsaid", "long-body-cut", "own-hints-unheard",
		"unsubscribe-forgotten", "clusters-named-alike", "keys-alike",
	}
	// OfServers are seen where real servers run: for the tests of a cluster, which look for some of the others too.
	OfServers = []string{"others-heard-rarely"}
)

// Unseen are those of Simulated that no test on a real Postgres, a real Redis and the real program can be made to see,
// and why. All others are planted there too.
var Unseen = map[string]string{
	"batch-not-compared":       "it is in the simulation's own log; batch-id-left-out is the same in collab/pglog",
	"lost-tail-unseen":         "everyone waits for ever, and says nothing wrong: only a time-out would tell",
	"tail-not-waited-for":      "a server that keeps less than was lost must look just before one that keeps more: in a storm each keeps it all",
	"sealed-body-on-the-bus":   "the servers read it, and send nobody more for it; on Redis it is sealed with the cluster's key",
	"busy-unsaid":              "whoever is not told waits for ever, with 1,024 ops in one room: only a time-out would tell",
	"dropped-frames-forgotten": "a megabyte has to wait in the server for one reader, behind what the loopback itself holds",
	"private-behind-public":    "it matters in one turn of a room alone, in which somebody comes and somebody else is refused; then the author waits",
}
