package doctor

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"waymark/collab/redisbus"
)

// overhear is how long is listened to what others publish.
const overhear = 500 * time.Millisecond

// redis looks at the bus of a cluster.
func (e *examiner) redis(ctx context.Context) {
	if e.Redis == "" {
		switch {
		case len(e.servers) > 1:
			e.say(Warning, fmt.Sprintf("give all servers the same %s", e.Option("redis")),
				"there is none, and %d servers: edits cross by the database, within half a second, and cursors do not cross", len(e.servers))
		case e.directory == nil:
			e.good("there is none; several servers want one")
		default:
			e.good("there is none, and one server needs none")
		}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	key, own := e.busKey(ctx)
	if own != keyRead {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails
	}
	bus, err := redisbus.Open(ctx, redisbus.Config{URL: e.Redis, Cluster: e.Cluster, Key: key, Node: "doctor", Roots: e.Roots})
	if err != nil {
		e.say(Wrong, "", "%s: %v", e.Option("redis"), err)
		return
	}
	defer bus.Close()
	if s := bus.State(); !s.Up {
		e.say(Wrong, "", "%s: %v. Meanwhile edits cross by the database, within half a second, and cursors do not cross",
			e.Option("redis"), s.Reason)
		return
	}
	found, err := bus.Settings(ctx)
	if err != nil {
		e.say(Wrong, "", "%s: %v", e.Option("redis"), err)
		return
	}
	e.good("%s (%s, %s) carries a message from server to server in %s", found.Server, found.Mode, found.Role, found.Delay.Round(10*time.Microsecond))
	for _, advice := range found.Advice {
		e.say(Warning, "", "%s", advice)
	}
	for _, note := range found.Notes {
		e.good("%s", note)
	}
	e.neighbours(ctx, bus, own)
}

// keyState is what is known of the key that a cluster seals its hints with, and calls its channels by.
type keyState int

const (
	keyUnknown keyState = iota // the database has one, or may have one, that was not read
	keyUnmade                  // no server has made one
	keyRead
)

// busKey is that of the database; nil when it was not read.
func (e *examiner) busKey(ctx context.Context) ([]byte, keyState) {
	if e.unused {
		return nil, keyUnmade
	}
	if e.directory == nil {
		return nil, keyUnknown
	}
	key, err := e.directory.ReadBusKey(ctx)
	switch {
	case err != nil:
		e.unseen("the key of this cluster: %v", err)
		return nil, keyUnknown
	case key == nil:
		return nil, keyUnmade
	}
	return key, keyRead
}

// neighbours tells who else uses that Redis. Without the cluster's key its own servers cannot be told from others.
func (e *examiner) neighbours(ctx context.Context, bus *redisbus.Bus, own keyState) {
	n, err := bus.Neighbours(ctx, overhear)
	if err != nil {
		e.unseen("who else uses it: %v", err)
		return
	}
	others := strings.Join(n.Clusters, ", ")
	switch here := n.Servers - 1; { // one is the doctor
	case n.Servers < 0:
		e.unseen("who else uses it: it does not let this user ask (PUBSUB CHANNELS)")
	case own == keyUnknown && others == "":
		e.unseen("which servers should hear by it: this cluster's key lies in the database, and was not read. Now none does")
	case own == keyUnknown:
		e.unseen("whose servers hear by it (%s): this cluster's key lies in the database, and was not read, so its own servers cannot be told from another cluster's", others)
	case own == keyUnmade:
		e.unseen("which servers hear by it: none has made the cluster's key yet")
	case here > len(e.servers):
		e.say(Wrong, fmt.Sprintf("find the servers with the other database, stop them, and give them a Redis of their own by %s", e.Option("redis")),
			"%d servers hear by it with the key of this database, and %d of them run on this database: a copy of it is served on the same Redis, "+
				"and its edits reach boards of this one", here, len(e.servers))
	case here < len(e.servers):
		e.say(Warning, fmt.Sprintf("give all servers the same %s, and start them anew", e.Option("redis")),
			"of %d servers %d hear by it; the others learn of edits by the database, and their cursors do not cross", len(e.servers), here)
	case here > 0:
		e.good("every server hears by it (%d)", here)
	}
	if others != "" && own != keyUnknown {
		e.good("other clusters use it too (%s); neither hears the other", others)
	}
	if n.Foreign > 0 {
		e.say(Warning, "find who it is (CLIENT LIST on that Redis), or let only the servers' user there: ACL SETUSER default resetchannels",
			"somebody else publishes on this cluster's channels (%d messages in %s); the servers drop that", n.Foreign, overhear)
	}
}
