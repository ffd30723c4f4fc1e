package redisbus

import (
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Config says which Redis, and whose cluster.
type Config struct {
	// URL is redis://user:password@host:port, rediss:// for TLS, or unix:///path. The number of a database may follow;
	// publishing knows none, so it means nothing. ?skip_verify=true believes any certificate.
	URL string
	// Roots are the authorities that are trusted for rediss://; nil are the system's.
	Roots *x509.CertPool
	// Cluster names the cluster on this Redis: 1 to 64 letters, digits, - and _. Two clusters of other names or other
	// keys do not hear each other.
	Cluster string
	// Key is the secret of the cluster, of 16 bytes or more that nobody can guess. All its servers have the same.
	Key []byte
	// Node names this server in Redis' list of clients.
	Node string
	// Logger is told when Redis comes and goes; nil tells nobody.
	Logger *slog.Logger

	// ProbeEvery is how often the way through Redis is tried, by default 1 s. Silence is how long anything may take
	// before Redis counts as down, by default 2 s. RetryMost is the longest wait before it is tried again, by default
	// 5 s.
	ProbeEvery, Silence, RetryMost time.Duration
}

// ErrConfig says that a [Config] cannot be used.
var ErrConfig = errors.New("redis cannot be used as configured")

var clusterName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (c *Config) check() error {
	switch {
	case !clusterName.MatchString(c.Cluster):
		return fmt.Errorf("%w: cluster %q, want 1 to 64 letters, digits, - and _", ErrConfig, c.Cluster)
	case len(c.Key) < 16:
		return fmt.Errorf("%w: key of %d bytes, want 16 or more", ErrConfig, len(c.Key))
	}
	c.Node = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_' // Redis takes no other letters in a client's name
		}
		return r
	}, c.Node)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	set := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	set(&c.ProbeEvery, time.Second)
	set(&c.Silence, 2*time.Second)
	set(&c.RetryMost, 5*time.Second)
	return nil
}

// parse reads the URL. The password is in no error: url.Parse repeats pieces of what it cannot read, and a password
// that should have been escaped ends up in host, path, query or fragment.
func (c *Config) parse() (*redis.Options, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Fragment != "" || strings.Contains(u.Host+u.Path+u.RawQuery, "@") {
		return nil, fmt.Errorf("%w: the URL cannot be read, want redis://user:password@host:6379; "+
			"in a password : / ? # @ %% are written as %%3A %%2F %%3F %%23 %%40 %%25", ErrConfig)
	}
	shown := u.Scheme + "://" + u.Host
	for name := range u.Query() {
		if name != "skip_verify" {
			return nil, fmt.Errorf("%w: %s: the option %q is not known, want skip_verify or none", ErrConfig, shown, name)
		}
	}
	o, err := redis.ParseURL(c.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, shown, err)
	}
	if o.TLSConfig != nil {
		o.TLSConfig.RootCAs = c.Roots
	}
	return o, nil
}
