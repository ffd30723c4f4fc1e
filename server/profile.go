package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// setPprof takes no address but one of this computer: a profile tells how the process is built and slows it down.
func setPprof(c *Config, v string) error {
	if _, _, err := net.SplitHostPort(v); err != nil {
		return errors.New("has no port")
	}
	if !loopbackHost(v) {
		return errors.New("is not this computer's own address")
	}
	c.Pprof = v
	return nil
}

// serveProfiles answers at -pprof until ctx ends, on a listener of its own: no route of the pages leads there.
func (s *Server) serveProfiles(ctx context.Context) error {
	if s.config.Pprof == "" {
		return nil
	}
	listener, err := net.Listen("tcp", s.config.Pprof)
	if err != nil {
		return fmt.Errorf("serve profiles on %s: %w", s.config.Pprof, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = web.Close() })
	defer stop()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve profiles on %s: %w", s.config.Pprof, err)
	}
	return nil
}
