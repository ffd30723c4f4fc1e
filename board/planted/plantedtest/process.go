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

// Suite demands of a suite, which is the test of this name, that it passes, and that a rule of it fails with each of
// the bugs.
func Suite(t *testing.T, test string, bugs []string) {
	t.Helper()
	for _, bug := range append([]string{""}, bugs...) {
		t.Run(cmp.Or(bug, "none"), func(t *testing.T) {
			t.Parallel()
			passed, said := Run(t, bug, "-test.run", "^"+test+"$")
			rule := failed.FindStringSubmatch(said)
			switch {
			case bug == "" && !passed:
				t.Errorf("without a bug:\n%s", said)
			case bug == "":
			case passed:
				t.Error("not caught")
			case rule == nil:
				t.Errorf("it failed by no rule:\n%s", said)
			default:
				t.Logf("caught by %s", rule[1])
			}
		})
	}
}
