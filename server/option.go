package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"waymark/server/bench"
)

// An option is one setting: a flag and the environment variable of the same name.
type option struct {
	name   string
	value  string // the default
	isBool bool
	secret bool // the value holds a password: no message repeats it
	// only are the commands that take it, as a flag or a variable; nil = all.
	only []string
	want string // what is allowed, as it stands behind "want" in a message
	help string
	set  func(c *Config, value string) error
}

var errHelp = errors.New("help was asked for")

// env is the variable that stands for the flag: -public-url is WAYMARK_PUBLIC_URL.
func (o option) env() string {
	return "WAYMARK_" + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

var options = []option{
	{
		name: "listen", value: "127.0.0.1:8080", want: "host:port, for example 127.0.0.1:8080 or :8080",
		help: "Address and port to serve on. Without this flag a busy port 8080 moves on to the next free one.",
		set:  setListen,
	},
	{
		name: "public-url", want: "an http or https URL without query, for example https://example.org/waymark",
		help: "The address people type, with its path. It decides links, the allowed Origin, the cookie's path and the base of every URL. Default: made from -listen.",
		set:  setPublicURL,
	},
	{
		name: "data", value: "./waymark-data", want: "the path of a folder",
		help: "Folder that holds the boards and accounts. It is made when it is missing.",
		set:  func(c *Config, v string) error { c.Data = v; return nil },
	},
	{
		name: "database", secret: true, want: "a postgres:// URL, for example postgres://waymark:secret@db.example.org/waymark",
		help: "Postgres that holds the boards and accounts in place of the folder. Any number of servers may share it.",
		set:  setDatabase,
	},
	{
		name: "redis", secret: true, want: "a redis://, rediss:// or unix:// URL, for example redis://:secret@redis.example.org:6379 or unix:///run/redis.sock",
		help: "Redis by which servers of one -database tell each other of edits at once. Without it they look every 250 ms.",
		set:  setRedis,
	},
	{
		name: "name", want: "1 to 60 letters, digits and - . _",
		help: "What this server is called in its log and figures. Default: the computer's name.",
		set:  setName,
	},
	{
		name: "trusted-proxies", want: "addresses or networks separated by commas, for example 127.0.0.1,10.0.0.0/8",
		help: "Proxies whose X-Forwarded-For header is believed. From anyone else the header is ignored.",
		set:  setProxies,
	},
	{
		name: "insecure-http", value: "false", isBool: true, want: "true or false",
		help: "Serve other computers without TLS. Everyone on the network can then read along; the page says so.",
		set:  func(c *Config, v string) error { return setBool(&c.InsecureHTTP, v) },
	},
	{
		name: "tls-cert", want: "the path of a PEM file, together with -tls-key",
		help: "Certificate chain; with -tls-key the server speaks TLS itself.",
		set:  func(c *Config, v string) error { c.TLSCert = v; return nil },
	},
	{
		name: "tls-key", want: "the path of a PEM file, together with -tls-cert",
		help: "Private key of -tls-cert.",
		set:  func(c *Config, v string) error { c.TLSKey = v; return nil },
	},
	{
		name: "self-registration", value: "false", isBool: true, want: "true or false",
		help: "Let guests turn themselves into accounts by choosing a login and a password.",
		set:  func(c *Config, v string) error { return setBool(&c.SelfRegistration, v) },
	},
	{
		name: "log-format", value: "text", want: "text or json",
		help: "Form of the log lines on standard error.",
		set:  func(c *Config, v string) error { return setOneOf(&c.LogFormat, v, "text", "json") },
	},
	{
		name: "log-level", value: "info", want: "debug, info, warn or error",
		help: "The least important line that is logged.",
		set:  func(c *Config, v string) error { return setOneOf(&c.LogLevel, v, "debug", "info", "warn", "error") },
	},
	{
		name: "metrics", value: "local", want: "off, local or on",
		help: "Who may read /metrics: nobody, this computer without a proxy between, or everyone.",
		set:  func(c *Config, v string) error { return setOneOf(&c.Metrics, v, "off", "local", "on") },
	},
	{
		name: "pprof", want: "host:port on this computer, for example 127.0.0.1:6060",
		help: "Serve profiles of this process there, for `go tool pprof`. They name functions, never what is on a board.",
		set:  setPprof,
	},
	{
		name: "ops-per-second", value: "60", want: "a whole number from 1 to 100000",
		help: "Edits one session may send per second.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.OpsPerSecond, v, 1, 100_000) },
	},
	{
		name: "ops-burst", value: "240", want: "a whole number from 1 to 100000",
		help: "Edits one session may send at once after a pause.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.OpsBurst, v, 1, 100_000) },
	},
	{
		name: "presence-per-second", value: "20", want: "a whole number from 1 to 100000",
		help: "Cursor and selection messages one session may send per second.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.PresencePerSecond, v, 1, 100_000) },
	},
	{
		name: "sockets-per-person", value: "20", want: "a whole number from 1 to 10000",
		help: "Connections one person may hold open at once.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.SocketsPerPerson, v, 1, 10_000) },
	},
	{
		name: "connections", value: "10000", want: "a whole number from 10 to 1000000",
		help: "Network connections open at once, of any kind. Never more than the files that this process may open.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.Connections, v, 10, 1_000_000) },
	},
	{
		name: "connections-per-address", value: "2000", want: "a whole number from 5 to 1000000",
		help: "Of these from one address, but for -trusted-proxies. Never more than half of all.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.ConnectionsPerAddress, v, 5, 1_000_000) },
	},
	{
		name: "waiting-per-address", value: "400", want: "a whole number from 1 to 100000",
		help: "Connections from one address that have not yet said who they are.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.WaitingPerAddress, v, 1, 100_000) },
	},
	{
		name: "waiting-sockets", value: "1000", want: "a whole number from 1 to 100000",
		help: "Connections in all that have not yet said who they are.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.WaitingSockets, v, 1, 100_000) },
	},
	{
		name: "hello-timeout", value: "5s", want: "a duration from 100ms to 1m",
		help: "How long a connection may take to say who it is.",
		set: func(c *Config, v string) error {
			return setDuration(&c.Limits.HelloTimeout, v, 100*time.Millisecond, time.Minute)
		},
	},
	{
		name: "write-timeout", value: "10s", want: "a duration from 100ms to 5m",
		help: "How long one write to a slow reader may take before its connection ends.",
		set: func(c *Config, v string) error {
			return setDuration(&c.Limits.WriteTimeout, v, 100*time.Millisecond, 5*time.Minute)
		},
	},
	{
		name: "drain-timeout", value: "10s", want: "a duration from 0s to 5m",
		help: "How long a stopping server waits for its connections to end.",
		set:  func(c *Config, v string) error { return setDuration(&c.Limits.DrainTimeout, v, 0, 5*time.Minute) },
	},
	{
		name: "import-bytes", value: "4194304", want: "a whole number from 65536 to 67108864",
		help: "Size of the largest board file that can be imported.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.ImportBytes, v, 64<<10, 64<<20) },
	},
	{
		name: "wrong-per-minute", value: "5", want: "a whole number from 1 to 1000",
		help: "Wrong links, passcodes and passwords accepted from one address in a minute before it has to wait.",
		set:  func(c *Config, v string) error { return setInt(&c.Limits.WrongPerMinute, v, 1, 1000) },
	},
	{
		name: "board", only: []string{"backup", "restore", "verify"}, want: "the id of a board, as it stands in the address of its page",
		help: "Only this board, not the whole database.",
		set:  setBoard,
	},
}

// optionsOf are those of one command.
func optionsOf(command string) []option {
	return slices.DeleteFunc(slices.Clone(options), func(o option) bool { return o.only != nil && !slices.Contains(o.only, command) })
}

// ReadConfig reads the flags in args over the environment over the defaults. It returns errHelp after printing the
// usage, and the words that follow the flags.
func ReadConfig(command string, args, environ []string, stdout io.Writer) (*Config, []string, error) {
	c := &Config{}
	given := map[string]setting{}
	env, options := envMap(environ), optionsOf(command)
	for _, o := range options {
		if v := env[o.env()]; v != "" {
			given[o.name] = setting{o, v, o.env()}
		}
	}
	c.Keys = env["WAYMARK_KEYS"]

	set := flag.NewFlagSet(command, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, o := range options {
		set.Var(&optionValue{option: o, to: func(v string) { given[o.name] = setting{o, v, "-" + o.name} }}, o.name, o.help)
	}
	words, err := parse(set, args)
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			printUsage(stdout)
			return nil, nil, errHelp
		}
		return nil, nil, fmt.Errorf("%w; `waymark --help` lists every flag", err)
	}
	for _, o := range options {
		g, ok := given[o.name]
		if !ok && o.value == "" {
			continue // an option without a default stays off
		}
		if ok {
			c.given = append(c.given, g)
		} else {
			g = setting{o, o.value, "-" + o.name}
		}
		err := present(g.value)
		if err == nil {
			err = o.set(c, g.value)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w; want %s", g.shown(), err, o.want)
		}
	}
	if c.Name == "" {
		c.Name = computerName()
	}
	_, c.ListenGiven = given["listen"]
	return c, words, c.check()
}

