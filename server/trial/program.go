//go:build linux

package trial

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"waymark/collab/linetest"
)

// Waymark is the path of the program under test, once [Main] has built it.
var Waymark string

var program = flag.String("program", "", "the program to try; empty for one that is built for it")

// Main builds the program, runs the tests of a package and removes it again:
//
//	func TestMain(m *testing.M) { os.Exit(trial.Main(m.Run)) }
func Main(run func() int) int {
	flag.Parse()
	if Waymark = *program; Waymark != "" {
		return run()
	}
	folder, err := os.MkdirTemp("", "waymark-process-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	Waymark = filepath.Join(folder, "waymark")
	if err := Build(Waymark); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// Build makes the program; flags are those of go build.
func Build(path string, flags ...string) error {
	args := append(append([]string{"build", "-tags", tags}, flags...), "-o", path, "waymark/server")
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

const startLimit = 30 * time.Second

// A Program is a server on one port. It may be killed and started again; then it has the same port.
type Program struct {
	// Binary is what is run; [Waymark] when empty.
	Binary string
	// Listen is its host:port; a free one when empty.
	Listen string
	// Place changes where the program is to run; nil = here.
	Place func(*exec.Cmd)

	t     testing.TB
	flags []string

	mu      sync.Mutex
	cmd     *exec.Cmd
	ended   chan struct{} // closed when the process is gone; replaced at each start
	up      chan struct{} // closed while the process serves; replaced at each kill
	address string        // host:port
	stderr  bytes.Buffer
	setup   string // the secret of the set-up link
}

// New makes a program that is to serve with these flags, without starting it. It is killed when the test ends.
func New(t testing.TB, flags ...string) *Program {
	p := &Program{t: t, flags: flags, up: make(chan struct{})}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("the end of the program's log:\n%s", p.Log())
		}
	})
	return p
}

// Start starts the program, or starts it again, and returns when it serves.
func (p *Program) Start() error {
	cmd := exec.Command(cmp.Or(p.Binary, Waymark), append([]string{"serve", "-listen", p.listen()}, p.flags...)...)
	// An interrupt at the terminal is for the test; when the test is gone the program goes too.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if p.Place != nil {
		p.Place(cmd)
	}
	cmd.Stderr = (*lockedBuffer)(p)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	ended := make(chan struct{})
	started, greeted := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the program is told when the thread that started it ends
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		lines := bufio.NewScanner(out)
		greeted <- p.greeting(lines)
		for lines.Scan() { // whoever writes to a pipe that nobody reads hangs
			continue
		}
		_ = cmd.Wait()
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	p.mu.Lock()
	p.cmd, p.ended = cmd, ended
	p.mu.Unlock()
	select {
	case err = <-greeted:
	case <-time.After(startLimit):
		err = errors.New("it says nothing")
	}
	if err != nil {
		p.Kill()
		return fmt.Errorf("start the program: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.up)
	return nil
}

// listen is where it is to listen: where it did before.
func (p *Program) listen() string {
	if p.Listen != "" {
		return p.Listen
	}
	return cmp.Or(p.At(), "127.0.0.1:0")
}

// greeting reads what the program prints at its start.
func (p *Program) greeting(lines *bufio.Scanner) error {
	for lines.Scan() {
		name, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), ":")
		switch value = strings.TrimSpace(value); name {
		case "Set it up":
			_, secret, _ := strings.Cut(value, "#")
			p.mu.Lock()
			p.setup = secret
			p.mu.Unlock()
		case "Open":
			_, host, _ := strings.Cut(strings.TrimSuffix(value, "/"), "://")
			if p.Listen != "" {
				host = p.Listen // what is printed may be another address that leads there
			}
			p.mu.Lock()
			p.address = host
			p.mu.Unlock()
		case "Stop":
			return nil
		}
	}
	return errors.New("it ended without a greeting")
}

// Kill ends the process as a power cut ends it, and waits until it is gone.
func (p *Program) Kill() { <-p.signal(syscall.SIGKILL) }

// Terminate asks the process to end, and waits.
func (p *Program) Terminate() { <-p.Ask() }

// Ask asks the process to end. From here on it does not count as serving; what is given back is closed when it is gone.
func (p *Program) Ask() <-chan struct{} { return p.signal(syscall.SIGTERM) }

// signal ends the process, and gives what is closed when it is gone.
func (p *Program) signal(s syscall.Signal) <-chan struct{} {
	p.mu.Lock()
	cmd, ended := p.cmd, p.ended
	select {
	case <-p.up:
		p.up = make(chan struct{})
	default:
	}
	p.mu.Unlock()
	if cmd == nil {
		gone := make(chan struct{})
		close(gone)
		return gone
	}
	_ = cmd.Process.Signal(s)
	return ended
}

// Serving is closed while the program serves.
func (p *Program) Serving() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.up
}

// Crashed says whether the process has ended though nobody asked it to.
func (p *Program) Crashed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.up:
	default:
		return false
	}
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// PID is the process's number.
func (p *Program) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Pid
}

// At is the program's host and port.
func (p *Program) At() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.address
}

// URL is where the program's pages are.
func (p *Program) URL() string { return "http://" + p.At() }

// Socket is where the program's WebSocket is.
func (p *Program) Socket() string { return "ws://" + p.At() + "/socket" }

// Dial opens a TCP connection to the program.
func (p *Program) Dial() (net.Conn, error) { return net.DialTimeout("tcp", p.At(), requestLimit) }

// Log is the end of what the program wrote to standard error.
func (p *Program) Log() string {
	const kept = 8 << 10
	text := p.Lines()
	return text[max(0, len(text)-kept):]
}

// Lines are all that the program wrote to standard error.
func (p *Program) Lines() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// Setup is the secret of the link that sets a fresh database up.
func (p *Program) Setup() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.setup
}

// Status is how the program answers a GET of a page that is not part of the API.
func (p *Program) Status(path string) int {
	p.t.Helper()
	status, _, err := p.Get(p.t.Context(), path)
	if err != nil {
		p.t.Fatal(err)
	}
	return status
}

// Get reads such a page.
func (p *Program) Get(ctx context.Context, path string) (status int, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+path, nil)
	if err != nil {
		return 0, "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// Run runs another command of the program to its end.
func Run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return runCommand(t, Waymark, args)
}

// Run runs another command of this program to its end.
func (p *Program) Run(args ...string) (code int, stdout, stderr string) {
	p.t.Helper()
	return runCommand(p.t, cmp.Or(p.Binary, Waymark), args)
}

func runCommand(t testing.TB, binary string, args []string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// Eventually looks until something is so; seen says what there was instead.
func Eventually(t testing.TB, what string, so func() bool, seen ...func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case <-ctx.Done():
			for _, f := range seen {
				what += "; there was " + f()
			}
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// FreePort is a host:port of the loopback that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	port, err := linetest.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// lockedBuffer takes what the program writes to standard error.
type lockedBuffer Program

func (b *lockedBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stderr.Write(line)
}
