//go:build linux

package processtest

import (
	"os"
	"testing"

	"waymark/server/trial"
)

func TestMain(m *testing.M) { os.Exit(trial.Main(m.Run)) }

// A program is the server on one folder.
type program struct {
	*trial.Program
	data  string
	flags []string
}

// start runs the program on a folder. It is killed when the test ends.
func start(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	p := prepare(t, data, flags...)
	if err := p.Start(); err != nil {
		t.Fatalf("%v\n%s", err, p.Log())
	}
	return p
}

// prepare makes a program without starting it.
func prepare(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	return &program{trial.New(t, append([]string{"-data", data}, flags...)...), data, flags}
}

// setUp makes the administrator of a fresh folder.
func (p *program) setUp(t *testing.T) *trial.Person {
	t.Helper()
	return trial.SetUp(t, p, p.Setup())
}
