package main

import (
	"bytes"
	"os"
	"testing"
)

func TestSchema_committed_file_is_fresh(t *testing.T) {
	const path = "../../static/src/board/schema.gen.ts"
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, Schema()) {
		t.Errorf("%s is stale: run go generate ./board", path)
	}
}
