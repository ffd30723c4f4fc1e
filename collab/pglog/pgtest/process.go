package pgtest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A process is a postmaster and its children, from start to end.
type process struct {
	cmd   *exec.Cmd
	ready chan struct{} // closed when it takes connections
	ended chan struct{} // closed when the postmaster has ended
	quiet chan struct{} // closed when nobody can say anything any more

	mu  sync.Mutex
	log []string
}

// patience is how long the programs of Postgres may take for what they do at once.
const patience = 30 * time.Second

// start runs a program that says sign on its standard error when it takes connections.
func start(cmd *exec.Cmd, sign string) (*process, error) {
	said, says, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, ready: make(chan struct{}), ended: make(chan struct{}), quiet: make(chan struct{})}
	cmd.Stderr = says
	started := make(chan error)
	go p.own(started)
	err = errors.Join(<-started, says.Close())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", cmd.Path, err), said.Close())
	}
	go p.listen(said, sign)
	return p, nil
}

// own starts the process and waits for it, on one thread: the process is told when the thread that started it ends.
func (p *process) own(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // how it ended is of no interest: tests kill it
		close(p.ended)
	}
}

// listen keeps the end of what it says.
func (p *process) listen(said *os.File, sign string) {
	defer close(p.quiet)
	defer func() { _ = said.Close() }()
	isReady := false
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		p.mu.Lock()
		p.log = append(p.log, lines.Text())
		if len(p.log) > 200 {
			p.log = p.log[100:]
		}
		p.mu.Unlock()
		if !isReady && strings.Contains(lines.Text(), sign) {
			isReady = true
			close(p.ready)
		}
	}
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return tail(strings.Join(p.log, "\n"), 6000)
}

// awaitReady waits until it takes connections. One that never does is killed.
func (p *process) awaitReady() error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.ready:
		return nil
	case <-p.ended:
		<-p.quiet
		return fmt.Errorf("it ended and said:\n%s", p.said())
	case <-timer.C:
		return errors.Join(fmt.Errorf("it took more than %s and said:\n%s", patience, p.said()), p.kill(""))
	}
}

// stop asks it to end, and kills it when it does not.
func (p *process) stop(mode string) error {
	signal, ok := map[string]syscall.Signal{"smart": syscall.SIGTERM, "fast": syscall.SIGINT, "immediate": syscall.SIGQUIT}[mode]
	if !ok {
		return fmt.Errorf("stop mode %q is not smart, fast or immediate", mode)
	}
	if err := p.thaw(); err != nil { // a frozen one hears nothing
		return err
	}
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.ended:
		<-p.quiet
		return nil
	case <-timer.C:
		return errors.Join(fmt.Errorf("it did not stop within %s and said:\n%s", patience, p.said()), p.kill(""))
	}
}

// kill ends the postmaster and all its children. data is its folder: what it leaves in the system's shared memory is
// named there.
func (p *process) kill(data string) error {
	// Held still, the postmaster makes no further children.
	err := p.each(syscall.SIGSTOP, syscall.SIGKILL)
	if e := p.cmd.Process.Kill(); e != nil && !errors.Is(e, os.ErrProcessDone) {
		err = errors.Join(err, e)
	}
	<-p.ended
	<-p.quiet // the last child has ended
	if data != "" {
		err = errors.Join(err, removeSharedMemory(data))
	}
	return err
}

func (p *process) freeze() error { return p.each(syscall.SIGSTOP, syscall.SIGSTOP) }
func (p *process) thaw() error   { return p.each(syscall.SIGCONT, syscall.SIGCONT) }

// each signals the postmaster, then its children.
func (p *process) each(postmaster, children syscall.Signal) error {
	if err := p.cmd.Process.Signal(postmaster); err != nil {
		if errors.Is(err, os.ErrProcessDone) {
			return nil
		}
		return err
	}
	pids, err := childrenOf(p.cmd.Process.Pid)
	if err != nil {
		return err
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, children); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal process %d: %w", pid, err)
		}
	}
	return nil
}

// childrenOf lists the children of a process. Those of Postgres have none themselves.
func childrenOf(parent int) ([]int, error) {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var pids []int
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		pid, err := strconv.Atoi(fields[0])
		if err != nil {
			return nil, fmt.Errorf("list processes: %w", err)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
