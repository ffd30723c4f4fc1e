package client

import (
	"bytes"
	"compress/gzip"
	"testing"
)

func TestPointOf_is_where_the_snapshot_stands(t *testing.T) {
	var packed bytes.Buffer
	to := gzip.NewWriter(&packed)
	if _, err := to.Write([]byte(`{"at":9,"batch":"batch-z","board":"board-a","epoch":3,"public":"00","records":[{"id":"card-1","seq":1}],"seq":41}`)); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := pointOf(packed.Bytes())
	if err != nil || p != (Point{Epoch: 3, Seq: 41, Batch: "batch-z"}) {
		t.Errorf("point %+v, %v", p, err)
	}
	if _, err := pointOf(packed.Bytes()[:20]); err == nil {
		t.Error("no error for half a snapshot")
	}
}
