package redisbus

import (
	"errors"
	"time"
)

// foreignEvery is how often foreign messages are told of in the log, at most.
const foreignEvery = time.Minute

// receive takes a message that was heard: a hint goes to the slots of its board, of a probe of this bus the number is
// given back. What is not from this cluster, or not in its place, is counted. scratch is used and given back.
func (b *Bus) receive(scratch []byte, channel, sealed string) (probe uint64, used []byte) {
	id, ofBoard := b.board(channel)
	if ofBoard && b.seal.own(sealed) {
		return 0, scratch // it was given to the slots here when it was published
	}
	plain, scratch, err := b.seal.open(scratch, channel, sealed)
	if err != nil {
		b.foreign(channel, err)
		return 0, scratch
	}
	m, err := decode(plain)
	if err != nil {
		b.foreign(channel, err)
		return 0, scratch
	}
	switch {
	case m.kind == kindBatch && ofBoard && m.batch.Board == id:
		b.counts.received.Add(1)
		for _, s := range b.ears.of(id) {
			s.Put(m.batch)
		}
	case m.kind == kindShown && ofBoard && m.shown.Board == id:
		b.counts.received.Add(1)
		for _, s := range b.ears.of(id) {
			s.PutShown(m.shown)
		}
	case m.kind == kindProbe && channel == b.probes:
		return m.probe, scratch
	default:
		b.foreign(channel, errors.New("message in the wrong place"))
	}
	return 0, scratch
}

func (b *Bus) foreign(channel string, why error) {
	b.counts.foreign.Add(1)
	if now := time.Now(); now.Sub(b.foreignAt) >= foreignEvery {
		b.foreignAt = now
		b.logger.Warn("dropped what somebody else published: a server with another key, another release, or no server of ours",
			"channel", channel, "error", why, "dropped", b.counts.foreign.Load())
	}
}
