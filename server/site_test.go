package main

import (
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
)

func siteOf(t *testing.T, bound string, args ...string) *Site {
	t.Helper()
	c, _, err := ReadConfig("serve", args, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	addr, err := net.ResolveTCPAddr("tcp", bound)
	if err != nil {
		t.Fatal(err)
	}
	return newSite(c, addr)
}

func TestSite(t *testing.T) {
	t.Run("loopback_is_reached_by_its_three_names_only", func(t *testing.T) {
		s := siteOf(t, "127.0.0.1:8081")
		if s.link("/join") != "http://127.0.0.1:8081/join" || !s.local || !s.encrypted() {
			t.Fatalf("site %+v", s)
		}
		for from, ok := range map[string]bool{
			"": true, "http://127.0.0.1:8081": true, "http://localhost:8081": true, "http://[::1]:8081": true,
			"http://evil.example:8081": false, "http://127.0.0.1:8080": false, "https://127.0.0.1:8081": false, "null": false,
		} {
			r := httptest.NewRequest("GET", "/socket", nil)
			r.Header.Set("Origin", from)
			if s.allows(r) != ok {
				t.Errorf("Origin %q allowed: %v", from, !ok)
			}
		}
	})
	t.Run("a_public_url_is_the_only_origin", func(t *testing.T) {
		s := siteOf(t, "127.0.0.1:8080", "-public-url", "https://Example.org:443/way")
		if s.link("/b/board-1") != "https://example.org/way/b/board-1" || s.path() != "/way" || s.local {
			t.Fatalf("site %+v", s)
		}
		if len(s.origins) != 1 || s.origins[0] != "https://example.org" {
			t.Fatalf("origins %q", s.origins)
		}
	})
	t.Run("plain_http_for_a_network_is_not_encrypted", func(t *testing.T) {
		for _, s := range []*Site{
			siteOf(t, "0.0.0.0:8080", "-listen", ":8080", "-insecure-http"),
			siteOf(t, "192.0.2.2:8080", "-listen", "192.0.2.2:8080", "-insecure-http"),
			siteOf(t, "127.0.0.1:8080", "-public-url", "http://192.0.2.2:8080", "-insecure-http"),
		} {
			if s.local || s.encrypted() || isLoopback(s.url.Hostname()) {
				t.Errorf("site %+v", s)
			}
		}
	})
	t.Run("links_that_name_this_computer_work_on_this_computer_only", func(t *testing.T) {
		for _, at := range []string{"http://127.0.0.1:8080", "http://localhost:8080/way", "http://[::1]:8080", "https://localhost"} {
			s := siteOf(t, "127.0.0.1:8080", "-public-url", at)
			if says := banner(&Config{}, s, ""); !s.local || s.exposed || !strings.Contains(says, "this computer only") {
				t.Errorf("%s: site %+v says %s", at, s, says)
			}
		}
		s := siteOf(t, "0.0.0.0:8080", "-listen", ":8080", "-insecure-http", "-public-url", "http://127.0.0.1:8080")
		if says := banner(&Config{}, s, ""); !s.local || !s.exposed || !strings.Contains(says, "open to your network") {
			t.Errorf("site %+v says %s", s, says)
		}
	})
	t.Run("the_command_for_the_network_keeps_what_was_chosen", func(t *testing.T) {
		c, _, err := ReadConfig("serve", []string{
			"-listen", "127.0.0.1:8090", "-public-url", "http://127.0.0.1:8090/way", "-data", "/srv/it's here", "-self-registration",
		}, []string{"WAYMARK_OPS_BURST=9"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		says := newSite(c, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8090}).networkCommand()
		_, flags, _ := strings.Cut(says, " -listen ")
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "set -- -listen "+flags+`; printf '%s\n' "$@"`).Output()
		if err != nil {
			t.Fatalf("%s: %v", says, err)
		}
		opened, words, err := ReadConfig("serve", strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), nil, io.Discard)
		if err != nil || len(words) > 0 {
			t.Fatalf("%s: %v %q", says, err, words)
		}
		if opened.Listen != ":8090" || opened.Data != "/srv/it's here" || !opened.SelfRegistration || opened.Limits.OpsBurst != 9 ||
			!opened.InsecureHTTP || opened.PublicURL.Path != "/way" || isLoopback(opened.PublicURL.Hostname()) {
			t.Errorf("%s means %+v", says, opened)
		}
	})
	t.Run("with_a_certificate_the_command_stays_encrypted", func(t *testing.T) {
		says := siteOf(t, "127.0.0.1:8443", "-listen", "127.0.0.1:8443", "-tls-cert", "c.pem", "-tls-key", "k.pem").networkCommand()
		if !strings.Contains(says, "-public-url https://") || !strings.Contains(says, "-tls-cert c.pem -tls-key k.pem") || strings.Contains(says, "insecure") {
			t.Error(says)
		}
	})
	t.Run("the_cookie_is_as_strict_as_the_address_allows", func(t *testing.T) {
		for _, tt := range []struct {
			args       []string
			name, path string
			secure     bool
		}{
			{nil, "waymark-8080", "/", false},
			{[]string{"-public-url", "https://a.example"}, "__Host-waymark", "/", true},
			{[]string{"-public-url", "https://a.example/way"}, "__Secure-waymark", "/way/", true},
			{[]string{"-public-url", "http://a.example/way", "-insecure-http"}, "waymark-80", "/way/", false},
			{[]string{"-public-url", "http://127.0.0.1:9000"}, "waymark-9000", "/", false}, // that of the proxy, before however many servers
		} {
			c := siteOf(t, "127.0.0.1:8080", tt.args...).cookie("x")
			if c.Name != tt.name || c.Path != tt.path || c.Secure != tt.secure || !c.HttpOnly {
				t.Errorf("%q: cookie %v", tt.args, c)
			}
		}
	})
}

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, tt := range []struct{ sender, forwarded, want string }{
		{"203.0.113.9:1000", "198.51.100.1", "203.0.113.9"},
		{"127.0.0.1:1000", "", "127.0.0.1"},
		{"127.0.0.1:1000", "198.51.100.1", "198.51.100.1"},
		{"127.0.0.1:1000", "6.6.6.6, 198.51.100.1, 10.1.1.1", "198.51.100.1"},
		{"127.0.0.1:1000", "6.6.6.6, nonsense", "127.0.0.1"},
		{"[::ffff:127.0.0.1]:1000", "2001:db8::1", "2001:db8::1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.sender
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := clientAddress(r, proxies).String(); got != tt.want {
			t.Errorf("%+v: address %s", tt, got)
		}
	}
	a, b := network(netip.MustParseAddr("2001:db8::1")), network(netip.MustParseAddr("2001:db8::2:3"))
	if a != b || network(netip.MustParseAddr("2001:db8:0:1::1")) == a {
		t.Error("addresses of one /64 are not one network")
	}
}
