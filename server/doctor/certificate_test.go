package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
)

// An authority signs certificates.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.certificate, a.key = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
	})
	return a
}

func (a *authority) sign(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(1)
	parent, by := a.certificate, a.key
	if parent == nil {
		parent, by = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		a.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(raw)
	if err != nil {
		a.t.Fatal(err)
	}
	return made, key
}

// serve speaks TLS with a certificate for a name, and gives its host:port.
func (a *authority) serve(name string, from, to time.Duration) string {
	a.t.Helper()
	leaf, key := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "leaf"}, DNSNames: []string{name}, NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to),
	})
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake() // what comes of it the other end says
			_ = c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return "localhost:" + port
}

func TestCertificate(t *testing.T) {
	const day = 24 * time.Hour
	ours, other := newAuthority(t), newAuthority(t)
	roots := x509.NewCertPool()
	roots.AddCert(ours.certificate)
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plain.Close() })
	go func() {
		for {
			c, err := plain.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_ = c.Close()
		}
	}()
	for name, c := range map[string]struct {
		at      string
		verdict Verdict
		want    string
	}{
		"good":                     {ours.serve("localhost", -day, 80*day), Good, "good for 79 days more"},
		"good_for_hours":           {ours.serve("localhost", -time.Hour, 11*time.Hour), Good, "good for 0 days more"},
		"near_its_end":             {ours.serve("localhost", -80*day, 10*day), Warning, "good for 9 days more"},
		"at_its_end":               {ours.serve("localhost", -80*day, -day), Wrong, "browsers refuse it"},
		"for_another_name":         {ours.serve("maps.example", -day, 80*day), Wrong, "is for maps.example: browsers refuse it"},
		"of_an_unknown_authority":  {other.serve("localhost", -day, 80*day), Warning, "Test authority"},
		"of_none_who_speaks_plain": {plain.Addr().String(), Wrong, "speaks no TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			var found []Finding
			e := &examiner{
				Installation: Installation{Roots: roots, Option: func(name string) string { return "-" + name }},
				tell:         func(f Finding) { found = append(found, f) },
			}
			e.certificate(t.Context(), &url.URL{Scheme: "https", Host: c.at})
			if len(found) != 1 || found[0].Verdict != c.verdict || !strings.Contains(found[0].Says, c.want) || (c.verdict == Good) != (found[0].Change == "") {
				t.Errorf("%+v, want %v that says %q", found, c.verdict, c.want)
			}
		})
	}
}
