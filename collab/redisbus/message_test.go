package redisbus

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"waymark/board"
	"waymark/collab"
)

func exampleBatch() collab.Batch {
	return collab.Batch{
		Board: "board-apple", First: 41, Last: 43, Epoch: 2, ID: "batch-b", Prev: "batch-a", All: 1<<63 + 1, Public: 7,
		Node: "node-a", At: 1795312345678, Body: []byte(`[{"seq":41}]`),
	}
}

func exampleShown() collab.Shown {
	return collab.Shown{Board: "board-apple", Node: "node-a", At: 5, Full: true, Items: []byte(`[{"session":"session-1"}]`)}
}

func TestMessage_is_read_as_it_was_written(t *testing.T) {
	batch, shown := exampleBatch(), exampleShown()
	header, empty, first := batch, batch, batch
	header.Body, empty.Body = nil, []byte{}
	first.Prev, first.First, first.Epoch = "", 1, 1
	for _, b := range []collab.Batch{batch, header, empty, first} {
		m, err := decode(appendBatch(nil, &b))
		if err != nil || fmt.Sprintf("%#v", m.batch) != fmt.Sprintf("%#v", b) {
			t.Errorf("got %+v, %v, want %+v", m.batch, err, b)
		}
	}
	if m, err := decode(appendShown(nil, &shown)); err != nil || fmt.Sprintf("%+v", m.shown) != fmt.Sprintf("%+v", shown) {
		t.Errorf("got %+v, %v, want %+v", m.shown, err, shown)
	}
	if m, err := decode(appendProbe(nil, 300)); err != nil || m.kind != kindProbe || m.probe != 300 {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestMessage_with_a_body_over_the_limit_is_its_header(t *testing.T) {
	b := exampleBatch()
	b.Body = make([]byte, maxBody+1)
	header := b
	header.Body = nil
	if m, err := decode(appendBatch(nil, &b)); err != nil || fmt.Sprintf("%+v", m.batch) != fmt.Sprintf("%+v", header) {
		t.Errorf("written: got %+v, %v", m.batch, err)
	}
	// The header claims as much, and the body that follows is not looked at.
	claims := appendBatch(nil, &header)
	claims = append(claims[:len(claims)-1], 0xff, 0xff, 0xff, 0xff, 0x0f)
	for _, rest := range [][]byte{nil, []byte("little")} {
		if m, err := decode(append(claims, rest...)); err != nil || m.batch.Body != nil || m.batch.Last != b.Last {
			t.Errorf("claimed: got %+v, %v", m.batch, err)
		}
	}
	b.Body = b.Body[:maxBody]
	if m, err := decode(appendBatch(nil, &b)); err != nil || len(m.batch.Body) != maxBody {
		t.Errorf("at the limit: got %d bytes, %v", len(m.batch.Body), err)
	}
}

func TestMessage_that_is_cut_or_goes_on_is_refused(t *testing.T) {
	batch, shown := exampleBatch(), exampleShown()
	for _, whole := range [][]byte{appendBatch(nil, &batch), appendShown(nil, &shown), appendProbe(nil, 1)} {
		for n := range whole {
			if m, err := decode(whole[:n]); err == nil {
				t.Errorf("%d bytes of %d were read as %+v", n, len(whole), m)
			}
		}
		if m, err := decode(append(bytes.Clone(whole), 0)); err == nil {
			t.Errorf("with a byte more it was read as %+v", m)
		}
	}
	for name, change := range map[string]func(*collab.Batch){
		"seqs_backwards": func(b *collab.Batch) { b.Last = b.First - 1 },
		"seq_below_1":    func(b *collab.Batch) { b.First = 0 },
		"a_long_name":    func(b *collab.Batch) { b.Node = string(make([]byte, maxName+1)) },
	} {
		b := exampleBatch()
		change(&b)
		if m, err := decode(appendBatch(nil, &b)); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

func FuzzDecode(f *testing.F) {
	batch, shown := exampleBatch(), exampleShown()
	f.Add(appendBatch(nil, &batch))
	f.Add(appendShown(nil, &shown))
	f.Add(appendProbe(nil, 1))
	f.Add([]byte{kindBatch, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decode(b)
		if err != nil {
			return
		}
		// What was read is written again so that it reads the same.
		var again []byte
		switch m.kind {
		case kindBatch:
			again = appendBatch(nil, &m.batch)
		case kindShown:
			again = appendShown(nil, &m.shown)
		case kindProbe:
			again = appendProbe(nil, m.probe)
		}
		if n, err := decode(again); err != nil || fmt.Sprintf("%+v", n) != fmt.Sprintf("%+v", m) {
			t.Fatalf("%+v became %+v, %v", m, n, err)
		}
	})
}

// deaf is a bus that does not run.
func deaf(t testing.TB, cluster, key string) *Bus {
	t.Helper()
	b, err := newBus(Config{URL: "redis://127.0.0.1:1", Cluster: cluster, Key: []byte(key)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const clusterKey = "a key of the cluster"

// FuzzReceive gives a bus what anybody may publish. Nothing but what was sealed for the channel reaches the slot.
func FuzzReceive(f *testing.F) {
	sender := deaf(f, "cluster-a", clusterKey)
	batch, shown := exampleBatch(), exampleShown()
	apple := sender.channel("board-apple")
	// The seeds are the same in every process of the fuzzer: the nonce is no secret.
	sealed := map[string]bool{}
	for i, plain := range [][]byte{appendBatch(nil, &batch), appendShown(nil, &shown), appendProbe(nil, 1)} {
		m := make([]byte, nonceEnd)
		m[0], m[nonceEnd-1] = version, byte(i)
		m = sender.seal.aead.Seal(m, m[headEnd:nonceEnd], plain, append(slices.Clone(m[:headEnd]), apple...))
		sealed[string(m)] = true
		f.Add(apple, string(m))
		f.Add(sender.channel("board-banana"), string(m))
		f.Add(sender.probes, string(m))
		f.Add(apple, string(m[:len(m)-1]))
	}
	f.Add("", "")
	f.Add(apple, "hello")
	hearer := deaf(f, "cluster-a", clusterKey)
	f.Fuzz(func(t *testing.T, channel, m string) {
		var scratch []byte
		slot := collab.NewSlot("node-here", func() {})
		for _, id := range []board.ID{"board-apple", "board-banana"} {
			defer hearer.Subscribe(id, slot)()
		}
		before := hearer.Counts()
		probe, _ := hearer.receive(scratch, channel, m)
		after := hearer.Counts()
		_, any, people := slot.Take()
		if (any || len(people) > 0) && (channel != apple || !sealed[m]) {
			t.Fatalf("%q reached a slot through %q", m, channel)
		}
		if probe != 0 {
			t.Fatalf("%q was taken for a probe", m)
		}
		if after.Foreign+after.Received != before.Foreign+before.Received+1 {
			t.Fatalf("%q was counted as %+v, before %+v", m, after, before)
		}
	})
}

func TestReceive_only_what_was_sealed_for_the_place(t *testing.T) {
	sender, hearer := deaf(t, "cluster-a", clusterKey), deaf(t, "cluster-a", clusterKey)
	batch, shown := exampleBatch(), exampleShown()
	apple, banana := sender.channel("board-apple"), sender.channel("board-banana")
	closed := func(b *Bus, channel string, plain []byte) string {
		m, _ := b.seal.close(nil, nil, channel, plain)
		return string(m)
	}
	good := closed(sender, apple, appendBatch(nil, &batch))
	changed := func(at int) string {
		b := []byte(good)
		b[(at+len(b))%len(b)] ^= 1
		return string(b)
	}
	for name, c := range map[string]struct {
		channel, message string
		arrives          bool
	}{
		"a_batch":                                {apple, good, true},
		"a_presence":                             {apple, closed(sender, apple, appendShown(nil, &shown)), true},
		"a_batch_moved_to_another_board":         {banana, good, false},
		"a_batch_sealed_for_another_board":       {banana, closed(sender, banana, appendBatch(nil, &batch)), false},
		"a_presence_sealed_for_another_board":    {banana, closed(sender, banana, appendShown(nil, &shown)), false},
		"a_probe_on_a_board":                     {apple, closed(sender, apple, appendProbe(nil, 1)), false},
		"a_batch_among_the_probes":               {hearer.probes, closed(sender, hearer.probes, appendBatch(nil, &batch)), false},
		"another_key":                            {apple, closed(deaf(t, "cluster-a", "a key of somebody"), apple, appendBatch(nil, &batch)), false},
		"another_cluster_of_the_same_key":        {apple, closed(deaf(t, "cluster-b", clusterKey), apple, appendBatch(nil, &batch)), false},
		"another_release":                        {apple, changed(0), false},
		"another_sender":                         {apple, changed(1), false},
		"another_nonce":                          {apple, changed(headEnd), false},
		"another_content":                        {apple, changed(nonceEnd), false},
		"another_end":                            {apple, changed(-1), false},
		"nothing":                                {apple, "", false},
		"less_than_a_message":                    {apple, good[:overhead-1], false},
		"a_message_that_was_cut":                 {apple, good[:len(good)-1], false},
		"two_messages":                           {apple, good + good, false},
		"more_than_a_message_may_have":           {apple, good + string(make([]byte, maxMessage)), false},
		"what_is_sealed_cannot_be_read":          {apple, closed(sender, apple, []byte("hello")), false},
		"a_channel_of_ours_that_is_of_no_board":  {hearer.prefix + "q", good, false},
		"a_channel_of_nobody":                    {"news", "hello", false},
		"a_batch_without_slot":                   {sender.channel("board-cherry"), good, false},
		"readable_text_in_place_of_what_is_sent": {apple, string(appendBatch(nil, &batch)), false},
	} {
		t.Run(name, func(t *testing.T) {
			slot := collab.NewSlot("node-here", func() {})
			defer hearer.Subscribe("board-apple", slot)()
			defer hearer.Subscribe("board-banana", slot)()
			before := hearer.Counts()
			probe, _ := hearer.receive(nil, c.channel, c.message)
			foreign := hearer.Counts().Foreign - before.Foreign
			_, any, people := slot.Take()
			if arrived := any || len(people) > 0; arrived != c.arrives || (foreign == 0) != c.arrives || probe != 0 {
				t.Errorf("arrived: %v, counted as foreign: %d, taken for probe %d", arrived, foreign, probe)
			}
		})
	}
}

func TestSeal_hides_what_is_on_the_board(t *testing.T) {
	b, secret := deaf(t, "cluster-a", clusterKey), "what nobody at Redis may read"
	batch := exampleBatch()
	batch.Body = []byte(secret)
	one, _ := b.seal.close(nil, nil, "c", appendBatch(nil, &batch))
	two, _ := b.seal.close(nil, nil, "c", appendBatch(nil, &batch))
	if bytes.Contains(one, []byte(secret)) || bytes.Contains(one, []byte(batch.Board)) {
		t.Errorf("%q can be read", one)
	}
	if bytes.Equal(one[headEnd:], two[headEnd:]) {
		t.Error("the same batch looks the same twice")
	}
}
