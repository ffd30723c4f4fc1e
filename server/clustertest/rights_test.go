//go:build linux && services

package clustertest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"waymark/board"
	"waymark/server/trial"
)

// lockers at each server lock, unlock and change the same few records.
const (
	lockers  = 4
	lockable = 6
)

// A lock is held by one person, at all servers, and only its holder changes what is locked.
func TestLocks_are_held_by_one(t *testing.T) {
	t.Parallel()
	r := newRace(t)
	n := *voteCount / 5
	ids := r.stickies(lockable)
	secret := r.cluster.host.Invite(t, r.on, board.Editor)
	for i := range lockers * len(r.cluster.servers) {
		who := trial.Admit(t, r.cluster.front, secret, fmt.Sprintf("Locker %d", i))
		r.enter(who, r.cluster.servers[i%len(r.cluster.servers)], n, func(random *rand.Rand) map[string]any {
			id := ids[random.IntN(len(ids))]
			switch p := random.IntN(10); {
			case p < 3:
				return map[string]any{"type": "lock", "target": id}
			case p < 7:
				return map[string]any{"type": "unlock", "target": id}
			}
			return map[string]any{"type": "set", "id": id, "fields": map[string]any{"x": random.IntN(10_000)}}
		})
	}
	history := r.run(func(*trial.Typist) int { return n })
	on := func(a act) board.ID { return max(a.op.Target, a.op.ID) } // one of them is empty
	linearizable(t, history, on, board.ID(""), func(holder board.ID, a act) (board.ID, string) {
		switch {
		case holder != "" && holder != a.person:
			return holder, string(board.Locked)
		case a.op.Type == "lock":
			return a.person, ""
		case a.op.Type == "unlock":
			return "", ""
		}
		return holder, ""
	})
	r.raced(history)
}

// A right counts from its entry on, at all servers: who has just been made a viewer changes nothing more, wherever the
// change was sent.
func TestRights_count_from_their_entry(t *testing.T) {
	t.Parallel()
	r := newRace(t)
	const editors = 6
	n := *voteCount / 5
	secret := r.cluster.host.Invite(t, r.on, board.Editor)
	free := r.stickies(1)[0]
	var people []board.ID
	for i := range editors {
		who := trial.Admit(t, r.cluster.front, secret, fmt.Sprintf("Editor %d", i))
		people = append(people, who.ID)
		for j := range 2 {
			r.enter(who, r.cluster.servers[(i+1+j)%len(r.cluster.servers)], n, func(random *rand.Rand) map[string]any {
				if random.IntN(2) == 0 {
					return map[string]any{"type": "unlock", "target": free} // which changes nothing, and is asked of its author's role alone
				}
				return trial.StickyOp()
			})
		}
	}
	host := r.enter(r.cluster.host, r.cluster.servers[0], 2*n, func(random *rand.Rand) map[string]any {
		role := board.Editor
		if random.IntN(2) == 0 {
			role = board.Viewer
		}
		return map[string]any{"type": "setMember", "person": people[random.IntN(editors)], "role": role}
	})
	history := r.run(func(y *trial.Typist) int {
		if y == host {
			return 2 * n
		}
		return n
	})
	of := func(a act) board.ID {
		if a.op.Type == "setMember" {
			return a.op.Person
		}
		return a.person
	}
	linearizable(t, history, of, board.Editor, func(role board.Role, a act) (board.Role, string) {
		switch {
		case a.op.Type == "setMember":
			return a.op.Role, ""
		case role == board.Viewer:
			return role, string(board.NoRole)
		}
		return role, ""
	})
	r.raced(history)
}

// raced fails the test when nothing was at stake.
func (r *race) raced(history []act) {
	r.t.Helper()
	refused := 0
	for _, a := range history {
		if a.refused != "" {
			refused++
		}
	}
	r.t.Logf("%d ops of %d clients at %d servers, %d refused", len(history), len(r.Typists), len(r.cluster.servers), refused)
	if refused == 0 || refused == len(history) {
		r.t.Errorf("of %d ops %d were refused: nothing was raced for", len(history), refused)
	}
}
