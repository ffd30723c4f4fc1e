package main

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestGate(t *testing.T) {
	now := time.UnixMilli(1_795_000_000_000)
	home, away := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	fresh := func() *Gate { return newGate(5, func() time.Time { return now }) }

	t.Run("the_sixth_wrong_try_of_a_minute_waits", func(t *testing.T) {
		g := fresh()
		for i := range 5 {
			if w := g.Wait(home, ""); w != 0 {
				t.Fatalf("try %d waits %v", i+1, w)
			}
			g.Wrong(home, "")
		}
		if g.Wait(home, "") == 0 || g.Wait(away, "") != 0 {
			t.Fatal("the wrong one waits")
		}
		now = now.Add(13 * time.Second)
		if w := g.Wait(home, ""); w != 0 {
			t.Fatalf("still waits %v", w)
		}
	})
	t.Run("a_login_tried_from_many_addresses_waits", func(t *testing.T) {
		g := fresh()
		for i := range 5 * perName {
			g.Wrong(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), "mira")
		}
		if g.Wait(away, "mira") == 0 || g.Wait(away, "ruth") != 0 {
			t.Fatal("the wrong one waits")
		}
	})
	t.Run("its_memory_is_bounded", func(t *testing.T) {
		g := fresh()
		for i := range 3 * maxTries {
			g.Wrong(home, fmt.Sprint(i))
		}
		if len(g.wrong) > maxTries {
			t.Fatalf("%d counts are kept", len(g.wrong))
		}
	})
}
