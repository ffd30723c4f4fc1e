package directory_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/sqlitelog"
	"waymark/server/directory"
)

// clock is a time that only tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// An opener gives a directory on a new database.
type opener func(*testing.T) (*directory.Directory, *clock)

// databases open a new one of each kind that the tests were built for.
var databases = map[string]func(*testing.T) (database, error){
	"sqlite": func(t *testing.T) (database, error) { return sqlitelog.Open(t.TempDir()) },
}

// onEach runs a test on each database there is: the statements are the same.
func onEach(t *testing.T, run func(*testing.T, opener)) {
	onData(t, func(t *testing.T, open func(*testing.T) database) {
		run(t, func(t *testing.T) (*directory.Directory, *clock) {
			t.Helper()
			c := &clock{now: time.UnixMilli(1_795_000_000_000)}
			return directory.New(open(t), c.Now), c
		})
	})
}

// onData is onEach for a test that needs the database itself.
func onData(t *testing.T, run func(*testing.T, func(*testing.T) database)) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T) database {
				t.Helper()
				data, err := open(t)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := data.Close(); err != nil {
						t.Error(err)
					}
				})
				return data
			})
		})
	}
}

type database interface {
	directory.Tables
	collab.Log
	Purge(ctx context.Context, id board.ID, expect collab.Head, also func(exec func(query string, args ...any) error) error) error
	Close() error
}