// parse reads the flags and gives the words between and after them; the package flag would take what follows a word for
// words, and `waymark backup copy.db -data there` would copy what is here. After -- all are words.
func parse(set *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		rest := set.Args()
		if read := len(args) - len(rest); len(rest) == 0 || read > 0 && args[read-1] == "--" {
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

// shown is a setting as a message tells it.
func (g setting) shown() string {
	if g.option.secret && g.value != "" {
		return g.source
	}
	return fmt.Sprintf("%s %q", g.source, discreet(g.value))
}

// check refuses settings that are good alone but not together.
func (c *Config) check() error {
	if c.Database != "" && c.gave("data") {
		return fmt.Errorf("%s and %s: the boards lie in one place; want only one of them", c.source("database"), c.source("data"))
	}
	if c.Redis != "" && c.Database == "" {
		return fmt.Errorf("%s without -database: a server that is alone needs no Redis; want both or neither", c.source("redis"))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("%s %q and %s %q: want both or neither", c.source("tls-cert"), c.TLSCert, c.source("tls-key"), c.TLSKey)
	}
	plain := c.PublicURL != nil && c.PublicURL.Scheme == "http"
	if plain && c.TLS() {
		return fmt.Errorf("%s %q: the server speaks TLS; want an https URL", c.source("public-url"), c.PublicURL)
	}
	if plain && !isLoopback(c.PublicURL.Hostname()) && !c.InsecureHTTP {
		return fmt.Errorf("%s %q is for other computers and not encrypted; want an https URL, or -insecure-http",
			c.source("public-url"), c.PublicURL)
	}
	if !loopbackHost(c.Listen) && !c.TLS() && !c.InsecureHTTP && (c.PublicURL == nil || plain) {
		return fmt.Errorf("%s %q reaches other computers without TLS; want -tls-cert and -tls-key, "+
			"an https -public-url with a proxy that speaks TLS, or -insecure-http", c.source("listen"), c.Listen)
	}
	return nil
}

// unknownVariables names the WAYMARK_ variables that no option reads: a typing error would otherwise go unnoticed.
func unknownVariables(environ []string) []string {
	known := map[string]bool{"WAYMARK_KEYS": true}
	for _, o := range options {
		known[o.env()] = true
	}
	for _, name := range bench.Variables() {
		known[name] = true
	}
	var unknown []string
	for name := range envMap(environ) {
		if strings.HasPrefix(name, "WAYMARK_") && !known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

func envMap(environ []string) map[string]string {
	m := make(map[string]string, len(environ))
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			m[name] = value
		}
	}
	return m
}

// optionValue hands a flag's text on; what it means is decided once, for flags and variables alike.
type optionValue struct {
	option option
	to     func(string)
}

func (v *optionValue) String() string   { return v.option.value }
func (v *optionValue) IsBoolFlag() bool { return v.option.isBool }

func (v *optionValue) Set(s string) error {
	v.to(s)
	return nil
}
