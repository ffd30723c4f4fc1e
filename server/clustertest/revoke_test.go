//go:build linux && services

package clustertest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/trial"
)

var revokeCount = flag.Int("revokes", 3, "people that TestRevoke takes their right from, one after the other, and as many that it signs out")

// An exile is a race in which people lose their right to be there, while Redis is dead.
type exile struct {
	*race
	out  map[*trial.Typist]time.Duration // when who did it was told that it is done
	done map[*trial.Typist]int64         // of whose ops how many were answered by then
	late *trial.Lateness
}

func newExile(t *testing.T) *exile {
	t.Helper()
	e := &exile{newRace(t), map[*trial.Typist]time.Duration{}, map[*trial.Typist]int64{}, trial.MeasureLateness(t)}
	e.tokenLife = time.Hour // nobody asks for another one: whoever is signed out would be told so
	e.cluster.redis.Kill()
	return e
}

// pair has somebody work, or only look, at two servers until they are closed with a code.
func (e *exile) pair(who *trial.Person, i, code int, do func(random *rand.Rand) map[string]any) []*trial.Typist {
	e.t.Helper()
	var pair []*trial.Typist
	for j := range 2 {
		y := e.enter(who, e.at(i+1+j), 1<<30, do)
		y.Final, y.Pace = code, exilePace
		pair = append(pair, y)
	}
	return pair
}

// pairs has people with a role do so.
func (e *exile) pairs(role board.Role, code int, do func(random *rand.Rand) map[string]any) (pairs [][]*trial.Typist) {
	e.t.Helper()
	secret := e.cluster.host.Invite(e.t, e.on, role)
	for i := range *revokeCount {
		who := trial.Admit(e.t, e.cluster.front, secret, fmt.Sprintf("Person %d", i))
		pairs = append(pairs, e.pair(who, i, code, do))
	}
	return pairs
}

func (e *exile) at(i int) *server { return e.cluster.servers[i%len(e.cluster.servers)] }

func sticky(*rand.Rand) map[string]any  { return trial.StickyOp() }
func nothing(*rand.Rand) map[string]any { return nil }

// begin waits until everyone is there and those that work have done so.
func (e *exile) begin(working bool) {
	e.t.Helper()
	ctx := bounded(e.t)
	e.start(ctx)
	each := int64(0)
	if working {
		each = 5
	}
	e.wait(ctx, each)
}

// banned notes that somebody's right has just ended.
func (e *exile) banned(pair []*trial.Typist) {
	for _, y := range pair {
		e.out[y], e.done[y] = trial.Now(), y.Count().Acked
	}
}

// hosts has the host come to the board at every server.
func (e *exile) hosts() (list []*trial.Peer) {
	e.t.Helper()
	for _, srv := range e.cluster.servers {
		list = append(list, e.cluster.host.ConnectAt(e.t, srv, e.on))
	}
	return list
}

// remove takes somebody's right by an op, and says where that stands in the log.
func (e *exile) remove(host *trial.Peer, pair []*trial.Typist) board.Seq {
	e.t.Helper()
	seq, refused := host.Edit(e.t, map[string]any{"type": "removeMember", "person": pair[0].Who.ID})
	if refused != "" {
		e.t.Fatal(refused)
	}
	e.banned(pair)
	return seq
}

// within is what is promised (S8): from the end of a right until nothing of it is left, on every server.
const within = time.Second

const (
	exilePace = 20 * time.Millisecond // between the ops of those who work
	// mostAnswered are more ops than anybody can ask for, and be answered, until that is over.
	mostAnswered = 5 * int64(within/exilePace)
)

// closed waits until all are out, and judges by their journals whether the promise was kept, but for what the machine
// itself was late. Nor is anybody answered who is still there by then: that is looked at at once. A server looks at the log four times a second, so the promise leaves it three quarters to spare.
func (e *exile) closed(code int) {
	t := e.t
	t.Helper()
	e.Until(bounded(t), fmt.Sprintf("all are closed with %d", code), func() bool {
		over := true
		for y := range e.out {
			if n := y.Count().Acked - e.done[y]; n > mostAnswered {
				t.Fatalf("%s stays: %d of its ops were answered after the end of its right", y.Client, n)
			}
			over = over && y.Over()
		}
		return over
	})
	e.end()
	e.late.End()
	var took durations
	for y, at := range e.out {
		notes := e.Notes(y)
		if last := notes[len(notes)-1]; last.What != trial.Left || last.Code != fmt.Sprint(code) {
			t.Errorf("%s ended with %s %s, not with %d", y.Client, last.What, last.Code, code)
		} else {
			took = append(took, max(0, last.At-at))
			if late := e.late.Between(at, last.At); last.At-at > within+late {
				t.Errorf("%s was closed %v after the end of its right, of which the machine was late %v; want %v", y.Client, last.At-at, late, within)
			}
		}
	}
	t.Logf("from the end of a right until its sockets at other servers were closed with %d, Redis dead: %v", code, took)
}

