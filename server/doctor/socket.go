package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"waymark/collab"
)

// longestIdle is how long the doctor's socket says nothing: longer than what buffers or cuts in a hurry.
const longestIdle = 3 * time.Second

// answerTime is how long an answer may take.
const answerTime = 4 * time.Second

// strangersHello is the hello of somebody whose token is not good. It is answered by a close code, whatever the boards.
var strangersHello = fmt.Sprintf(`[{"type":"hello","token":"none","board":"board-doctor","epoch":0,"seq":-1,"batch":"","protocol":%d}]`, collab.Protocol)

// socket opens a WebSocket as the page does, is silent for a while, and has a message go each way. What a proxy does it
// does again, so it tries twice before it blames one: a server may go away meanwhile.
func (e *examiner) socket(ctx context.Context, client *http.Client, public *url.URL) {
	first, opened := e.trySocket(ctx, client, public)
	if !opened {
		return
	}
	says := first
	if first != "" {
		if says, opened = e.trySocket(ctx, client, public); !opened {
			return
		}
	}
	switch {
	case says != "":
		e.say(Wrong, "no buffering, and no time-out below 60 seconds, for connections that are upgraded\n"+recipe(public, Upstream(e.Listen)),
			"what stands at %s upgrades to a WebSocket, and %s", public.Host, says)
	case first != "":
		e.say(Warning, "run doctor again; when no server was stopped meanwhile, look into the proxy's log",
			"of two WebSockets at %s one was good, and what stands there %s", public.Host, first)
	default:
		e.good("a WebSocket opens at %s/socket, stays open, and carries messages both ways", public)
	}
}

// trySocket returns what goes wrong with a WebSocket that was opened. It has said why, when none was.
func (e *examiner) trySocket(ctx context.Context, client *http.Client, public *url.URL) (says string, opened bool) {
	idle := min(longestIdle, e.HelloTimeout/2)
	ctx, cancel := context.WithTimeout(ctx, limit+idle)
	defer cancel()
	conn, answer, err := websocket.Dial(ctx, public.String()+"/socket", &websocket.DialOptions{ //nolint:bodyclose // the library has read it
		HTTPClient: client, Subprotocols: []string{collab.Subprotocol}, HTTPHeader: http.Header{"Origin": {origin(public)}},
	})
	if err != nil {
		e.notUpgraded(public, answer, err)
		return "", false
	}
	defer func() { _ = conn.CloseNow() }() // it has closed by itself where all is good
	ended := make(chan error, 1)
	go func() {
		_, _, err := conn.Read(ctx)
		ended <- err
		close(ended)
	}()
	defer func() {
		cancel()
		for range ended {
		}
	}()
	return tried(ctx, conn, ended, idle), true
}

// tried has a ping come back, is silent, and has a message be answered; ended says how the connection ended. It returns
// what goes wrong.
func tried(ctx context.Context, conn *websocket.Conn, ended <-chan error, idle time.Duration) string {
	const nothing = "passes nothing on through it (%s): boards stay empty"
	const cut = "cuts it %s (%s): boards lose their connection again and again"
	pinged := make(chan error, 1)
	pinging, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	go func() { pinged <- conn.Ping(pinging) }()
	select {
	case err := <-pinged:
		if err != nil {
			return fmt.Sprintf(nothing, short(err))
		}
	case err := <-ended:
		stop()
		err = errors.Join(err, <-pinged)
		return fmt.Sprintf(cut, "at once", short(err))
	}
	quiet := time.NewTimer(idle)
	defer quiet.Stop()
	select {
	case <-quiet.C:
	case err := <-ended:
		return fmt.Sprintf(cut, "when nothing was said for less than "+idle.String(), short(err))
	}
	late := time.NewTimer(answerTime)
	defer late.Stop()
	if err := conn.Write(ctx, websocket.MessageText, []byte(strangersHello)); err != nil {
		return fmt.Sprintf(cut, "when something is said", short(err))
	}
	select {
	case err := <-ended:
		if websocket.CloseStatus(err) == websocket.StatusCode(collab.CloseToken) {
			return ""
		}
		return fmt.Sprintf(cut, "when something is said", short(err))
	case <-late.C:
		return fmt.Sprintf(nothing, "no answer in "+answerTime.String())
	}
}

// short is an error in one line.
func short(err error) string {
	if err == nil {
		return "it was closed"
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// notUpgraded says why there is no WebSocket.
func (e *examiner) notUpgraded(public *url.URL, answer *http.Response, err error) {
	lines := recipe(public, Upstream(e.Listen))
	if answer == nil {
		e.say(Wrong, lines, "pages come from %s, and no WebSocket: %v", public, short(err))
		return
	}
	var body []byte
	if answer.Body != nil {
		body, _ = io.ReadAll(io.LimitReader(answer.Body, 64<<10)) // what is missing says nothing either
	}
	a := readAnswer(answer, body)
	switch {
	case a.code == "request" && strings.Contains(a.message, "subprotocol"):
		e.say(Wrong, "have the proxy pass on the header Sec-WebSocket-Protocol\n"+lines, "the proxy at %s takes away Sec-WebSocket-Protocol: people see pages, and boards do not open", public)
	case a.code == "request":
		e.say(Wrong, lines, "the proxy at %s does not upgrade to a WebSocket (it takes away the header Upgrade): people see pages, and boards do not open", public)
	case a.code == "origin":
		e.say(Wrong, leaveOrigin, "the proxy at %s changes the header Origin of a WebSocket, which was %q and which the server takes in other requests: boards do not open",
			public, origin(public))
	case a.code == "noPage":
		e.say(Wrong, lines, "the proxy at %s changes the path of a WebSocket: boards do not open", public)
	case a.code != "":
		e.say(Warning, "try again; the server's log says more", "a server at %s answers %s: %s", public, a.statusLine(), a.message)
	default:
		e.say(Wrong, lines, "in the place of a WebSocket the proxy at %s answers %s: people see pages, and boards do not open (%v)", public, a.statusLine(), short(err))
	}
}
