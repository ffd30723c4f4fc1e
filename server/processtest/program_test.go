//go:build linux

package processtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// waymark is the program under test.
var waymark string

func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "waymark-process-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	waymark = filepath.Join(folder, "waymark")
	build := exec.Command("go", "build", "-o", waymark, "waymark/server")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	code := 1
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

const (
	startLimit   = 30 * time.Second
	requestLimit = 30 * time.Second
)

// A program is the server on one folder and one port. It may be killed and started again; then it has the same port.
type program struct {
	t     *testing.T
	data  string
	flags []string
	// place changes where the program is to run; nil = here.
	place func(*exec.Cmd)

	mu      sync.Mutex
	cmd     *exec.Cmd
	ended   chan struct{} // closed when the process is gone; replaced at each start
	up      chan struct{} // closed while the process serves; replaced at each kill
	address string        // host:port
	stderr  bytes.Buffer
	setup   string // the secret of the set-up link
}

// start runs the program on a folder. It is killed when the test ends.
func start(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	p := prepare(t, data, flags...)
	if err := p.start(); err != nil {
		t.Fatalf("%v\n%s", err, p.log())
	}
	return p
}

// prepare makes a program without starting it.
func prepare(t *testing.T, data string, flags ...string) *program {
	p := &program{t: t, data: data, flags: flags, address: "127.0.0.1:0", up: make(chan struct{})}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the end of the program's log:\n%s", p.log())
		}
	})
	return p
}

func (p *program) start() error {
	cmd := exec.Command(waymark, append([]string{"serve", "-listen", p.address, "-data", p.data}, p.flags...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for the test
	if p.place != nil {
		p.place(cmd)
	}
	cmd.Stderr = (*lockedBuffer)(p)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	ended := make(chan struct{})
	greeted := make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(out)
		greeted <- p.greeting(lines)
		for lines.Scan() { // whoever writes to a pipe that nobody reads hangs
			continue
		}
		_ = cmd.Wait()
		close(ended)
	}()
	p.mu.Lock()
	p.cmd, p.ended = cmd, ended
	p.mu.Unlock()
	select {
	case err = <-greeted:
	case <-time.After(startLimit):
		err = errors.New("it says nothing")
	}
	if err != nil {
		p.kill()
		return fmt.Errorf("start the program: %w", err)
	}
	p.mu.Lock()
	close(p.up)
	p.mu.Unlock()
	return nil
}

// greeting reads what the program prints at its start.
func (p *program) greeting(lines *bufio.Scanner) error {
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
			p.mu.Lock()
			p.address = host
			p.mu.Unlock()
		case "Stop":
			return nil
		}
	}
	return errors.New("it ended without a greeting")
}

// kill ends the process as a power cut ends it, and waits until it is gone.
func (p *program) kill() { p.signal(syscall.SIGKILL) }

// terminate asks the process to end, and waits.
func (p *program) terminate() { p.signal(syscall.SIGTERM) }

func (p *program) signal(s syscall.Signal) {
	p.mu.Lock()
	cmd, ended := p.cmd, p.ended
	select {
	case <-p.up:
		p.up = make(chan struct{})
	default:
	}
	p.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Signal(s)
	<-ended
}

// serving is closed while the program serves.
func (p *program) serving() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.up
}

func (p *program) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Pid
}

// at is the program's host and port.
func (p *program) at() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.address
}

func (p *program) url() string    { return "http://" + p.at() }
func (p *program) socket() string { return "ws://" + p.at() + "/socket" }

// dial opens a TCP connection to the program.
func (p *program) dial() (net.Conn, error) { return net.DialTimeout("tcp", p.at(), requestLimit) }

// log is the end of what the program wrote to standard error.
func (p *program) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	const kept = 8 << 10
	text := p.stderr.String()
	return text[max(0, len(text)-kept):]
}

// eventually looks until something is so; seen says what there was instead.
func (p *program) eventually(what string, so func() bool, seen ...func() string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
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
			p.t.Fatalf("it never came to this: %s", what)
		}
	}
}

// status is how the program answers a GET of a page that is not part of the API.
func (p *program) status(path string) int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), requestLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url()+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// run runs another command of the program to its end.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), waymark, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// lockedBuffer takes what the program writes to standard error.
type lockedBuffer program

func (b *lockedBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stderr.Write(line)
}
