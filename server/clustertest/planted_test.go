//go:build linux && services && planted

package clustertest

import (
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

// Servers that have a bug are put into a storm, or a race, in which it can be seen; then a test that is there must fail
// as said. What is seen by one server alone is in package server's list; what is seen by none, in plantedtest.Unseen.
func TestPlanted(t *testing.T) {
	plantedtest.Cases(t, []plantedtest.Case{
		{"", "TestCluster_kills", "-cuts=4 -swallows=2 -kills=2", ""},
		{"dedupe-skipped", "TestCluster_kills", "-cuts=10 -swallows=5", `stands in the log \d+ times`},
		{"decided-once", "TestVotes_never_pass_the_cap", "", `not what could be seen if they were taken one after the other`},
		// Nobody's log had lost anything, and people are told that it has.
		{"published-before-commit", "TestCluster_kills", "-cuts=10", `the server reset the board`},
		{"unknown-taken-for-done", "TestCluster_kills", "-postgres-faults=1", `the server reset the board`},
		{"tail-not-appended-again", "TestCluster_kills", "-failovers=1", `the server reset the board`},
		{"tail-with-a-batch-left-out", "TestCluster_kills", "-failovers=1", `missing: [1-9]\d*|was refused: base`},
		{"tail-with-new-digests", "TestCluster_kills", "-failovers=1", `verify ended with 1|digest_mismatches_total of all servers: [1-9]\d*`},
		{"tail-under-another-name", "TestCluster_kills", "-failovers=1", `had batch \S+, \d+ to \d+, of server \S+ with digests`},
		{"resumed-one-too-far", "TestCluster_kills", "-cuts=10", `the server skipped a seq`},
		{"others-heard-rarely", "TestRevoke_closes_who_only_looks", "", `was closed .* after the end of its right`},
		{"snapshot-called-newer", "TestCluster_kills", "-cuts=4", `the server skipped a seq|has digest`},
		{"time-falls", "TestVotes_never_pass_the_cap", "", `entry \d+ at \d+ stands behind one at \d+`},
		{"hole-dropped", "TestVotes_never_pass_the_cap", "", `the server skipped a seq`},
		{"mark-stays-on-refusal", "TestVotes_never_pass_the_cap", "", `was acknowledged, and now only \d+ are decided`},
		{"cap-not-checked", "TestVotes_never_pass_the_cap", "", `at entry \d+ somebody has \d+ votes of 6`},
		{"lock-ignored", "TestLocks_are_held_by_one", "", `not what could be seen if they were taken one after the other`},
		{"role-not-asked", "TestRights_count_from_their_entry", "", `not what could be seen if they were taken one after the other`},
		{"revoked-stay", "TestRevoke_nothing_lands_after_it", "", `stays: \d+ of its ops were answered after the end of its right`},
	}, append([]string{"-program", trial.Waymark}, calm...)...)
}
