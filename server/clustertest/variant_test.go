//go:build linux && services

package clustertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/server/trial"
)

// A variant is the program with some of its source changed: go build reads the changed files in place of those that
// are there.
type variant struct {
	t       *testing.T
	root    string
	folder  string
	replace map[string]string // a file of the source, and the one that is read in its place
}

func newVariant(t *testing.T) *variant {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return &variant{t, root, t.TempDir(), map[string]string{}}
}

// put has another text stand in a file, which need not be there.
func (v *variant) put(file string, text []byte) {
	v.t.Helper()
	to := filepath.Join(v.folder, strings.ReplaceAll(file, "/", "-"))
	if err := os.WriteFile(to, text, 0o600); err != nil {
		v.t.Fatal(err)
	}
	v.replace[filepath.Join(v.root, file)] = to
}

// change has one text stand in place of another, which must be there once.
func (v *variant) change(file, from, to string) {
	v.t.Helper()
	text := v.read(file)
	if strings.Count(text, from) != 1 {
		v.t.Fatalf("%s has %q not once", file, from)
	}
	v.put(file, []byte(strings.Replace(text, from, to, 1)))
}

func (v *variant) read(file string) string {
	v.t.Helper()
	text, err := os.ReadFile(filepath.Join(v.root, file))
	if err != nil {
		v.t.Fatal(err)
	}
	return string(text)
}

// build makes the program, and gives its path.
func (v *variant) build() string {
	v.t.Helper()
	overlay, err := json.Marshal(map[string]any{"Replace": v.replace})
	if err != nil {
		v.t.Fatal(err)
	}
	list := filepath.Join(v.folder, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		v.t.Fatal(err)
	}
	path := filepath.Join(v.folder, "waymark")
	if err := trial.Build(path, "-overlay", list); err != nil {
		v.t.Fatal(err)
	}
	return path
}
