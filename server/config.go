package main

import (
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"waymark/board"
	"waymark/server/option"
)

// A Config is everything the operator can choose. ReadConfig fills it from flags and the environment.
type Config struct {
	Listen       string // host:port
	ListenGiven  bool   // false: Listen is the default, and a busy port moves on to the next free one
	PublicURL    *url.URL
	Data         string
	Database     string         // the URL of a Postgres; "" = SQLite in Data
	Redis        string         // the URL of a Redis; "" = none
	Name         string         // of this server, in its log and its figures
	Proxies      []netip.Prefix // whose X-Forwarded-For is believed
	InsecureHTTP bool
	TLSCert      string
	TLSKey       string

	LogFormat string // text, json
	LogLevel  string // debug, info, warn, error
	Metrics   string // off, local, on
	Pprof     string // host:port on loopback for profiles of this process; "" = none
	Keys      string // WAYMARK_KEYS; "" = the database's own

	SelfRegistration bool

	Board   board.ID   // what a command is about; "" = all
	Without []board.ID // what a command leaves behind

	Limits Limits

	given option.Settings[Config] // by flag or variable, in the order of the options
}

// Limits bound what one person, one session or one address can cost (DESIGN 12).
type Limits struct {
	OpsPerSecond      int
	OpsBurst          int
	PresencePerSecond int
	SocketsPerPerson  int
	// Connections of any kind, whatever they say or not; per address without those of trusted proxies.
	Connections           int
	ConnectionsPerAddress int
	WaitingPerAddress     int // sockets without hello
	WaitingSockets        int
	HelloTimeout          time.Duration
	WriteTimeout          time.Duration
	DrainTimeout          time.Duration
	ImportBytes           int
	WrongPerMinute        int // wrong passcodes and passwords per address
}

// TLS says whether this process itself speaks TLS.
func (c *Config) TLS() bool { return c.TLSCert != "" }

// place says where the boards lie, without a password.
func (c *Config) place() string {
	if c.Database == "" {
		if path, err := filepath.Abs(c.Data); err == nil {
			return path
		}
		return c.Data
	}
	u, err := url.Parse(c.Database)
	if err != nil {
		return "Postgres" // ReadConfig lets no such URL through
	}
	return fmt.Sprintf("database %s of the Postgres at %s", strings.TrimPrefix(u.Path, "/"), u.Host)
}
