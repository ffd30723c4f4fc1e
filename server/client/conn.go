package client

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"waymark/board"
)

// Subprotocol is what both ends must name in the handshake; Protocol is its number in a hello.
const (
	Subprotocol = "waymark.v1"
	Protocol    = 1
)

// A Point is an end of a board's log. The zero Point is before everything: a hello with it is answered by a snapshot.
type Point struct {
	Epoch int64
	Seq   board.Seq
	Batch board.ID
}

// Options say where to go and who one is.
type Options struct {
	// URL of the socket: ws:// or wss://.
	URL string
	// Token has the audience "socket".
	Token string
	Board board.ID
	// Client numbers the ops; a fresh one when empty.
	Client board.ID
	// Next is the number of the first op that Send will send; 1 when 0. A client that comes back goes on where it was.
	Next int64
	// From is what one has already.
	From Point
	// Hear is called by Run for each message, in order. What it returns ends Run.
	Hear func(Message) error
	// HeardFrame, if set, is called by Run with the size of each frame before its messages are heard.
	HeardFrame func(size int)
	// Resumable reads each snapshot for the point it stands at, so that Point is right also before entries follow.
	Resumable bool
	// ReadLimit bounds a message; 32 MiB when 0.
	ReadLimit int64
	// HTTP is the client for the handshake; http.DefaultClient when nil.
	HTTP *http.Client
}

// A Conn is one session on one board. Send, Present and Write may be called by many goroutines; Run by one.
type Conn struct {
	socket *websocket.Conn
	client board.ID

	// Of Run alone.
	heard   func(size int)
	hear    func(Message) error
	reader  reader
	scratch []byte
	fresh   bool // a snapshot has come, and its seq is not known
	inflate bool

	sending sync.Mutex // over next and frame; held while a frame is written
	next    int64
	frame   []byte

	pointing sync.Mutex // over point
	point    Point
}

// ErrSkipped ends Run when the server left out a seq.
var ErrSkipped = errors.New("the server skipped a seq")

// Dial opens the socket, says hello and claims the client. The answers come by Run: the board, then a mark that says up
// to which number the client's ops are decided.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	options := &websocket.DialOptions{HTTPClient: o.HTTP, Subprotocols: []string{Subprotocol}}
	socket, _, err := websocket.Dial(ctx, o.URL, options) //nolint:bodyclose // the library says that nobody needs to
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", o.Board, err)
	}
	if o.ReadLimit == 0 {
		o.ReadLimit = 32 << 20
	}
	socket.SetReadLimit(o.ReadLimit)
	c := &Conn{socket: socket, heard: o.HeardFrame, hear: o.Hear, inflate: o.Resumable, client: o.Client, next: max(o.Next, 1), point: o.From}
	if c.client == "" {
		c.client = NewID(board.PrefixClient)
	}
	seq := o.From.Seq
	if o.From.Batch == "" {
		seq = -1
	}
	hello, err := json.Marshal([]any{
		map[string]any{
			"type": "hello", "token": o.Token, "board": o.Board, "protocol": Protocol,
			"epoch": o.From.Epoch, "seq": seq, "batch": o.From.Batch,
		},
		map[string]any{"type": "claim", "client": c.client}, // ops of a client that is not claimed are refused (S7)
	})
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", o.Board, err)
	}
	if err := c.Write(hello); err != nil {
		_ = socket.CloseNow()
		return nil, fmt.Errorf("dial %s: %w", o.Board, err)
	}
	return c, nil
}

// claim claims the client again.
func (c *Conn) claim() error {
	return c.Write(fmt.Appendf(nil, `[{"type":"claim","client":%q}]`, c.client))
}

// NewID makes an id of 96 random bits, as a browser does.
func NewID(kind board.Kind) board.ID {
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails
	return board.ID(string(kind) + "-" + base64.RawURLEncoding.EncodeToString(random[:]))
}

// Client is the id under which Send numbers ops.
func (c *Conn) Client() board.ID { return c.client }

// Point is the end of what Run has heard.
func (c *Conn) Point() Point {
	c.pointing.Lock()
	defer c.pointing.Unlock()
	return c.point
}

// Send sends ops, each a JSON object, in one message, and gives the number of the first. Sent is not saved: an op is
// when its entry comes back. Before the board has come, with the message "own" or, after a resume, the mark, the server
// answers ops with busy.
func (c *Conn) Send(ops ...[]byte) (first int64, err error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	first = c.next
	c.next += int64(len(ops))
	return first, c.sendFrom(first, ops)
}

// SendAgain sends ops under the numbers they had, the first of them n, and does not touch the counting of Send.
func (c *Conn) SendAgain(n int64, ops ...[]byte) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	return c.sendFrom(n, ops)
}

