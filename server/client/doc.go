// Package client speaks the public protocol of a Waymark board (collab/SPEC.md) for programs: the bench, the process
// tests, and whoever wants to write one.
//
// It promises what the wire promises and no more: messages in the order they came, no seq skipped unnoticed, op numbers
// in order. It keeps no board, no outbox and no pending ops, and it does not come back by itself: after a cut, dial
// again with Options.From and the same Options.Client, and send again what was not acknowledged.
//
// A connection is cheap: a frame is scanned once and nothing is allocated for it.
package client
