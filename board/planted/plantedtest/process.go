//go:build planted

package plantedtest

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"waymark/board/planted"
)

// limit is for one process.
const limit = 3 * time.Minute

// Run runs this package's tests in a process of its own that has a bug; "" is none. It gives whether they passed and
// what they said. args are those of the test binary.
func Run(t *testing.T, bug string, args ...string) (passed bool, said string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, append([]string{"-test.v", "-test.failfast"}, args...)...)
	cmd.Env = append(os.Environ(), planted.Variable+"="+bug)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, cmp.Or(ctx.Err(), err), out)
	}
	return err == nil, string(out)
}

var failed = regexp.MustCompile(`(?m)^ +--- FAIL: [^/]+/(\S+)`)

// Tries is how often a bug is looked for: where goroutines and servers meet is a matter of luck.
const Tries = 3

// Suite demands of a suite, which is the test of this name, that it passes, and that a rule of it fails with each of
// the bugs.
func Suite(t *testing.T, test string, bugs []string) {
	t.Helper()
	args := []string{"-test.run", "^" + test + "$"}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		if passed, said := Run(t, "", args...); !passed {
			t.Errorf("without a bug:\n%s", said)
		}
	})
	for _, bug := range bugs {
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			var said string
			for range Tries {
				var passed bool
				if passed, said = Run(t, bug, args...); passed {
					continue
				}
				if rule := failed.FindStringSubmatch(said); rule != nil {
					t.Logf("caught by %s", rule[1])
					return
				}
			}
			t.Errorf("not caught by a rule:\n%s", said)
		})
	}
}