func TestRevoke_nothing_lands_after_it(t *testing.T) {
	t.Parallel()
	e := newExile(t)
	pairs := e.pairs(board.Editor, 4403, sticky)
	hosts := e.hosts()
	e.begin(true)
	revoked := map[board.ID]board.Seq{}
	for i, pair := range pairs {
		revoked[pair[0].Who.ID] = e.remove(hosts[i%len(hosts)], pair)
	}
	e.closed(4403)

	before, after := 0, 0
	for _, entry := range e.log(t.Context(), e.on) {
		at, ok := revoked[entry.By]
		switch {
		case !ok:
		case entry.Seq < at:
			before++
		case entry.Refused == "":
			t.Errorf("entry %d is of %s, whose right ended at %d", entry.Seq, entry.By, at)
		default:
			after++
		}
	}
	t.Logf("%d of their edits stand before, %d were refused behind", before, after)
	for _, pair := range pairs {
		for _, y := range pair {
			for _, n := range e.Notes(y) {
				if n.What == trial.Saved && n.Seq > revoked[y.Who.ID] {
					t.Errorf("%s was told that its op %d is saved as %d, behind the end of its right", y.Client, n.N, n.Seq)
				}
			}
		}
	}
	e.verify()
}

// Of an editor's right other servers hear by the log alone; a viewer has no record there, and the directory has the news.
func TestRevoke_closes_who_only_looks(t *testing.T) {
	t.Parallel()
	e := newExile(t)
	viewers, editors := e.pairs(board.Viewer, 4403, nothing), e.pairs(board.Editor, 4403, nothing)
	hosts := e.hosts()
	e.begin(false)
	for i, pair := range editors {
		e.remove(hosts[i%len(hosts)], pair)
	}
	for i, pair := range viewers {
		path := fmt.Sprintf("/api/boards/%s/members/%s/remove", e.on, pair[0].Who.ID)
		if err := e.cluster.host.CallAt(t.Context(), e.at(i), http.MethodPost, path, nil, nil); err != nil {
			t.Fatal(err)
		}
		e.banned(pair)
	}
	e.closed(4403)
}

func TestRevoke_closes_who_signs_out(t *testing.T) {
	t.Parallel()
	e := newExile(t)
	pairs := e.pairs(board.Editor, 4401, sticky)
	e.begin(true)
	for i, pair := range pairs {
		if err := pair[0].Who.CallAt(t.Context(), e.at(i), http.MethodPost, "/api/signout", nil, nil); err != nil {
			t.Fatal(err)
		}
		e.banned(pair)
	}
	e.closed(4401)
}

func TestRevoke_closes_whose_account_is_switched_off(t *testing.T) {
	t.Parallel()
	e := newExile(t)
	host := e.cluster.host
	var made struct{ URL string }
	host.OK(t, http.MethodPost, "/api/accounts", map[string]any{"name": "Mira"}, &made)
	_, secret, _ := strings.Cut(made.URL, "#")
	mira := trial.NewPerson(t, e.cluster.front)
	mira.Enter(t, "/api/login", map[string]any{"secret": secret})
	mira.OK(t, http.MethodPost, "/api/me/password", map[string]any{"login": "mira", "new": "correct horse battery"}, nil)
	host.OK(t, http.MethodPost, "/api/boards/"+string(e.on)+"/members", map[string]any{"person": mira.ID, "role": board.Editor}, nil)
	pair := e.pair(mira, 0, 4401, sticky)
	e.begin(true)
	if code, out, errs := trial.Run(t, "disable", "-database", e.cluster.database, "mira"); code != 0 {
		t.Fatalf("disable ended with %d: %s%s", code, out, errs)
	}
	e.banned(pair)
	e.closed(4401)
}
