//go:build planted

package simulation

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"

	"waymark/board/planted"
)

// bugs are planted in board and collab, one at a time.
var bugs = []string{
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

var bugFlag = flag.String("bug", "", "plant this bug alone")

// mostSeeds is within how many seeds a bug must be caught.
const mostSeeds = 500

// No bug is planted that TestPlanted leaves out.
func TestPlanted_all_are_listed(t *testing.T) {
	planting := regexp.MustCompile(`planted\.On\("([a-z-]+)"\)`)
	there := map[string]bool{}
	for _, dir := range []string{"../../board", "../../collab"} {
		must(filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			source, err := os.ReadFile(path)
			for _, m := range planting.FindAllSubmatch(source, -1) {
				there[string(m[1])] = true
			}
			return err
		}))
	}
	if got := slices.Sorted(maps.Keys(there)); !slices.Equal(got, slices.Sorted(slices.Values(bugs))) {
		t.Errorf("planted are %v, tried are %v", got, bugs)
	}
}

func TestPlanted(t *testing.T) {
	list := bugs
	if *bugFlag != "" {
		list = []string{*bugFlag}
	}
	for _, bug := range list {
		t.Run(bug, func(t *testing.T) {
			planted.Plant(bug)
			defer planted.Plant("")
			var runs atomic.Int64
			caught := make(chan string, mostSeeds)
			parallel(mostSeeds, func(_, i int) bool {
				runs.Add(1)
				w := Run(NewPlan(*fromFlag+uint64(i), *opsFlag), nil)
				if len(w.Failures) > 0 {
					caught <- w.Failures[0]
				}
				return len(w.Failures) == 0
			})
			select {
			case failure := <-caught:
				t.Logf("caught within %d seeds: %.300s", runs.Load(), failure)
			default:
				t.Errorf("not caught within %d seeds", runs.Load())
			}
		})
	}
}
