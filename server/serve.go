package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"waymark/server/option"
	"waymark/static"
)

func (p program) serve(ctx context.Context, config *Config, words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("serve: %q is one word too many", option.Discreet(words[0]))
	}
	log := newLog(config, p.stderr)
	for _, name := range unknownVariables(p.environ) {
		log.Warn("variable is not known and not read", "name", name)
	}
	if err := canListen(ctx, config); err != nil {
		return err
	}
	p.collectLess()
	s, err := openServer(ctx, config, log)
	if err == nil {
		err = errors.Join(p.serveOn(ctx, s), s.Close())
	}
	return damagedFile(err, config)
}

// collectLess has the garbage collector come when the heap is three times what it last left, and not at twice that as by
// Go's default: a tenth less processor time in a workshop and for the first who opens a large board, for a tenth more
// memory. GOGC in the environment wins.
func (p program) collectLess() {
	if !slices.ContainsFunc(p.environ, func(v string) bool { return strings.HasPrefix(v, "GOGC=") }) {
		debug.SetGCPercent(200)
	}
}

func (p program) serveOn(ctx context.Context, s *Server) error {
	listener, err := listen(ctx, s.config, s.log, func(why string) { s.metrics.refused.WithLabelValues(why).Inc() })
	if err != nil {
		return err
	}
	site := newSite(s.config, listener.Addr())
	secret, err := s.directory.SetupSecret(ctx)
	if err = errors.Join(err, s.directory.SetURL(ctx, site.url.String())); err != nil {
		return errors.Join(err, listener.Close())
	}
	if _, err := p.greet.Write([]byte(banner(s.config, site, secret))); err != nil {
		s.log.Warn("the greeting was not printed", "error", err)
	}
	return s.Serve(ctx, listener, static.Files())
}

// banner is the one block a start prints: where to go, where the data lies, who can reach it.
func banner(config *Config, site *Site, secret string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  Waymark is running.\n\n")
	if secret != "" {
		fmt.Fprintf(&b, "  Set it up:    %s\n                (this link works once)\n", site.link("/setup#"+secret))
	}
	fmt.Fprintf(&b, "  Open:         %s\n", site.link("/"))
	fmt.Fprintf(&b, "  Data:         %s\n", config.place())
	switch {
	case site.local && site.exposed:
		fmt.Fprintf(&b, "  Reachable by: this computer under this address; the port is open to your network too. For that run\n                %s\n", site.networkCommand())
	case site.local:
		fmt.Fprintf(&b, "  Reachable by: this computer only. For your own network, stop it and run\n                %s\n", site.networkCommand())
	case !site.encrypted():
		fmt.Fprintf(&b, "  Reachable by: your network, not encrypted: others on it can read along\n")
	default:
		fmt.Fprintf(&b, "  Reachable by: everyone who can reach %s\n", site.url.Host)
	}
	fmt.Fprintf(&b, "  Stop:         Ctrl+C\n\n")
	return b.String()
}

// programName is how the person started this program, for commands that it suggests.
func programName() string {
	self, err := os.Executable()
	if err != nil || strings.Contains(self, "go-build") {
		return "go run ./server"
	}
	return os.Args[0]
}
