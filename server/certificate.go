package main

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// recheckEvery is how often the files are looked at; certificates are renewed under their old names.
const recheckEvery = time.Minute

// A Certificate is read again when its file changes, so that a renewal needs no restart.
type Certificate struct {
	cert, key pemFile
	log       *slog.Logger

	mu       sync.Mutex
	loaded   *tls.Certificate
	modified time.Time
	checked  time.Time
}

func openCertificate(config *Config, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{
		cert: pemFile{config.TLSCert, fmt.Sprintf("%s %q", config.given.Source("tls-cert"), config.TLSCert), "CERTIFICATE", "certificate"},
		key:  pemFile{config.TLSKey, fmt.Sprintf("%s %q", config.given.Source("tls-key"), config.TLSKey), "PRIVATE KEY", "private key"},
		log:  log,
	}
	return c, c.load(time.Now())
}

func (c *Certificate) load(now time.Time) error {
	c.checked = now
	info, err := os.Stat(c.cert.path)
	if err == nil && info.ModTime().Equal(c.modified) {
		return nil
	}
	cert, err := c.cert.read()
	if err != nil {
		return err
	}
	key, err := c.key.read()
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("%s and %s are no pair; want a certificate and the private key that it was made for: %w", c.cert.source, c.key.source, err)
	}
	c.loaded, c.modified = &pair, info.ModTime()
	return nil
}

// A pemFile is a file that a setting names.
type pemFile struct {
	path   string
	source string // the setting, for messages
	block  string // how the type of what is wanted in it ends
	what   string
}

func (f pemFile) read() ([]byte, error) {
	data, err := os.ReadFile(f.path)
	if info, statErr := os.Stat(f.path); statErr == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; want the path of a PEM file with the %s", f.source, f.what)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file; want the path of a PEM file with the %s", f.source, f.what)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", f.source, explained(err, f.path, toRead))
	}
	for rest := data; ; {
		var b *pem.Block
		switch b, rest = pem.Decode(rest); {
		case b == nil:
			return nil, fmt.Errorf("%s holds no %s; want a PEM file with a line -----BEGIN %s-----", f.source, f.what, f.block)
		case b.Type == "ENCRYPTED "+f.block || b.Headers["DEK-Info"] != "":
			return nil, fmt.Errorf("%s is kept under a password; want it without: openssl pkey -in %s -out NEW-FILE", f.source, quoted(f.path))
		case strings.HasSuffix(b.Type, f.block):
			return data, nil
		}
	}
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
