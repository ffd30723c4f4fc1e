package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// A profiler asks the measured server for its profiles while the load runs.
type profiler struct {
	address string
	folder  string
}

// newProfiler picks a free port for -pprof; nil when no profiles are wanted.
func (r *run) newProfiler() (*profiler, error) {
	if r.profiles == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a port for profiles: %w", err)
	}
	defer func() { _ = listener.Close() }()
	if err := os.MkdirAll(r.profiles, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for profiles: %w", err)
	}
	return &profiler{address: listener.Addr().String(), folder: r.profiles}, nil
}

// flags are what the server must be given for it; none for a nil profiler.
func (p *profiler) flags() []string {
	if p == nil {
		return nil
	}
	return []string{"-pprof", p.address}
}

// start takes profiles beside what else is done, and says when it is through.
func (p *profiler) start(ctx context.Context, name string, t timing) <-chan error {
	done := make(chan error, 1)
	go func() { done <- p.take(ctx, name, t) }()
	return done
}

// take does nothing on a nil profiler; else it writes name.cpu.pprof over the window and name.heap.pprof at its end.
func (p *profiler) take(ctx context.Context, name string, t timing) error {
	if p == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(t.Warmup):
	}
	seconds := max(1, int(t.Window.Seconds())-1)
	if err := p.fetch(ctx, fmt.Sprintf("profile?seconds=%d", seconds), name+".cpu.pprof"); err != nil {
		return err
	}
	return p.fetch(ctx, "heap", name+".heap.pprof")
}

func (p *profiler) fetch(ctx context.Context, what, name string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/debug/pprof/"+what, nil)
	if err != nil {
		return fmt.Errorf("take a profile: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("take a profile: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("take a profile: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("take a profile: %s: %s", res.Status, tail(string(raw)))
	}
	if err := os.WriteFile(filepath.Join(p.folder, name), raw, 0o644); err != nil {
		return fmt.Errorf("take a profile: %w", err)
	}
	return nil
}
