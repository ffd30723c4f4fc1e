package main

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"
)

func TestPages(t *testing.T) {
	files := fstest.MapFS{
		"index.html":           {Data: []byte(`<base href="/"><link href="assets/app.css"><script src="assets/boot.js" data-app="assets/app.js"></script>`)},
		"assets/app.css":       {Data: []byte(`@font-face{src:url(./fonts/a.woff2)}` + strings.Repeat(" ", 500))},
		"assets/boot.js":       {Data: []byte(`1`)},
		"assets/app.js":        {Data: []byte(`2`)},
		"assets/fonts/a.woff2": {Data: []byte("\x00font")},
	}
	build := func(t *testing.T, public string) (*Pages, http.Handler) {
		t.Helper()
		p, err := newPages(files, siteOf(t, "127.0.0.1:8080", "-public-url", public))
		if err != nil {
			t.Fatal(err)
		}
		e := echo.New()
		e.GET("/", p.Shell)
		e.GET("/assets/*", p.Asset)
		return p, e
	}
	get := func(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}

	t.Run("the_shell_knows_its_path_and_the_hashes_of_its_assets", func(t *testing.T) {
		_, h := build(t, "https://a.example/way")
		w := get(h, "/")
		body := w.Body.String()
		if !strings.Contains(body, `<base href="/way/">`) {
			t.Errorf("no base in %s", body)
		}
		found := regexp.MustCompile(`"(assets/[a-z.]+\?v=[0-9a-f]{16})"`).FindAllStringSubmatch(body, -1)
		if len(found) != 3 {
			t.Fatalf("assets with a hash: %q", found)
		}
		for _, f := range found {
			a := get(h, "/"+f[1])
			if a.Code != http.StatusOK || !strings.Contains(a.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d %s", f[1], a.Code, a.Header().Get("Cache-Control"))
			}
		}
		css := get(h, "/assets/app.css?v=old")
		if css.Header().Get("Cache-Control") != "no-cache" || !strings.Contains(css.Body.String(), "url(./fonts/a.woff2?v=") {
			t.Errorf("an old address: %v %s", css.Header(), css.Body)
		}
		if again := get(h, "/assets/app.css", "If-None-Match", css.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("the same content again: %d", again.Code)
		}
	})
	t.Run("what_shrinks_is_sent_compressed", func(t *testing.T) {
		_, h := build(t, "https://a.example")
		w := get(h, "/assets/app.css", "Accept-Encoding", "gzip, br")
		z, err := gzip.NewReader(w.Body)
		if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("%v %v", w.Header(), err)
		}
		if plain, err := io.ReadAll(z); err != nil || !strings.HasPrefix(string(plain), "@font-face") {
			t.Fatalf("%s %v", plain, err)
		}
		if w := get(h, "/assets/app.js", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
			t.Error("one byte was compressed")
		}
	})
	t.Run("the_policy_names_own_addresses_only", func(t *testing.T) {
		p, _ := build(t, "https://a.example/way")
		for _, part := range []string{
			"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self' wss://a.example;",
			"frame-ancestors 'none'", "base-uri 'self'", "require-trusted-types-for 'script'",
		} {
			if !strings.Contains(p.policy, part) {
				t.Errorf("policy %q lacks %q", p.policy, part)
			}
		}
		for _, part := range []string{"unsafe", "*", "http:"} {
			if strings.Contains(p.policy, part) {
				t.Errorf("policy %q has %q", p.policy, part)
			}
		}
	})
	t.Run("nothing_outside_assets_is_served", func(t *testing.T) {
		_, h := build(t, "https://a.example")
		for _, path := range []string{"/assets/", "/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/none.js"} {
			if w := get(h, path); w.Code == http.StatusOK {
				t.Errorf("%s was served", path)
			}
		}
	})
}
