package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// address looks at the way that people take: the name, the certificate, what stands between, the server, the socket.
func (e *examiner) address(ctx context.Context) {
	for _, p := range e.Proxies {
		if p.Bits() == 0 {
			e.say(Warning, e.Option("trusted-proxies")+" with the addresses of your proxies alone",
				"%s %s believes everybody's X-Forwarded-For: whoever likes can pretend to be any address", e.Option("trusted-proxies"), p)
		}
	}
	seal := e.seal(ctx)
	public := e.PublicURL
	if public == nil {
		if public = e.stored(ctx); public == nil {
			e.unseen("what people type is not known: %s is not given, and no server has noted it where the doctor may read", e.Option("public-url"))
			return
		}
	} else {
		e.here(ctx, seal)
	}
	if !e.resolve(ctx, public) || public.Scheme == "https" && !e.certificate(ctx, public) {
		return
	}
	if seal == nil {
		e.unseen("whether %s leads to this installation: its keys cannot be read", public)
		return
	}
	client := newClient()
	defer client.CloseIdleConnections()
	saw, err := e.ask(ctx, client, seal, public, origin(public))
	if err != nil {
		e.misled(public, err)
		return
	}
	if e.reached(public, &saw) {
		e.socket(ctx, client, public)
	}
}

// newClient asks once, of whoever answers first. Certificates are judged before, and what it sends is of use for one
// question alone.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// seal is what tells servers of this installation from others; nil when it cannot be had.
func (e *examiner) seal(ctx context.Context) Seal {
	if e.directory == nil {
		return nil
	}
	keys, err := e.directory.ReadKeys(ctx)
	if err == nil {
		var seal Seal
		if seal, err = e.Seal(keys, e.now); err == nil {
			return seal
		}
	}
	e.unseen("the keys of this installation: %v", err)
	return nil
}

