//go:build unix && services

package redisbus_test

import (
	"testing"
	"time"

	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

// long is for how long the tests listen at first; what they listen for comes all the time.
const long = 100 * time.Millisecond

// neighbours listens, ever longer until as much is heard as there is: a busy machine may be silent for a while.
func neighbours(t *testing.T, b *redisbus.Bus, all func(n redisbus.Neighbours) bool) redisbus.Neighbours {
	t.Helper()
	for listen := long; ; listen *= 2 {
		n, err := b.Neighbours(t.Context(), listen)
		if err != nil {
			t.Fatal(err)
		}
		if all(n) || listen > patience {
			return n
		}
	}
}

// least says that so many servers of the cluster, and so many other clusters, are heard.
func least(servers, clusters int) func(n redisbus.Neighbours) bool {
	return func(n redisbus.Neighbours) bool { return n.Servers >= servers && len(n.Clusters) >= clusters }
}

func TestNeighbours_are_servers_clusters_and_strangers(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	a := open(t, quick(r.URL()))
	up(t, a)
	if n := neighbours(t, a, least(1, 0)); n.Servers != 1 || len(n.Clusters) != 0 || n.Foreign != 0 {
		t.Errorf("alone: %+v", n)
	}
	up(t, open(t, quick(r.URL())))
	other := quick(r.URL())
	other.Key = []byte("a key of another cluster")
	up(t, open(t, other))
	if n := neighbours(t, a, least(2, 1)); n.Servers != 2 || len(n.Clusters) != 1 || n.Foreign != 0 {
		t.Errorf("with a server and a cluster more: %+v", n)
	}

	o := operator(t, r)
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				o.Publish(t.Context(), a.Channel(theBoard), "who is there?")
			}
		}
	}()
	n := neighbours(t, a, func(n redisbus.Neighbours) bool { return n.Foreign > 0 })
	close(stop)
	<-done
	if n.Foreign == 0 {
		t.Errorf("with a stranger: %+v", n)
	}
}

// A bus needs no right to look around.
func TestNeighbours_without_the_rights(t *testing.T) {
	r := redistest.Start(t, redistest.Options{Lines: []string{
		"user ben on >secret resetchannels &waymark:* -@all +hello +auth +client|setname +publish +subscribe +unsubscribe",
	}})
	b := open(t, quick("redis://ben:secret@"+r.Addr()))
	up(t, b)
	if n := neighbours(t, b, least(-1, 0)); n.Servers != -1 || n.Foreign != -1 {
		t.Errorf("it says %+v", n)
	}
	r.Kill()
	if n, err := b.Neighbours(t.Context(), long); err == nil {
		t.Errorf("of a Redis that is gone: %+v", n)
	}
}
