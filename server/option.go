package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"waymark/server/bench"
	"waymark/server/option"
)

var options = []option.Option[Config]{
	{
		Name: "listen", Default: "127.0.0.1:8080", Want: "host:port, for example 127.0.0.1:8080 or :8080",
		Help: "Address and port to serve on. Without this flag a busy port 8080 moves on to the next free one.",
		Set:  setListen,
	},
	{
		Name: "public-url", Want: "an http or https URL without query, for example https://example.org/waymark",
		Help: "The address people type, with its path. It decides links, the allowed Origin, the cookie's path and the base of every URL. Default: made from -listen.",
		Set:  setPublicURL,
	},
	{
		Name: "data", Default: "./waymark-data", Want: "the path of a folder",
		Help: "Folder that holds the boards and accounts. It is made when it is missing.",
		Set:  func(c *Config, v string) error { c.Data = v; return nil },
	},
	{
		Name: "database", Secret: true, Want: "a postgres:// URL, for example postgres://waymark:secret@db.example.org/waymark",
		Help: "Postgres that holds the boards and accounts in place of the folder. Any number of servers may share it.",
		Set:  func(c *Config, v string) error { return option.Postgres(&c.Database, v) },
	},
	{
		Name: "redis", Secret: true, Want: "a redis://, rediss:// or unix:// URL, for example redis://:secret@redis.example.org:6379 or unix:///run/redis.sock",
		Help: "Redis by which servers of one -database tell each other of edits at once. Without it they look every 250 ms.",
		Set:  func(c *Config, v string) error { return option.Redis(&c.Redis, v) },
	},
	{
		Name: "name", Want: "1 to 60 letters, digits and - . _",
		Help: "What this server is called in its log and figures. Default: the computer's name.",
		Set:  setName,
	},
	{
		Name: "trusted-proxies", Want: "addresses or networks separated by commas, for example 127.0.0.1,10.0.0.0/8",
		Help: "Proxies whose X-Forwarded-For header is believed. From anyone else the header is ignored.",
		Set:  setProxies,
	},
	{
		Name: "insecure-http", Default: "false", IsBool: true, Want: "true or false",
		Help: "Serve other computers without TLS. Everyone on the network can then read along; the page says so.",
		Set:  func(c *Config, v string) error { return option.Bool(&c.InsecureHTTP, v) },
	},
	{
		Name: "tls-cert", Want: "the path of a PEM file, together with -tls-key",
		Help: "Certificate chain; with -tls-key the server speaks TLS itself.",
		Set:  func(c *Config, v string) error { c.TLSCert = v; return nil },
	},
	{
		Name: "tls-key", Want: "the path of a PEM file, together with -tls-cert",
		Help: "Private key of -tls-cert.",
		Set:  func(c *Config, v string) error { c.TLSKey = v; return nil },
	},
	{
		Name: "self-registration", Default: "false", IsBool: true, Want: "true or false",
		Help: "Let guests turn themselves into accounts by choosing a login and a password.",
		Set:  func(c *Config, v string) error { return option.Bool(&c.SelfRegistration, v) },
	},
	{
		Name: "log-format", Default: "text", Want: "text or json",
		Help: "Form of the log lines on standard error.",
		Set:  func(c *Config, v string) error { return option.OneOf(&c.LogFormat, v, "text", "json") },
	},
	{
		Name: "log-level", Default: "info", Want: "debug, info, warn or error",
		Help: "The least important line that is logged.",
		Set:  func(c *Config, v string) error { return option.OneOf(&c.LogLevel, v, "debug", "info", "warn", "error") },
	},
	{
		Name: "metrics", Default: "local", Want: "off, local or on",
		Help: "Who may read /metrics: nobody, this computer without a proxy between, or everyone.",
		Set:  func(c *Config, v string) error { return option.OneOf(&c.Metrics, v, "off", "local", "on") },
	},
	{
		Name: "pprof", Want: "host:port on this computer, for example 127.0.0.1:6060",
		Help: "Serve profiles of this process there, for `go tool pprof`. They name functions, never what is on a board.",
		Set:  setPprof,
	},
	{
		Name: "ops-per-second", Default: "60", Want: "a whole number from 1 to 100000",
		Help: "Edits one session may send per second.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.OpsPerSecond, v, 1, 100_000) },
	},
	{
		Name: "ops-burst", Default: "240", Want: "a whole number from 1 to 100000",
		Help: "Edits one session may send at once after a pause.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.OpsBurst, v, 1, 100_000) },
	},
	{
		Name: "presence-per-second", Default: "20", Want: "a whole number from 1 to 100000",
		Help: "Cursor and selection messages one session may send per second.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.PresencePerSecond, v, 1, 100_000) },
	},
	{
		Name: "sockets-per-person", Default: "20", Want: "a whole number from 1 to 10000",
		Help: "Connections one person may hold open at once.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.SocketsPerPerson, v, 1, 10_000) },
	},
	{
		Name: "connections", Default: "10000", Want: "a whole number from 10 to 1000000",
		Help: "Network connections open at once, of any kind. Never more than the files that this process may open.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.Connections, v, 10, 1_000_000) },
	},
	{
		Name: "connections-per-address", Default: "2000", Want: "a whole number from 5 to 1000000",
		Help: "Of these from one address, but for -trusted-proxies. Never more than half of all.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.ConnectionsPerAddress, v, 5, 1_000_000) },
	},
	{
		Name: "waiting-per-address", Default: "400", Want: "a whole number from 1 to 100000",
		Help: "Connections from one address that have not yet said who they are.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.WaitingPerAddress, v, 1, 100_000) },
	},
	{
		Name: "waiting-sockets", Default: "1000", Want: "a whole number from 1 to 100000",
		Help: "Connections in all that have not yet said who they are.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.WaitingSockets, v, 1, 100_000) },
	},
	{
		Name: "hello-timeout", Default: "5s", Want: "a duration from 100ms to 1m",
		Help: "How long a connection may take to say who it is.",
		Set: func(c *Config, v string) error {
			return option.Duration(&c.Limits.HelloTimeout, v, 100*time.Millisecond, time.Minute)
		},
	},
	{
		Name: "write-timeout", Default: "10s", Want: "a duration from 100ms to 5m",
		Help: "How long one write to a slow reader may take before its connection ends.",
		Set: func(c *Config, v string) error {
			return option.Duration(&c.Limits.WriteTimeout, v, 100*time.Millisecond, 5*time.Minute)
		},
	},
	{
		Name: "drain-timeout", Default: "10s", Want: "a duration from 0s to 5m",
		Help: "How long a stopping server waits for its connections to end.",
		Set:  func(c *Config, v string) error { return option.Duration(&c.Limits.DrainTimeout, v, 0, 5*time.Minute) },
	},
	{
		Name: "import-bytes", Default: "4194304", Want: "a whole number from 65536 to 67108864",
		Help: "Size of the largest board file that can be imported.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.ImportBytes, v, 64<<10, 64<<20) },
	},
	{
		Name: "wrong-per-minute", Default: "5", Want: "a whole number from 1 to 1000",
		Help: "Wrong passcodes and passwords taken from one address in a minute before it has to wait.",
		Set:  func(c *Config, v string) error { return option.Int(&c.Limits.WrongPerMinute, v, 1, 1000) },
	},
	{
		Name: "board", Only: []string{"backup", "restore", "verify"}, Want: "the id of a board, as it stands in the address of its page",
		Help: "Only this board, not the whole database.",
		Set:  setBoard,
	},
	{
		Name: "without", Only: []string{"restore", "move"}, Want: "ids of boards of what is restored or moved, separated by commas, as `waymark verify` prints them",
		Help: "Leave these boards behind, with their members and links: damaged ones, which would keep all others from their place.",
		Set:  setWithout,
	},
}

