package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"

	"waymark/server/client"
	"waymark/server/directory"
)

// manyDialer keeps the connections of those who are refused, so that thousands of tries cost little.
var manyDialer = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: patience}

// raw opens a socket without saying anything.
func (p *running) raw(t *testing.T, header http.Header, subprotocols ...string) (*websocket.Conn, int, error) {
	t.Helper()
	//nolint:bodyclose // a handshake has none to close
	conn, res, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(p.url, "http")+"/socket",
		&websocket.DialOptions{HTTPClient: manyDialer, HTTPHeader: header, Subprotocols: subprotocols})
	status := 0
	if res != nil {
		status = res.StatusCode
	}
	if err == nil {
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, status, err
}

// closeCode reads until the server closes.
func closeCode(t *testing.T, conn *websocket.Conn) int {
	t.Helper()
	ctx := limited(t)
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return int(websocket.CloseStatus(err))
		}
	}
}

func TestSocket(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	id := mira.newBoard("standard", "Contract")
	neighbour := mira.sit(id)
	defer func() { // whatever happened, the board and its neighbour are unharmed
		neighbour.send(`{"type":"add","id":"sticky-last","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
		neighbour.untilEntry("sticky-last")
		if code, out, _ := command(t, "verify", "-data", p.data); code != 0 {
			t.Errorf("verify: %s", out)
		}
	}()

	t.Run("a_foreign_page_gets_no_socket", func(t *testing.T) {
		for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1:1", p.url + ".evil.example"} {
			if _, status, err := p.raw(t, http.Header{"Origin": {origin}}, "waymark.v1"); err == nil || status != http.StatusForbidden {
				t.Errorf("Origin %s: %d %v", origin, status, err)
			}
		}
		if _, _, err := p.raw(t, http.Header{"Origin": {p.url}}, "waymark.v1"); err != nil {
			t.Error(err)
		}
	})
	t.Run("another_protocol_gets_no_socket", func(t *testing.T) {
		for _, protocols := range [][]string{nil, {"waymark.v0"}} {
			if _, status, err := p.raw(t, nil, protocols...); err == nil || status != http.StatusBadRequest {
				t.Errorf("%q: %d %v", protocols, status, err)
			}
		}
		mira.fails("GET", "/socket", nil, 400, "request")
	})
	t.Run("who_says_nothing_is_asked_to_go", func(t *testing.T) {
		// Of its own server: on a busy machine others would not have said hello in time.
		conn, _, err := start(t, "-hello-timeout", "1s").raw(t, nil, "waymark.v1")
		if err != nil {
			t.Fatal(err)
		}
		if code := closeCode(t, conn); code != 4408 {
			t.Fatalf("closed with %d", code)
		}
	})
	t.Run("only_a_good_socket_token_is_taken", func(t *testing.T) {
		now := time.Now()
		mine := testKey("k1", 'x')
		forge := func(method jwt.SigningMethod, key any) string {
			token := jwt.NewWithClaims(method, jwt.MapClaims{
				"iss": "waymark", "aud": "socket", "sub": mira.signed.Person.ID, "sid": "s", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
			})
			token.Header["kid"] = "k1"
			text, err := token.SignedString(key)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		for name, token := range map[string]string{
			"for the API": mira.signed.Access, "none": forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
			"forged": forge(jwt.SigningMethodEdDSA, mine.Private), "HMAC": forge(jwt.SigningMethodHS256, []byte("k")),
			"expired": p.tokenAt(t, mira, now.Add(-time.Hour)), "signed out": p.signedOut(t), "cut": mira.signed.Socket[:20], "": "",
		} {
			b := *mira
			b.t, b.signed.Socket = t, token
			if code := b.dial(id, nil).closed(); code != 4401 {
				t.Errorf("a token %q is closed with %d", name, code)
			}
		}
	})
	t.Run("a_board_without_access_or_without_a_log_is_closed_for_good", func(t *testing.T) {
		_, secret := mira.invite(id, map[string]any{"role": "editor"})
		jonas := p.join(t, secret, "Jonas")
		if code := jonas.dial(mira.newBoard("empty", "Hidden"), nil).closed(); code != 4403 {
			t.Errorf("without access: closed with %d", code)
		}
		if code := jonas.dial(client.NewID("board"), nil).closed(); code != 4404 {
			t.Errorf("without a log: closed with %d", code)
		}
	})
	t.Run("hostile_frames_end_their_own_session", func(t *testing.T) {
		for name, frame := range map[string]string{
			"not JSON":        `[{"type":`,
			"not an array":    `{"type":"beat"}`,
			"unknown message": `[{"type":"dance"}]`,
			"unknown field":   `[{"type":"beat","more":1}]`,
			"doubled field":   `[{"type":"beat","type":"beat"}]`,
			"nested":          `[{"type":"claim","client":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}]`,
			"not UTF-8":       "[{\"type\":\"claim\",\"client\":\"client-\xff\"}]",
			"oversized":       `[{"type":"beat"` + strings.Repeat(" ", 300<<10) + `}]`,
			"huge":            `[{"type":"beat"` + strings.Repeat(" ", 3<<20) + `}]`,
		} {
			s := mira.sit(id)
			s.write([]byte(frame))
			if code := s.closed(); code != 4400 {
				t.Errorf("%s: closed with %d", name, code)
			}
		}
		conn, _, err := p.raw(t, nil, "waymark.v1")
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Write(limited(t), websocket.MessageBinary, []byte("[]")); err != nil {
			t.Fatal(err)
		}
		if code := closeCode(t, conn); code != 4400 {
			t.Errorf("a binary frame: closed with %d", code)
		}
	})
	t.Run("S10_who_has_not_said_hello_may_say_little", func(t *testing.T) {
		for size, code := range map[int]int{32 << 10: 4404, 32<<10 + 1: 4400} {
			hello := fmt.Sprintf(`[{"type":"hello","token":"%s","board":"%s","protocol":1,"epoch":0,"seq":-1,"batch":""}`,
				mira.signed.Socket, client.NewID("board"))
			conn, _, err := p.raw(t, nil, "waymark.v1")
			if err != nil {
				t.Fatal(err)
			}
			frame := hello + strings.Repeat(" ", size-len(hello)-1) + "]"
			if err := conn.Write(limited(t), websocket.MessageText, []byte(frame)); err != nil {
				t.Fatal(err)
			}
			if got := closeCode(t, conn); got != code {
				t.Errorf("%d bytes are closed with %d, want %d", size, got, code)
			}
		}
	})
	t.Run("signing_out_closes_the_socket", func(t *testing.T) {
		_, secret := mira.invite(id, map[string]any{"role": "editor"})
		jonas := p.join(t, secret, "Jonas")
		s := jonas.sit(id)
		jonas.ok("POST", "/api/signout", nil, nil)
		if code := s.closed(); code != 4401 {
			t.Fatalf("closed with %d", code)
		}
	})
	t.Run("a_disabled_account_loses_its_sockets", func(t *testing.T) {
		_, secret := mira.invite(id, map[string]any{"role": "editor"})
		jonas := p.join(t, secret, "Jonas")
		s := jonas.sit(id)
		p.beside(t, func(d *directory.Directory) error { return d.Disable(t.Context(), jonas.signed.Person.ID) })
		if code := s.closed(); code != 4401 {
			t.Fatalf("closed with %d", code)
		}
		jonas.fails("POST", "/api/refresh", nil, 401, "signedOut")
	})
}

func TestManySockets(t *testing.T) {
	t.Parallel()
	p := start(t, "-hello-timeout", "1m", "-trusted-proxies", "127.0.0.1", "-log-level", "warn")
	mira := p.setUp()
	neighbour := mira.sit(mira.signed.Board)
	opened := func(addr string, tries int) int {
		var open atomic.Int64
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				for range tries / 8 {
					_, status, err := p.raw(t, http.Header{"X-Forwarded-For": {addr}}, "waymark.v1")
					if err == nil {
						open.Add(1)
					} else if status != http.StatusTooManyRequests {
						t.Errorf("refused with %d: %v", status, err)
						return
					}
				}
			})
		}
		callers.Wait()
		return int(open.Load())
	}
	// Few enough that nobody has waited for a minute when the last one comes, on the slowest machine.
	if n := opened("192.0.2.1", 2000); n != 400 {
		t.Fatalf("%d sockets of one address wait", n)
	}
	if n := opened("2001:db8::1", 320) + opened("2001:db8::2", 320); n != 400 {
		t.Fatalf("%d sockets of one network wait", n)
	}
	if n := opened("192.0.2.2", 400); n != 200 {
		t.Fatalf("%d sockets of the next address wait, of 1000 in all", n)
	}
	neighbour.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000}}`)
	neighbour.untilEntry("sticky-1")
	mira.ok("GET", "/readyz", nil, nil)
}

func TestSocketsPerPerson(t *testing.T) {
	t.Parallel()
	p := start(t, "-sockets-per-person", "3")
	mira := p.setUp()
	for range 3 {
		mira.sit(mira.signed.Board)
	}
	if code := mira.dial(mira.signed.Board, nil).closed(); code != 4429 {
		t.Fatalf("the fourth is closed with %d", code)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	s := mira.sit(mira.signed.Board)
	waiting, _, err := p.raw(t, nil, "waymark.v1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		s.send(`{"type":"add","id":"sticky-%d","fields":{"x":10,"y":10,"w":1000,"h":1000}}`, i)
	}
	s.untilEntry("sticky-0")
	p.stop()
	if code := s.closed(); code != 4503 {
		t.Fatalf("closed with %d", code)
	}
	if code := closeCode(t, waiting); code != 4503 {
		t.Fatalf("who had said nothing is closed with %d", code)
	}
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	if code, out, _ := command(t, "verify", "-data", p.data); code != 0 {
		t.Fatal(out)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	p := start(t, "-name", "anna-1")
	mira := p.setUp()
	s := mira.sit(mira.signed.Board)
	s.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"nobody may log this"}}`)
	s.untilEntry("sticky-1")
	var ready readyBody
	mira.ok("GET", "/healthz", nil, nil)
	mira.ok("GET", "/readyz", nil, &ready)
	if ready != (readyBody{Ready: true, Synchronous: "full"}) {
		t.Fatalf("ready %+v", ready)
	}
	_, page := mira.do("GET", "/metrics", nil)
	for _, line := range []string{
		`waymark_sessions{server="anna-1"} 1`, `waymark_rooms{server="anna-1"} 1`, "waymark_queue_bytes{",
		`waymark_http_request_seconds_bucket{method="POST",route="/api/setup",server="anna-1",status="200"`,
		"waymark_commit_seconds_bucket", "waymark_fan_out_seconds_count", `waymark_digest_mismatches_total{server="anna-1"} 0`,
		`waymark_sessions_ended_total{code="4400",server="anna-1"} 0`, `waymark_gaps_total{server="anna-1"} 0`, "process_open_fds",
		`waymark_wrong_secrets_total{server="anna-1",what="link"} 0`, `waymark_wrong_secrets_total{server="anna-1",what="passcode"} 0`,
		`waymark_wrong_secrets_total{server="anna-1",what="password"} 0`, `waymark_sockets_refused_total{server="anna-1",why="address"} 0`,
		`waymark_sockets_refused_total{server="anna-1",why="connections"} 0`, `waymark_sockets_refused_total{server="anna-1",why="connectionsOfAddress"} 0`,
		`waymark_sockets_refused_total{server="anna-1",why="draining"} 0`, `waymark_sockets_refused_total{server="anna-1",why="origin"} 0`,
		`waymark_sockets_refused_total{server="anna-1",why="waiting"} 0`,
		`waymark_database_info{kind="sqlite",server="anna-1",synchronous="full"} 1`,
	} {
		if !strings.Contains(string(page), line) {
			t.Errorf("metrics have no %q", line)
		}
	}
	mira.header["X-Forwarded-For"] = "192.0.2.1"
	mira.fails("GET", "/metrics", nil, 404, "noPage")
	if log := p.stderr.String(); !strings.Contains(log, "server=anna-1") || strings.Contains(log, "nobody may log this") || strings.Contains(log, p.secret) || strings.Contains(log, "correct horse") {
		t.Error("the log has what nobody may log")
	}
}

// tokenAt is a socket token of the server's own key, made at another time.
func (p *running) tokenAt(t *testing.T, b *browser, at time.Time) (token string) {
	t.Helper()
	p.beside(t, func(d *directory.Directory) error {
		keys, err := d.Keys(t.Context())
		if err != nil {
			return err
		}
		tokens, err := newTokens(keys, func() time.Time { return at })
		if err != nil {
			return err
		}
		s, err := d.SignIn(t.Context(), directory.Person{ID: b.signed.Person.ID})
		if err != nil {
			return err
		}
		token, _, err = tokens.Sign(Caller{Person: b.signed.Person.ID, SignIn: s.ID}, audienceSocket)
		return err
	})
	return token
}

// signedOut is a token that is good but for its sign-in, which has ended.
func (p *running) signedOut(t *testing.T) string {
	t.Helper()
	b := p.browser(t)
	b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
	b.ok("POST", "/api/signout", nil, nil)
	return b.signed.Socket
}

// beside works on the directory while the server runs.
func (p *running) beside(t *testing.T, do func(d *directory.Directory) error) {
	t.Helper()
	if err := (program{}).withDirectory(t.Context(), &Config{Data: p.data}, do); err != nil {
		t.Fatal(err)
	}
}
