package bench

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/coder/websocket"
)

const linkReadLimit = 16 << 20

func (s *seat) connect(ctx context.Context) error {
	if s.load.order.Target == targetServer {
		return s.connectServer(ctx)
	}
	return s.connectRelay(ctx)
}

// A relayLink is a bare socket: what the others send comes out of it as they sent it.
type relayLink struct{ conn *websocket.Conn }

func (s *seat) connectRelay(ctx context.Context) error {
	conn, _, err := websocket.Dial(ctx, s.load.order.URLs[0]+"/"+s.Board, nil) //nolint:bodyclose // the library says that nobody needs to
	if err != nil {
		return fmt.Errorf("dial the relay: %w", err)
	}
	conn.SetReadLimit(linkReadLimit)
	s.link = relayLink{conn}
	s.load.readers.Go(func() {
		var frame []byte
		for {
			if frame, err = readFrame(conn, frame[:0]); err != nil {
				return
			}
			now := s.load.now()
			s.countFrame(len(frame), now)
			s.heardCursors(frame, now)
			s.heardRelayedEdits(frame, now)
		}
	})
	return nil
}

func (l relayLink) write(frame []byte) error {
	return l.conn.Write(context.Background(), websocket.MessageText, frame)
}

func (l relayLink) close() { _ = l.conn.CloseNow() }

func (s *seat) countFrame(size int, now time.Duration) {
	if s.load.window.holds(now) {
		s.got.frames++
		s.got.bytes += int64(size)
	}
}

// heardRelayedEdits finds the ops messages of others in a relayed frame, one op in each.
func (s *seat) heardRelayedEdits(frame []byte, now time.Duration) {
	for {
		i := bytes.Index(frame, []byte(`"client":"`))
		if i < 0 {
			return
		}
		client, rest, ok := bytes.Cut(frame[i+10:], []byte{'"'})
		if i = bytes.Index(rest, []byte(`"n":`)); !ok || i < 0 {
			return
		}
		var n int64
		n, frame = leadingInt(rest[i+4:])
		s.heardEdit(client, n, now)
	}
}
