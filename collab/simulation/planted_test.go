//go:build planted

package simulation

import (
	"flag"
	"sync/atomic"
	"testing"

	"waymark/board/planted"
	"waymark/board/planted/plantedtest"
)

var bugFlag = flag.String("bug", "", "plant this bug alone")

// mostSeeds is within how many seeds a bug must be caught.
const mostSeeds = 500

func TestPlanted(t *testing.T) {
	list := plantedtest.Simulated
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
