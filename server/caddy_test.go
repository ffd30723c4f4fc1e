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
)

// TestCaddy runs the recipe of the README: the Caddyfile at the root, as a TLS proxy on a path. Caddy's own authority
// signs the certificate, and the client trusts nothing else.
func TestCaddy(t *testing.T) {
	site := "localhost:" + freePort(t)
	p := start(t, "-public-url", "https://"+site+"/waymark", "-trusted-proxies", "127.0.0.1")
	direct := listenAddress(t, p)
	home := runCaddy(t, site, direct)

	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority(t, home, site)}}
	through := func() *browser {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		return &browser{t: t, url: "https://" + site + "/waymark", client: &http.Client{Jar: jar, Transport: transport}, header: map[string]string{}}
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

	eve := through()
	eve.header["Origin"] = "http://" + direct
	eve.fails("POST", "/api/refresh", nil, 403, "origin")

	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	if code := ana.closed(); code != 4503 {
		t.Fatalf("a stopping server closes with %d", code)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// runCaddy starts a Caddy with the root's Caddyfile and returns where it keeps its authority.
func runCaddy(t *testing.T, site, upstream string) string {
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
	caddy := exec.Command("caddy", "run", "--config", wrapped, "--adapter", "caddyfile")
	caddy.Env = append(os.Environ(), "SITE="+site, "UPSTREAM="+upstream, "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home)
	says := newOutput()
	caddy.Stdout, caddy.Stderr = says, says
	if err := caddy.Start(); err != nil {
		t.Fatalf("start caddy, Debian's package: %v", err)
	}
	t.Cleanup(func() {
		_ = caddy.Process.Signal(syscall.SIGTERM)
		_ = caddy.Wait()
		if t.Failed() {
			t.Logf("caddy says:\n%s", says)
		}
	})
	return home
}

// authority waits until Caddy answers with a certificate of its own authority.
func authority(t *testing.T, home, site string) *x509.CertPool {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("caddy does not answer")
		}
		root, err := os.ReadFile(filepath.Join(home, "caddy/pki/authorities/local/root.crt"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(root) {
			continue // it is being written
		}
		conn, err := tls.Dial("tcp", site, &tls.Config{RootCAs: pool})
		if err != nil {
			continue
		}
		_ = conn.Close()
		return pool
	}
}
