package collab_test

import (
	"fmt"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ana.join()
	ben.join()
	w.wait(50 * time.Millisecond)
	ana.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
	w.wait(50 * time.Millisecond)
	ben.ops(`{"type":"delete","id":"card-9"}`)
	ben.send(`{"type":"presence","at":{"x":1,"y":2}}`)
	w.wait(50 * time.Millisecond)
	for _, p := range []*person{ana, ben} {
		for _, h := range p.heard {
			fmt.Println(p.name, "<-", h)
		}
	}
	fmt.Println(w.logged.String())
}
