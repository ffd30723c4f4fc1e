package main

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
)

// A Site is where people reach this server.
type Site struct {
	url     *url.URL // without a slash at the end
	origins []string // whose pages may use the API and the socket
	local   bool     // its links work on this computer only
	exposed bool     // its port is open to other computers, whatever the links say
	port    string
	kept    []string // what a command for the same server needs besides its address
}

// newSite derives the site from the settings and the address that was bound.
func newSite(c *Config, bound net.Addr) *Site {
	host, port, _ := net.SplitHostPort(bound.String())
	s := &Site{port: port, exposed: !isLoopback(host), kept: c.kept()}
	if c.PublicURL != nil {
		s.url = c.PublicURL
		s.origins = []string{origin(s.url)}
		s.local = isLoopback(s.url.Hostname())
		return s
	}
	scheme := "http"
	if c.TLS() {
		scheme = "https"
	}
	given, _, _ := net.SplitHostPort(c.Listen)
	names := siteNames(given, host)
	s.url = &url.URL{Scheme: scheme, Host: joinPort(names[0], scheme, port)}
	s.local = isLoopback(names[0])
	for _, name := range names {
		s.origins = append(s.origins, scheme+"://"+joinPort(name, scheme, port))
	}
	return s
}

// siteNames are the names a browser on the same network may use for this computer, the one to print first. Names that
// are not ours stay out, so that a foreign page cannot point its own name here and use the API.
func siteNames(given, bound string) []string {
	loopback := []string{"127.0.0.1", "localhost", "::1"}
	addr, err := netip.ParseAddr(bound)
	switch {
	case given == "localhost":
		return []string{"localhost", "127.0.0.1", "::1"}
	case err == nil && addr.IsLoopback():
		names := slices.DeleteFunc(loopback, func(n string) bool { return n == bound })
		return append([]string{bound}, names...)
	case err == nil && !addr.IsUnspecified():
		return append([]string{given, bound}, loopback...)
	}
	names := networkAddresses()
	if name, err := os.Hostname(); err == nil {
		name = strings.ToLower(name)
		names = append(names, name, name+".local")
	}
	return append(names, loopback...)
}

// networkAddresses are this computer's own addresses on its networks, those of version 4 first.
func networkAddresses() []string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil // then nothing but loopback is known, and -public-url can say more
	}
	var four, six []string
	for _, a := range addrs {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil || prefix.Addr().IsLoopback() || prefix.Addr().IsLinkLocalUnicast() {
			continue
		}
		if prefix.Addr().Is4() {
			four = append(four, prefix.Addr().String())
		} else {
			six = append(six, prefix.Addr().String())
		}
	}
	return append(four, six...)
}

// networkCommand is the one command that opens a server on loopback to the own network, with all that was chosen for it.
func (s *Site) networkCommand() string {
	host := "ADDRESS-OF-THIS-COMPUTER"
	if own := networkAddresses(); len(own) > 0 {
		host = own[0]
	}
	words := []string{programName(), "-listen", ":" + s.port, "-public-url"}
	if at := net.JoinHostPort(host, s.port); slices.Contains(s.kept, "-tls-cert") {
		words = append(words, "https://"+at+s.path())
	} else {
		words = append(words, "http://"+at+s.path(), "-insecure-http")
	}
	return strings.Join(append(words, s.kept...), " ")
}

// kept are the flags for what somebody chose, but for the address, as a shell reads them.
func (c *Config) kept() []string {
	var words []string
	for _, g := range c.given {
		switch {
		case slices.Contains([]string{"listen", "public-url", "insecure-http"}, g.Name):
		case g.Secret:
			words = append(words, "-"+g.Name, `"$`+g.Env()+`"`)
		case g.IsBool:
			words = append(words, "-"+g.Name+"="+g.Value)
		default:
			words = append(words, "-"+g.Name, quoted(g.Value))
		}
	}
	return words
}

// quoted writes a word so that a shell takes it for one.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~/:,@%+=", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// path is the part of every URL before the page's own: "" at the root, else "/waymark".
func (s *Site) path() string { return s.url.Path }

// link makes the address of a page; page begins with a slash.
func (s *Site) link(page string) string { return s.url.String() + page }

func (s *Site) https() bool { return s.url.Scheme == "https" }

// encrypted says whether what people type can be read on the way: loopback counts as encrypted.
func (s *Site) encrypted() bool { return s.https() || isLoopback(s.url.Hostname()) }

// allows reports whether a request comes from a page of this server. Programs that are no browsers send no Origin.
func (s *Site) allows(r *http.Request) bool {
	o := r.Header.Get("Origin")
	return o == "" || slices.Contains(s.origins, strings.ToLower(o))
}

// clientAddress is the address of whoever made the request: the last one in X-Forwarded-For that is no proxy of ours,
// and the sender's own when that is no proxy.
func clientAddress(r *http.Request, proxies []netip.Prefix) netip.Addr {
	sender, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := sender.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && isProxy(addr, proxies); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}

func isProxy(addr netip.Addr, proxies []netip.Prefix) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// network groups the addresses one subscriber usually holds: a v4 address, or a /64 of version 6.
func network(addr netip.Addr) netip.Addr {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func loopbackHost(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	return err == nil && isLoopback(host)
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// joinPort is a host as pages name it: without the port that goes without saying.
func joinPort(host, scheme, port string) string {
	if port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}
