package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"waymark/server/doctor"
	"waymark/server/option"
)

// readinessTimeout is how long the ready command waits for an answer.
const readinessTimeout = 3 * time.Second

// ready asks the server with this configuration, on this computer, whether people may be sent to it. It is for the health
// check of a container in which there is no other program.
func (p program) ready(ctx context.Context, config *Config, words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("ready: %q is one word too many", option.Discreet(words[0]))
	}
	at, scheme, path := doctor.Upstream(config.Listen), "http", ""
	if config.TLS() {
		scheme = "https"
	}
	if config.PublicURL != nil {
		path = config.PublicURL.Path
	}
	ctx, cancel := context.WithTimeout(ctx, readinessTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+at+path+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	// The certificate is for the name that people type, not for this address; nothing secret is said.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("ready: no server answers on %s: %w", at, err)
	}
	said, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("ready: the server says %d: %s", answer.StatusCode, strings.TrimSpace(string(said)))
	}
	_, err = fmt.Fprintln(p.stdout, "ready")
	return err
}
