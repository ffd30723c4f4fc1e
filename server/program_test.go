package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/collab/linetest"
)

// patience is how long a test waits for what must happen, on the slowest machine.
const patience = time.Minute

// limited is a context that ends with the test, or when what it is for takes too long.
func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	return ctx
}

// refusedStart runs a server that must end by itself without serving, and gives what it says.
func refusedStart(t *testing.T, args ...string) string {
	t.Helper()
	var out, failure bytes.Buffer
	if code := run(limited(t), args, nil, &out, &failure); code == 0 || out.Len() > 0 {
		t.Fatalf("%q ended with %d: %s %s", args, code, out.String(), failure.String())
	}
	return failure.String()
}

// output collects what a program prints and wakes whoever waits for a line.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newOutput() *output { return &output{changed: make(chan struct{}, 1)} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.changed <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// A running is the real program, started by run on a free port.
type running struct {
	t      *testing.T
	url    string // without a slash at the end
	secret string // of the set-up link; "" once it was used
	data   string
	at     home // the database it runs on
	stdout *output
	stderr *output
	stop   context.CancelFunc
	code   chan int
}

var (
	openLine  = regexp.MustCompile(`Open: +(\S+)/\n`)
	setupLine = regexp.MustCompile(`/setup#(\S+)\n`)
)

// start runs the program on a fresh data folder; more flags follow.
func start(t *testing.T, flags ...string) *running {
	t.Helper()
	return startOn(t, t.TempDir(), flags...)
}

func startOn(t *testing.T, data string, flags ...string) *running {
	t.Helper()
	return home{"-data", data}.launch(t, flags...)
}

// launch runs the program on whatever its flags name.
func launch(t *testing.T, flags ...string) *running {
	t.Helper()
	return launchIn(t, nil, flags...)
}

// launchIn is launch with variables of the environment.
func launchIn(t *testing.T, environ []string, flags ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p := &running{t: t, stdout: newOutput(), stderr: newOutput(), stop: stop, code: make(chan int, 1)}
	args := append([]string{"-listen", "127.0.0.1:0", "-log-level", "debug"}, flags...)
	go func() { p.code <- run(ctx, args, environ, p.stdout, p.stderr) }()
	t.Cleanup(func() { p.end() })
	late := time.After(patience)
	for !strings.Contains(p.stdout.String(), "Ctrl+C") {
		select {
		case <-late:
			t.Fatalf("the program does not start: %s", p.stderr)
		case <-p.stdout.changed:
		case code := <-p.code:
			p.code <- code
			t.Fatalf("the program ended with %d: %s", code, p.stderr)
		}
	}
	p.url = openLine.FindStringSubmatch(p.stdout.String())[1]
	if m := setupLine.FindStringSubmatch(p.stdout.String()); m != nil {
		p.secret = m[1]
	}
	return p
}

// end stops the program and returns its exit code; it may be called twice.
func (p *running) end() int {
	p.t.Helper()
	p.stop()
	code := -1
	select {
	case code = <-p.code:
		p.code <- code
	case <-time.After(patience):
		p.t.Errorf("the program does not end:\n%s", stacks())
	}
	if p.t.Failed() {
		p.t.Logf("the program's log:\n%s", p.stderr)
	}
	return code
}

// A browser keeps cookies and the tokens of whoever is signed in.
type browser struct {
	t      *testing.T
	url    string
	client *http.Client
	signed signedBody
	header map[string]string
}

func (p *running) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, url: p.url, client: &http.Client{Jar: jar, Timeout: patience}, header: map[string]string{}}
}

// at is the same browser on another server.
func (b *browser) at(p *running) *browser {
	other := *b
	other.url = p.url
	return &other
}

// do makes a request as a page of the server does and returns status and body.
func (b *browser) do(method, path string, body any) (int, []byte) {
	b.t.Helper()
	var r io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(body)
	default:
		data, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, r)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("X-Waymark", "1")
	req.Header.Set("Origin", originOf(b.url))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.signed.Access != "" {
		req.Header.Set("Authorization", "Bearer "+b.signed.Access)
	}
	for name, value := range b.header {
		if req.Header.Del(name); value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, data
}

// ok makes a request that has to succeed, and decodes the answer into to.
func (b *browser) ok(method, path string, body, to any) {
	b.t.Helper()
	status, data := b.do(method, path, body)
	if status < 200 || status > 299 {
		b.t.Fatalf("%s %s: %d %s", method, path, status, data)
	}
	if to != nil {
		if err := json.Unmarshal(data, to); err != nil {
			b.t.Fatalf("%s %s: %v in %s", method, path, err, data)
		}
	}
}

// fails makes a request that has to be refused with this code.
func (b *browser) fails(method, path string, body any, status int, code string) failureBody {
	b.t.Helper()
	got, data := b.do(method, path, body)
	var f failureBody
	if err := json.Unmarshal(data, &f); err != nil {
		b.t.Fatalf("%s %s: %d %s: %v", method, path, got, data, err)
	}
	if got != status || f.Code != code {
		b.t.Fatalf("%s %s: %d %s, want %d %s", method, path, got, data, status, code)
	}
	if f.Message == "" || f.Kept == "" || f.Next == "" || strings.Contains(f.Message+f.Next, "%") {
		b.t.Fatalf("%s %s: a failure without words: %s", method, path, data)
	}
	return f
}

// enter makes a request that signs the browser in.
func (b *browser) enter(path string, body any) signedBody {
	b.t.Helper()
	b.ok("POST", path, body, &b.signed)
	return b.signed
}

func (b *browser) refresh() { b.enter("/api/refresh", nil) }

// setUp makes the administrator, Mira Kern.
func (p *running) setUp() *browser {
	p.t.Helper()
	b := p.browser(p.t)
	b.enter("/api/setup", map[string]string{
		"secret": p.secret, "name": "Mira Kern", "department": "Service", "login": "admin", "password": "correct horse", "lang": "en",
	})
	return b
}

func originOf(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

var servingLine = regexp.MustCompile(`msg=serving server=\S+ address=(\S+)`)

// listenAddress is where the program really listens, whatever its public URL says.
func listenAddress(t *testing.T, p *running) string {
	t.Helper()
	late := time.After(patience)
	for {
		if m := servingLine.FindStringSubmatch(p.stderr.String()); m != nil {
			return m[1]
		}
		select {
		case <-p.stderr.changed:
		case <-late:
			t.Fatal("the program does not serve")
		}
	}
}

// await waits until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	late := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("never came: %s", what)
		}
	}
}

// quietPort is a port that nobody listens on.
func quietPort(t *testing.T) string {
	t.Helper()
	port, err := linetest.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(port)
}
