//go:build unix

package redistest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"waymark/collab/linetest"
)

// Options are what a server is started with. The zero Options are a server that lets everybody in.
type Options struct {
	// Password is that of the default user; "" asks for none.
	Password string
	// TLS makes the server speak TLS alone; see [Server.Roots].
	TLS bool
	// Lines are more lines of redis.conf, such as "user ben on >secret &* +@all".
	Lines []string
}

// A Server is one redis-server. Its methods are for the test's own goroutine; what goes wrong ends the test.
type Server struct {
	t       testing.TB
	folder  string
	port    int
	options Options
	roots   *x509.CertPool
	process *process
}

// patience is how long a server may take to start, or to end.
const patience = 20 * time.Second

// Start starts a server that takes connections when Start returns. The test's cleanup ends it.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatalf("these tests start a redis-server: %v (on Debian: apt-get install redis-server)", err)
	}
	s := &Server{t: t, folder: t.TempDir(), options: o}
	if o.TLS {
		s.certify()
	}
	t.Cleanup(func() {
		if s.process != nil {
			s.Kill()
		}
	})
	const tries = 5 // somebody else may take the port before the server does
	for i := 1; ; i++ {
		var err error
		if s.port, err = linetest.FreePort(); err != nil {
			t.Fatal(err)
		}
		err = s.launch()
		if err == nil {
			return s
		}
		if i == tries || !strings.Contains(err.Error(), "in use") {
			t.Fatal(err)
		}
	}
}

// Addr is the host:port of the server, the same after it was started again.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL is a redis:// or rediss:// URL of the server, with the password of the default user.
func (s *Server) URL() string {
	u := url.URL{Scheme: "redis", Host: s.Addr()}
	if s.options.TLS {
		u.Scheme = "rediss"
	}
	if s.options.Password != "" {
		u.User = url.UserPassword("", s.options.Password)
	}
	return u.String()
}

// Start starts a server that has ended, on the same port.
func (s *Server) Start() {
	s.t.Helper()
	if s.process != nil {
		s.t.Fatal("redis-server is running already")
	}
	if err := s.launch(); err != nil {
		s.t.Fatal(err)
	}
}

// Stop asks the server to end, and waits until it has.
func (s *Server) Stop() {
	s.t.Helper()
	s.end(syscall.SIGTERM)
}

// Kill ends the server without a word, also a frozen one.
func (s *Server) Kill() {
	s.t.Helper()
	s.end(syscall.SIGKILL)
}

// Freeze stops the server where it is: its connections stay, and nothing is answered until Thaw.
func (s *Server) Freeze() {
	s.t.Helper()
	s.signal(syscall.SIGSTOP)
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw() {
	s.t.Helper()
	s.signal(syscall.SIGCONT)
}

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if s.process == nil {
		s.t.Fatal("redis-server is not running")
	}
	if err := s.process.cmd.Process.Signal(sig); err != nil {
		s.t.Fatalf("signal redis-server: %v", err)
	}
}

func (s *Server) end(sig syscall.Signal) {
	s.t.Helper()
	s.signal(sig)
	select {
	case <-s.process.ended:
		s.process = nil
	case <-time.After(patience):
		s.t.Fatalf("redis-server has not ended %v after %v", patience, sig)
	}
}

// A process is one life of the server.
type process struct {
	cmd  *exec.Cmd
	kill context.CancelFunc
	// ready gets nil when the server takes connections, or why it does not.
	ready chan error
	ended chan struct{}
}

func (s *Server) launch() error {
	file := filepath.Join(s.folder, "redis.conf")
	if err := os.WriteFile(file, []byte(strings.Join(s.lines(), "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("write redis.conf: %w", err)
	}
	ctx, kill := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "redis-server", file)
	cmd.Dir, cmd.SysProcAttr = s.folder, attributes()
	p := &process{cmd: cmd, kill: kill, ready: make(chan error, 1), ended: make(chan struct{})}
	go p.run()
	var err error
	select {
	case err = <-p.ready:
	case <-time.After(patience):
		err = fmt.Errorf("redis-server is not ready after %v", patience)
		kill()
	}
	if err != nil {
		<-p.ended
		return err
	}
	s.process = p
	return nil
}

func (s *Server) lines() []string {
	lines := []string{
		"bind 127.0.0.1", `save ""`, "appendonly no", "daemonize no", `logfile ""`, "dir " + s.folder,
	}
	if s.options.TLS {
		lines = append(lines, "port 0", "tls-port "+strconv.Itoa(s.port), "tls-auth-clients no",
			"tls-cert-file "+filepath.Join(s.folder, certFile), "tls-key-file "+filepath.Join(s.folder, keyFile))
	} else {
		lines = append(lines, "port "+strconv.Itoa(s.port))
	}
	if s.options.Password != "" {
		lines = append(lines, "requirepass "+s.options.Password)
	}
	return append(lines, s.options.Lines...)
}

// run starts the process, reads what it says, and waits for its end.
func (p *process) run() {
	defer close(p.ended)
	defer p.kill()
	// The system ends the server with the thread that started it, when this program is gone.
	runtime.LockOSThread()
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.cmd.Stderr = p.cmd.Stdout
		err = p.cmd.Start()
	}
	if err != nil {
		p.ready <- fmt.Errorf("start redis-server: %w", err)
		return
	}
	var said bytes.Buffer
	ready := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if ready {
			continue
		}
		said.WriteString("\n" + lines.Text())
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			ready = true
			p.ready <- nil
		}
	}
	err = p.cmd.Wait()
	if !ready {
		p.ready <- fmt.Errorf("redis-server ended before it was ready (%w): %s", err, said.String())
	}
}
