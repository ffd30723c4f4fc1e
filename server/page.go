package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// Pages are the built browser side, hashed and compressed once at start. An address with the hash of its content may
// be kept for ever; the shell is asked for each time.
type Pages struct {
	shell     asset
	assets    map[string]asset // by path below the root: assets/app.js
	policy    string
	encrypted bool
}

type asset struct {
	kind  string // media type
	plain []byte
	gzip  []byte // nil where it saves nothing
	hash  string
}

// newPages reads the built files. The shell learns under which path it is served and which content its assets have.
func newPages(files fs.FS, site *Site) (*Pages, error) {
	p := &Pages{assets: map[string]asset{}, policy: contentPolicy(site), encrypted: site.encrypted()}
	contents := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		contents[name], err = fs.ReadFile(files, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the built pages: %w", err)
	}
	shell, ok := contents["index.html"]
	if !ok {
		return nil, fmt.Errorf("the built pages have no index.html")
	}
	// Style sheets name fonts, the shell names style sheets: each is hashed after what it names.
	for _, wanted := range []func(string) bool{
		func(name string) bool { return path.Ext(name) != ".css" },
		func(name string) bool { return path.Ext(name) == ".css" },
	} {
		for name, content := range contents {
			if name == "index.html" || !wanted(name) {
				continue
			}
			if path.Ext(name) == ".css" {
				content = p.stamp(content, path.Dir(name)+"/", "./")
			}
			p.assets[name] = newAsset(name, content)
		}
	}
	shell = p.stamp(shell, "", "")
	base := []byte(`<base href="/">`)
	if !bytes.Contains(shell, base) {
		return nil, fmt.Errorf("index.html has no %s", base)
	}
	shell = bytes.Replace(shell, base, []byte(`<base href="`+site.path()+`/">`), 1)
	p.shell = newAsset("index.html", shell)
	return p, nil
}

// stamp adds ?v=hash to every asset below dir that the text names, written there with prefix instead of dir.
func (p *Pages) stamp(text []byte, dir, prefix string) []byte {
	for name, a := range p.assets {
		rest, ok := strings.CutPrefix(name, dir)
		if !ok {
			continue
		}
		for _, end := range []string{`"`, `)`, `'`} {
			text = bytes.ReplaceAll(text, []byte(prefix+rest+end), []byte(prefix+rest+"?v="+a.hash+end))
		}
	}
	return text
}

func newAsset(name string, content []byte) asset {
	sum := sha256.Sum256(content)
	a := asset{kind: mime.TypeByExtension(path.Ext(name)), plain: content, hash: hex.EncodeToString(sum[:8])}
	switch path.Ext(name) { // not left to the machine's own table
	case ".js":
		a.kind = "text/javascript; charset=utf-8"
	case ".css":
		a.kind = "text/css; charset=utf-8"
	case ".html":
		a.kind = "text/html; charset=utf-8"
	case ".txt":
		a.kind = "text/plain; charset=utf-8"
	case ".svg":
		a.kind = "image/svg+xml"
	case ".woff2":
		a.kind = "font/woff2"
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(content) // a bytes.Buffer takes everything
	_ = w.Close()
	if b.Len() < len(content)*9/10 {
		a.gzip = b.Bytes()
	}
	return a
}

// contentPolicy lets the page load and reach nothing but this server. Trusted Types leave no way to turn text into a
// script.
func contentPolicy(site *Site) string {
	socket := "ws"
	if site.https() {
		socket = "wss"
	}
	connect := "'self'"
	for _, o := range site.origins {
		// The policy has no way to write an address of version 6; there 'self' has to do.
		if _, host, ok := strings.Cut(o, "://"); ok && !strings.HasPrefix(host, "[") {
			connect += " " + socket + "://" + host
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; " +
		"connect-src " + connect + "; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'; " +
		"frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'"
}

// Shell answers every page of the browser side.
func (p *Pages) Shell(c echo.Context) error { return p.sendShell(c, http.StatusOK) }

func (p *Pages) sendShell(c echo.Context, status int) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", p.policy)
	if p.encrypted { // elsewhere browsers ignore it, with an error on the console
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	return p.shell.send(c, status, "no-cache")
}

// Asset answers a file below assets/.
func (p *Pages) Asset(c echo.Context) error {
	a, ok := p.assets["assets/"+c.Param("*")]
	if !ok {
		return echo.ErrNotFound
	}
	cache := "no-cache"
	if c.QueryParam("v") == a.hash {
		cache = "public, max-age=31536000, immutable"
	}
	return a.send(c, http.StatusOK, cache)
}

func (a asset) send(c echo.Context, status int, cache string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", cache)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept-Encoding")
	tag := `"` + a.hash + `"`
	h.Set("ETag", tag)
	if status == http.StatusOK && c.Request().Header.Get("If-None-Match") == tag {
		return c.NoContent(http.StatusNotModified)
	}
	body := a.plain
	if a.gzip != nil && strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if c.Request().Method == http.MethodHead {
		h.Set("Content-Type", a.kind)
		c.Response().WriteHeader(status)
		return nil
	}
	return c.Blob(status, a.kind, body)
}