// optionsOf are those of one command.
func optionsOf(command string) []option.Option[Config] {
	return slices.DeleteFunc(slices.Clone(options), func(o option.Option[Config]) bool {
		return o.Only != nil && !slices.Contains(o.Only, command)
	})
}

// ReadConfig reads the flags in args over the environment over the defaults. It returns [option.ErrHelp] after printing
// the usage, and the words that follow the flags.
func ReadConfig(command string, args, environ []string, stdout io.Writer) (*Config, []string, error) {
	c := &Config{Keys: option.Environment(environ)["WAYMARK_KEYS"]}
	given, words, err := option.Read("waymark", optionsOf(command), c, args, environ)
	if errors.Is(err, option.ErrHelp) {
		printUsage(stdout)
	}
	if err != nil {
		return nil, nil, err
	}
	c.given, c.ListenGiven = given, given.Has("listen")
	if c.Name == "" {
		c.Name = computerName()
	}
	return c, words, c.check()
}

// check refuses settings that are good alone but not together.
func (c *Config) check() error {
	if c.Database != "" && c.given.Has("data") {
		return fmt.Errorf("%s and %s: the boards lie in one place; want only one of them", c.given.Source("database"), c.given.Source("data"))
	}
	if c.Redis != "" && c.Database == "" {
		return fmt.Errorf("%s without -database: a server that is alone needs no Redis; want both or neither", c.given.Source("redis"))
	}
	if len(c.Without) > 0 && c.Board != "" {
		return fmt.Errorf("%s %q and %s %q: one board is put back, and no other is touched; want only one of them",
			c.given.Source("without"), commas(c.Without), c.given.Source("board"), c.Board)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("%s %q and %s %q: want both or neither", c.given.Source("tls-cert"), c.TLSCert, c.given.Source("tls-key"), c.TLSKey)
	}
	plain := c.PublicURL != nil && c.PublicURL.Scheme == "http"
	if plain && c.TLS() {
		return fmt.Errorf("%s %q: the server speaks TLS; want an https URL", c.given.Source("public-url"), c.PublicURL)
	}
	if plain && !isLoopback(c.PublicURL.Hostname()) && !c.InsecureHTTP {
		return fmt.Errorf("%s %q is for other computers and not encrypted; want an https URL, or -insecure-http",
			c.given.Source("public-url"), c.PublicURL)
	}
	if !loopbackHost(c.Listen) && !c.TLS() && !c.InsecureHTTP && (c.PublicURL == nil || plain) {
		return fmt.Errorf("%s %q reaches other computers without TLS; want -tls-cert and -tls-key, "+
			"an https -public-url with a proxy that speaks TLS, or -insecure-http", c.given.Source("listen"), c.Listen)
	}
	return nil
}

// unknownVariables names the WAYMARK_ variables that no option reads: a typing error would otherwise go unnoticed.
func unknownVariables(environ []string) []string {
	known := map[string]bool{"WAYMARK_KEYS": true}
	for _, o := range options {
		known[o.Env()] = true
	}
	for _, name := range bench.Variables() {
		known[name] = true
	}
	var unknown []string
	for name := range option.Environment(environ) {
		if strings.HasPrefix(name, "WAYMARK_") && !known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}
