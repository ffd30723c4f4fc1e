// Package static holds the built browser side. The sources are in src; npm run build writes dist, which is committed,
// so that a machine with Go alone can build the server.
package static

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Files returns the built files: index.html, the one shell of every page, and assets/ with all that it loads.
// The names never change between releases; whoever serves them adds a hash of the content to the address.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // dist is embedded above, so only a mistake in this file can get here
	}
	return files
}
