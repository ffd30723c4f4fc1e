//go:build services && planted

package main

import (
	"testing"

	"waymark/board/planted/plantedtest"
)

// The program has a bug that one server shows, or two without a storm; then a test that is there must fail as said.
func TestPlanted(t *testing.T) {
	const (
		sealed     = "TestSealed_a_card_leaves_by_no_way"
		cluster    = "TestCluster_two_servers_are_one_to_people"
		unwritable = "TestCluster_a_Postgres_that_takes_no_writes_for_a_while"
		chain      = "TestEpoch_E1_begins_when_the_log_has_another_chain"
		goesOn     = "the log has another chain, and the page goes on in it without a reset"
	)
	plantedtest.Cases(t, []plantedtest.Case{
		{"", sealed + "|" + cluster + "|" + unwritable + "|" + chain, "", ""},
		{"seal-ignored", sealed, "", `what the host was sent has hush-hush`},
		{"snapshot-unfiltered", sealed, "", `after a restart what the host is sent anew has hush-hush`},
		{"export-unfiltered", sealed, "", `the export of the other has hush-hush`},
		{"shown-while-sealing", sealed, "", `what the other is sent anew has card-`},
		{"reveal-forgotten", sealed, "", `the activity is closed, and the card is not shown`},
		{"text-taken-as-it-came", cluster, "", `the sticky is not what was typed`},
		{"cards-left-behind", cluster, "", `the card stays in a lane that is gone`},
		{"marked-before-commit", unwritable, "", `nothing was written, and the page is told`},
		// With the other chains it waits for ever.
		{"epoch-stays", chain, "-test.run=^" + chain + "$/^that_is_as_long$", goesOn},
		{"chain-not-compared", chain, "", goesOn},
		{"tail-behind-another-chain", chain, "", goesOn},
	})
}