// stored is the address that a server has noted at its last start.
func (e *examiner) stored(ctx context.Context) *url.URL {
	if e.directory == nil {
		return nil
	}
	text, err := e.directory.URL(ctx)
	if err != nil {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// here asks the server on this computer, without a proxy between.
func (e *examiner) here(ctx context.Context, seal Seal) {
	if seal == nil {
		return
	}
	base := &url.URL{Scheme: "http", Host: Upstream(e.Listen), Path: e.PublicURL.Path}
	if e.TLS {
		base.Scheme = "https"
	}
	client := newClient()
	defer client.CloseIdleConnections()
	saw, err := e.ask(ctx, client, seal, base, origin(e.PublicURL))
	var other *answered
	switch {
	case err == nil && !saw.takes(origin(e.PublicURL)):
		e.running = true
		e.say(Wrong, fmt.Sprintf("start the server with the same %s that you give to the doctor", e.Option("public-url")),
			"the server at %s goes by another address than %s: it goes by %s, and refuses pages that were opened elsewhere", base.Host, e.PublicURL, saw.URL)
	case err == nil:
		e.running = true
		e.good("%s answers at %s", saw.Name, base.Host)
	case errors.As(err, &other), errors.Is(err, errStranger):
		e.say(Warning, fmt.Sprintf("give the doctor the same %s as the server, or the server another one", e.Option("listen")),
			"at %s answers somebody else, not a server of this installation: %v", base.Host, err)
	case e.running:
		e.unseen("no server answers at %s on this computer, and one runs: give the doctor its %s, or run it there", base.Host, e.Option("listen"))
	default:
		e.unseen("no server answers at %s: start it, and the doctor can try the way to it", base.Host)
	}
}

// resolve reports whether the name leads anywhere.
func (e *examiner) resolve(ctx context.Context, public *url.URL) bool {
	if _, err := netip.ParseAddr(public.Hostname()); err == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, public.Hostname())
	var dns *net.DNSError
	switch {
	case err == nil:
		e.good("%s is %s", public.Hostname(), strings.Join(addresses, ", "))
		return true
	case errors.As(err, &dns) && dns.IsNotFound:
		e.say(Wrong, fmt.Sprintf("make a DNS record (A or AAAA) of that name, or write another one in %s", e.Option("public-url")),
			"there is no host of the name %s, as far as this computer can ask", public.Hostname())
	default:
		e.unseen("the name %s: this computer's name service does not answer (%v)", public.Hostname(), err)
	}
	return false
}

// unreachable says that nothing answers at all.
func (e *examiner) unreachable(public *url.URL, err error) {
	var no syscall.Errno
	loopback, _ := netip.ParseAddr(public.Hostname())
	switch refused := errors.As(err, &no) && no == syscall.ECONNREFUSED; {
	case !e.running:
		e.unseen("nothing answers at %s, and no server runs: start it, and the proxy before it", public)
	case loopback.IsLoopback() || public.Hostname() == "localhost":
		e.say(Warning, "start the proxy. Where it runs, and this is another computer or a container, run the doctor there",
			"nothing answers at %s on this computer", public)
	case refused:
		e.say(Wrong, fmt.Sprintf("start the proxy, have it listen there, or write the address that it listens on in %s", e.Option("public-url")),
			"nothing listens at %s", hostPort(public))
	default:
		e.say(Warning, "open that port in the firewall and pass it on to the proxy. Where people do get in, this computer alone is kept from its own public address: run the doctor elsewhere",
			"this computer gets no answer from %s: %v", hostPort(public), err)
	}
}

// misled says what came in the place of an answer of a server of this installation.
func (e *examiner) misled(public *url.URL, err error) {
	to := Upstream(e.Listen)
	var a *answered
	if errors.Is(err, errStranger) || errors.As(err, &a) && a.code == "token" {
		e.say(Wrong, "have the proxy pass it on to "+to+" of this installation, or give the doctor the database and keys (WAYMARK_KEYS) of the server that answers",
			"%s leads to a Waymark of another installation, or one that has other keys", public)
		return
	}
	if !errors.As(err, &a) {
		e.unreachable(public, err)
		return
	}
	who := ""
	if a.server != "" {
		who = ", by " + a.server
	}
	switch {
	case a.code == "header":
		e.say(Wrong, "have the proxy pass on all headers; take out what removes Authorization", "the proxy at %s takes away headers that the page sends (Authorization, X-Waymark): nobody can sign in", public)
	case a.code == "noPage":
		e.say(Wrong, recipe(public, to), "a Waymark answers at %s and is asked for another path than %s: the proxy changes the path, or the server was started without it in %s",
			public, ReachedPath, e.Option("public-url"))
	case a.code != "":
		e.say(Warning, "try again; the server's log says more", "a server at %s answers %s: %s", public, a.statusLine(), a.message)
	case a.location != "" && strings.HasPrefix(a.location, "https://"+public.Host) && public.Scheme == "http":
		e.say(Wrong, fmt.Sprintf("%s https://%s%s", e.Option("public-url"), public.Host, public.Path), "%s sends people on to https: pages that are opened there are refused", public)
	case a.location != "":
		e.say(Wrong, "have the proxy pass on all below "+public.Path+"/ without a sign-in or an address of its own\n"+recipe(public, to), "%s sends people on to %s", public, a.location)
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status == http.StatusProxyAuthRequired:
		e.say(Wrong, "take the sign-in out of the proxy for all below "+public.Path+"/: it needs the header Authorization, which Waymark's own sign-in uses",
			"the proxy at %s lets nobody through: %s%s", public, a.statusLine(), who)
	case a.status >= http.StatusBadGateway && a.status <= http.StatusGatewayTimeout && !e.running:
		e.unseen("the proxy at %s answers %s, as it should while no server runs: start it", public, a.statusLine())
	case a.status >= http.StatusBadGateway && a.status <= http.StatusGatewayTimeout:
		e.say(Wrong, recipe(public, to), "the proxy at %s does not reach a server: %s%s", public, a.statusLine(), who)
	default:
		e.say(Wrong, recipe(public, to), "what answers at %s is no Waymark: %s, %s%s. The proxy does not pass on what is below %s/", public, a.statusLine(), a.kind, who, public.Path)
	}
}

// reached judges what a server of this installation saw of a request that came by the public address, and reports whether
// it takes requests of the pages there.
func (e *examiner) reached(public *url.URL, saw *Reached) bool {
	e.good("%s leads to %s of this installation", public, saw.Name)
	if !e.origin(public, saw) {
		return false
	}
	if saw.Host != public.Host {
		e.good("the proxy asks with the header Host %q in the place of %q, which Waymark does not look at", saw.Host, public.Host)
	}
	if saw.URL != public.String() {
		e.say(Warning, fmt.Sprintf("start all servers with %s %s", e.Option("public-url"), public), "%s goes by %s: its links lead there", saw.Name, saw.URL)
	}
	if public.Path != "" {
		target, _, _ := strings.Cut(saw.Target, "?")
		if strings.HasPrefix(target, public.Path+"/") {
			e.good("the path %s is passed on", public.Path)
		} else {
			e.good("the path %s is taken off on the way, which is as good", public.Path)
		}
	}
	e.addresses(public, saw)
	return true
}

// origin compares the header Origin that was sent, the one that arrived, and those that the server takes. It reports whether
// it took the one that arrived.
func (e *examiner) origin(public *url.URL, saw *Reached) bool {
	sent, wants := origin(public), strings.Join(saw.Origins, " or ")
	switch {
	case saw.Origin == sent && !saw.takes(sent):
		e.say(Wrong, fmt.Sprintf("start the servers with %s %s", e.Option("public-url"), public),
			"the server behind %s goes by another address, %s: the header Origin arrived as it was sent, %q, and the server takes %s alone, so it refuses pages that were opened there",
			public, saw.URL, sent, wants)
		return false
	case saw.Origin == sent:
	case saw.Origin == "":
		e.say(Warning, leaveOrigin, "the proxy takes away the header Origin, %q: the server cannot tell its own pages from others", sent)
	case saw.takes(saw.Origin):
		e.say(Warning, leaveOrigin, "the proxy changes the header Origin: %q was sent, and %q arrived, which the server takes: it cannot tell its own pages from others", sent, saw.Origin)
	default:
		e.say(Wrong, leaveOrigin, "the proxy changes the header Origin: %q was sent, %q arrived, and the server takes %s: nobody can sign in, and boards do not open", sent, saw.Origin, wants)
		return false
	}
	return true
}

// addresses looks for whom a server took the doctor. Limits of wrong passwords and of connections go by that.
func (e *examiner) addresses(public *url.URL, saw *Reached) {
	forwarded := strings.Join(saw.Forwarded, ", ")
	hops := strings.Split(forwarded, ",")
	shared := "all people share the limits of one address"
	between := public.Scheme == "https" && !e.TLS || len(e.Proxies) > 0 && portOf(public) != e.listenPort()
	switch {
	case forwarded == "" && !between:
		e.good("no proxy says that it stands between; the server saw the address %s", saw.Address)
	case forwarded == "":
		e.say(Warning, recipe(public, Upstream(e.Listen)), "the proxy %s does not say for whom it asks (X-Forwarded-For): %s", saw.Sender, shared)
	case !saw.Trusted:
		trusted := make([]string, 0, len(e.Proxies)+1)
		for _, p := range e.Proxies {
			trusted = append(trusted, p.String())
		}
		e.say(Warning, e.Option("trusted-proxies")+" "+strings.Join(append(trusted, saw.Sender), ","), "the proxy %s is not trusted, so nobody hears for whom it asks: %s", saw.Sender, shared)
	case saw.Address == saw.Sender && strings.TrimSpace(hops[len(hops)-1]) != saw.Sender:
		e.say(Warning, "have the proxy write plain addresses there", "the proxy %s says %q in X-Forwarded-For, which is no address: %s", saw.Sender, forwarded, shared)
	case len(hops) > 1 && strings.TrimSpace(hops[0]) != saw.Address:
		e.say(Warning, e.Option("trusted-proxies")+" with "+saw.Address+" too, if that is a proxy of yours", "behind the proxy %s stands another one, %s, which is not trusted: whoever comes by it shares the limits of one address", saw.Sender, saw.Address)
	default:
		e.good("the proxy %s is trusted; the server saw the address %s", saw.Sender, saw.Address)
	}
}

// portOf is the port that a URL leads to.
func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// listenPort is that of the server behind a proxy.
func (e *examiner) listenPort() string {
	_, port, err := net.SplitHostPort(e.Listen)
	if err != nil {
		return ""
	}
	return port
}
