//go:build planted

package plantedtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// No bug is planted that is tried nowhere, and none is tried that is not planted.
func TestPlanted_all_are_listed(t *testing.T) {
	planting := regexp.MustCompile(`planted\.(?:On|Unless)\("([a-z-]+)"`)
	var there []string
	root := filepath.Join("..", "..", "..")
	for _, dir := range []string{"board", "collab", "server"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			source, err := os.ReadFile(path)
			for _, m := range planting.FindAllSubmatch(source, -1) {
				there = append(there, string(m[1]))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(there)
	there = slices.Compact(there)
	listed := slices.Sorted(slices.Values(slices.Concat(Simulated, OfPostgres, OfRedis, OfServers)))
	if !slices.Equal(there, listed) {
		t.Errorf("planted are %v, tried are %v", there, listed)
	}
}

// No bug is left to the simulation alone without a reason.
func TestPlanted_all_are_seen_on_real_parts(t *testing.T) {
	row := regexp.MustCompile(`(?m)^\t\t\{"([a-z-]+)", `)
	tried := map[string]bool{}
	root := filepath.Join("..", "..", "..")
	for _, file := range []string{"server/planted_test.go", "server/clustertest/planted_test.go"} {
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		rows := row.FindAllSubmatch(source, -1)
		if len(rows) == 0 {
			t.Errorf("%s has no rows", file)
		}
		for _, m := range rows {
			tried[string(m[1])] = true
		}
	}
	for _, bug := range Simulated {
		if reason, ok := Unseen[bug]; ok == tried[bug] || ok && reason == "" {
			t.Errorf("%s is planted on real parts: %v; the reason why it is not: %q", bug, tried[bug], reason)
		}
	}
	for bug := range Unseen {
		if !slices.Contains(Simulated, bug) {
			t.Errorf("there is a reason for %s, which is not planted", bug)
		}
	}
	for bug := range tried {
		if !slices.Contains(slices.Concat(Simulated, OfServers), bug) {
			t.Errorf("%s is tried, and not listed", bug)
		}
	}
}
