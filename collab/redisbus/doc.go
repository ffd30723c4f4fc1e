// Package redisbus carries hints between the servers of one cluster through Redis, by publish and subscribe.
//
// Redis is asked for nothing but speed. A Redis that is away, frozen, slow or emptied costs time and never data, because
// every server also reads the heads of its open boards (B5); so nothing here waits for Redis, no key is ever written,
// and what is lost is not sent again. After a connection was lost the rooms are told nothing either: by the time there
// is a new one the heads have been read.
//
// A server holds two connections: one hears, by one subscription per open board, the other publishes. A board's batches
// and presence share its channel, because whoever wants one wants both, and Redis finds the hearers of each message by
// the channel's name. Both connections begin and end together: every second a probe goes out on one and has to come
// back on the other.
//
// Whatever comes from Redis may come from anybody. Each message is sealed with a key that only the servers of the
// cluster have (B6), and names its channel, so what others publish there, and what was meant for another board or
// another cluster, is dropped and counted. What was sealed may still be lost, doubled, late and out of order (B1).
package redisbus
