package bench

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"waymark/server/option"
)

// options are what a run is asked for.
type options struct {
	workloads []string
	targets   []target
	database  string // URL of the Postgres that the servers share; "" = each has a folder for itself
	redis     string
	servers   []int // how many share it, one after the other
	timing    timing
	folder    string
	json      string
	rounds    int
	profiles  string
}

// mostServers is as many as can share a Postgres as it is installed.
const mostServers = 4

const (
	mostSeconds = 3600
	mostRounds  = 100
)

// defaultServers are measured when a database is given.
const defaultServers = "1,3"

func workloadNames() []string {
	var names []string
	for _, w := range steady {
		names = append(names, w.Name)
	}
	return append(names, idle.Name, "join", "storm", saturation.Name)
}

func targetNames() []string {
	var names []string
	for _, t := range allTargets {
		names = append(names, string(t))
	}
	return names
}

func optionTable() []option.Option[options] {
	return []option.Option[options]{
		{
			Name: "workload", Variable: "WAYMARK_BENCH_WORKLOAD", Default: "all", Want: "all, or some of " + strings.Join(workloadNames(), ",") + " with commas between",
			Help: "What to measure.",
			Set: func(o *options, v string) (err error) {
				o.workloads, err = someOf(v, workloadNames())
				return err
			},
		},
		{
			Name: "target", Variable: "WAYMARK_BENCH_TARGET", Default: "all", Want: "all, or some of " + strings.Join(targetNames(), ",") + " with commas between",
			Help: "What to measure it on: two relays that store nothing, and this program.",
			Set: func(o *options, v string) error {
				names, err := someOf(v, targetNames())
				for _, name := range names {
					o.targets = append(o.targets, target(name))
				}
				return err
			},
		},
		{
			Name: "seconds", Variable: "WAYMARK_BENCH_SECONDS", Default: "20", Want: fmt.Sprintf("a number from 1 to %d", mostSeconds),
			Help: "Length of the measured window.",
			Set:  func(o *options, v string) error { return setSeconds(&o.timing.Window, v, 1) },
		},
		{
			Name: "warmup", Variable: "WAYMARK_BENCH_WARMUP", Default: "3", Want: fmt.Sprintf("a number from 0 to %d", mostSeconds),
			Help: "Seconds of load before the window.",
			Set:  func(o *options, v string) error { return setSeconds(&o.timing.Warmup, v, 0) },
		},
		{
			Name: "rounds", Variable: "WAYMARK_BENCH_ROUNDS", Default: "1", Want: fmt.Sprintf("a whole number from 1 to %d", mostRounds),
			Help: "How often to run each; the reported figure is the median round's.",
			Set:  func(o *options, v string) error { return option.Int(&o.rounds, v, 1, mostRounds) },
		},
		{
			Name: "database", Secret: true, Want: "a postgres:// URL, for example postgres://waymark:secret@localhost/bench",
			Help: "Empty Postgres database: measure servers that share it. Each measurement makes and drops a schema in it.",
			Set:  func(o *options, v string) error { return option.Postgres(&o.database, v) },
		},
		{
			Name: "redis", Secret: true, Want: "a redis://, rediss:// or unix:// URL, for example redis://localhost:6379",
			Help: "Redis by which they tell each other of edits.",
			Set:  func(o *options, v string) error { return option.Redis(&o.redis, v) },
		},
		{
			Name: "servers", Variable: "WAYMARK_BENCH_SERVERS", Want: fmt.Sprintf("different numbers from 1 to %d with commas between, for example 1,3", mostServers),
			Help: "How many servers share the database, one number after the other; people are spread over them. With -database the default is " + defaultServers + ".",
			Set:  setServers,
		},
		{
			Name: "dir", Variable: "WAYMARK_BENCH_DIR", Default: os.TempDir(), Want: "the path of a folder that is there",
			Help: "On the disk to measure on; the data goes into a folder of its own in it and is removed.",
			Set:  setFolder,
		},
		{
			Name: "json", Variable: "WAYMARK_BENCH_JSON", Want: "the path of a file in a folder that is there",
			Help: "Write everything to this file too.",
			Set:  func(o *options, v string) error { o.json = v; return nil },
		},
		{
			Name: "profile", Variable: "WAYMARK_BENCH_PROFILE", Want: "the path of a folder",
			Help: "Put CPU and heap profiles of the server there; taking them costs some of what is measured.",
			Set:  func(o *options, v string) error { o.profiles = v; return nil },
		},
	}
}

