package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"waymark/server/option"
)

func TestConfig(t *testing.T) {
	t.Run("a_flag_wins_over_a_variable_wins_over_the_default", func(t *testing.T) {
		c, words, err := ReadConfig("serve", []string{"-ops-burst", "7", "-insecure-http", "rest"},
			[]string{"WAYMARK_OPS_BURST=9", "WAYMARK_LISTEN=:9000", "WAYMARK_DATA=", "HOME=/"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if c.Limits.OpsBurst != 7 || c.Listen != ":9000" || !c.ListenGiven || c.Data != "./waymark-data" || !c.InsecureHTTP {
			t.Fatalf("config %+v", c)
		}
		if len(words) != 1 || words[0] != "rest" {
			t.Fatalf("words %q", words)
		}
	})
	t.Run("flags_may_follow_words", func(t *testing.T) {
		c, words, err := ReadConfig("account", []string{"Ana", "-data", "there", "Berger", "-log-level=warn"}, nil, io.Discard)
		if err != nil || c.Data != "there" || c.LogLevel != "warn" || strings.Join(words, " ") != "Ana Berger" {
			t.Fatalf("data %q, words %q, error %v", c.Data, words, err)
		}
		if _, _, err := ReadConfig("account", []string{"Ana", "-nonsense"}, nil, io.Discard); err == nil {
			t.Fatal("an unknown flag behind a word was taken for a word")
		}
		c, words, err = ReadConfig("account", []string{"-data", "there", "--", "Ana", "-data"}, nil, io.Discard)
		if err != nil || c.Data != "there" || strings.Join(words, " ") != "Ana -data" {
			t.Fatalf("data %q, words %q, error %v", c.Data, words, err)
		}
	})
	t.Run("a_redis_on_this_computer_may_be_named_by_its_socket", func(t *testing.T) {
		for _, url := range []string{"unix:///run/redis.sock", "unix://waymark:secret@/run/redis.sock", "rediss://redis.example.org:6379/3?skip_verify=true"} {
			c, _, err := ReadConfig("serve", []string{"-database", "postgres://db/waymark", "-redis", url}, nil, io.Discard)
			if err != nil || c.Redis != url {
				t.Errorf("%s: %v", url, err)
			}
		}
	})
	t.Run("the_path_of_the_public_url_is_kept_without_a_slash", func(t *testing.T) {
		c, _, err := ReadConfig("serve", []string{"-public-url", "https://Example.org/way/mark/"}, nil, io.Discard)
		if err != nil || c.PublicURL.String() != "https://example.org/way/mark" {
			t.Fatalf("public URL %v, error %v", c, err)
		}
	})
	t.Run("a_public_URL_of_another_alphabet_is_as_browsers_send_it", func(t *testing.T) {
		for given, want := range map[string]string{
			"https://karten.müller.example": "https://karten.xn--mller-kva.example",
			"http://my_host:8080":           "http://my_host:8080",
			"http://[2001:DB8::1]:8080":     "http://[2001:db8::1]:8080",
		} {
			c, _, err := ReadConfig("serve", []string{"-public-url", given, "-insecure-http"}, nil, io.Discard)
			if err != nil || c.PublicURL.String() != want {
				t.Errorf("%s: %v, error %v", given, c, err)
			}
		}
	})
	bad := []struct {
		args []string
		env  string
		want []string // all stand in the message
	}{
		{[]string{"-listen", "8080"}, "", []string{`-listen "8080"`, "want host:port"}},
		{[]string{"-listen", "127.0.0.1:http"}, "", []string{`-listen "127.0.0.1:http"`, "0 to 65535"}},
		{nil, "WAYMARK_LISTEN=127.0.0.1:70000", []string{`WAYMARK_LISTEN "127.0.0.1:70000"`, "want host:port"}},
		{[]string{"-public-url", "ftp://example.org"}, "", []string{`-public-url "ftp://example.org"`, "http or https"}},
		{[]string{"-public-url", "https://example.org/?a=b"}, "", []string{"-public-url", "without query"}},
		{[]string{"-public-url", `https://example.org/a"b`}, "", []string{"-public-url", "letters, digits"}},
		{[]string{"-public-url", "https://example.org:99999"}, "", []string{"-public-url", "port 99999", "1 to 65535"}},
		{[]string{"-public-url", "https://ex;ample.org"}, "", []string{"-public-url", `host "ex;ample.org"`}},
		{[]string{"-public-url", "https://*.org"}, "", []string{"-public-url", `host "*.org"`}},
		{[]string{"-public-url", "https://1.2.3.4.5"}, "", []string{"-public-url", `host "1.2.3.4.5"`, "no address"}},
		{[]string{"-trusted-proxies", "10.0.0.0/8,proxy"}, "", []string{"-trusted-proxies", `"proxy"`, "networks"}},
		{[]string{"-insecure-http=maybe"}, "", []string{`-insecure-http "maybe"`, "true or false"}},
		{[]string{"-tls-cert", "a.pem"}, "", []string{"-tls-cert", "-tls-key", "both or neither"}},
		{[]string{"-log-format", "xml"}, "", []string{`-log-format "xml"`, "text or json"}},
		{[]string{"-log-level", "loud"}, "", []string{`-log-level "loud"`, "debug, info, warn or error"}},
		{nil, "WAYMARK_METRICS=all", []string{`WAYMARK_METRICS "all"`, "off, local or on"}},
		{[]string{"-ops-per-second", "0"}, "", []string{`-ops-per-second "0"`, "from 1 to 100000"}},
		{[]string{"-hello-timeout", "5"}, "", []string{`-hello-timeout "5"`, "a duration from 100ms"}},
		{[]string{"-listen", ":8080"}, "", []string{`-listen ":8080"`, "-insecure-http", "-tls-cert"}},
		{[]string{"-public-url", "http://a.example", "-tls-cert", "a", "-tls-key", "b"}, "", []string{"-public-url", "https"}},
		{[]string{"-public-url", "http://192.0.2.2:18088"}, "", []string{`-public-url "http://192.0.2.2:18088"`, "-insecure-http"}},
		{nil, "WAYMARK_PUBLIC_URL=http://maps.example", []string{`WAYMARK_PUBLIC_URL "http://maps.example"`, "-insecure-http"}},
		{[]string{"-nonsense"}, "", []string{"-nonsense", "--help"}},
		{[]string{"-data", " "}, "", []string{`-data " "`, "path of a folder"}},
		{[]string{"-database", "mysql://db/waymark"}, "", []string{"-database: has another scheme", "want a postgres:// URL"}},
		{nil, "WAYMARK_DATABASE=postgres://db", []string{"WAYMARK_DATABASE: names no database", "postgres://"}},
		{[]string{"-redis", "http://redis"}, "", []string{"-redis: has another scheme", "want a redis://"}},
		{[]string{"-redis", "unix://run/redis.sock"}, "", []string{"-redis: names no file", "unix:///run/redis.sock"}},
		{[]string{"-redis", "redis://redis"}, "", []string{"-redis without -database"}},
		{[]string{"-data", "here"}, "WAYMARK_DATABASE=postgres://db/waymark", []string{"WAYMARK_DATABASE and -data", "only one"}},
		{[]string{"-name", "the first"}, "", []string{`-name "the first"`, "letters, digits"}},
	}
	for _, tt := range bad {
		t.Run(strings.Join(append(tt.args, tt.env), "_"), func(t *testing.T) {
			_, _, err := ReadConfig("serve", tt.args, []string{tt.env}, io.Discard)
			if err == nil {
				t.Fatal("was taken")
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("message %q does not say %q", err, part)
				}
			}
		})
	}
	t.Run("an_empty_flag_is_refused", func(t *testing.T) {
		for _, o := range options {
			if _, _, err := ReadConfig(taker(o), []string{"-" + o.Name + "="}, nil, io.Discard); err == nil ||
				!strings.Contains(err.Error(), "-"+o.Name+` "": is empty; want `+o.Want) {
				t.Errorf("-%s=: %v", o.Name, err)
			}
			// A variable that is set to nothing is as good as none.
			if _, _, err := ReadConfig("serve", nil, []string{o.Env() + "="}, io.Discard); err != nil {
				t.Errorf("%s=: %v", o.Env(), err)
			}
		}
	})
	t.Run("what_does_not_go_together_is_named_as_it_was_given", func(t *testing.T) {
		for _, tt := range []struct {
			args, environ []string
			want          string
		}{
			{nil, []string{"WAYMARK_TLS_CERT=nope"}, `WAYMARK_TLS_CERT "nope" and -tls-key "": want both`},
			{[]string{"-tls-key", "k"}, nil, `-tls-cert "" and -tls-key "k": want both`},
			{nil, []string{"WAYMARK_LISTEN=:80"}, `WAYMARK_LISTEN ":80" reaches`},
			{nil, []string{"WAYMARK_PUBLIC_URL=http://a.example", "WAYMARK_TLS_CERT=c", "WAYMARK_TLS_KEY=k"}, `WAYMARK_PUBLIC_URL "http://a.example": the server speaks TLS`},
		} {
			if _, _, err := ReadConfig("serve", tt.args, tt.environ, io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q %q: %v", tt.args, tt.environ, err)
			}
		}
	})
	t.Run("no_message_repeats_a_password", func(t *testing.T) {
		for _, args := range [][]string{
			{"-database", "postgres://waymark:hunter2@db"},
			{"-database", "postgres://waymark:hunter2@db:port/waymark"},
			{"-database", "postgres://waymark:12/hunter2@db/waymark"},
			{"-database", "postgres://waymark:12#hunter2@db/waymark"},
			{"-database", "postgres://waymark:12?hunter2@db/waymark"},
			{"-redis", "redis://waymark:12/hunter2@redis", "-database", "postgres://db/waymark"},
			{"-redis", "redis://:hunter2@"},
			{"-redis", "redis://:hunter2@redis"},
			{"-redis", "redis://:hunter2@redis:%zz"},
			{"-database", "postgres://waymark:hunter2@db/waymark", "-data", "here"},
			{"-database", "postgres://waymark@db/waymark?x=1;password=hunter2"},
			{"-listen", "postgres://waymark:hunter2@db/waymark"},
			{"-public-url", "https://ana:hunter2@maps.example.org"},
		} {
			if _, _, err := ReadConfig("serve", args, nil, io.Discard); err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q: %v", args, err)
			}
		}
		c, _, err := ReadConfig("serve", []string{"-database", "postgres://waymark:hunter2@db/waymark"}, nil, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if words := strings.Join(c.kept(), " "); words != `-database "$WAYMARK_DATABASE"` {
			t.Errorf("the command for the network has %s", words)
		}
		if place := c.place(); place != "database waymark of the Postgres at db" {
			t.Errorf("the boards lie in %s", place)
		}
	})
	t.Run("help_names_every_flag_and_its_variable", func(t *testing.T) {
		var out bytes.Buffer
		if _, _, err := ReadConfig("serve", []string{"--help"}, nil, &out); !errors.Is(err, option.ErrHelp) {
			t.Fatal(err)
		}
		for _, o := range options {
			for _, part := range append([]string{"-" + o.Name + " ", o.Env(), o.Help, o.Want}, o.Only...) {
				if !strings.Contains(out.String(), part) {
					t.Errorf("help does not say %q", part)
				}
			}
		}
	})
	t.Run("a_flag_of_other_commands_is_refused", func(t *testing.T) {
		if _, _, err := ReadConfig("serve", []string{"-board", "board-apple"}, nil, io.Discard); err == nil || !strings.Contains(err.Error(), "-board") {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			command string
			args    []string
			want    string
		}{{"verify", []string{"-board", "board-apple"}, "board-apple"}, {"verify", nil, "board-pear"}, {"serve", nil, ""}} {
			c, _, err := ReadConfig(tt.command, tt.args, []string{"WAYMARK_BOARD=board-pear"}, io.Discard)
			if err != nil || string(c.Board) != tt.want {
				t.Fatalf("%s %q: %+v, %v", tt.command, tt.args, c, err)
			}
		}
	})
	t.Run("a_variable_nobody_reads_is_named", func(t *testing.T) {
		unknown := unknownVariables([]string{"WAYMARK_LISTN=:1", "WAYMARK_KEYS=x", "WAYMARK_BOARD=b", "WAYMARK_BENCH_SECONDS=9", "WAYMARK_DATA=y", "PATH=z"})
		if len(unknown) != 1 || unknown[0] != "WAYMARK_LISTN" {
			t.Fatalf("unknown: %q", unknown)
		}
	})
}

// taker is a command that takes the option.
func taker(o option.Option[Config]) string {
	if o.Only != nil {
		return o.Only[0]
	}
	return "serve"
}
