package redisbus

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"waymark/board"
)

// maxChannels is how many boards are subscribed to by one command.
const maxChannels = 500

// channels are how the channels of a cluster begin, and the one of a bus alone. Clusters of one name and other keys have
// other channels, so that they do not even hear what they cannot open.
func channels(cluster string, s *seal) (prefix, probes string) {
	prefix = allOf(cluster) + s.name + ":"
	return prefix, prefix + "p:" + hex.EncodeToString(s.tag[:])
}

// allOf is how the channels of all clusters of a name begin; an operator may give rights to it.
func allOf(cluster string) string { return "waymark:" + cluster + ":" }

// roundEvery is how often what waits is published, at most: what comes meanwhile goes along.
const roundEvery = 2 * time.Millisecond

// A life is what a bus does on one line.
type life struct {
	bus  *Bus
	line *line

	// heard gets a value when the subscription to the probes is confirmed, and when a probe has come back; failed gets
	// why no more is heard.
	heard  chan struct{}
	failed chan error
	// subscribed says that the subscription is confirmed; echoed is the last probe that came back.
	subscribed atomic.Bool
	echoed     atomic.Uint64

	// have are the boards that are subscribed to.
	have map[board.ID]bool
	// probing says that the last probe, of the number in the bus, has not come back yet.
	probing, up bool
	letters     []letter
	// plain, sealed and scratch are memory that is used again.
	plain, sealed, scratch []byte
}

// live has one line until it fails, or ctx ends. When the probe that is sent first comes back Redis is up: it came
// through both connections, and behind the subscription of every board that was open.
func (b *Bus) live(ctx context.Context) error {
	v := &life{
		bus: b, line: newLine(ctx, b.options, b.config.Node, b.config.Silence),
		heard: make(chan struct{}, 1), failed: make(chan error, 1), have: map[board.ID]bool{},
	}
	defer v.line.close()
	if err := v.begin(); err != nil {
		return err
	}
	limit := time.NewTimer(b.config.Silence)
	defer limit.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	resting := true
	for {
		var changed, waits chan struct{}
		if v.up {
			changed = b.ears.wake
			if !resting {
				waits = b.outbox.wake
			}
		}
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err = <-v.failed:
		case <-v.heard:
			err = v.listen(limit)
		case <-limit.C:
			err = v.late(limit)
		case <-changed:
			err = v.turn(b.ears.take(v.have))
		case <-waits:
			err = v.publish()
			resting = true
			rest.Reset(roundEvery)
		case <-rest.C:
			resting = false
		}
		if err != nil {
			return err
		}
	}
}

// begin subscribes to all boards and then to the probes, and begins to hear.
func (v *life) begin() error {
	on := v.bus.ears.all()
	names := make([]string, 0, len(on)+1)
	for _, id := range on {
		v.have[id] = true
		names = append(names, v.bus.channel(id))
	}
	names = append(names, v.bus.probes)
	hearing := false
	for some := range slices.Chunk(names, maxChannels) {
		if err := v.line.subscribe(some); err != nil {
			return err
		}
		if !hearing { // not before: it would dial for itself
			v.line.work.Go(v.hear)
			hearing = true
		}
	}
	return nil
}

// turn subscribes and unsubscribes.
func (v *life) turn(on, off []board.ID) error {
	for _, id := range on {
		v.have[id] = true
	}
	for _, id := range off {
		delete(v.have, id)
	}
	if err := v.each(on, v.line.subscribe); err != nil {
		return err
	}
	return v.each(off, v.line.unsubscribe)
}

func (v *life) each(ids []board.ID, do func(channels []string) error) error {
	for some := range slices.Chunk(ids, maxChannels) {
		names := make([]string, len(some))
		for i, id := range some {
			names[i] = v.bus.channel(id)
		}
		if err := do(names); err != nil {
			return err
		}
	}
	return nil
}

// listen looks what has been heard: at first the subscription, then probes.
func (v *life) listen(limit *time.Timer) error {
	switch {
	case v.subscription():
		return v.probe(limit)
	case v.echo():
		v.probing = false
		limit.Reset(v.bus.config.ProbeEvery)
		if !v.up {
			v.up = true
			v.bus.rise(v.line.says())
		}
	}
	return nil
}

func (v *life) subscription() bool { return !v.up && !v.probing && v.subscribed.Load() }

func (v *life) echo() bool { return v.probing && v.echoed.Load() == v.bus.probe }

// late is called when the time for something is over: for the next probe, or for an answer.
func (v *life) late(limit *time.Timer) error {
	switch {
	case v.subscription(), v.echo(): // it came while this was busy
		return v.listen(limit)
	case v.up && !v.probing:
		return v.probe(limit)
	case v.probing:
		v.bus.counts.lost.Add(1)
	}
	return fmt.Errorf("%w within %v", errSilent, v.bus.config.Silence)
}

func (v *life) probe(limit *time.Timer) error {
	v.bus.probe++
	v.probing = true
	limit.Reset(v.bus.config.Silence)
	v.plain = appendProbe(v.plain[:0], v.bus.probe)
	v.letters, v.sealed = v.letters[:0], v.sealed[:0]
	v.enclose(v.bus.probes)
	return v.line.publish(v.letters)
}

// publish seals what waits, and hands it to Redis in one go.
func (v *life) publish() error {
	v.letters, v.sealed = v.letters[:0], v.sealed[:0]
	for _, p := range v.bus.outbox.take() {
		if p.full {
			v.plain = appendBatch(v.plain[:0], &p.batch)
			v.enclose(v.bus.channel(p.batch.Board))
		}
		for i := range p.shown {
			v.plain = appendShown(v.plain[:0], &p.shown[i])
			v.enclose(v.bus.channel(p.shown[i].Board))
		}
	}
	if len(v.letters) == 0 {
		return nil
	}
	count := uint64(len(v.letters))
	err := v.line.publish(v.letters)
	clear(v.letters)
	if cap(v.sealed) > 2*maxRoundBytes {
		v.sealed = nil // it was a round of large bodies
	}
	if err != nil {
		v.bus.counts.dropped.Add(count)
		return err
	}
	v.bus.counts.published.Add(count)
	return nil
}

// enclose seals what is in plain as one more letter.
func (v *life) enclose(channel string) {
	from := len(v.sealed)
	v.sealed, v.scratch = v.bus.seal.close(v.sealed, v.scratch, channel, v.plain)
	v.letters = append(v.letters, letter{channel, v.sealed[from:len(v.sealed):len(v.sealed)]})
}

// hear takes what comes until the line ends.
func (v *life) hear() {
	var scratch []byte
	for {
		m, err := v.line.receive()
		if err != nil {
			v.failed <- err
			return
		}
		switch m := m.(type) {
		case *redis.Subscription:
			if m.Channel == v.bus.probes {
				v.subscribed.Store(true)
				signal(v.heard)
			}
		case *redis.Message:
			var n uint64
			if n, scratch = v.bus.receive(scratch, m.Channel, m.Payload); n > 0 {
				v.echoed.Store(n)
				signal(v.heard)
			}
		}
	}
}
