package client

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

const frameOfAll = `[{"type":"welcome","session":"session-1","epoch":1,"limits":{"op":65536}},` +
	`{"type":"entries","from":7,"to":9,"batch":"batch-b","items":[` +
	`{"at":5,"by":"person-a","changes":[["text","card-1","text",[3,"a,\"client\":\"no\\"]]],"client":"client-a","n":1,"seq":7},` +
	`{"at":5,"by":"person-b","changes":[],"client":"client-b","n":12,"refused":"gone","seq":8},` +
	`{"at":5,"by":"","changes":[["client","client-x"]],"client":"","n":0,"seq":9}]},` +
	`{"type":"hole","from":10,"to":10,"batch":"batch-c"},` +
	`{"type":"beat","now":-3}]`

func TestReader_takes_a_frame_apart(t *testing.T) {
	var types []string
	var ids []string
	err := new(reader).frame([]byte(frameOfAll), func(m Message) error {
		types = append(types, m.Type)
		if !json.Valid(m.Raw) {
			t.Errorf("raw of %s is no JSON: %s", m.Type, m.Raw)
		}
		for _, e := range m.Entries {
			ids = append(ids, string(e.Client)+"/"+string(e.Refused))
			var whole struct {
				Client string
				N, Seq int64
			}
			if err := json.Unmarshal(e.Raw, &whole); err != nil {
				t.Errorf("raw of entry %d: %v: %s", e.Seq, err, e.Raw)
			}
			if whole.Client != string(e.Client) || whole.N != e.N || whole.Seq != int64(e.Seq) {
				t.Errorf("entry %+v, its JSON says %+v", e, whole)
			}
		}
		switch m.Type {
		case "entries":
			if m.From != 7 || m.To != 9 || string(m.Batch) != "batch-b" {
				t.Errorf("entries from %d to %d of %s", m.From, m.To, m.Batch)
			}
		case "hole":
			if m.From != 10 || m.To != 10 || string(m.Batch) != "batch-c" {
				t.Errorf("hole from %d to %d of %s", m.From, m.To, m.Batch)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"welcome", "entries", "hole", "beat"}; !slices.Equal(types, want) {
		t.Errorf("messages %q, want %q", types, want)
	}
	if want := []string{"client-a/", "client-b/gone", "/"}; !slices.Equal(ids, want) {
		t.Errorf("entries %q, want %q", ids, want)
	}
}

func TestReader_finds_entries_before_their_type(t *testing.T) {
	frame := []byte(`[ {"items": [{"changes":[],"client":"client-a","n":1,"seq":7}], "from":7,"to":7,"type":"entries"} ]`)
	var seqs []int64
	err := new(reader).frame(frame, func(m Message) error {
		for _, e := range m.Entries {
			seqs = append(seqs, int64(e.Seq))
		}
		return nil
	})
	if err != nil || !slices.Equal(seqs, []int64{7}) {
		t.Errorf("seqs %v, %v", seqs, err)
	}
}

func TestReader_refuses_what_is_cut_short(t *testing.T) {
	for end := range len(frameOfAll) {
		if err := new(reader).frame([]byte(frameOfAll[:end]), func(Message) error { return nil }); err == nil {
			t.Errorf("no error for the first %d bytes", end)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(frameOfAll))
	f.Add([]byte(`[]`))
	f.Add([]byte(`[{"type":"entries","items":[]}]`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		before := bytes.Clone(frame)
		_ = new(reader).frame(frame, func(m Message) error {
			if len(m.Raw) == 0 {
				t.Error("a message without bytes")
			}
			return nil
		})
		if !bytes.Equal(before, frame) {
			t.Error("the frame was changed")
		}
	})
}

func BenchmarkReader(b *testing.B) {
	entry := `{"at":1795312345678,"by":"person-AAAAAAAAAAAAAAAA","changes":[["text","card-AAAAAAAAAAAAAAAA","text",[24,"journey "]]],"client":"client-AAAAAAAAAAAAAAAA","n":17,"seq":4212}`
	frame := []byte(`[{"type":"entries","from":1,"to":20,"batch":"batch-AAAAAAAAAAAAAAAA","items":[` + entry)
	for range 19 {
		frame = append(append(frame, ','), entry...)
	}
	frame = append(frame, "]}]"...)
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	var r reader
	for b.Loop() {
		if err := r.frame(frame, func(Message) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
