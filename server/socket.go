package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"

	"waymark/collab"
)

// A Socket carries one session: one goroutine reads, one writes. Neither is given a context that ends, because that
// would cut the connection in the middle of a frame; the watch of Sockets ends what takes too long.
type Socket struct {
	conn    *websocket.Conn
	line    Line
	session *collab.Session
	addr    netip.Addr
	since   time.Time

	waiting bool                      // for the hello; guarded by Sockets
	writing atomic.Int64              // since when, in ms; 0 = no write is under way
	kick    chan websocket.StatusCode // room for one
	written chan struct{}             // closed when the writer has ended
	late    int                       // frames that came after the session's end; of whoever reads
	code    int                       // that it was closed with, 0 = by its other end; read it once written is closed
}

// socket turns the request into a session and returns when that is over.
func (s *Server) socket(c echo.Context) error {
	r := c.Request()
	switch {
	case !s.site.allows(r):
		s.metrics.refused.WithLabelValues("origin").Inc()
		return failValue("origin", s.site.url.String()+"/")
	case !strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		return failValue("request", "want a WebSocket")
	case !offers(r, collab.Subprotocol):
		return failValue("request", "want the subprotocol "+collab.Subprotocol)
	}
	socket := &Socket{addr: network(s.address(c)), since: s.now(), kick: make(chan websocket.StatusCode, 1), written: make(chan struct{})}
	if why := s.sockets.enter(socket); why != "" {
		s.metrics.refused.WithLabelValues(why).Inc()
		if why == "draining" {
			return fail("draining")
		}
		return failWait("sockets", s.config.Limits.HelloTimeout)
	}
	defer s.sockets.leave(socket)
	socket.line.ResponseWriter = c.Response()
	session := s.hub.Accept()
	conn, err := websocket.Accept(&socket.line, r, &websocket.AcceptOptions{
		Subprotocols:       []string{collab.Subprotocol},
		InsecureSkipVerify: true, // the Origin was checked above, against the public URL
		CompressionMode:    websocket.CompressionDisabled,
		OnPingReceived:     func(context.Context, []byte) bool { return !socket.isLate() && session.Control() },
		OnPongReceived: func(context.Context, []byte) {
			if !socket.isLate() {
				session.Control()
			}
		},
	})
	if err != nil {
		s.log.Debug("socket was not opened", "request", c.Get("request"), "error", err)
		return nil // Accept has answered
	}
	conn.SetReadLimit(-1) // read has its own, which ends the session with its own code
	s.sockets.opened(socket, conn, session)

	go func() {
		defer close(socket.written)
		socket.write()
	}()
	s.read(c, socket)
	session.Leave()
	<-socket.written
	if id := session.Board(); id != "" {
		s.log.Info("session ended", "request", c.Get("request"), "session", session.ID(), "board", boardOf(c), "code", socket.code)
	}
	_ = conn.CloseNow() // it may be closed by now
	return nil
}

func offers(r *http.Request, subprotocol string) bool {
	for _, h := range r.Header.Values("Sec-Websocket-Protocol") {
		if slices.ContainsFunc(strings.Split(h, ","), func(p string) bool { return strings.TrimSpace(p) == subprotocol }) {
			return true
		}
	}
	return false
}

// helloBytes bounds a frame of a connection that has not said hello: anybody can open many of these.
const helloBytes = 32 << 10

// keptBuffer is the largest read buffer that a socket keeps between frames.
const keptBuffer = 16 << 10

// read hands frames to the session until the connection ends.
func (s *Server) read(c echo.Context, socket *Socket) {
	limit := int64(helloBytes)
	var frame bytes.Buffer
	said := false
	for {
		kind, r, err := socket.conn.Reader(context.Background())
		if err != nil {
			return
		}
		frame.Reset()
		if _, err := frame.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
			return
		}
		long := int64(frame.Len()) > limit
		if long || kind != websocket.MessageText {
			frame.Reset() // an empty frame is in no protocol: the session ends with the code for that
		}
		socket.session.Receive(frame.Bytes())
		if long {
			<-socket.written // the session is over, and the rest of the frame is not worth reading
			return
		}
		if socket.isLate() {
			continue // until the writer has said goodbye
		}
		if !said && socket.session.Person() != "" {
			said, limit = true, int64(s.frameBytes)
			s.sockets.said(socket)
			if id := socket.session.Board(); id != "" {
				c.Set("board", id)
				s.log.Info("session began", "request", c.Get("request"), "session", socket.session.ID(), "board", boardOf(c),
					"person", logged(string(socket.session.Person())))
			}
		}
		if frame.Cap() > keptBuffer {
			frame = bytes.Buffer{}
		}
	}
}

// maxLate is how many frames may be on the way when a session ends. Whoever sends more does not listen.
const maxLate = 1000

// isLate reports whether a frame came after the session's end, and cuts off whoever goes on sending.
func (socket *Socket) isLate() bool {
	select {
	case <-socket.session.Ended():
	default:
		return false
	}
	if socket.late++; socket.late > maxLate {
		socket.cut()
	}
	return true
}

// write writes what the session gives out, until its last frame.
func (socket *Socket) write() {
	for {
		select {
		case f := <-socket.session.Out():
			if !socket.send(f) {
				return
			}
		case code := <-socket.kick:
			socket.close(code)
			return
		case <-socket.session.Ended():
			for f := socket.session.Next(); f != nil; f = socket.session.Next() {
				if !socket.send(f) {
					return
				}
			}
			_ = socket.conn.CloseNow()
			return
		}
	}
}

// send writes one frame and reports whether more may follow.
func (socket *Socket) send(f *collab.Frame) bool {
	socket.writing.Store(time.Now().UnixMilli())
	defer func() {
		socket.writing.Store(0)
		socket.session.Wrote(f)
	}()
	if len(f.Data) > 0 {
		if err := socket.put(f); err != nil {
			_ = socket.conn.CloseNow() // so that the reader ends too
			return false
		}
	}
	if f.Close != 0 {
		socket.close(websocket.StatusCode(f.Close))
		return false
	}
	return true
}

// closeTimeout bounds a closing handshake: what is written, what the client still sends, its own word.
const closeTimeout = 5 * time.Second

// close says a code and waits for the client's. The library would wait without end for the rest of a frame that the
// client has begun, and its CloseNow would not cut that short, so the line itself has a deadline.
func (socket *Socket) close(code websocket.StatusCode) {
	socket.code = int(code)
	_ = socket.line.conn.SetDeadline(time.Now().Add(closeTimeout))
	_ = socket.conn.Close(code, "")
}

// cut ends the connection without a word, whatever is under way on it.
func (socket *Socket) cut() { _ = socket.line.conn.Close() }

func (socket *Socket) put(f *collab.Frame) error {
	switch {
	case f.Binary:
		return socket.conn.Write(context.Background(), websocket.MessageBinary, f.Data)
	case len(f.Data) > straight:
		return socket.conn.Write(context.Background(), websocket.MessageText, f.Data)
	}
	return socket.line.text(f.Data)
}
