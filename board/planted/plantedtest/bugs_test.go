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
