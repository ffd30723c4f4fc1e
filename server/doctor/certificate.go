package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// soon is from when on the end of a certificate is told: what renews it by itself has done so by then, also where
// certificates are good for hours.
func soon(leaf *x509.Certificate) bool {
	return time.Until(leaf.NotAfter) < min(14*24*time.Hour, leaf.NotAfter.Sub(leaf.NotBefore)/4)
}

// certificate looks at what a browser looks at first, and reports whether one may go on.
func (e *examiner) certificate(ctx context.Context, base *url.URL) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	dialer := &tls.Dialer{Config: &tls.Config{
		ServerName: base.Hostname(), MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: true, // it is looked at below, and nothing is sent
	}}
	conn, err := dialer.DialContext(ctx, "tcp", hostPort(base))
	if err != nil {
		var record tls.RecordHeaderError
		if errors.As(err, &record) {
			e.say(Wrong, fmt.Sprintf("have the proxy speak TLS there, or write the %s with http:// where nobody can listen on the way", e.Option("public-url")),
				"what listens at %s speaks no TLS", base.Host)
			return false
		}
		e.unreachable(base, err)
		return false
	}
	defer func() { _ = conn.Close() }()         // all it was for is done
	state := conn.(*tls.Conn).ConnectionState() //nolint:forcetypeassert // a tls.Dialer makes no other
	e.trust(base, state.PeerCertificates)
	return true
}

// trust judges a chain.
func (e *examiner) trust(base *url.URL, chain []*x509.Certificate) {
	leaf := chain[0]
	options := x509.VerifyOptions{DNSName: base.Hostname(), Roots: e.Roots, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		options.Intermediates.AddCert(c)
	}
	_, err := leaf.Verify(options)
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	left := fmt.Sprintf("%d days", int(time.Until(leaf.NotAfter).Hours()/24))
	renew := "renew the certificate: with Caddy see why it could not (its log), with certbot run `certbot renew`"
	switch {
	case err == nil && soon(leaf):
		e.say(Warning, renew, "the certificate of %s is good for %s more", base.Host, left)
	case err == nil:
		e.good("the certificate of %s is good for %s more", base.Host, left)
	case errors.As(err, &name):
		e.say(Wrong, fmt.Sprintf("get a certificate for %s, or write the name that it has in %s", base.Hostname(), e.Option("public-url")),
			"the certificate at %s is for %s: browsers refuse it", base.Host, strings.Join(names(leaf), ", "))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.say(Wrong, renew, "the certificate of %s is good from %s to %s, and it is %s: browsers refuse it", base.Host,
			leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly))
	case errors.As(err, &unknown) && len(chain) == 1 && leaf.Issuer.String() != leaf.Subject.String():
		e.say(Warning, "have the proxy send the whole chain (fullchain.pem, not cert.pem); an authority of your own is to be installed on all devices",
			"the certificate of %s comes without that of its authority %s, which this computer does not know: many browsers warn of it", base.Host, leaf.Issuer)
	default:
		e.say(Warning, "get one of an authority that browsers know (Caddy does by itself, for a name that leads to it); or have this authority installed on all devices",
			"this computer does not trust the certificate of %s (%v); browsers that do not either warn of it", base.Host, err)
	}
}

func names(leaf *x509.Certificate) []string {
	list := leaf.DNSNames
	for _, ip := range leaf.IPAddresses {
		list = append(list, ip.String())
	}
	if len(list) == 0 {
		list = append(list, leaf.Subject.String())
	}
	return list
}

// hostPort is where a URL leads.
func hostPort(u *url.URL) string { return net.JoinHostPort(u.Hostname(), portOf(u)) }
