//go:build linux && services && planted

package clustertest

import (
	"cmp"
	"regexp"
	"strings"
	"testing"

	"waymark/board/planted"
	"waymark/board/planted/plantedtest"
	"waymark/server/trial"
)

// The people and the judge have no bug, whatever the servers have.
func init() { planted.Plant("") }

// A storm is bounded by these flags; what a bug needs is added to them.
var calm = strings.Fields("-cuts=0 -swallows=0 -kills=0 -redis-faults=0 -postgres-faults=0 -rolls=0 -failovers=0 -votes=40")

// Servers that have a bug are put into a storm in which it can be seen; then a test that is there must fail as said. Not
// seen by a cluster are bugs that need what no storm of these has: records that are sealed, refused ops, people who lag.
// A tail that is not missed (lost-tail-unseen) keeps all waiting for ever, which ends no storm in time.
func TestPlanted(t *testing.T) {
	for _, c := range []struct{ bug, test, faults, sign string }{
		{"", "TestCluster_kills", "-cuts=4 -swallows=2 -kills=2", ""},
		{"dedupe-skipped", "TestCluster_kills", "-cuts=10 -swallows=5", `stands in the log \d+ times`},
		{"decided-once", "TestVotes_never_pass_the_cap", "", `not what could be seen if they were taken one after the other`},
		// Nobody's log had lost anything, and people are told that it has.
		{"published-before-commit", "TestCluster_kills", "-cuts=10", `the server reset the board`},
		{"unknown-taken-for-done", "TestCluster_kills", "-postgres-faults=1", `the server reset the board`},
		{"tail-not-appended-again", "TestCluster_kills", "-failovers=1", `the server reset the board`},
		{"tail-with-a-batch-left-out", "TestCluster_kills", "-failovers=1", `missing: [1-9]\d*|was refused: base`},
		{"tail-with-new-digests", "TestCluster_kills", "-failovers=1", `verify ended with 1|digest_mismatches_total of all servers: [1-9]\d*`},
		{"resumed-one-too-far", "TestCluster_kills", "-cuts=10", `the server skipped a seq`},
		{"others-heard-rarely", "TestRevoke_closes_who_only_looks", "", `after the end of its right`},
		{"snapshot-called-newer", "TestCluster_kills", "-cuts=4", `the server skipped a seq|has digest`},
	} {
		t.Run(cmp.Or(c.bug, "none"), func(t *testing.T) {
			t.Parallel()
			args := append([]string{"-test.run=^" + c.test + "$", "-test.timeout=90s", "-program", trial.Waymark}, calm...)
			args = append(args, strings.Fields(c.faults)...)
			if c.bug == "" {
				if passed, said := plantedtest.Run(t, "", args...); !passed {
					t.Errorf("without a bug:\n%s", said)
				}
				return
			}
			var said string
			for range plantedtest.Tries {
				var passed bool
				passed, said = plantedtest.Run(t, c.bug, args...)
				if found := regexp.MustCompile(c.sign).FindString(said); !passed && found != "" {
					t.Logf("caught by %s: %s", c.test, found)
					return
				}
			}
			t.Errorf("not caught by %q\n%s", c.sign, said)
		})
	}
}
