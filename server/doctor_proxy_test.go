package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// A front is a proxy that the doctor examines. It serves a path, and does to each request what is set.
type front struct {
	*httptest.Server
	to     atomic.Pointer[url.URL]
	change atomic.Pointer[func(*httputil.ProxyRequest)]
	answer atomic.Pointer[http.HandlerFunc] // instead of passing on
}

func newFront(t *testing.T) *front {
	t.Helper()
	f := &front{}
	pass := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			to := f.to.Load()
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
			r.SetXForwarded()
			if change := f.change.Load(); change != nil {
				(*change)(r)
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer := f.answer.Load(); answer != nil {
			(*answer)(w, r)
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	f.to.Store(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	return f
}

func (f *front) leadTo(t *testing.T, address string) {
	t.Helper()
	f.to.Store(&url.URL{Scheme: "http", Host: address})
}

func TestDoctor_of_a_proxy(t *testing.T) {
	t.Parallel()
	f := newFront(t)
	public := f.URL + "/way"
	data := t.TempDir()
	flags := []string{"-data", data, "-public-url", public, "-trusted-proxies", "127.0.0.1"}
	p := launch(t, flags...)
	at := listenAddress(t, p)
	f.leadTo(t, at)
	examined := func() opinion { t.Helper(); return consult(t, append(flags, "-listen", at)...) }

	o := examined()
	o.finds("good", "answers at "+at)
	o.finds("good", public+" leads to")
	o.finds("good", "the path /way is passed on")
	o.finds("good", "the proxy 127.0.0.1 is trusted; the server saw the address 127.0.0.1")
	o.finds("good", "a WebSocket opens at "+public+"/socket", "both ways")
	o.well(append(ofTheMachine, "may look into")...)

	recipe := []string{"reverse_proxy /way/* " + at, "location /way/ {", "proxy_pass http://" + at + ";", "proxy_set_header Upgrade $http_upgrade;"}
	isSocket := func(r *httputil.ProxyRequest) bool { return strings.HasSuffix(r.In.URL.Path, "/socket") }
	for name, c := range map[string]struct {
		change  func(*httputil.ProxyRequest)
		verdict string
		want    []string
	}{
		"takes_the_path_off": {func(r *httputil.ProxyRequest) {
			r.Out.URL.Path = strings.TrimPrefix(r.Out.URL.Path, "/way")
		}, "good", []string{"the path /way is taken off on the way, which is as good"}},
		"changes_the_path": {func(r *httputil.ProxyRequest) { r.Out.URL.Path = "/other" + r.Out.URL.Path }, "WRONG", append(recipe, "the proxy changes the path")},
		"changes_the_path_of_the_socket": {func(r *httputil.ProxyRequest) {
			if isSocket(r) {
				r.Out.URL.Path = "/way/ws"
			}
		}, "WRONG", append(recipe, "changes the path of a WebSocket")},
		"strips_the_upgrade": {func(r *httputil.ProxyRequest) {
			r.Out.Header.Del("Upgrade")
			r.Out.Header.Del("Connection")
		}, "WRONG", append(recipe, "does not upgrade to a WebSocket")},
		"strips_the_subprotocol": {func(r *httputil.ProxyRequest) { r.Out.Header.Del("Sec-WebSocket-Protocol") }, "WRONG", []string{"Sec-WebSocket-Protocol"}},
		"changes_the_origin": {func(r *httputil.ProxyRequest) { r.Out.Header.Set("Origin", "http://inside.example") }, "WRONG", []string{
			"the proxy changes the header Origin", `"` + f.URL + `" was sent, "http://inside.example" arrived, and the server takes ` + f.URL,
			"leave the header Origin", "proxy_set_header Origin",
		}},
		"changes_the_host": {func(r *httputil.ProxyRequest) { r.Out.Host = "inside.example" }, "good", []string{`the header Host "inside.example"`, "does not look at"}},
		"changes_the_origin_of_the_socket": {func(r *httputil.ProxyRequest) {
			if isSocket(r) {
				r.Out.Header.Set("Origin", "http://inside.example")
			}
		}, "WRONG", []string{"changes the header Origin of a WebSocket", `"` + f.URL + `"`, "proxy_set_header Origin"}},
		"takes_the_origin_away":     {func(r *httputil.ProxyRequest) { r.Out.Header.Del("Origin") }, "warning", []string{"cannot tell its own pages"}},
		"strips_the_token":          {func(r *httputil.ProxyRequest) { r.Out.Header.Del("Authorization") }, "WRONG", []string{"takes away headers", "Authorization"}},
		"writes_no_plain_addresses": {func(r *httputil.ProxyRequest) { r.Out.Header.Set("X-Forwarded-For", "unknown") }, "warning", []string{`"unknown"`, "plain addresses"}},
		"stands_behind_another": {func(r *httputil.ProxyRequest) {
			r.Out.Header.Set("X-Forwarded-For", "192.0.2.7, 198.51.100.9, 127.0.0.1")
		}, "warning", []string{"another one, 198.51.100.9", "-trusted-proxies with 198.51.100.9"}},
	} {
		t.Run(name, func(t *testing.T) {
			f.change.Store(&c.change)
			defer f.change.Store(nil)
			consult(t, append(flags, "-listen", at)...).finds(c.verdict, c.want...)
		})
	}

	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   []string
	}{
		"does_not_pass_it_on": {http.NotFound, append(recipe, "is no Waymark: 404 Not Found", "does not pass on what is below /way/")},
		"wants_a_sign_in":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, []string{"lets nobody through: 401", "take the sign-in out"}},
		"sends_elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://sign-in.example/", http.StatusFound)
		}, []string{"sends people on to https://sign-in.example/"}},
		"sends_on_to_https": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+r.Host+r.URL.Path, http.StatusPermanentRedirect)
		}, []string{"sends people on to https", "-public-url https://"}},
		"does_not_reach_it":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, append(recipe, "does not reach a server: 502 Bad Gateway")},
		"cuts_what_is_upgraded": {f.upgraded(at, func(client, _ net.Conn) { _ = client.Close() }), []string{"upgrades to a WebSocket, and cuts it", "proxy_read_timeout"}},
		"passes_nothing_through_what_is_upgraded": {f.upgraded(at, func(client, _ net.Conn) {
			_, _ = io.Copy(io.Discard, client) // until the doctor has had enough
		}), []string{"passes nothing on through it", "proxy_set_header Upgrade"}},
	} {
		t.Run(name, func(t *testing.T) {
			f.answer.Store(&c.answer)
			defer f.answer.Store(nil)
			consult(t, append(flags, "-listen", at)...).finds("WRONG", c.want...)
		})
	}

	t.Run("whose_server_goes_away_meanwhile", func(t *testing.T) {
		var once atomic.Bool
		answer := f.upgraded(at, func(client, server net.Conn) {
			if once.CompareAndSwap(false, true) {
				return
			}
			go func() { _, _ = io.Copy(server, client) }()
			_, _ = io.Copy(client, server)
		})
		f.answer.Store(&answer)
		defer f.answer.Store(nil)
		consult(t, append(flags, "-listen", at)...).finds("warning", "of two WebSockets", "one was good", "cuts it", "run doctor again")
	})

	t.Run("leads_to_another_installation", func(t *testing.T) {
		other := launch(t, "-data", t.TempDir(), "-public-url", public)
		f.leadTo(t, listenAddress(t, other))
		defer f.leadTo(t, at)
		o := examined()
		o.finds("good", "answers at "+at)
		o.finds("WRONG", "leads to a Waymark of another installation")
	})
	t.Run("and_a_server_of_another_address", func(t *testing.T) {
		other := start(t, "-public-url", "http://127.0.0.1:2/way")
		f.leadTo(t, listenAddress(t, other))
		defer f.leadTo(t, at)
		consult(t, "-data", other.data, "-public-url", public).finds("WRONG", "goes by another address, http://127.0.0.1:2/way", "start the servers with -public-url "+public)
		consult(t, "-data", data, "-listen", at, "-public-url", "http://localhost:1").finds("WRONG", "goes by another address than http://localhost:1", "same -public-url")
	})
	t.Run("that_nobody_started", func(t *testing.T) {
		nowhere := "http://" + closedPort(t)
		own := start(t, "-public-url", nowhere)
		consult(t, "-data", data, "-listen", listenAddress(t, own), "-public-url", nowhere).finds("warning", "answers somebody else")
		o := consult(t, "-data", own.data, "-listen", listenAddress(t, own), "-public-url", nowhere)
		o.finds("warning", "nothing answers at "+nowhere, "start the proxy")
	})
	t.Run("that_stands_before_no_server", func(t *testing.T) {
		p.end()
		o := examined()
		o.finds("not seen", "no server answers at "+at)
		o.finds("not seen", "502 Bad Gateway, as it should while no server runs")
		o.well(append(ofTheMachine, "may look into")...)
	})
}