func (c *Conn) sendFrom(n int64, ops [][]byte) error {
	c.frame = append(c.frame[:0], `[{"type":"ops","client":"`...)
	c.frame = append(c.frame, c.client...)
	c.frame = append(c.frame, `","items":[`...)
	for i, op := range ops {
		if i > 0 {
			c.frame = append(c.frame, ',')
		}
		c.frame = append(c.frame, `{"n":`...)
		c.frame = strconv.AppendInt(c.frame, n+int64(i), 10)
		c.frame = append(c.frame, `,"op":`...)
		c.frame = append(c.frame, op...)
		c.frame = append(c.frame, '}')
	}
	c.frame = append(c.frame, "]}]"...)
	return c.Write(c.frame)
}

// Present shows others where one is: the fields of a presence message, a JSON object with its braces.
func (c *Conn) Present(fields []byte) error {
	frame := append([]byte(`[{"type":"presence",`), fields[1:]...)
	return c.Write(append(frame, ']'))
}

// Write sends a frame as it is: a JSON array of messages.
func (c *Conn) Write(frame []byte) error {
	if err := c.socket.Write(context.Background(), websocket.MessageText, frame); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	return nil
}

// Run reads until the connection ends and says why: a *Closed from the server, what Hear returned, [ErrSkipped], or the
// network's error.
func (c *Conn) Run() error {
	for {
		kind, err := c.read()
		if err != nil {
			return c.ended(err)
		}
		if c.heard != nil {
			c.heard(len(c.scratch))
		}
		if kind == websocket.MessageBinary {
			if err = c.begin(c.scratch); err == nil {
				err = c.hear(Message{Type: "snapshot", Raw: c.scratch})
			}
		} else {
			err = c.reader.frame(c.scratch, c.follow)
		}
		if err != nil {
			_ = c.socket.CloseNow()
			return err
		}
	}
}

// read fills scratch with the next frame.
func (c *Conn) read() (websocket.MessageType, error) {
	kind, from, err := c.socket.Reader(context.Background())
	if err != nil {
		return kind, err
	}
	c.scratch = c.scratch[:0]
	for {
		if len(c.scratch) == cap(c.scratch) {
			c.scratch = append(c.scratch, 0)[:len(c.scratch)]
		}
		n, err := from.Read(c.scratch[len(c.scratch):cap(c.scratch)])
		c.scratch = c.scratch[:len(c.scratch)+n]
		if err == io.EOF {
			return kind, nil
		}
		if err != nil {
			return kind, err
		}
	}
}

// begin starts anew from a snapshot.
func (c *Conn) begin(snapshot []byte) error {
	if c.fresh = !c.inflate; c.fresh {
		return nil
	}
	p, err := pointOf(snapshot)
	if err != nil {
		return err
	}
	c.pointing.Lock()
	c.point = p
	c.pointing.Unlock()
	return nil
}

// follow keeps the point, then lets the caller hear.
func (c *Conn) follow(m Message) error {
	switch m.Type {
	case "entries", "hole":
		c.pointing.Lock()
		skipped := !c.fresh && m.From > c.point.Seq+1
		c.fresh = false
		if !skipped && m.To > c.point.Seq {
			c.point.Seq = m.To
			if string(c.point.Batch) != string(m.Batch) {
				c.point.Batch = board.ID(m.Batch)
			}
		}
		c.pointing.Unlock()
		if skipped {
			return fmt.Errorf("%w: %d to %d", ErrSkipped, m.From, m.To)
		}
	case "welcome", "reset":
		var told struct{ Epoch int64 }
		if err := m.Decode(&told); err != nil {
			return err
		}
		c.pointing.Lock()
		c.point.Epoch = told.Epoch
		c.pointing.Unlock()
		if m.Type == "reset" { // what was sent before is dropped (R3)
			if err := c.claim(); err != nil {
				return err
			}
		}
	}
	return c.hear(m)
}

// Closed is the server's close frame.
type Closed struct {
	Code   int
	Reason string
}

func (c *Closed) Error() string { return fmt.Sprintf("closed by the server: %d %s", c.Code, c.Reason) }

func (c *Conn) ended(err error) error {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return &Closed{Code: int(closed.Code), Reason: closed.Reason}
	}
	return fmt.Errorf("read a frame: %w", err)
}

// Close says goodbye and ends Run. Cut ends both ways without a word, as a lost network does.
func (c *Conn) Close() error {
	done := time.AfterFunc(2*time.Second, func() { _ = c.socket.CloseNow() })
	defer done.Stop()
	return c.socket.Close(websocket.StatusNormalClosure, "")
}

// Cut drops the connection without a close frame.
func (c *Conn) Cut() error { return c.socket.CloseNow() }
