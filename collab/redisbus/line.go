package redisbus

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

var (
	errSilent = errors.New("a probe that was published was not heard")
	errSpent  = errors.New("connection was lost")
	errTLS    = errors.New("begin TLS")
	errHungUp = errors.New("connection was ended at its first word")
)

// A line is the two connections to Redis, from their dialing to the first fault of either. go-redis would mend each by
// itself, and would report nothing of a Redis that does not answer; a line is mended by another line.
type line struct {
	ctx    context.Context
	stop   context.CancelFunc
	unhook func() bool
	work   sync.WaitGroup

	hearer, publisher *redis.Client
	heard             *redis.PubSub

	mu    sync.Mutex
	conns []net.Conn
	spent bool
	// greeted is how many connections Redis has answered on, about what it said of itself.
	greeted int
	about   about
}

// about is what Redis says of itself.
type about struct {
	server, version, mode, role string
}

// newLine makes a line. It dials when it is first used, and gives up on anything that takes longer than silence.
func newLine(ctx context.Context, with redis.Options, node string, silence time.Duration) *line {
	l := &line{}
	l.ctx, l.stop = context.WithCancel(ctx)
	l.unhook = context.AfterFunc(l.ctx, l.cut) // what waits for an answer looks at no context
	with.OnConnect = func(ctx context.Context, c *redis.Conn) error { return l.greet(ctx, c, node) }
	// The messages of version 2 are all that is needed; there are no pushes between them to look for.
	with.Protocol = 2
	// Publishing knows no databases, and SELECT would be one more right to ask for. So would be the naming of library
	// and client, which greet does by a command that everybody may give.
	with.DB, with.DisableIdentity, with.ClientName = 0, true, ""
	with.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	with.MaxRetries, with.DialerRetries = -1, 1
	with.DialTimeout, with.ReadTimeout, with.WriteTimeout = silence, silence, silence
	with.PipelinePoolSize, with.ConnMaxIdleTime, with.ConnMaxLifetime = -1, -1, -1
	l.hearer, l.publisher = l.newClient(with), l.newClient(with)
	l.heard = l.hearer.Subscribe(l.ctx)
	return l
}

// newClient makes a client that dials once.
func (l *line) newClient(with redis.Options) *redis.Client {
	var dialed atomic.Bool
	secure, dialer := with.TLSConfig, net.Dialer{Timeout: with.DialTimeout}
	with.Dialer = func(_ context.Context, network, addr string) (net.Conn, error) {
		if dialed.Swap(true) {
			return nil, errSpent
		}
		return l.dial(&dialer, secure, network, addr)
	}
	return redis.NewClient(&with)
}

func (l *line) dial(d *net.Dialer, secure *tls.Config, network, addr string) (net.Conn, error) {
	c, err := d.DialContext(l.ctx, network, addr)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	if !l.keep(c) {
		return nil, errSpent
	}
	if secure == nil {
		return &guard{Conn: c}, nil
	}
	t := tls.Client(c, secure)
	ctx, cancel := context.WithTimeout(l.ctx, d.Timeout)
	defer cancel()
	if err := t.HandshakeContext(ctx); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("%w: %w", errTLS, err)
	}
	return &guard{Conn: t}, nil
}

// keep notes a connection, to be closed with the line.
func (l *line) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spent {
		_ = c.Close()
		return false
	}
	l.conns = append(l.conns, c)
	return true
}

// greet gives a new connection its name, and notes what Redis says of itself.
func (l *line) greet(ctx context.Context, c *redis.Conn, node string) error {
	answer, err := c.Hello(ctx, 2, "", "", "waymark-"+node).Result()
	if err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	text := func(name string) string {
		s, _ := answer[name].(string)
		return s
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.greeted++
	l.about = about{text("server"), text("version"), text("mode"), text("role")}
	return nil
}

func (l *line) says() about {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.about
}

// close ends both connections, whatever they are doing, and waits for the line's goroutine.
func (l *line) close() {
	l.unhook()
	l.stop()
	l.cut()
	_ = l.heard.Close()
	_, _ = l.hearer.Close(), l.publisher.Close()
	l.work.Wait()
}

// cut ends both connections, and lets no more be dialed.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spent = true
	for _, c := range l.conns {
		_ = c.Close()
	}
}

// subscribe and unsubscribe do not wait for an answer; it is received.
func (l *line) subscribe(channels []string) (err error) {
	defer survive(&err)
	if err = l.heard.Subscribe(l.ctx, channels...); err != nil {
		return l.failed("subscribe", err)
	}
	return nil
}

func (l *line) unsubscribe(channels []string) (err error) {
	defer survive(&err)
	if err = l.heard.Unsubscribe(l.ctx, channels...); err != nil {
		return l.failed("unsubscribe", err)
	}
	return nil
}

// failed says what was being done, and whether Redis had never answered.
func (l *line) failed(doing string, err error) error {
	l.mu.Lock()
	first := l.greeted < len(l.conns)
	l.mu.Unlock()
	if first && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)) {
		return fmt.Errorf("%s: %w: %w", doing, errHungUp, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// receive waits for a message or the answer to a subscription, without end: a deadline that strikes in the middle of a
// message would lose its beginning. Closing the line ends it.
func (l *line) receive() (m any, err error) {
	defer survive(&err)
	if m, err = l.heard.Receive(l.ctx); err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	return m, nil
}

// A letter is a sealed message on its way to a channel.
type letter struct {
	channel string
	sealed  []byte
}

// publish hands letters to Redis, all at once, and waits until it has taken them.
func (l *line) publish(letters []letter) (err error) {
	defer survive(&err)
	pipe := l.publisher.Pipeline()
	for i := range letters {
		pipe.Publish(l.ctx, letters[i].channel, letters[i].sealed)
	}
	if _, err = pipe.Exec(l.ctx); err != nil {
		return l.failed("publish", err)
	}
	return nil
}

// survive makes a panic an error: go-redis takes for granted that an answer has the shape that it has asked for.
func survive(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", errProtocol, p)
	}
}