// upgraded passes requests on to the server, but those for a WebSocket: once upgraded it does something else with them.
func (f *front) upgraded(at string, do func(client, server net.Conn)) http.HandlerFunc {
	pass := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: at})
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			pass.ServeHTTP(w, r)
			return
		}
		server, err := net.Dial("tcp", at)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer func() { _ = server.Close() }()
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = client.Close() }()
		if r.Write(server) != nil {
			return
		}
		head := make([]byte, 4<<10)
		n, err := server.Read(head) // a server of Waymark's writes it at once
		if err != nil {
			return
		}
		if _, err := client.Write(head[:n]); err == nil {
			do(client, server)
		}
	}
}

func TestDoctor_of_a_proxy_that_is_not_trusted(t *testing.T) {
	t.Parallel()
	f := newFront(t)
	p := start(t, "-public-url", f.URL)
	at := listenAddress(t, p)
	f.leadTo(t, at)
	o := consult(t, "-data", p.data, "-public-url", f.URL, "-listen", at, "-trusted-proxies", "10.0.0.0/8")
	o.finds("warning", "the proxy 127.0.0.1 is not trusted", "-trusted-proxies 10.0.0.0/8,127.0.0.1")
	o = consult(t, "-data", p.data, "-public-url", f.URL, "-listen", at, "-trusted-proxies", "0.0.0.0/0")
	o.finds("warning", "believes everybody's X-Forwarded-For")
	none := func(r *httputil.ProxyRequest) { r.Out.Header.Del("X-Forwarded-For") }
	f.change.Store(&none)
	consult(t, "-data", p.data, "-public-url", f.URL, "-listen", at).finds("good", "no proxy says that it stands between")
	o = consult(t, "-data", p.data, "-public-url", f.URL, "-listen", at, "-trusted-proxies", "127.0.0.1")
	o.finds("warning", "does not say for whom it asks", "share the limits")
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", quietPort(t))
}
