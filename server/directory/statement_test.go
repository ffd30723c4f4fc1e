package directory_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/server/directory"
)

func TestAccount(t *testing.T) { onEach(t, testAccount) }

func testAccount(t *testing.T, open opener) {
	d, c := open(t)
	host, err := d.AddAccount(t.Context(), directory.Profile{Name: "Hanna Beck", Lang: "de"})
	want(t, err, nil)
	if has, err := d.HasPassword(t.Context(), host.ID, "correct horse"); has || err != nil {
		t.Fatalf("a password that was not set: %v, %v", has, err)
	}
	want(t, d.SetPassword(t.Context(), host.ID, "hanna", "correct horse", ""), nil)
	if has, err := d.HasPassword(t.Context(), host.ID, "correct horse"); !has || err != nil {
		t.Fatalf("the password that was set: %v, %v", has, err)
	}
	for _, name := range []string{string(host.ID), "HANNA"} {
		if p, err := d.FindAccount(t.Context(), name); err != nil || p.ID != host.ID || !p.Password {
			t.Fatalf("%s is %+v, %v", name, p, err)
		}
	}
	_, err = d.FindAccount(t.Context(), "nobody")
	want(t, err, directory.ErrNotFound)

	secret, err := d.SetupSecret(t.Context())
	want(t, err, nil)
	admin, err := d.RedeemSetup(t.Context(), secret, directory.Profile{Name: "Admin", Lang: "en"})
	want(t, err, nil)
	want(t, d.Disable(t.Context(), admin.ID), directory.ErrLast)
	want(t, d.Disable(t.Context(), host.ID), nil)
	s, err := d.SignIn(t.Context(), admin)
	want(t, err, nil)
	if p, err := d.Holder(t.Context(), s.Refresh); err != nil || p.ID != admin.ID {
		t.Fatalf("the holder is %+v, %v", p, err)
	}
	want(t, d.Enable(t.Context(), host.ID), nil)
	c.forward(time.Second)
	if p, err := d.Person(t.Context(), host.ID); err != nil || p.Disabled {
		t.Fatalf("enabled: %+v, %v", p, err)
	}
}

func TestSecretsOfTheInstallation(t *testing.T) {
	onData(t, func(t *testing.T, open func(*testing.T) database) {
		data := open(t)
		c := &clock{now: time.UnixMilli(1_795_000_000_000)}
		d := directory.New(data, c.Now)
		_, err := d.URL(t.Context())
		want(t, err, directory.ErrNotFound)
		for _, url := range []string{"http://one", "http://two"} {
			want(t, d.SetURL(t.Context(), url), nil)
			if got, err := d.URL(t.Context()); got != url || err != nil {
				t.Fatalf("the address is %s, %v", got, err)
			}
		}
		first, err := d.BusKey(t.Context(), "")
		want(t, err, nil)
		if again, err := d.BusKey(t.Context(), ""); !slices.Equal(first, again) || err != nil {
			t.Fatalf("the key of the bus changed, %v", err)
		}
		for _, identity := range []string{"original", "", "original"} {
			if again, err := d.BusKey(t.Context(), identity); !slices.Equal(first, again) || err != nil {
				t.Fatalf("the key of the bus changed in database %q, %v", identity, err)
			}
		}
		original := first
		if first, err = d.BusKey(t.Context(), "copy"); slices.Equal(first, original) || err != nil {
			t.Fatalf("a copy has the key of the bus of its original, %v", err)
		}
		if again, err := d.ReadBusKey(t.Context()); !slices.Equal(first, again) || err != nil {
			t.Fatalf("the key of the bus is read as another, %v", err)
		}
		here := directory.Server{Node: "node-1", Name: "one", Version: "v1", URL: "http://one", ClockAhead: -time.Second, StartedAt: 5}
		want(t, d.SayHere(t.Context(), here), nil)
		c.forward(time.Second)
		here.ClockAhead, here.SeenAt, here.Keys = time.Second, c.Now().UnixMilli(), []string{"first", "second"}
		want(t, d.SayHere(t.Context(), here), nil)
		if list, err := d.Servers(t.Context()); err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], here) {
			t.Fatalf("servers %+v, %v; want %+v", list, err, here)
		}
		want(t, d.SayGone(t.Context(), "node-1"), nil)
		if list, err := d.Servers(t.Context()); err != nil || len(list) != 0 {
			t.Fatalf("servers %+v, %v after the last has gone", list, err)
		}
		want(t, directory.Strip(t.Context(), data.DB()), nil)
		if other, err := d.BusKey(t.Context(), ""); slices.Equal(first, other) || err != nil {
			t.Fatalf("the key of the bus is left in a copy, %v", err)
		}
		want(t, d.Check(t.Context()), nil)
	})
}