// Variables names the environment variables that a bench reads beside those of the server.
func Variables() []string {
	var names []string
	for _, o := range optionTable() {
		names = append(names, o.Env())
	}
	return names
}

// readOptions reads the flags in args over the environment over the defaults.
func readOptions(args, environ []string) (o options, err error) {
	given, words, err := option.Read("waymark bench", optionTable(), &o, args, environ)
	if err != nil {
		return o, err
	}
	if len(words) > 0 {
		return o, option.Errorf("%q is one word too many; `waymark bench --help` lists every flag", option.Discreet(words[0]))
	}
	switch {
	case o.database == "" && o.redis != "":
		return o, option.Errorf("%s without -database: a server that has its data for itself needs no Redis; want both or neither", given.Source("redis"))
	case o.database == "" && len(o.servers) > 0:
		return o, option.Errorf("%s without -database: servers need one to share; want both or neither", given.Source("servers"))
	case o.database != "" && len(o.servers) == 0:
		return o, setServers(&o, defaultServers)
	}
	return o, nil
}

// checkOutputs refuses, before anything is measured, what could not be written after it.
func (o options) checkOutputs() error {
	if o.json != "" {
		_, statErr := os.Stat(o.json)
		f, err := os.OpenFile(o.json, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return option.Errorf("-json %q cannot be written; want the path of a file in a folder that is there: %w", o.json, err)
		}
		if err = f.Close(); errors.Is(statErr, os.ErrNotExist) {
			err = errors.Join(err, os.Remove(o.json)) // until there are figures
		}
		if err != nil {
			return err
		}
	}
	if o.profiles != "" {
		if err := os.MkdirAll(o.profiles, 0o755); err != nil {
			return option.Errorf("-profile %q cannot be made; want the path of a folder: %w", o.profiles, err)
		}
	}
	return nil
}

func printUsage(w io.Writer) error {
	var b strings.Builder
	b.WriteString("waymark bench [flags] measures this server on this machine, beside two bare relays. It needs Linux.\n\n" + option.UsageHead)
	for _, o := range optionTable() {
		b.WriteString(o.Usage())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// someOf reads names with commas between; all stands for each of them.
func someOf(v string, allowed []string) ([]string, error) {
	if v == "all" {
		return allowed, nil
	}
	names := strings.Split(v, ",")
	for i, name := range names {
		if !slices.Contains(allowed, name) {
			return nil, fmt.Errorf("has %q, which is none of them", name)
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("has %q twice", name)
		}
	}
	return names, nil
}

func setSeconds(to *time.Duration, v string, least float64) error {
	seconds, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(seconds) {
		return errors.New("is no number")
	}
	if seconds < least || seconds > mostSeconds {
		return errors.New("is out of range")
	}
	*to = time.Duration(seconds * float64(time.Second))
	return nil
}

func setServers(o *options, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		n := 0
		if err := option.Int(&n, part, 1, mostServers); err != nil {
			return fmt.Errorf("has %q, which %w", part, err)
		}
		if slices.Contains(o.servers, n) {
			return fmt.Errorf("has %d twice", n)
		}
		o.servers = append(o.servers, n)
	}
	return nil
}

func setFolder(o *options, v string) error {
	info, err := os.Stat(v)
	if err != nil {
		return fmt.Errorf("cannot be used: %w", errors.Unwrap(err)) // the path is said already
	}
	if !info.IsDir() {
		return errors.New("is a file")
	}
	o.folder = filepath.Clean(v)
	return nil
}