func guest(t *testing.T, d *directory.Directory, name string) directory.Person {
	t.Helper()
	p, err := d.AddGuest(t.Context(), directory.Profile{Name: name, Department: "Sales", Lang: "de"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func want(t *testing.T, got, target error) {
	t.Helper()
	if !errors.Is(got, target) {
		t.Fatalf("got error %v, want %v", got, target)
	}
}

func TestPeople(t *testing.T) { onEach(t, testPeople) }

func testPeople(t *testing.T, open opener) {
	t.Run("colours_follow_join_order_and_repeat", func(t *testing.T) {
		d, _ := open(t)
		for i := range 2 * len(directory.Palette) {
			if p := guest(t, d, "Mira Kern"); p.Color != directory.Palette[i%len(directory.Palette)] {
				t.Fatalf("person %d has colour %s", i, p.Color)
			}
		}
	})
	t.Run("initials_take_first_and_last_word", func(t *testing.T) {
		for name, initials := range map[string]string{
			"Mira Kern": "MK", "Ruth": "R", "Ana María de la Cruz": "AC", "  ": "", "öz ünal": "ÖÜ", "Jean-Luc": "JL", "...": "",
		} {
			if got := (directory.Person{Name: name}).Initials(); got != initials {
				t.Errorf("initials of %q are %q, want %q", name, got, initials)
			}
		}
	})
	t.Run("an_adopted_guest_bears_the_account's_name", func(t *testing.T) {
		d, _ := open(t)
		g := guest(t, d, "Guest")
		account, err := d.AddAccount(t.Context(), directory.Profile{Name: "Hanna Beck", Lang: "de"})
		want(t, err, nil)
		signIn, err := d.SignIn(t.Context(), g)
		want(t, err, nil)
		for i, first := range []bool{true, false} {
			adopted, err := d.Adopt(t.Context(), g.ID, account.ID)
			want(t, err, nil)
			if adopted != first {
				t.Fatalf("adoption %d: %v, want %v", i, adopted, first)
			}
		}
		people, err := d.People(t.Context(), []board.ID{g.ID, "person-nobody"})
		want(t, err, nil)
		if len(people) != 1 || people[0].ID != g.ID || people[0].Name != "Hanna Beck" || people[0].Color != account.Color {
			t.Fatalf("shown as %+v", people)
		}
		_, err = d.Refresh(t.Context(), signIn.Refresh)
		want(t, err, directory.ErrExpired)
		if adopted, err := d.Adopt(t.Context(), account.ID, account.ID); adopted || err != nil {
			t.Fatalf("an account was adopted: %v %v", adopted, err)
		}
	})
}

func TestSetup(t *testing.T) { onEach(t, testSetup) }

func testSetup(t *testing.T, open opener) {
	t.Run("the_secret_stays_until_it_is_used_once", func(t *testing.T) {
		d, _ := open(t)
		secret, err := d.SetupSecret(t.Context())
		want(t, err, nil)
		again, err := d.SetupSecret(t.Context())
		want(t, err, nil)
		if done, err := d.IsSetUp(t.Context()); done || err != nil {
			t.Fatalf("set up: %v, %v before anybody did", done, err)
		}
		if secret == "" || secret != again {
			t.Fatalf("secrets %q and %q differ", secret, again)
		}
		_, err = d.RedeemSetup(t.Context(), "wrong", directory.Profile{Name: "A", Lang: "en"})
		want(t, err, directory.ErrNotFound)
		p, err := d.RedeemSetup(t.Context(), secret, directory.Profile{Name: "A", Lang: "en"})
		want(t, err, nil)
		if !p.Admin || p.Guest {
			t.Fatalf("set up by %+v", p)
		}
		if done, err := d.IsSetUp(t.Context()); !done || err != nil {
			t.Fatalf("set up: %v, %v once it was done", done, err)
		}
		_, err = d.RedeemSetup(t.Context(), secret, directory.Profile{Name: "B", Lang: "en"})
		want(t, err, directory.ErrUsed)
		if secret, err = d.SetupSecret(t.Context()); secret != "" || err != nil {
			t.Fatalf("secret %q, error %v after the set-up", secret, err)
		}
		if admin, err := d.Administrator(t.Context()); err != nil || admin.ID != p.ID {
			t.Fatalf("administrator %+v, %v", admin, err)
		}
	})
	t.Run("of_many_at_once_one_wins", func(t *testing.T) {
		d, _ := open(t)
		secret, err := d.SetupSecret(t.Context())
		want(t, err, nil)
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = d.RedeemSetup(context.Background(), secret, directory.Profile{Name: "A", Lang: "en"})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				want(t, err, directory.ErrUsed)
			}
		}
		if won != 1 {
			t.Fatalf("%d administrators", won)
		}
	})
}

func TestLoginLink(t *testing.T) { onEach(t, testLoginLink) }

func testLoginLink(t *testing.T, open opener) {
	d, c := open(t)
	p := guest(t, d, "Mira")
	secret, err := d.AddLoginLink(t.Context(), p.ID, time.Hour)
	want(t, err, nil)
	_, err = d.RedeemLoginLink(t.Context(), "wrong")
	want(t, err, directory.ErrNotFound)
	got, err := d.RedeemLoginLink(t.Context(), secret)
	want(t, err, nil)
	if got.ID != p.ID {
		t.Fatalf("signs in %s", got.ID)
	}
	_, err = d.RedeemLoginLink(t.Context(), secret)
	want(t, err, directory.ErrUsed)

	late, err := d.AddLoginLink(t.Context(), p.ID, time.Hour)
	want(t, err, nil)
	c.forward(time.Hour)
	_, err = d.RedeemLoginLink(t.Context(), late)
	want(t, err, directory.ErrExpired)
	c.forward(25 * time.Hour)
	want(t, d.Prune(t.Context()), nil)
	_, err = d.RedeemLoginLink(t.Context(), late)
	want(t, err, directory.ErrNotFound)
}

func TestRefresh(t *testing.T) { onEach(t, testRefresh) }

func TestRefresh_when_the_database_has_lost_the_newest_token(t *testing.T) {
	onData(t, func(t *testing.T, open func(*testing.T) database) {
		data, c := open(t), &clock{now: time.UnixMilli(1_795_000_000_000)}
		d := directory.New(data, c.Now)
		first, err := d.SignIn(t.Context(), guest(t, d, "Mira"))
		want(t, err, nil)
		lost, err := d.Refresh(t.Context(), first.Refresh)
		want(t, err, nil)
		// A failover, to a database that was a few seconds behind.
		_, err = data.DB().ExecContext(t.Context(), `DELETE FROM refresh_tokens WHERE parent IS NOT NULL`)
		want(t, err, nil)
		holder, err := d.Holder(t.Context(), lost.Refresh)
		want(t, err, nil)
		next, err := d.Refresh(t.Context(), lost.Refresh)
		want(t, err, nil)
		if next.ID != first.ID || holder.ID != first.Person.ID {
			t.Errorf("it is %+v of %s, not %s", next, holder.ID, first.ID)
		}
		_, err = d.Refresh(t.Context(), next.Refresh)
		want(t, err, nil)
		c.forward(2 * time.Minute)
		_, err = d.Refresh(t.Context(), lost.Refresh)
		want(t, err, directory.ErrUsed)
		_, err = d.Refresh(t.Context(), next.Refresh)
		want(t, err, directory.ErrExpired) // somebody else has a copy
	})
}

func testRefresh(t *testing.T, open opener) {
	start := func(t *testing.T) (*directory.Directory, *clock, directory.SignIn) {
		d, c := open(t)
		s, err := d.SignIn(t.Context(), guest(t, d, "Mira"))
		want(t, err, nil)
		return d, c, s
	}
	t.Run("a_token_stays_good_until_its_successor_is_used", func(t *testing.T) {
		d, _, s := start(t)
		lost, err := d.Refresh(t.Context(), s.Refresh)
		want(t, err, nil)
		next, err := d.Refresh(t.Context(), s.Refresh) // the first answer never arrived
		want(t, err, nil)
		if next.ID != s.ID || next.Refresh == lost.Refresh {
			t.Fatalf("second answer %+v", next)
		}
		third, err := d.Refresh(t.Context(), next.Refresh)
		want(t, err, nil)
		_, err = d.Refresh(t.Context(), s.Refresh)
		want(t, err, directory.ErrUsed)
		_, err = d.Refresh(t.Context(), third.Refresh)
		want(t, err, nil)
	})
	t.Run("a_copy_that_comes_back_late_ends_the_sign_in", func(t *testing.T) {
		d, c, s := start(t)
		next, err := d.Refresh(t.Context(), s.Refresh)
		want(t, err, nil)
		last, err := d.Refresh(t.Context(), next.Refresh)
		want(t, err, nil)
		c.forward(2 * time.Minute)
		before := c.Now()
		_, err = d.Refresh(t.Context(), s.Refresh)
		want(t, err, directory.ErrUsed)
		_, err = d.Refresh(t.Context(), last.Refresh)
		want(t, err, directory.ErrExpired)
		news, err := d.NewsSince(t.Context(), before)
		want(t, err, nil)
		if len(news) != 1 || news[0] != (directory.News{Kind: directory.Ended, ID: s.ID, At: before.UnixMilli()}) {
			t.Fatalf("news %v, want the end of %s", news, s.ID)
		}
	})
	t.Run("what_other_servers_are_to_hear", func(t *testing.T) {
		d, c, s := start(t)
		viewer := guest(t, d, "Ruth")
		v, _, err := d.AddInvite(t.Context(), directory.Invite{ID: "invite-1", Board: "board-1", Role: board.Viewer}, "")
		want(t, err, nil)
		_, err = d.LetIn(t.Context(), v, viewer, directory.Profile{Name: "Ruth", Lang: "de"})
		want(t, err, nil)
		c.forward(time.Minute)
		since := c.Now()
		hear := func() map[directory.News]bool {
			list, err := d.NewsSince(t.Context(), since)
			want(t, err, nil)
			heard := map[directory.News]bool{}
			for _, n := range list {
				heard[n] = true
			}
			return heard
		}
		if heard := hear(); len(heard) != 0 {
			t.Fatalf("news of before: %v", heard)
		}
		c.forward(time.Second)
		want(t, d.SetProfile(t.Context(), s.Person.ID, directory.Profile{Name: "Another", Lang: "en"}, s.Person.Color), nil)
		want(t, d.RemoveViewer(t.Context(), "board-1", viewer.ID), nil)
		at := c.Now().UnixMilli()
		heard := hear()
		if len(heard) != 2 || !heard[directory.News{Kind: directory.Changed, ID: string(s.Person.ID), At: at}] ||
			!heard[directory.News{Kind: directory.Removed, ID: string(viewer.ID), Board: "board-1", At: at}] {
			t.Errorf("news %v", heard)
		}
		if passes, err := d.ViewerOf(t.Context(), "board-1", viewer.ID); err != nil || len(passes) != 0 {
			t.Errorf("a removed viewer has %v, %v", passes, err)
		}
		// Whoever comes again by a link is no longer removed.
		_, err = d.LetIn(t.Context(), v, viewer, directory.Profile{Name: "Ruth", Lang: "de"})
		want(t, err, nil)
		if passes, err := d.ViewerOf(t.Context(), "board-1", viewer.ID); err != nil || len(passes) != 1 {
			t.Errorf("who came again has %v, %v", passes, err)
		}
		for n := range hear() {
			if n.Kind == directory.Removed {
				t.Errorf("news %v of one who came again", n)
			}
		}
	})
	t.Run("sign_out_disabling_and_age_end_it", func(t *testing.T) {
		d, c, s := start(t)
		out, err := d.SignOut(t.Context(), s.Refresh)
		want(t, err, nil)
		if out.ID != s.ID || out.Person.ID != s.Person.ID {
			t.Fatalf("signed out %q", out.ID)
		}
		_, err = d.Refresh(t.Context(), s.Refresh)
		want(t, err, directory.ErrExpired)
		_, err = d.Active(t.Context(), s.Person.ID, s.ID)
		want(t, err, directory.ErrNotFound)

		other, err := d.SignIn(t.Context(), s.Person)
		want(t, err, nil)
		_, err = d.Active(t.Context(), s.Person.ID, other.ID)
		want(t, err, nil)
		want(t, d.Disable(t.Context(), s.Person.ID), nil)
		_, err = d.Holder(t.Context(), other.Refresh)
		want(t, err, directory.ErrExpired)

		old, err := d.SignIn(t.Context(), guest(t, d, "Ruth"))
		want(t, err, nil)
		c.forward(directory.RefreshLife)
		_, err = d.Refresh(t.Context(), old.Refresh)
		want(t, err, directory.ErrExpired)
		_, err = d.Refresh(t.Context(), "unknown")
		want(t, err, directory.ErrNotFound)
	})
}

func TestPassword(t *testing.T) { onEach(t, testPassword) }

func testPassword(t *testing.T, open opener) {
	d, _ := open(t)
	p := guest(t, d, "Mira")
	here, err := d.SignIn(t.Context(), p)
	want(t, err, nil)
	elsewhere, err := d.SignIn(t.Context(), p)
	want(t, err, nil)
	want(t, d.SetPassword(t.Context(), p.ID, "Mira@Example.org", "correct horse", here.ID), nil)
	got, err := d.CheckPassword(t.Context(), " mira@example.ORG", "correct horse")
	want(t, err, nil)
	if got.ID != p.ID || got.Guest {
		t.Fatalf("signed in %+v", got)
	}
	_, err = d.CheckPassword(t.Context(), "mira@example.org", "wrong horse")
	want(t, err, directory.ErrPassword)
	for _, login := range []string{"nobody", "mira@example.org\x00"} {
		_, err = d.CheckPassword(t.Context(), login, "correct horse")
		want(t, err, directory.ErrPassword)
	}
	_, err = d.Active(t.Context(), p.ID, here.ID)
	want(t, err, nil)
	_, err = d.Active(t.Context(), p.ID, elsewhere.ID)
	want(t, err, directory.ErrNotFound)
	want(t, d.SetPassword(t.Context(), guest(t, d, "Ruth").ID, "MIRA@example.org", "correct horse", ""), directory.ErrTaken)
	want(t, d.Disable(t.Context(), p.ID), nil)
	_, err = d.CheckPassword(t.Context(), "mira@example.org", "correct horse")
	want(t, err, directory.ErrDisabled)
}

func TestInvite(t *testing.T) { onEach(t, testInvite) }

func testInvite(t *testing.T, open opener) {
	d, c := open(t)
	host := guest(t, d, "Host")
	v, secret, err := d.AddInvite(t.Context(), directory.Invite{
		ID: "invite-1", Board: "board-1", Role: board.Viewer, MaxUses: 1, ExpiresAt: c.Now().Add(time.Hour).UnixMilli(),
		CreatedBy: host.ID,
	}, "4711")
	want(t, err, nil)
	found, err := d.FindInvite(t.Context(), secret)
	want(t, err, nil)
	if found.ID != v.ID || found.Revision != v.Revision || v.Revision == "" || !found.Passcode {
		t.Fatalf("found %+v, want %+v", found, v)
	}
	want(t, d.CheckPasscode(t.Context(), found, "4711"), nil)
	want(t, d.CheckPasscode(t.Context(), found, "4712"), directory.ErrPassword)
	ana, ben := guest(t, d, "Ana"), guest(t, d, "Ben")
	for range 2 { // the same person counts once
		_, err := d.LetIn(t.Context(), found, ana, directory.Profile{Name: "Ana", Lang: "en"})
		want(t, err, nil)
	}
	_, err = d.LetIn(t.Context(), found, ben, directory.Profile{Name: "Ben", Lang: "en"})
	want(t, err, directory.ErrFull)
	uses, err := d.InviteUses(t.Context(), "board-1")
	want(t, err, nil)
	if uses["invite-1"] != 1 {
		t.Fatalf("uses %v", uses)
	}
	came, err := d.UsedBy(t.Context(), "board-1", ana.ID)
	want(t, err, nil)
	if len(came) != 1 || came[0] != v.ID {
		t.Fatalf("came by %v", came)
	}
	viewers, err := d.Viewers(t.Context(), "board-1")
	want(t, err, nil)
	if len(viewers) != 1 || viewers[0] != (directory.Viewer{Person: ana.ID, Invite: v.ID, Revision: v.Revision}) {
		t.Fatalf("viewers %+v", viewers)
	}
	want(t, d.RemoveViewer(t.Context(), "board-1", ana.ID), nil)
	if viewers, err = d.ViewerOf(t.Context(), "board-1", ana.ID); len(viewers) != 0 || err != nil {
		t.Fatalf("viewers %+v, %v", viewers, err)
	}
	c.forward(time.Hour)
	_, err = d.FindInvite(t.Context(), secret)
	want(t, err, directory.ErrExpired)
	_, err = d.FindInvite(t.Context(), "wrong")
	want(t, err, directory.ErrNotFound)
}

func TestKeys(t *testing.T) { onEach(t, testKeys) }

func testKeys(t *testing.T, open opener) {
	d, _ := open(t)
	first, err := d.Keys(t.Context())
	want(t, err, nil)
	second, err := d.Keys(t.Context())
	want(t, err, nil)
	if len(first) != 1 || !first[0].Private.Equal(second[0].Private) {
		t.Fatal("the key changed between two calls")
	}
	if _, err := directory.ParseKey("k", "dG9vIHNob3J0"); err == nil {
		t.Fatal("a key of nine bytes was taken")
	}
}

func TestProjection(t *testing.T) { onEach(t, testProjection) }

func testProjection(t *testing.T, open opener) {
	d, _ := open(t)
	ana := guest(t, d, "Ana")
	value := -120
	p := directory.Projection{
		ID: "board-1", Seq: 7, Title: "Contract", ChangedAt: 5, ChangedBy: ana.ID, Phases: 5, Steps: 11, Cards: 40,
		Moments: 2, Curve: []directory.Point{{}, {Value: &value}},
		Members: map[board.ID]board.Role{ana.ID: board.Facilitator},
	}
	older := p
	older.Seq, older.Title = 6, "Older"
	want(t, d.Project(t.Context(), []directory.Projection{p, older}), nil)
	list, err := d.Boards(t.Context(), ana.ID)
	want(t, err, nil)
	if len(list) != 1 || list[0].Title != "Contract" || list[0].Role != board.Facilitator || *list[0].Curve[1].Value != value {
		t.Fatalf("list %+v", list)
	}
	if list, err = d.Boards(t.Context(), "person-other"); len(list) != 0 || err != nil {
		t.Fatalf("another sees %+v, %v", list, err)
	}
	if behind, err := d.Behind(t.Context()); len(behind) != 0 || err != nil {
		t.Fatalf("behind %v, %v", behind, err)
	}
	if list, err = d.Boards(t.Context(), ana.ID); len(list) != 0 || err != nil {
		t.Fatalf("a board without a log is still listed: %+v, %v", list, err)
	}
}

// A board that was restored may have fewer entries than the list has seen.
func TestProjection_above_its_log_counts_as_behind(t *testing.T) {
	onData(t, func(t *testing.T, open func(*testing.T) database) {
		data := open(t)
		d := directory.New(data, time.Now)
		b := collab.Batch{Board: "board-1", First: 1, Last: 5, Epoch: 1, ID: "batch-1", Body: []byte("[]")}
		want(t, data.Create(t.Context(), b, collab.Format), nil)
		p := directory.Projection{ID: b.Board, Seq: 7, Title: "Ahead"}
		want(t, d.Project(t.Context(), []directory.Projection{p}), nil)
		behind, err := d.Behind(t.Context())
		if err != nil || !slices.Equal(behind, []board.ID{b.Board}) {
			t.Fatalf("behind %v, %v", behind, err)
		}
		p.Seq, p.Title = 5, "As it is"
		p.Acts = []directory.Act{{Seq: 4, Name: "known"}, {Seq: 5, Name: "new"}}
		want(t, d.Project(t.Context(), []directory.Projection{p}), nil)
		acts, err := d.Acts(t.Context(), 10)
		if err != nil || len(acts) != 1 || acts[0].Name != "new" {
			t.Fatalf("acts %+v, %v", acts, err)
		}
		if behind, err := d.Behind(t.Context()); err != nil || len(behind) != 0 {
			t.Fatalf("behind %v, %v", behind, err)
		}
	})
}

func TestAudit(t *testing.T) { onEach(t, testAudit) }

func testAudit(t *testing.T, open opener) {
	d, _ := open(t)
	for _, name := range []string{"setup", "signIn"} {
		want(t, d.Audit(t.Context(), directory.Act{Person: "person-1", Name: name}), nil)
	}
	acts, err := d.Acts(t.Context(), 1)
	want(t, err, nil)
	if len(acts) != 1 || acts[0].Name != "signIn" || acts[0].At == 0 {
		t.Fatalf("acts %+v", acts)
	}
}
