//go:build planted

package plantedtest

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
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

// A Case is a bug and how it is found: a test that is there, with flags, must fail and say a sign.
type Case = struct{ Bug, Test, Flags, Sign string }

// Cases demands of each case that its test finds the bug; one without a bug must pass. args are for all of them.
func Cases(t *testing.T, cases []Case, args ...string) {
	t.Helper()
	for _, c := range cases {
		t.Run(cmp.Or(c.Bug, "none"), func(t *testing.T) {
			t.Parallel()
			args := slices.Concat([]string{"-test.run=^(" + c.Test + ")$", "-test.timeout=90s"}, args, strings.Fields(c.Flags))
			if c.Bug == "" {
				if passed, said := Run(t, "", args...); !passed {
					t.Errorf("without a bug:\n%s", said)
				}
				return
			}
			var said string
			for range Tries {
				var passed bool
				passed, said = Run(t, c.Bug, args...)
				if found := regexp.MustCompile(c.Sign).FindString(said); !passed && found != "" {
					t.Logf("caught by %s: %s", c.Test, found)
					return
				}
			}
			t.Errorf("not caught by %q\n%s", c.Sign, said)
		})
	}
}
