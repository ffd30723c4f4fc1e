package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// recheckEvery is how often the files are looked at; certificates are renewed under their old names.
const recheckEvery = time.Minute

// A Certificate is read again when its file changes, so that a renewal needs no restart.
type Certificate struct {
	cert, key string
	source    string // of both files, for messages
	log       *slog.Logger

	mu       sync.Mutex
	loaded   *tls.Certificate
	modified time.Time
	checked  time.Time
}

func openCertificate(config *Config, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{cert: config.TLSCert, key: config.TLSKey, log: log}
	c.source = fmt.Sprintf("%s %q and %s %q", config.source("tls-cert"), c.cert, config.source("tls-key"), c.key)
	return c, c.load(time.Now())
}

func (c *Certificate) load(now time.Time) error {
	c.checked = now
	info, err := os.Stat(c.cert)
	if err == nil && info.ModTime().Equal(c.modified) {
		return nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(c.cert, c.key)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.source, err)
	}
	c.loaded, c.modified = &pair, info.ModTime()
	return nil
}

// Get returns the certificate for a handshake. One that cannot be read keeps the one before in use.
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.checked) >= recheckEvery {
		if err := c.load(now); err != nil {
			c.log.Error("certificate was not read again, the one before stays in use", "error", err)
		}
	}
	return c.loaded, nil
}
