// Package board holds what a board is and the only way to change it.
//
// A [Board] is a set of records by id: a journey map (phases and steps across, lanes down, cards in the
// cells), the free objects round it, and everything else people make together: members, invites, locks,
// activities, ballots, votes. A participant asks for an [Op]; [Decide] answers with the changes it means
// now, or with a [Rejection]; the changes go into an [Entry]; [Apply] carries an entry out. Nothing else
// changes a board.
//
// # Promises
//
//   - Pure: no input or output, no clock, no random number. The same board, op, actor and time give the
//     same changes in every process; the same entries give the same records and the same digests.
//   - Apply never fails. What an entry says about a record that is gone, or about text that is shorter than
//     thought, is left out, the same way everywhere. An unknown verb stops the board ([Board.Stopped]).
//   - Decide may change from release to release, Apply does not: the log holds what was decided, not what
//     was asked.
//   - Nothing leaves a board but through view.go, and a sealed record only to the one person who may see it.
//   - No input from outside makes this package panic.
//
// # Sharing
//
// A Board belongs to one goroutine. A [Record] never changes once it is made and may be kept and read
// anywhere, as may a [Snapshot]. A draft ([Board.Draft]) is a layer over a board that stays as it is until
// [Board.Adopt]; meanwhile the board may be read, but not changed.
//
// # JSON
//
// Everything is written as canonical JSON: keys in bytewise order, no blanks, integers only, strings
// escaped as JSON.stringify escapes them. One value has one spelling, so equal records have equal bytes and
// equal digests in Go and in the browser. A [Value] is such a spelling.
package board
