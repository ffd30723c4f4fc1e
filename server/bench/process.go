package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The measured process has the first core for itself and the load the second, where there are two.
const (
	measuredCore = 0
	loadCore     = 1
	stopLimit    = 15 * time.Second
)

// A process is a child of this program: the program itself in another role.
type process struct {
	name   string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  *bufio.Reader // standard output
	errors bytes.Buffer  // standard error; read it after stop
	pinned bool
}

// start runs this program again, pinned, with these variables and arguments.
func start(name string, core int, settings []string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start %s: find the program: %w", name, err)
	}
	p := &process{name: name, cmd: exec.Command(self, args...)}
	p.cmd.Env = append(plainEnviron(), settings...)
	p.cmd.Stderr = &p.errors
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.lines = bufio.NewReaderSize(stdout, 1<<20)
	if p.pinned, err = startPinned(p.cmd, core); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// plainEnviron is the environment without settings of the server and of Go: what is measured is the default.
func plainEnviron() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasPrefix(name, "WAYMARK_") || slices.Contains([]string{"GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS"}, name)
	})
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// line reads the next line of the child's output.
func (p *process) line() (string, error) {
	line, err := p.lines.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("read from %s: %w", p.name, err)
	}
	return strings.TrimSuffix(line, "\n"), nil
}

// stop waits for the child to end, which a relay and a load do when their input ends, and kills it when it does not.
// A second stop does nothing.
func (p *process) stop() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	_ = p.stdin.Close()
	kill := time.AfterFunc(stopLimit, func() { _ = p.cmd.Process.Kill() })
	_, _ = io.Copy(io.Discard, p.lines)
	err := p.cmd.Wait()
	if !kill.Stop() {
		return fmt.Errorf("stop %s: killed after %v", p.name, stopLimit)
	}
	if err != nil {
		return fmt.Errorf("stop %s: %w: %s", p.name, err, tail(p.errors.String()))
	}
	return nil
}

// terminate asks the child to end in order, and waits.
func (p *process) terminate() error {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	return p.stop()
}

// startRelay gives the running relay and its address.
func startRelay(mode target) (*process, string, error) {
	p, err := start(string(mode)+" relay", measuredCore, nil, "bench", "relay", string(mode))
	if err != nil {
		return nil, "", err
	}
	url, err := p.line()
	if err != nil {
		_ = p.stop()
		return nil, "", fmt.Errorf("%w: %s", err, tail(p.errors.String()))
	}
	return p, url, nil
}

// runLoad starts a load process, gives it its order, and waits for what it saw.
func runLoad[Order, Outcome any](ctx context.Context, role string, order Order) (result Outcome, err error) {
	p, err := start("load", loadCore, nil, "bench", role)
	if err != nil {
		return result, err
	}
	stopWatching := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer stopWatching()
	if err = json.NewEncoder(p.stdin).Encode(order); err != nil {
		_ = p.stop()
		return result, fmt.Errorf("order the load: %w", err)
	}
	raw, readErr := p.line()
	if ctx.Err() != nil {
		_ = p.stop()
		return result, ctx.Err()
	}
	if err = p.stop(); err != nil {
		return result, err
	}
	if readErr != nil {
		return result, readErr
	}
	if err = json.Unmarshal([]byte(raw), &result); err != nil {
		return result, fmt.Errorf("read the load's outcome: %w", err)
	}
	return result, nil
}

// tail keeps the end of a child's messages: the part that says why it ended.
func tail(s string) string {
	const kept = 600
	s = strings.TrimSpace(s)
	if len(s) > kept {
		return "..." + s[len(s)-kept:]
	}
	return s
}
