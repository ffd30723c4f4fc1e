package redisbus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Settings are what an operator wants to know of a Redis, tried out on it.
type Settings struct {
	// Server is its name and version, Mode "standalone", "cluster" or "sentinel", Role "master" or "replica".
	Server, Mode, Role string
	// Delay is how long a message takes from one server to another, the median of several.
	Delay time.Duration
	// Limit is client-output-buffer-limit for publishing, as Redis writes it: the bytes and seconds a server may be
	// behind before it is cut off. "" when it cannot be read.
	Limit string
	// Keys is how many keys there are, all of somebody else; -1 when they cannot be counted.
	Keys int64
	// Advice is what should be changed, and Notes what may be known; a sentence each.
	Advice, Notes []string
}

// samples is how many messages the delay is measured with.
const samples = 9

const (
	// leastLimit is what a server must be allowed to be behind: some of the largest bodies at once.
	leastLimit = 4 << 20
	goodLimit  = "pubsub 32mb 8mb 60"
	// farAway is the delay from which on a Redis is not near.
	farAway = 20 * time.Millisecond
)

// Settings tries Redis out on connections of its own, which hear and publish as the bus does. The errors are those of
// [State]; none of the rights beyond the bus' own is needed.
func (b *Bus) Settings(ctx context.Context) (Settings, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*b.config.Silence)
	defer cancel()
	l := newLine(ctx, b.options, b.config.Node, b.config.Silence)
	defer l.close()
	s := Settings{Keys: -1}
	err := b.try(l, &s)
	if err == nil {
		err = b.ask(ctx, l.publisher, &s)
	}
	if err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return Settings{}, b.trouble(err)
	}
	b.advise(&s)
	return s, nil
}

// try publishes messages to itself.
func (b *Bus) try(l *line, s *Settings) error {
	own := *b.seal
	_, _ = rand.Read(own.tag[:]) // never fails; see its documentation
	_, probes := channels(b.config.Cluster, &own)
	if err := l.subscribe([]string{probes}); err != nil {
		return err
	}
	for subscribed := false; !subscribed; {
		m, err := l.receive()
		if err != nil {
			return err
		}
		_, subscribed = m.(*redis.Subscription)
	}
	var scratch []byte
	var delays []time.Duration
	for n := range uint64(samples) {
		var sealed []byte
		sealed, scratch = own.close(nil, scratch, probes, appendProbe(nil, n))
		begin := time.Now()
		if err := l.publish([]letter{{probes, sealed}}); err != nil {
			return err
		}
		for heard := false; !heard; {
			m, err := l.receive()
			if err != nil {
				return err
			}
			got, ok := m.(*redis.Message)
			heard = ok && got.Payload == string(sealed)
		}
		delays = append(delays, time.Since(begin))
	}
	slices.Sort(delays)
	s.Delay = delays[samples/2]
	a := l.says()
	s.Server, s.Mode, s.Role = a.server+" "+a.version, a.mode, a.role
	if s.Role == "slave" {
		s.Role = "replica"
	}
	return nil
}

// ask reads what an operator may let us read.
func (b *Bus) ask(ctx context.Context, c *redis.Client, s *Settings) (err error) {
	defer survive(&err)
	all, err := c.ConfigGet(ctx, "client-output-buffer-limit").Result()
	if err := refused(err); err != nil {
		return fmt.Errorf("read limits: %w", err)
	}
	if _, behind, ok := strings.Cut(all["client-output-buffer-limit"], "pubsub "); ok {
		s.Limit = behind
	}
	keyspace, err := c.Info(ctx, "keyspace").Result()
	if refused(err) != nil {
		return fmt.Errorf("count keys: %w", err)
	}
	if err == nil {
		s.Keys = keys(keyspace)
	}
	return nil
}

// keys adds up the keys of all databases, one a line: db0:keys=3,expires=0.
func keys(info string) (sum int64) {
	for line := range strings.Lines(info) {
		_, rest, _ := strings.Cut(line, ":keys=")
		count, _, _ := strings.Cut(rest, ",")
		n, _ := strconv.ParseInt(count, 10, 64) // 0 for a line that is none
		sum += n
	}
	return sum
}

// refused lets pass that Redis answers with an error: what was asked is a right that a bus does not need.
func refused(err error) error {
	var said redis.Error
	if errors.As(err, &said) {
		return nil
	}
	return err
}

func (b *Bus) advise(s *Settings) {
	advise := func(format string, a ...any) { s.Advice = append(s.Advice, fmt.Sprintf(format, a...)) }
	note := func(format string, a ...any) { s.Notes = append(s.Notes, fmt.Sprintf(format, a...)) }
	if s.Role == "replica" {
		advise("This is a replica. Servers at other replicas do not hear what is published here: give all servers the master.")
	}
	if s.Delay > farAway {
		advise("A message takes %v from server to server. Want a Redis near the servers.", s.Delay.Round(time.Millisecond))
	}
	hard, soft, ok := limits(s.Limit)
	switch {
	case !ok:
		note("client-output-buffer-limit cannot be read by this user. Redis' own setting, %s, is good.", goodLimit)
	case hard == 0:
		advise(`client-output-buffer-limit has no hard limit for pubsub: a server that stands still may fill Redis' memory. `+
			`Want CONFIG SET client-output-buffer-limit "%s".`, goodLimit)
	case least(hard, soft) < leastLimit:
		advise(`client-output-buffer-limit cuts a server off that is %d bytes behind. `+
			`Want CONFIG SET client-output-buffer-limit "%s".`, least(hard, soft), goodLimit)
	}
	if s.Mode == "cluster" {
		note("This is a Redis cluster. It works, but every node is sent every message: one Redis of its own is cheaper.")
	}
	if s.Keys > 0 {
		note("There are %d keys in this Redis. None is ours, and none is in our way: no key is written or read.", s.Keys)
	}
	if host, _, err := net.SplitHostPort(b.options.Addr); err == nil && b.options.TLSConfig == nil && b.options.Password != "" && !loopback(host) {
		note("The password crosses the network unencrypted. rediss:// would encrypt it; what is on the boards is sealed anyway.")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// least is the lower of two limits, of which the second may be none.
func least(hard, soft int64) int64 {
	if soft == 0 {
		return hard
	}
	return min(hard, soft)
}

// limits reads the hard and the soft limit, in bytes.
func limits(s string) (hard, soft int64, ok bool) {
	f := strings.Fields(s)
	if len(f) < 3 {
		return 0, 0, false
	}
	hard, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	soft, err = strconv.ParseInt(f[1], 10, 64)
	return hard, soft, err == nil
}
