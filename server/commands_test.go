package main

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"waymark/board"
)

// command runs a command beside whatever runs, and returns its exit code and what it printed.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(limited(t), args, nil, &out, &err)
	return code, out.String(), err.String()
}

var linkLine = regexp.MustCompile(`(http\S+)/login#(\S+)\n`)

// account makes an account by the command, beside the running server.
func account(t *testing.T, p *running, name string) (board.ID, string) {
	t.Helper()
	code, out, failure := p.at.command(t, "account", name)
	m := linkLine.FindStringSubmatch(out)
	if code != 0 || m == nil || m[1] != p.url {
		t.Fatalf("account: %d %s %s", code, out, failure)
	}
	other := p.browser(t)
	signed := other.enter("/api/login", map[string]string{"secret": m[2]})
	code, out, failure = p.at.command(t, "login-link", string(signed.Person.ID))
	if m = linkLine.FindStringSubmatch(out); code != 0 || m == nil {
		t.Fatalf("login-link: %d %s %s", code, out, failure)
	}
	return signed.Person.ID, m[2]
}

func TestLoginLink(t *testing.T) { t.Parallel(); onEach(t, testLoginLink) }

func testLoginLink(t *testing.T, empty func(*testing.T) home) {
	p := empty(t).launch(t)
	if code, _, failure := p.at.command(t, "login-link"); code != 1 || !strings.Contains(failure, "set-up link") {
		t.Fatalf("before the set-up: %d %s", code, failure)
	}
	mira := p.setUp()
	code, out, failure := p.at.command(t, "login-link", "-public-url", "https://example.org/way")
	m := linkLine.FindStringSubmatch(out)
	if code != 0 || m == nil || m[1] != "https://example.org/way" {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	b := p.browser(t)
	if b.enter("/api/login", map[string]string{"secret": m[2]}); b.signed.Person.ID != mira.signed.Person.ID {
		t.Fatalf("signs in %+v", b.signed.Person)
	}
	if code, _, failure := p.at.command(t, "login-link", "nobody"); code != 1 || !strings.Contains(failure, `"nobody"`) {
		t.Fatalf("an unknown login: %d %s", code, failure)
	}
	at := empty(t)
	for _, words := range [][]string{{"login-link"}, {"audit"}, {"verify"}, {"backup", filepath.Join(t.TempDir(), "copy.db")}} {
		code, _, failure := at.command(t, words[0], words[1:]...)
		want := "start the server on it once"
		if at[0] == "-data" {
			want = "no server has run on the folder " + at[1] + "; name the folder of one that has"
		}
		if code != 1 || !strings.Contains(failure, want) {
			t.Fatalf("%s of an empty place: %d %s", words[0], code, failure)
		}
	}
}

func TestDisable(t *testing.T) { t.Parallel(); onEach(t, testDisable) }

func testDisable(t *testing.T, empty func(*testing.T) home) {
	p := empty(t).launch(t)
	mira := p.setUp()
	if code, _, failure := p.at.command(t, "disable", "nobody"); code != 1 || !strings.Contains(failure, `"nobody"`) {
		t.Fatalf("an unknown login: %d %s", code, failure)
	}
	ben := p.browser(t)
	id, secret := account(t, p, "Ben")
	ben.enter("/api/login", map[string]string{"secret": secret})
	ben.ok("POST", "/api/me/password", map[string]string{"login": "ben", "new": "battery staple"}, nil)
	s := ben.sit(ben.newBoard("empty", "Ben's"))
	if code, out, failure := p.at.command(t, "disable", "ben"); code != 0 || !strings.Contains(out, "Ben") {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	if code := s.closed(); code != 4401 {
		t.Fatalf("closed with %d", code)
	}
	in := map[string]string{"login": "ben", "password": "battery staple"}
	ben.fails("POST", "/api/signin", in, 403, "disabled")
	if code, _, failure := p.at.command(t, "login-link", "ben"); code != 1 || !strings.Contains(failure, "waymark enable") {
		t.Fatalf("a link for it: %d %s", code, failure)
	}
	if code, out, failure := p.at.command(t, "enable", "Ben"); code != 0 || !strings.Contains(out, "switched on") {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	ben.enter("/api/signin", in)

	// The only administrator stays, or nobody could ever administer this server again.
	if code, _, failure := p.at.command(t, "disable", "admin"); code != 1 || !strings.Contains(failure, "only administrator") {
		t.Fatalf("the only administrator: %d %s", code, failure)
	}
	mira.ok("GET", "/api/me", nil, nil)

	code, out, failure := p.at.command(t, "audit")
	for _, act := range []string{"\tdisable\t\t\t" + string(id), "\tenable\t\t\t" + string(id), "\tsetup\t"} {
		if code != 0 || strings.Count(out, act) != 1 {
			t.Fatalf("audit: %d %s %s", code, out, failure)
		}
	}
}

func TestLoginLink_says_that_every_administrator_is_off(t *testing.T) {
	t.Parallel()
	onEach(t, testAllOff)
}

func testAllOff(t *testing.T, empty func(*testing.T) home) {
	p := empty(t).launch(t)
	mira := p.setUp()
	p.at.change(t, `UPDATE people SET disabled_at = 1`)
	if code, _, failure := p.at.command(t, "login-link"); code != 1 || !strings.Contains(failure, "waymark enable LOGIN") {
		t.Fatalf("%d %s", code, failure)
	}
	if code, out, failure := p.at.command(t, "enable", "admin"); code != 0 {
		t.Fatalf("%d %s %s", code, out, failure)
	}
	mira.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
}

// full is an output that takes nothing, like a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestOutput_a_command_whose_output_is_lost_fails(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.setUp()
	file := backupOf(t, p)
	for _, args := range [][]string{
		{"--help"},
		{"help"},
		{"verify", "-data", p.data},
		{"audit", "-data", p.data},
		{"login-link", "-data", p.data},
		{"account", "-data", p.data, "Jonas"},
		{"backup", "-data", p.data, filepath.Join(t.TempDir(), "copy.db")},
		{"restore", "-data", t.TempDir(), file},
	} {
		var failure bytes.Buffer
		if code := run(limited(t), args, nil, full{}, &failure); code != 1 || !strings.Contains(failure.String(), "no space left") {
			t.Errorf("%q ended with %d: %s", args, code, failure.String())
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"version", "-version", "--version"} {
		if code, out, failure := command(t, word); code != 0 || !strings.HasPrefix(out, "waymark ") || !strings.Contains(out, runtime.Version()) {
			t.Errorf("%s: %d %q %s", word, code, out, failure)
		}
	}
	info := &debug.BuildInfo{GoVersion: "go1.2", Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	if says := versionLine(info, true); says != "waymark (devel), go1.2, commit abc of 2026-01-02T03:04:05Z, with changes that are in no commit" {
		t.Error(says)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	t.Run("a_second_server_on_the_same_folder_is_refused", func(t *testing.T) {
		p := start(t)
		if says := refusedStart(t, "-listen", "127.0.0.1:0", "-data", p.data); !strings.Contains(says, "another server") || !strings.Contains(says, p.data) {
			t.Fatal(says)
		}
		p.setUp() // the first one is unharmed
	})
	t.Run("a_port_that_was_asked_for_must_be_free", func(t *testing.T) {
		p := start(t)
		port := p.url[strings.LastIndex(p.url, ":"):]
		data := filepath.Join(t.TempDir(), "new")
		if says := refusedStart(t, "-listen", "127.0.0.1"+port, "-data", data); !strings.Contains(says, `-listen "127.0.0.1`+port+`"`) || !strings.Contains(says, "in use") {
			t.Fatal(says)
		}
		if _, err := os.Stat(data); err == nil {
			t.Fatal("a folder was made for a server that cannot be reached")
		}
	})
	t.Run("the_default_port_moves_on", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = taken.Close() }()
		l, err := listen(t.Context(), &Config{Listen: taken.Addr().String()}, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		if l.Addr().String() == taken.Addr().String() {
			t.Fatal("listens on the same port")
		}
	})
	t.Run("a_certificate_that_is_none_is_named_by_its_variable", func(t *testing.T) {
		var out, failure bytes.Buffer
		environ := []string{"WAYMARK_TLS_CERT=nope", "WAYMARK_TLS_KEY=nope", "WAYMARK_LISTEN=127.0.0.1:0", "WAYMARK_DATA=" + t.TempDir()}
		if code := run(limited(t), nil, environ, &out, &failure); code != 1 || !strings.Contains(failure.String(), `WAYMARK_TLS_CERT "nope"`) {
			t.Fatalf("%d %s", code, failure.String())
		}
	})
	t.Run("what_is_no_command_is_refused", func(t *testing.T) {
		if says := refusedStart(t, "dance"); !strings.Contains(says, `"dance"`) || !strings.Contains(says, "--help") {
			t.Fatal(says)
		}
		if says := refusedStart(t, "serve", "now"); !strings.Contains(says, `"now"`) {
			t.Fatal(says)
		}
	})
}

// The name of its flag was forgotten, or it was put behind another.
func TestCommands_repeat_no_password_that_they_did_not_expect(t *testing.T) {
	t.Parallel()
	const database, redis = "postgres://waymark:hunter2@127.0.0.1:1/waymark", "redis://127.0.0.1:1?password=hunter2"
	for _, args := range [][]string{
		{database},
		{"serve", database},
		{"doctor", database},
		{"verify", redis},
		{"ready", redis},
		{"version", redis},
		{"audit", database},
		{"login-link", "ana", database},
		{"move", database},
		{"backup", database, database},
		{"doctor", "-database", database + "?sslmode=bogus&PASSWORD=hunter2"},
		{"doctor", "-database", "postgres://127.0.0.1:1/waymark", "-redis", redis},
	} {
		var out, failure bytes.Buffer
		if code := run(limited(t), args, nil, &out, &failure); code == 0 {
			t.Errorf("%q ended well", args)
		}
		if said := out.String() + failure.String(); said == "" || strings.Contains(said, "hunter2") {
			t.Errorf("%q: %s", args, said)
		}
	}
}
