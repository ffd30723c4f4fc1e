//go:build linux

package processtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"waymark/server/trial"
)

func TestFolder_a_second_server_is_refused_and_the_first_goes_on(t *testing.T) {
	p := start(t, t.TempDir())
	host := p.setUp(t)
	neighbour := host.Connect(t, host.NewBoard(t))
	code, out, errs := trial.Run(t, "serve", "-listen", "127.0.0.1:0", "-data", p.data)
	if code != 1 || out != "" || !strings.Contains(errs, p.data) || strings.Count(errs, "\n") != 1 {
		t.Errorf("a second server ended with %d and said %q, %q", code, out, errs)
	}
	neighbour.Unharmed(t)
}

func TestFolder_is_free_again_after_a_kill(t *testing.T) {
	p := start(t, t.TempDir())
	p.Kill()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
}

func TestPort_in_use_is_said_with_the_port(t *testing.T) {
	p := start(t, t.TempDir())
	code, out, errs := trial.Run(t, "serve", "-listen", p.At(), "-data", t.TempDir())
	if code != 1 || out != "" || !strings.Contains(errs, p.At()) || !strings.Contains(errs, "in use") {
		t.Errorf("a server on a busy port ended with %d and said %q, %q", code, out, errs)
	}
}

func TestFolder_read_only_is_said_with_its_path(t *testing.T) {
	folder := t.TempDir()
	before := start(t, folder) // so that there is something to serve
	before.Terminate()
	readOnly(t, folder)
	code, out, errs := trial.Run(t, "serve", "-listen", "127.0.0.1:0", "-data", folder)
	if code != 1 || out != "" || !strings.Contains(errs, folder) || strings.Contains(errs, "goroutine") {
		t.Errorf("a server on a read-only folder ended with %d and said %q, %q", code, out, errs)
	}
}

// readOnly makes a folder one that nobody can write to. The rights of a folder do not hold root back: for root it
// becomes a file system that is mounted read-only.
func readOnly(t *testing.T, folder string) {
	t.Helper()
	if os.Geteuid() != 0 {
		files, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := os.Chmod(filepath.Join(folder, f.Name()), 0o400); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(folder, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
		return
	}
	if err := unix.Mount(folder, folder, "", unix.MS_BIND, ""); err != nil {
		t.Fatalf("bind %s: %v", folder, err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(folder, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", folder, err)
		}
	})
	if err := unix.Mount("", folder, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatalf("remount %s read-only: %v", folder, err)
	}
}
