package redisbus

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// A guard reads from Redis and ends the connection at what Redis would not send to us: go-redis makes room for any
// length that it is told, and would follow lists in lists until the stack is full. What it lets through is the second
// version of Redis' protocol.
type guard struct {
	net.Conn
	// line is the line that has begun, skip how many bytes of a text are to come.
	line []byte
	skip int
	// open are the lists that have begun: how many of their items are to come.
	open []int
	err  error
}

const (
	// mostText is the longest text: as much as Redis lets a subscriber be behind before it cuts it off.
	mostText = 32 << 20
	// mostLine, mostItems and mostDepth are of a line, a list, and lists in lists.
	mostLine  = 64 << 10
	mostItems = 4 << 10
	mostDepth = 4
)

var errProtocol = errors.New("this is not how Redis answers")

// Read is [net.Conn].
func (g *guard) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	n, err := g.Conn.Read(p)
	if g.err = g.look(p[:n]); g.err != nil {
		return 0, g.err
	}
	return n, err
}

func (g *guard) look(b []byte) error {
	for len(b) > 0 {
		if g.skip > 0 {
			n := min(g.skip, len(b))
			b = b[n:]
			if g.skip -= n; g.skip == 0 {
				g.item()
			}
			continue
		}
		end := bytes.IndexByte(b, '\n') + 1
		whole := end > 0
		if !whole {
			end = len(b)
		}
		if len(g.line)+end > mostLine {
			return fmt.Errorf("%w: a line of %d bytes", errProtocol, len(g.line)+end)
		}
		g.line = append(g.line, b[:end]...)
		b = b[end:]
		if !whole {
			return nil
		}
		if err := g.begin(); err != nil {
			return err
		}
		g.line = g.line[:0]
	}
	return nil
}

// begin takes a whole line, with which an answer or an item of one begins.
func (g *guard) begin() error {
	text, ok := bytes.CutSuffix(g.line, []byte("\r\n"))
	if !ok || len(text) == 0 {
		return fmt.Errorf("%w: %.40q", errProtocol, g.line)
	}
	most := 0
	switch text[0] {
	case '+', '-', ':':
		g.item()
		return nil
	case '$':
		most = mostText
	case '*':
		most = mostItems
	}
	n, err := strconv.Atoi(string(text[1:]))
	if most == 0 || err != nil || n < -1 || n > most || text[0] == '*' && len(g.open) == mostDepth {
		return fmt.Errorf("%w: %.40q", errProtocol, text)
	}
	switch {
	case n == -1, n == 0 && text[0] == '*':
		g.item()
	case text[0] == '*':
		g.open = append(g.open, n)
	default:
		g.skip = n + len("\r\n")
	}
	return nil
}

// item ends an item, and with the last one of a list the list, which may be an item too.
func (g *guard) item() {
	for len(g.open) > 0 {
		last := len(g.open) - 1
		if g.open[last]--; g.open[last] > 0 {
			return
		}
		g.open = g.open[:last]
	}
}
