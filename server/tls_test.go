package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned writes a certificate for 127.0.0.1 and its key.
func selfSigned(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	if err := errors.Join(os.WriteFile(cert, certPEM, 0o600), os.WriteFile(key, keyPEM, 0o600)); err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return cert, key, pool
}

func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key, pool := selfSigned(t)
	p := start(t, "-tls-cert", cert, "-tls-key", key)
	if !strings.HasPrefix(p.url, "https://127.0.0.1:") {
		t.Fatalf("serves %s", p.url)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	b := &browser{t: t, url: p.url, client: &http.Client{Jar: jar, Transport: transport, Timeout: patience}, header: map[string]string{}}
	b.enter("/api/setup", map[string]string{"secret": p.secret, "name": "Mira Kern", "lang": "en"})
	b.refresh()
	b.dial(b.signed.Board, transport).seated()

	if code, _, says := command(t, "-listen", "127.0.0.1:0", "-data", t.TempDir(), "-tls-cert", key, "-tls-key", cert); code != 1 || !strings.Contains(says, key) {
		t.Fatalf("a key for a certificate: %d %s", code, says)
	}
}

func TestCertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	cert, key, _ := selfSigned(t)
	c, err := openCertificate(&Config{TLSCert: cert, TLSKey: key}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	first := c.loaded
	newCert, newKey, _ := selfSigned(t)
	later := time.Now().Add(time.Hour)
	if err := errors.Join(os.Rename(newKey, key), os.Rename(newCert, cert), os.Chtimes(cert, later, later)); err != nil {
		t.Fatal(err)
	}
	if got, _ := c.Get(nil); got != first {
		t.Fatal("the files are read for every handshake")
	}
	c.checked = c.checked.Add(-recheckEvery)
	renewed, _ := c.Get(nil)
	if renewed == first {
		t.Fatal("a renewed certificate is not used")
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	c.checked = c.checked.Add(-recheckEvery)
	if got, _ := c.Get(nil); got != renewed {
		t.Fatal("a file that is gone took the certificate with it")
	}
}
