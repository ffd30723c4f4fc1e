package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestGate(t *testing.T) {
	now := time.UnixMilli(1_795_000_000_000)
	home, away := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	fresh := func() *Gate { return newGate(5, func() time.Time { return now }) }
	try := func(g *Gate, addr netip.Addr, name string, wrong bool) time.Duration {
		t.Helper()
		leave, wait, err := g.Enter(t.Context(), addr, name)
		if err != nil {
			t.Fatal(err)
		}
		if wait == 0 {
			leave(wrong)
		}
		return wait
	}

	t.Run("the_sixth_wrong_try_of_a_minute_waits", func(t *testing.T) {
		g := fresh()
		for i := range 5 {
			if w := try(g, home, "", true); w != 0 {
				t.Fatalf("try %d waits %v", i+1, w)
			}
		}
		if try(g, home, "", true) == 0 || try(g, away, "", false) != 0 {
			t.Fatal("the wrong one waits")
		}
		now = now.Add(13 * time.Second)
		if w := try(g, home, "", false); w != 0 {
			t.Fatalf("still waits %v", w)
		}
	})
	t.Run("a_login_tried_from_many_addresses_waits", func(t *testing.T) {
		g := fresh()
		for i := range 5 * perName {
			try(g, netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), "mira", true)
		}
		if try(g, away, "mira", false) == 0 || try(g, away, "ruth", false) != 0 {
			t.Fatal("the wrong one waits")
		}
	})
	t.Run("its_memory_is_bounded", func(t *testing.T) {
		g := fresh()
		for i := range 3 * maxTries {
			try(g, netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), fmt.Sprint(i), true)
		}
		if len(g.tries) > maxTries {
			t.Fatalf("%d counts are kept", len(g.tries))
		}
	})
}

func TestGateAtOnce(t *testing.T) {
	home := netip.MustParseAddr("192.0.2.1")
	for _, c := range []struct {
		why   string
		wrong bool
		in    int
	}{{"all_who_are_right_get_in", false, 200}, {"of_those_who_are_wrong_five", true, 5}} {
		t.Run(c.why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate(5, time.Now)
				checked, longest := make(chan bool, 200), make(chan time.Duration, 200)
				for range 200 {
					go func() {
						leave, wait, err := g.Enter(t.Context(), home, "invite")
						if err != nil {
							t.Error(err)
						}
						if longest <- wait; wait == 0 {
							<-time.After(10 * time.Millisecond) // the check; the clock is synctest's
							leave(c.wrong)
						}
						checked <- wait == 0
					}()
				}
				in := 0
				for range 200 {
					if <-checked {
						in++
					}
					if w := <-longest; w > 15*time.Second {
						t.Fatalf("somebody waits %v", w)
					}
				}
				if in != c.in {
					t.Fatalf("%d were checked, want %d", in, c.in)
				}
			})
		})
	}
	t.Run("who_gives_up_waiting_hears_so", func(t *testing.T) {
		g := newGate(1, time.Now)
		leave, _, err := g.Enter(t.Context(), home, "")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := g.Enter(ctx, home, ""); !errors.Is(err, context.Canceled) {
			t.Fatalf("hears %v", err)
		}
		leave(false)
		if _, wait, err := g.Enter(t.Context(), home, ""); wait != 0 || err != nil {
			t.Fatalf("waits %v, %v", wait, err)
		}
	})
}
