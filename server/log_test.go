package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// untilLogged waits until the log has a line that matches, and returns it.
func (p *running) untilLogged(t *testing.T, pattern string) string {
	t.Helper()
	late := time.After(patience)
	for re := regexp.MustCompile(`(?m)^.*` + pattern + `.*$`); ; {
		if line := re.FindString(p.stderr.String()); line != "" {
			return line
		}
		select {
		case <-p.stderr.changed:
		case <-late:
			t.Fatalf("the log has no line %s", pattern)
		}
	}
}

// sends sends bytes on a connection of its own, and leaves the rest to the caller, who has a minute for it.
func (p *running) sends(t *testing.T, text string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(limited(t), "tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	err = conn.SetDeadline(time.Now().Add(patience))
	if err == nil {
		_, err = io.WriteString(conn, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestLog_sessions_name_their_board(t *testing.T) {
	t.Parallel()
	p := start(t, "-log-level", "info")
	mira := p.setUp()
	id := string(mira.signed.Board)
	s := mira.sit(mira.signed.Board)
	began := p.untilLogged(t, "session began")
	if err := s.conn.Cut(); err != nil {
		t.Fatal(err)
	}
	ended := p.untilLogged(t, "session ended")
	request := regexp.MustCompile(`request=[0-9a-f]{16}`)
	for _, line := range []string{began, ended} {
		if !strings.Contains(line, "level=INFO") || !strings.Contains(line, "board="+id) || !strings.Contains(line, "session=session-") {
			t.Errorf("the line is %s", line)
		}
	}
	if request.FindString(began) == "" || request.FindString(began) != request.FindString(ended) ||
		!strings.Contains(began, "person="+string(mira.signed.Person.ID)) {
		t.Errorf("%s, then %s", began, ended)
	}
}

// TestLog_lines_stay_short sends as much as a request may carry.
func TestLog_lines_stay_short(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	long := strings.Repeat("x", 30_000)
	for _, path := range []string{
		"/api/boards/" + long + "/access", "/api/boards/" + long + "/invites/" + long + "/close", "/api/boards/board-1/members/" + long + "/remove",
		"/b/" + long, "/assets/" + long, "/" + long, "/api/" + long,
	} {
		mira.do("GET", path, nil)
		mira.do("POST", path, "{}")
	}
	conn := p.sends(t, long+" /api/me HTTP/1.1\r\nHost: a\r\nX-Waymark: 1\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	for line := range strings.Lines(p.stderr.String()) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes: %.300s", len(line), line)
		}
	}
}

func TestLog_a_body_that_ends_early_is_no_fault(t *testing.T) {
	t.Parallel()
	p := start(t)
	conn := p.sends(t, "POST /api/signin HTTP/1.1\r\nHost: a\r\nX-Waymark: 1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	line := p.untilLogged(t, "route=/api/signin")
	if log := p.stderr.String(); strings.Contains(log, "level=ERROR") || strings.Contains(line, "status=500") {
		t.Errorf("the log has\n%s", log)
	}
}

func TestDrain_a_body_that_hangs_is_waited_for_only_so_long(t *testing.T) {
	t.Parallel()
	p := start(t, "-drain-timeout", "100ms")
	p.sends(t, "POST /api/signin HTTP/1.1\r\nHost: a\r\nX-Waymark: 1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	p.browser(t).ok("GET", "/healthz", nil, nil)
	p.stop()
	select {
	case code := <-p.code:
		p.code <- code
		if code != 0 {
			t.Errorf("ended with %d", code)
		}
	case <-time.After(patience / 2): // reading a body may take twice as long
		t.Error("a body that hangs holds the program")
	}
}

// TestLog_never_says_what_people_write does all kinds of things with words that nobody may log, at the level that says
// most.
func TestLog_never_says_what_people_write(t *testing.T) {
	t.Parallel()
	p := start(t)
	words := 0
	word := func() string { words++; return fmt.Sprintf("hush-%d-hush", words) }
	link := p.secret
	mira := p.browser(t)
	password := word()
	mira.enter("/api/setup", map[string]string{
		"secret": link, "name": word(), "department": word(), "login": "admin", "password": password, "lang": "en",
	})
	id := mira.newBoard("standard", word())
	base := "/api/boards/" + string(id)
	s := mira.sit(id)
	for _, op := range []string{
		`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"%s"}}`,
		`{"type":"text","id":"sticky-1","field":"text","base":2,"delta":["%s"]}`,
		`{"type":"delete","id":"card-%s"}`,                       // gone
		`{"type":"set","id":"sticky-1","fields":{"color":"%s"}}`, // no colour
		`{"type":"addPhase","id":"phase-1","step":"step-1","title":"%s"}`,
	} {
		s.send(op, word())
	}
	s.untilEntry("phase-1")
	for _, op := range []string{`{"type":"%s"}`, `{"type":"add","%s":1}`} {
		s := mira.sit(id)
		s.send(op, word())
		s.closed()
	}
	// Frames that are none.
	for _, frame := range []string{`[{"type":"hello","token":"%s"}]`, `[{"%s":1}]`, `%s`, "\xff%s", `[{"type":"ops","client":"%s"}]`} {
		conn, _, err := p.raw(t, nil, "waymark.v1")
		if err == nil {
			err = conn.Write(limited(t), websocket.MessageText, fmt.Appendf(nil, frame, word()))
		}
		if err != nil {
			t.Fatal(err)
		}
		closeCode(t, conn)
	}

	// Requests that are done, and such that are not.
	guest := p.browser(t)
	_, secret := mira.invite(id, map[string]any{"role": "editor", "label": word(), "passcode": word()})
	passcode := fmt.Sprintf("hush-%d-hush", words)
	guest.fails("POST", "/api/invites/join", map[string]string{"secret": secret, "passcode": word(), "name": word(), "lang": "en"}, 403, "passcode")
	guest.enter("/api/invites/join", map[string]string{"secret": secret, "passcode": passcode, "name": word(), "department": word(), "lang": "en"})
	guest.fails("POST", "/api/invites/join", map[string]string{"secret": word(), "name": word(), "lang": "en"}, 404, "link")
	mira.ok("POST", base+"/title", map[string]string{"title": word()}, nil)
	_, file := mira.do("GET", base+"/export", nil)
	mira.do("POST", "/api/boards/import", fmt.Sprintf(`{"id":"board-two","board":%s}`, file))
	mira.do("POST", "/api/boards/import", fmt.Sprintf(`{"id":"board-three","board":{"format":"%s"}}`, word()))
	mira.do("POST", base+"/title", fmt.Sprintf(`{"title":"%s","%s":1}`, word(), word()))
	mira.do("POST", base+"/title", word())
	mira.do("PATCH", "/api/me", map[string]string{"name": word(), "department": word()})
	mira.do("POST", "/api/me/password", map[string]string{"old": word(), "new": word()})
	mira.do("POST", "/api/signin", map[string]string{"login": word(), "password": word()})
	mira.do("GET", "/api/templates?lang="+word(), nil)
	mira.do("GET", "/join?"+word(), nil)
	stranger := p.browser(t)
	stranger.signed.Access = word()
	stranger.fails("GET", "/api/me", nil, 401, "token")
	mira.list()
	mira.ok("POST", base+"/trash", nil, nil)
	mira.ok("POST", "/api/signout", nil, nil)
	p.sends(t, "GET /"+word()+" HTTP/1.1\r\nHost: "+word()+"\r\n"+word()+"\r\n\r\n")
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	for line := range strings.Lines(p.stderr.String()) {
		for _, hidden := range []string{"hush", link, secret, mira.signed.Access, mira.signed.Socket} {
			if strings.Contains(line, hidden) {
				t.Errorf("the log has %s", line)
			}
		}
	}
	if !strings.Contains(p.stderr.String(), "level=DEBUG") {
		t.Error("nothing was logged at the level that says most")
	}
}
