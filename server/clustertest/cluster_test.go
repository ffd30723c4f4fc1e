//go:build linux && services

package clustertest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/collab/pglog/pgtest"
	"waymark/collab/redisbus/redistest"
	"waymark/server/trial"
)

func TestMain(m *testing.M) { os.Exit(trial.Main(func() int { return pgtest.Main(m) })) }

// A cluster is servers on one Postgres and one Redis, behind a front.
type cluster struct {
	t        *testing.T
	postgres *pgtest.Server
	database string // its URL
	redis    *redistest.Server
	front    *front
	servers  []*server
	host     *trial.Person
}

// A server is one of them.
type server struct {
	*trial.Program
	name string
}

// openCluster starts three servers at once on an empty database, and sets it up.
func openCluster(t *testing.T, flags ...string) *cluster {
	t.Helper()
	c := prepareCluster(t, flags...)
	c.open()
	return c
}

// open starts the servers at once, and sets the database up.
func (c *cluster) open() {
	c.t.Helper()
	c.startAll()
	c.host = trial.SetUp(c.t, c.front, c.servers[0].Setup())
}

// databaseName is what Postgres calls the database.
func (c *cluster) databaseName(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(c.database)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

// prepareCluster makes a cluster whose servers are not started.
func prepareCluster(t *testing.T, flags ...string) *cluster {
	t.Helper()
	c := &cluster{t: t, postgres: pgtest.Open(t), redis: redistest.Start(t, redistest.Options{}), front: openFront(t)}
	c.database = c.postgres.Database(t)
	for _, name := range []string{"one", "two", "three"} {
		s := &server{name: name, Program: trial.New(t, append([]string{
			"-database", c.database, "-redis", c.redis.URL(), "-name", name, "-public-url", c.front.URL(), "-log-level", "warn",
		}, flags...)...)}
		s.Listen = trial.FreePort(t)
		c.servers = append(c.servers, s)
	}
	c.front.lead(c.servers)
	return c
}

// startAll starts all servers, at the same time.
func (c *cluster) startAll() {
	c.t.Helper()
	var work sync.WaitGroup
	errs := make([]error, len(c.servers))
	for i, s := range c.servers {
		work.Go(func() { errs[i] = s.Start() })
	}
	work.Wait()
	for i, err := range errs {
		if err != nil {
			c.t.Fatalf("%s: %v\n%s", c.servers[i].name, err, c.servers[i].Log())
		}
	}
}

// lead goes to this server and no other.
func (s *server) lead() (net.Conn, string, error) {
	c, err := s.Dial()
	return c, s.name, err
}

// revive starts a server again and again until it serves, as whoever looks after it would.
func (s *server) revive(ctx context.Context) error {
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		err := s.Start()
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("%s did not come back: %w\n%s", s.name, err, s.Log())
		}
	}
}

// serves says whether it is started.
func (s *server) serves() bool {
	select {
	case <-s.Serving():
		return true
	default:
		return false
	}
}

var errNoFigure = errors.New("there is no such figure")

// figures are the numbers of these names, each of which must be there.
func (s *server) figures(ctx context.Context, names []string) (map[string]float64, error) {
	_, page, err := s.Get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	all := map[string]float64{}
	for _, name := range names {
		m := regexp.MustCompile(`(?m)^waymark_` + name + `(?:\{[^}]*\})? (\S+)$`).FindStringSubmatch(page)
		if m == nil {
			return nil, fmt.Errorf("%w: %s", errNoFigure, name)
		}
		if all[name], err = strconv.ParseFloat(m[1], 64); err != nil {
			return nil, err
		}
	}
	return all, nil
}