// A board that is purged takes along all that the directory knows of it.
func TestForgottenBoard(t *testing.T) {
	onData(t, func(t *testing.T, open func(*testing.T) database) {
		data := open(t)
		c := &clock{now: time.UnixMilli(1_795_000_000_000)}
		d := directory.New(data, c.Now)
		first := collab.Batch{Board: "board-1", First: 1, Last: 1, Epoch: 1, ID: "batch-1", Body: []byte("[]")}
		want(t, data.Create(t.Context(), first, collab.Format), nil)
		ana, host := guest(t, d, "Ana"), guest(t, d, "Host")
		p := directory.Projection{
			ID: "board-1", Seq: 1, Title: "Contract", ChangedAt: 5, ChangedBy: ana.ID, TrashedAt: 7,
			Members: map[board.ID]board.Role{ana.ID: board.Editor},
			Acts:    []directory.Act{{At: 3, Seq: 1, Person: ana.ID, Board: "board-1", Name: "role"}},
			Picture: &directory.Picture{Phases: []int{1}},
		}
		for range 2 { // the second changes nothing
			want(t, d.Project(t.Context(), []directory.Projection{p}), nil)
		}
		if seq, err := d.Projected(t.Context(), "board-1"); seq != 1 || err != nil {
			t.Fatalf("projected up to %d, %v", seq, err)
		}
		if list, err := d.Boards(t.Context(), ana.ID); err != nil || len(list) != 1 || !list[0].AtHead || list[0].Picture == nil {
			t.Fatalf("listed %+v, %v", list, err)
		}
		if list, err := d.MemberOf(t.Context(), ana.ID); err != nil || !slices.Equal(list, []board.ID{"board-1"}) {
			t.Fatalf("member of %v, %v", list, err)
		}
		account, err := d.AddAccount(t.Context(), directory.Profile{Name: "Ana", Lang: "en"})
		want(t, err, nil)
		_, err = d.Adopt(t.Context(), ana.ID, account.ID)
		want(t, err, nil)
		if left, err := d.AdoptionsLeft(t.Context()); err != nil || !slices.Equal(left, []directory.Adoption{{Guest: ana.ID, Account: account.ID}}) {
			t.Fatalf("adoptions left %v, %v", left, err)
		}
		v, secret, err := d.AddInvite(t.Context(), directory.Invite{ID: "invite-1", Board: "board-1", Role: board.Viewer, CreatedBy: host.ID}, "")
		want(t, err, nil)
		_, err = d.LetIn(t.Context(), v, host, directory.Profile{Name: "Host", Lang: "en"})
		want(t, err, nil)
		renewed, other, err := d.RenewInvite(t.Context(), "board-1", "invite-1")
		want(t, err, nil)
		if renewed.Revision == v.Revision || other == secret || renewed.Uses != 0 {
			t.Fatalf("renewed to %+v", renewed)
		}
		_, _, err = d.RenewInvite(t.Context(), "board-1", "invite-2")
		want(t, err, directory.ErrNotFound)
		if list, err := d.TrashedBefore(t.Context(), time.UnixMilli(8)); err != nil || !slices.Equal(list, []board.ID{"board-1"}) {
			t.Fatalf("in the trash %v, %v", list, err)
		}
		acts, err := d.Acts(t.Context(), 10)
		want(t, err, nil)
		if len(acts) != 1 {
			t.Fatalf("acts %+v", acts)
		}

		head := first.Head(collab.Head{Format: collab.Format})
		failing := errors.New("not now")
		want(t, data.Purge(t.Context(), "board-1", head, func(exec func(string, ...any) error) error {
			return errors.Join(d.Forget("board-1", exec), failing)
		}), failing)
		if list, err := d.Boards(t.Context(), ana.ID); err != nil || len(list) != 1 {
			t.Fatalf("after a purge that failed: %+v, %v", list, err)
		}
		want(t, data.Purge(t.Context(), "board-1", head, func(exec func(string, ...any) error) error { return d.Forget("board-1", exec) }), nil)
		if list, err := d.Boards(t.Context(), ana.ID); err != nil || len(list) != 0 {
			t.Fatalf("left of it: %+v, %v", list, err)
		}
		_, err = d.FindInvite(t.Context(), other)
		want(t, err, directory.ErrNotFound)
		if acts, err = d.Acts(t.Context(), 1); err != nil || len(acts) != 1 || acts[0].Name != "purge" {
			t.Fatalf("acts %+v, %v", acts, err)
		}
	})
}
