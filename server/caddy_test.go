//go:build services

package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"waymark/collab/sqlitelog"
)

// TestCaddy runs the recipe of the README: the Caddyfile at the root, as a TLS proxy on a path. Caddy's own authority
// signs the certificate, and the client trusts nothing else.
func TestCaddy(t *testing.T) {
	t.Parallel()
	site := "localhost:" + quietPort(t)
	p := start(t, "-public-url", "https://"+site+"/waymark", "-trusted-proxies", "127.0.0.1")
	direct := listenAddress(t, p)

	proxy := runCaddy(t, site, direct)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: proxy.authority()}}
	through := func() *browser {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		return &browser{t: t, url: "https://" + site + "/waymark", client: &http.Client{Jar: jar, Transport: transport, Timeout: patience}, header: map[string]string{}}
	}
	mira := through()
	mira.enter("/api/setup", map[string]string{"secret": p.secret, "name": "Mira Kern", "lang": "en"})
	id := mira.newBoard("standard", "Contract")
	_, secret := mira.invite(id, map[string]any{"role": "editor"})

	jonas := through()
	if status, shell := jonas.do("GET", "/join", nil); status != 200 || !strings.Contains(string(shell), `<base href="/waymark/">`) {
		t.Fatalf("the page behind the proxy: %d %.200s", status, shell)
	}
	jonas.enter("/api/invites/join", map[string]string{"secret": secret, "name": "Jonas", "department": "Sales", "lang": "de"})
	jonas.refresh()

	ana, ben := mira.dial(id, transport).seated(), jonas.dial(id, transport).seated()
	ben.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"through the proxy"}}`)
	ana.untilEntry("through the proxy")

	o := consult(t, "-data", p.data, "-listen", direct, "-public-url", "https://"+site+"/waymark", "-trusted-proxies", "127.0.0.1")
	o.finds("warning", "does not trust the certificate of "+site) // its authority is not of this computer
	o.finds("good", "the proxy 127.0.0.1 is trusted")
	o.finds("good", "a WebSocket opens at https://"+site+"/waymark/socket", "both ways")
	o.well(append(ofTheMachine, "may look into", "does not trust the certificate")...)

	eve := through()
	eve.header["Origin"] = "http://" + direct
	eve.fails("POST", "/api/refresh", nil, 403, "origin")

	// No server is ready: then one that says why is better than the proxy's empty page.
	file := filepath.Join(p.data, sqlitelog.FileName)
	if err := os.Rename(file, file+"-aside"); err != nil {
		t.Fatal(err)
	}
	await(t, "the proxy knows that no server is ready", func() bool {
		return strings.Contains(proxy.says.String(), "status code out of tolerances")
	})
	jonas.notReady(t, "behind the proxy", "is gone")
	if status, shell := jonas.do("GET", "/join", nil); status != 200 || !strings.Contains(string(shell), `<base href="/waymark/">`) {
		t.Errorf("the page behind the proxy, without a server that is ready: %d %.200s", status, shell)
	}
	if err := os.Rename(file+"-aside", file); err != nil {
		t.Fatal(err)
	}

	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	if code := ana.closed(); code != 4503 {
		t.Fatalf("a stopping server closes with %d", code)
	}
}

// A server that takes connections and answers nothing gets nobody, neither for data nor for pages.
func TestCaddy_beside_a_server_that_is_frozen(t *testing.T) {
	t.Parallel()
	frozen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = frozen.Close() }) // nobody ever asks it for a connection
	site := "localhost:" + quietPort(t)
	p := start(t, "-public-url", "https://"+site+"/waymark", "-trusted-proxies", "127.0.0.1")
	proxy := runCaddy(t, site, frozen.Addr().String()+" "+listenAddress(t, p))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: proxy.authority()}}
	mira := &browser{t: t, url: "https://" + site + "/waymark", client: &http.Client{Transport: transport, Timeout: patience}, header: map[string]string{}}
	for _, uri := range []string{"/waymark/readyz", "/waymark/healthz"} {
		await(t, "the proxy knows by "+uri+" that a server is frozen", func() bool {
			return strings.Contains(proxy.says.String(), frozen.Addr().String()+uri)
		})
	}
	for range 6 { // it would be every other one's turn
		for _, path := range []string{"/join", "/api/setup", "/readyz"} {
			if status, body := mira.do("GET", path, nil); status != 200 {
				t.Errorf("%s: %d %.200s", path, status, body)
			}
		}
	}
}

// A caddy is a running Caddy of Debian's package.
type caddy struct {
	t     *testing.T
	home  string
	site  string
	says  *output
	ended chan error
}

// runCaddy starts a Caddy with the root's Caddyfile.
func runCaddy(t *testing.T, site, upstream string) *caddy {
	t.Helper()
	recipe, err := filepath.Abs("../Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	wrapped := filepath.Join(home, "Caddyfile")
	// Around the recipe stands only what keeps a test on its own: no admin port, no port 80, no trust in the system.
	text := "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\nimport " + recipe + "\n"
	if err := os.WriteFile(wrapped, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	process := exec.Command("caddy", "run", "--config", wrapped, "--adapter", "caddyfile")
	process.Env = append(os.Environ(), "SITE="+site, "UPSTREAM="+upstream, "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home)
	c := &caddy{t: t, home: home, site: site, says: newOutput(), ended: make(chan error, 1)}
	process.Stdout, process.Stderr = c.says, c.says
	if err := process.Start(); err != nil {
		t.Fatalf("start caddy, Debian's package: %v", err)
	}
	go func() { c.ended <- process.Wait() }()
	t.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-c.ended:
			if t.Failed() {
				t.Logf("caddy ended (%v) and says:\n%s", err, c.says)
			}
		case <-time.After(patience):
			t.Errorf("caddy does not end (%v) and says:\n%s", process.Process.Kill(), c.says)
		}
	})
	return c
}

// authority waits until Caddy answers with a certificate of its own authority.
func (c *caddy) authority() *x509.CertPool {
	c.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for {
		select {
		case <-tick.C:
		case err := <-c.ended:
			c.ended <- err
			c.t.Fatalf("caddy ended: %v", err)
		case <-late:
			c.t.Fatal("caddy does not answer")
		}
		root, err := os.ReadFile(filepath.Join(c.home, "caddy/pki/authorities/local/root.crt"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			c.t.Fatal(err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(root) {
			continue // it is being written
		}
		dialer := &net.Dialer{Timeout: time.Second}
		conn, err := tls.DialWithDialer(dialer, "tcp", c.site, &tls.Config{RootCAs: pool})
		if err != nil {
			continue
		}
		_ = conn.Close()
		return pool
	}
}
