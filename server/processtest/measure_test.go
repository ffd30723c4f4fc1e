//go:build linux

package processtest

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"waymark/collab/sqlitelog"
	"waymark/server/trial"
)

// A measure is what a process holds. Heap is what is alive after a collection.
type measure struct {
	goroutines, descriptors, rows int
	heap                          int64
}

func (m measure) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %d log rows, %.1f MiB of live heap", m.goroutines, m.descriptors, m.rows, float64(m.heap)/(1<<20))
}

var (
	goroutineTotal = regexp.MustCompile(`goroutine profile: total (\d+)`)
	heapAlloc      = regexp.MustCompile(`# HeapAlloc = (\d+)`)
)

// measure looks at a program that was started with -pprof as its last flag.
func (p *program) measure(t *testing.T) measure {
	t.Helper()
	number := func(path string, pattern *regexp.Regexp) int64 {
		m := pattern.FindStringSubmatch(p.profile(t, path))
		if m == nil {
			t.Fatalf("%s has no %s", path, pattern)
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	p.profile(t, "heap?gc=1") // what a first collection only marks as done, a second one frees
	m := measure{heap: number("heap?gc=1&debug=1", heapAlloc), goroutines: int(number("goroutine?debug=1", goroutineTotal))}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.PID()))
	if err != nil {
		t.Fatal(err)
	}
	m.descriptors, m.rows = len(files), p.rows(t)
	return m
}

func (p *program) profile(t *testing.T, path string) string {
	t.Helper()
	web := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := web.Get("http://" + p.flags[len(p.flags)-1] + "/debug/pprof/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// rows counts the batches of all boards, on the disk.
func (p *program) rows(t *testing.T) (n int) {
	t.Helper()
	log, err := sqlitelog.OpenReadOnly(p.data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	if err := count(log.DB(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func count(db *sql.DB, n *int) error {
	err := db.QueryRow("SELECT count(*) FROM board_batches").Scan(n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// backTo waits until the process holds no more than it did. Log rows are exact; those that the test itself made since
// are given.
func (p *program) backTo(t *testing.T, before measure) {
	t.Helper()
	var now measure
	var missing []string
	trial.Eventually(t, "the process is back at "+before.String(), func() bool {
		now = p.measure(t)
		missing = nil
		if now.goroutines > before.goroutines {
			missing = append(missing, "goroutines")
		}
		if now.descriptors > before.descriptors {
			missing = append(missing, "descriptors")
		}
		if now.heap > before.heap+before.heap/10+1<<20 {
			missing = append(missing, "heap")
		}
		return len(missing) == 0
	}, func() string { return now.String() + ": too many " + strings.Join(missing, ", ") })
	t.Logf("before: %s; after: %s", before, now)
}
