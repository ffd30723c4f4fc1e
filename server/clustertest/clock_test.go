//go:build linux && services

package clustertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"waymark/board"
)

// wrongClocks is a program that goes by a wrong clock: what it imports as time is another package.
func wrongClocks(t *testing.T) string {
	t.Helper()
	v := newVariant(t)
	for _, folder := range []string{"server", "server/directory", "collab", "collab/pglog", "collab/redisbus", "collab/sqlitelog"} {
		files, err := filepath.Glob(filepath.Join(v.root, folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		before := len(v.replace)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			name := folder + "/" + filepath.Base(file)
			if text := v.read(name); strings.Contains(text, "\n\t\"time\"\n") {
				v.put(name, []byte(strings.Replace(text, "\n\t\"time\"\n", "\n\ttime \"waymark/wrongtime\"\n", 1)))
			}
		}
		if len(v.replace) == before {
			t.Fatalf("no file of %s goes by another clock", folder)
		}
	}
	wrong, err := os.ReadFile("testdata/wrongtime/wrongtime.go")
	if err != nil {
		t.Fatal(err)
	}
	v.put("wrongtime/wrongtime.go", wrong)
	return v.build()
}

// The clock of one server is an hour ahead, that of another an hour behind. Tokens of each are good at all, nothing is
// lost, entries have the time of the database, and each of the two servers says that its clock is wrong.
func TestClocks_that_differ_by_an_hour_do_no_harm(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	c := prepareCluster(t)
	wrong := wrongClocks(t)
	for i, by := range []string{"1h", "-1h"} {
		s := c.servers[i]
		s.Binary = wrong
		s.Place = func(cmd *exec.Cmd) { cmd.Env = append(os.Environ(), "WRONG_TIME="+by) }
	}
	began := time.Now()
	c.open()
	l := newLoad(t, c)
	l.tokenLife = time.Second // from server to server
	l.crowd(1, 9)
	l.start(ctx)
	l.wait(ctx, 10)
	s := newStorm(ctx, t, l) // so that everyone comes to other servers
	s.lanes = []lane{&cuts{storm: s, plain: 20}}
	s.rage()
	l.wait(ctx, 10)
	l.stop()

	from, to := board.Time(began.Add(-time.Minute).UnixMilli()), board.Time(time.Now().Add(time.Minute).UnixMilli())
	for _, e := range l.log(ctx, l.Boards[0]) {
		if e.At < from || e.At > to {
			t.Fatalf("entry %d is of %v, and it is %v", e.Seq, time.UnixMilli(int64(e.At)), time.Now())
		}
	}
	for _, y := range l.Typists {
		if n := y.Count().Expired; n > 0 {
			t.Errorf("%s was sent away %d times for its token", y.Client, n)
		}
	}
	// What is measured is off by half of the way to the database and back.
	for i, want := range []string{`ahead=-(1h0m|59m5)`, `ahead=(1h0m|59m5)`, ""} {
		said := c.servers[i].Lines()
		if has := strings.Contains(said, "clock is not the database's"); has != (want != "") || !regexp.MustCompile(want).MatchString(said) {
			t.Errorf("%s does not say %q:\n%s", c.servers[i].name, want, said)
		}
	}
	l.judge(ctx)
}
