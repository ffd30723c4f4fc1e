//go:build linux

package processtest

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"waymark/board"
	"waymark/server/trial"
)

// A raw is a WebSocket that may be written to in any way, right or wrong.
type raw struct {
	net.Conn
	in     *bufio.Reader
	status int // the answer to the handshake
}

const rawLimit = 30 * time.Second

// knock opens a socket from a local address, "" for any. A status other than 101 is no error.
func (p *program) knock(from string, header ...string) (*raw, error) {
	dialer := net.Dialer{Timeout: rawLimit}
	if from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	conn, err := dialer.Dial("tcp", p.At())
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(rawLimit))
	lines := append([]string{
		"GET /socket HTTP/1.1", "Host: " + p.At(), "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: waymark.v1",
	}, header...)
	r := &raw{Conn: conn, in: bufio.NewReader(conn)}
	if _, err = io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"); err == nil {
		var res *http.Response
		if res, err = http.ReadResponse(r.in, nil); err == nil { //nolint:bodyclose // what follows the head are frames
			r.status = res.StatusCode
			return r, nil
		}
	}
	_ = conn.Close()
	return nil, err
}

// enter opens a socket, says hello and claims a client. What the server says to it is read up to the answer.
func (p *program) enter(token string, on, client board.ID) (*raw, error) {
	r, err := p.knock("")
	if err != nil {
		return nil, err
	}
	if r.status != http.StatusSwitchingProtocols {
		_ = r.Close()
		return nil, fmt.Errorf("the handshake was answered by %d", r.status)
	}
	hello, err := json.Marshal([]any{
		map[string]any{"type": "hello", "token": token, "board": on, "protocol": 1, "epoch": 0, "seq": -1, "batch": ""},
		map[string]any{"type": "claim", "client": client},
	})
	if err == nil {
		err = r.text(hello)
	}
	if err == nil {
		err = r.until(func(f trial.Frame) bool { return strings.Contains(string(f.Payload), `"type":"mark"`) })
	}
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func (r *raw) text(payload []byte) error { return r.frame(0x80|trial.OpText, payload) }

// frame sends one frame with this first byte, masked as a client's has to be.
func (r *raw) frame(first byte, payload []byte) error {
	_, err := r.Write(masked(first, payload))
	return err
}

func masked(first byte, payload []byte) []byte {
	head := []byte{first}
	switch n := len(payload); {
	case n < 126:
		head = append(head, 0x80|byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 0x80|126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 0x80|127), uint64(n))
	}
	key := [4]byte{1, 2, 3, 4}
	out := append(append(make([]byte, 0, len(head)+4+len(payload)), head...), key[:]...)
	for i, b := range payload {
		out = append(out, b^key[i%4])
	}
	return out
}

// An endedError is the close frame that the server sent.
type endedError struct{ code int }

func (e endedError) Error() string { return fmt.Sprintf("closed with %d", e.code) }

// until reads frames until one is right. The server's close frame is an endedError.
func (r *raw) until(right func(trial.Frame) bool) error {
	for {
		f, err := trial.ReadFrame(r.in)
		if err != nil {
			return err
		}
		if f.Opcode == trial.OpClose {
			if len(f.Payload) < 2 {
				return endedError{}
			}
			return endedError{int(binary.BigEndian.Uint16(f.Payload))}
		}
		if right(f) {
			return nil
		}
	}
}

// ends reads to the end, and gives the code of the server's close frame; 0 when there was none.
func (r *raw) ends() int {
	err := r.until(func(trial.Frame) bool { return false })
	var ended endedError
	_ = errors.As(err, &ended)
	return ended.code
}
