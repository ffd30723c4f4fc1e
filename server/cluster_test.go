//go:build services

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"waymark/collab/pglog/pgtest"
	"waymark/collab/redisbus/redistest"
)

// A cluster is servers on one Postgres and one Redis.
type cluster struct {
	url     string // of the database
	redis   *redistest.Server
	servers []*running
}

// startCluster runs servers that share an empty database.
func startCluster(t *testing.T, servers int) *cluster {
	t.Helper()
	c := &cluster{url: pgtest.Database(t), redis: redistest.Start(t, redistest.Options{})}
	for i := range servers {
		c.servers = append(c.servers, home{"-database", c.url}.launch(t, "-redis", c.redis.URL(), "-name", fmt.Sprint("server-", i+1)))
	}
	return c
}

func TestCluster_two_servers_are_one_to_people(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 2)
	first, second := c.servers[0], c.servers[1]
	if first.secret != second.secret {
		t.Fatalf("set-up links %q and %q", first.secret, second.secret)
	}
	mira := first.setUp()
	id := mira.newBoard("standard", "Contract")
	path := "/api/boards/" + string(id)
	_, edit := mira.invite(id, map[string]any{"role": "editor"})
	_, look := mira.invite(id, map[string]any{"role": "viewer"})
	jonas, vera := second.join(t, edit, "Jonas"), second.join(t, look, "Vera")

	ana, ben, eye := mira.sit(id), jonas.sit(id), vera.sit(id)
	ana.send(`{"type":"add","id":"sticky-1","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"from the first"}}`)
	ben.untilEntry("from the first")
	ben.send(`{"type":"add","id":"sticky-2","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"from the second"}}`)
	ana.untilEntry("from the second")
	eye.untilEntry("from the second")

	t.Run("what_two_type_at_once_stands_where_each_typed_it", func(t *testing.T) {
		base := ben.conn.Point().Seq
		ana.send(`{"type":"text","id":"sticky-1","field":"text","base":%d,"delta":["straight "]}`, base)
		ana.untilEntry("straight ")
		ben.untilEntry("straight ")
		ben.send(`{"type":"text","id":"sticky-1","field":"text","base":%d,"delta":[%d," server"]}`, base, len("from the first"))
		ben.untilEntry(" server")
		ana.untilEntry(" server")
		for _, b := range []*browser{mira, jonas} {
			if file := b.export(id); !strings.Contains(file, `"straight from the first server"`) {
				t.Errorf("the sticky is not what was typed: %s", regexp.MustCompile(`"text":"[^"]*from the first[^"]*"`).FindString(file))
			}
		}
	})
	t.Run("cards_of_a_lane_that_is_deleted_lie_in_the_tray", func(t *testing.T) {
		step := idsOf([]byte(mira.export(id)), "step")[0]
		ana.send(`{"type":"add","id":"lane-new","fields":{"type":"pains","title":"New"}}`)
		ana.send(`{"type":"addCard","id":"card-new","lane":"lane-new","step":"%s","fields":{"text":"waits too long"}}`, step)
		ben.untilEntry("waits too long")
		ben.send(`{"type":"delete","id":"lane-new"}`)
		if e := ana.untilEntry(`["delete"`); !strings.Contains(e, "card-new") {
			t.Errorf("the card stays in a lane that is gone: %s", e)
		}
	})
	t.Run("share_tells_who_is_here_on_any_server", func(t *testing.T) {
		await(t, "Jonas and Vera are live", func() bool {
			live := 0
			for _, m := range mira.access(id).Members {
				if m.Live && (m.Person == jonas.signed.Person.ID || m.Person == vera.signed.Person.ID) {
					live++
				}
			}
			return live == 2
		})
	})
	t.Run("a_new_name_is_heard_on_the_other_server", func(t *testing.T) {
		jonas.ok("PATCH", "/api/me", map[string]string{"name": "Jonas Meier", "department": "Sales", "lang": "de", "color": jonas.signed.Person.Color}, nil)
		ana.untilPerson("Jonas Meier")
	})
	t.Run("a_token_of_one_server_is_good_on_the_other", func(t *testing.T) {
		if list := mira.at(second).list(); len(list) == 0 {
			t.Error("no boards on the second server")
		}
	})
	t.Run("a_viewer_who_is_removed_on_one_server_leaves_the_other", func(t *testing.T) {
		mira.ok("POST", path+"/members/"+string(vera.signed.Person.ID)+"/remove", nil, nil)
		if code := eye.closed(); code != 4403 {
			t.Errorf("closed with %d", code)
		}
	})
	t.Run("signing_out_on_one_server_closes_the_sockets_on_the_other", func(t *testing.T) {
		elsewhere := jonas.at(first).sit(id)
		jonas.ok("POST", "/api/signout", nil, nil) // the cookie is that of the second server's port
		for _, s := range []*seat{elsewhere, ben} {
			if code := s.closed(); code != 4401 {
				t.Errorf("closed with %d", code)
			}
		}
	})
	t.Run("a_stopping_server_takes_its_name_out", func(t *testing.T) {
		if code := second.end(); code != 0 {
			t.Fatalf("ended with %d", code)
		}
		ana.send(`{"type":"add","id":"sticky-3","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"alone"}}`)
		ana.untilEntry("alone")
	})
}

// A bus that is dead costs time, not edits.
func TestCluster_goes_on_without_Redis(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 2)
	mira := c.servers[0].setUp()
	id := mira.signed.Board
	ana, ben := mira.sit(id), mira.at(c.servers[1]).sit(id)
	for i, change := range []func(){func() {}, c.redis.Freeze, c.redis.Thaw, c.redis.Kill, c.redis.Start} {
		change()
		ana.send(`{"type":"add","id":"sticky-a%d","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"from ana %d"}}`, i, i)
		ben.untilEntry(fmt.Sprintf("from ana %d", i))
		ben.send(`{"type":"add","id":"sticky-b%d","fields":{"x":10,"y":10,"w":1000,"h":1000,"text":"from ben %d"}}`, i, i)
		ana.untilEntry(fmt.Sprintf("from ben %d", i))
	}
	for _, p := range c.servers {
		if code := p.end(); code != 0 {
			t.Errorf("ended with %d", code)
		}
	}
	if code, out, said := command(t, "verify", "-database", c.url); code != 0 {
		t.Errorf("verify: %s%s", out, said)
	}
}

// TestDashboard_every_figure_is_exposed holds docs/grafana.json against what a server of a cluster says.
func TestDashboard_every_figure_is_exposed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	c := startCluster(t, 1)
	mira := c.servers[0].setUp()
	mira.fails("POST", "/api/signin", map[string]string{"login": "admin", "password": "wrong horse"}, 403, "password")
	if _, code, err := c.servers[0].raw(t, http.Header{"Origin": {"https://elsewhere.example"}}); err == nil || code != 403 {
		t.Fatalf("another origin: %d, %v", code, err)
	}
	_, page := mira.do("GET", "/metrics", nil)
	figure := regexp.MustCompile(`\b(?:waymark|process)_\w+`)
	seen := 0
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			for _, name := range figure.FindAllString(target.Expr, -1) {
				seen++
				if !strings.Contains(string(page), "\n"+name+"{") {
					t.Errorf("panel %q: no %s in /metrics", panel.Title, name)
				}
			}
		}
	}
	if seen < 40 {
		t.Errorf("the dashboard asks for %d figures", seen)
	}
}

// untilPerson waits until the seat is told of somebody of this name.
func (s *seat) untilPerson(name string) {
	s.t.Helper()
	for !strings.Contains(s.until("people").raw, name) {
	}
}
