package redisbus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Neighbours are those who use the same Redis, as far as it may be asked.
type Neighbours struct {
	// Servers is how many servers of this cluster hear by it, this bus included; -1 when it may not be asked.
	Servers int
	// Clusters are others that hear by it under the same or another name, by the part of their channels' names that only
	// they have in common.
	Clusters []string
	// Foreign is how many messages of somebody else came on this cluster's channels while they were listened to; -1 when
	// that is not allowed.
	Foreign int
}

// Neighbours looks who else is there, and listens for as long as said to what is published on the channels of this
// cluster. It needs rights beyond the bus' own, and does without those it has not got. The errors are those of [State].
func (b *Bus) Neighbours(ctx context.Context, listen time.Duration) (Neighbours, error) {
	ctx, cancel := context.WithTimeout(ctx, listen+3*b.config.Silence)
	defer cancel()
	l := newLine(ctx, b.options, b.config.Node, b.config.Silence)
	defer l.close()
	n := Neighbours{Servers: -1, Foreign: -1}
	err := b.lookAround(ctx, l, &n)
	if err == nil {
		err = b.overhear(ctx, l, listen, &n)
	}
	if err != nil {
		return Neighbours{}, b.trouble(err)
	}
	return n, nil
}

// lookAround asks which channels are heard: of each server there is one for its probes.
func (b *Bus) lookAround(ctx context.Context, l *line, n *Neighbours) (err error) {
	defer survive(&err)
	names, err := l.publisher.PubSubChannels(ctx, "waymark:*:p:*").Result()
	if err != nil {
		if refused(err) != nil {
			return fmt.Errorf("ask for channels: %w", err)
		}
		return nil
	}
	n.Servers = 0
	for _, name := range names {
		if strings.HasPrefix(name, b.prefix) {
			n.Servers++
			continue
		}
		cluster, _, _ := strings.Cut(strings.TrimPrefix(name, "waymark:"), ":p:")
		if !slices.Contains(n.Clusters, cluster) {
			n.Clusters = append(n.Clusters, cluster)
		}
	}
	slices.Sort(n.Clusters)
	return nil
}

// overhear counts what others publish on our channels.
func (b *Bus) overhear(ctx context.Context, l *line, listen time.Duration, n *Neighbours) error {
	if err := l.heard.PSubscribe(ctx, b.prefix+"*"); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	heard, failed := make(chan *redis.Message), make(chan error, 1)
	allowed := make(chan struct{}, 1)
	l.work.Go(func() {
		for {
			m, err := l.receive()
			if err != nil {
				failed <- err
				return
			}
			switch m := m.(type) {
			case *redis.Subscription:
				signal(allowed)
			case *redis.Message:
				select {
				case heard <- m:
				case <-l.ctx.Done():
				}
			}
		}
	})
	limit := time.NewTimer(b.config.Silence)
	defer limit.Stop()
	var scratch []byte
	for {
		select {
		case <-allowed:
			n.Foreign = 0
			limit.Reset(listen)
		case m := <-heard:
			var err error
			if _, scratch, err = b.seal.open(scratch, m.Channel, m.Payload); err != nil {
				n.Foreign++
			}
		case err := <-failed:
			if n.Foreign < 0 && refused(err) == nil {
				return nil
			}
			return err
		case <-limit.C:
			if n.Foreign < 0 {
				return errors.Join(errSilent, errors.New("a subscription was not confirmed"))
			}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
