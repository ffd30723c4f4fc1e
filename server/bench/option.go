package bench

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
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

// An option is one setting: a flag and an environment variable.
type option struct {
	name   string
	env    string
	value  string // the default
	secret bool   // the value may hold a password: no message repeats it
	want   string // what is allowed, as it stands behind "want" in a message
	help   string
	set    func(o *options, value string) error
}

// An OptionError says that a flag or a variable is at fault, which one, and what is allowed.
type OptionError struct{ err error }

func (e *OptionError) Error() string { return e.err.Error() }
func (e *OptionError) Unwrap() error { return e.err }

func refusal(format string, args ...any) error { return &OptionError{fmt.Errorf(format, args...)} }

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

func optionTable() []option {
	return []option{
		{
			name: "workload", env: "WAYMARK_BENCH_WORKLOAD", value: "all", want: "all, or some of " + strings.Join(workloadNames(), ",") + " with commas between",
			help: "What to measure.",
			set: func(o *options, v string) (err error) {
				o.workloads, err = someOf(v, workloadNames())
				return err
			},
		},
		{
			name: "target", env: "WAYMARK_BENCH_TARGET", value: "all", want: "all, or some of " + strings.Join(targetNames(), ",") + " with commas between",
			help: "What to measure it on: two relays that store nothing, and this program.",
			set: func(o *options, v string) error {
				names, err := someOf(v, targetNames())
				for _, name := range names {
					o.targets = append(o.targets, target(name))
				}
				return err
			},
		},
		{
			name: "seconds", env: "WAYMARK_BENCH_SECONDS", value: "20", want: fmt.Sprintf("a number from 1 to %d", mostSeconds),
			help: "Length of the measured window.",
			set:  func(o *options, v string) error { return setSeconds(&o.timing.Window, v, 1) },
		},
		{
			name: "warmup", env: "WAYMARK_BENCH_WARMUP", value: "3", want: fmt.Sprintf("a number from 0 to %d", mostSeconds),
			help: "Seconds of load before the window.",
			set:  func(o *options, v string) error { return setSeconds(&o.timing.Warmup, v, 0) },
		},
		{
			name: "rounds", env: "WAYMARK_BENCH_ROUNDS", value: "1", want: fmt.Sprintf("a whole number from 1 to %d", mostRounds),
			help: "How often to run each; the reported figure is the median round's.",
			set: func(o *options, v string) (err error) {
				o.rounds, err = number(v, mostRounds)
				return err
			},
		},
		{
			name: "database", env: "WAYMARK_DATABASE", secret: true, want: "a postgres:// URL, for example postgres://waymark:secret@localhost/bench",
			help: "Empty Postgres database: measure servers that share it. Each measurement makes and drops a schema in it.",
			set: func(o *options, v string) error {
				o.database = v
				return withScheme(v, "postgres://", "postgresql://")
			},
		},
		{
			name: "redis", env: "WAYMARK_REDIS", secret: true, want: "a redis://, rediss:// or unix:// URL, for example redis://localhost:6379",
			help: "Redis by which they tell each other of edits.",
			set: func(o *options, v string) error {
				o.redis = v
				return withScheme(v, "redis://", "rediss://", "unix://")
			},
		},
		{
			name: "servers", env: "WAYMARK_BENCH_SERVERS", want: fmt.Sprintf("different numbers from 1 to %d with commas between, for example 1,3", mostServers),
			help: "How many servers share the database, one number after the other; people are spread over them. With -database the default is " + defaultServers + ".",
			set:  setServers,
		},
		{
			name: "dir", env: "WAYMARK_BENCH_DIR", value: os.TempDir(), want: "the path of a folder that is there",
			help: "On the disk to measure on; the data goes into a folder of its own in it and is removed.",
			set:  setFolder,
		},
		{
			name: "json", env: "WAYMARK_BENCH_JSON", want: "the path of a file in a folder that is there",
			help: "Write everything to this file too.",
			set:  func(o *options, v string) error { o.json = v; return nil },
		},
		{
			name: "profile", env: "WAYMARK_BENCH_PROFILE", want: "the path of a folder",
			help: "Put CPU and heap profiles of the server there; taking them costs some of what is measured.",
			set:  func(o *options, v string) error { o.profiles = v; return nil },
		},
	}
}

// Variables names the environment variables that a bench reads beside those of the server.
func Variables() []string {
	var names []string
	for _, o := range optionTable() {
		names = append(names, o.env)
	}
	return names
}

// readOptions reads the flags in args over the environment over the defaults.
func readOptions(args, environ []string) (o options, err error) {
	table := optionTable()
	values, sources := map[string]string{}, map[string]string{}
	for _, known := range table {
		for _, variable := range environ {
			if v, ok := strings.CutPrefix(variable, known.env+"="); ok && v != "" {
				values[known.name], sources[known.name] = v, known.env
			}
		}
	}
	flags := flag.NewFlagSet("waymark bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, known := range table {
		flags.Func(known.name, known.help, func(v string) error {
			values[known.name], sources[known.name] = v, "-"+known.name
			return nil
		})
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, refusal("%w; `waymark bench --help` lists every flag", err)
	}
	if flags.NArg() > 0 {
		word := flags.Arg(0)
		if scheme, _, found := strings.Cut(word, "://"); found {
			word = scheme + "://..." // the rest may hold a password
		}
		return o, refusal("%q is one word too many; `waymark bench --help` lists every flag", word)
	}
	for _, known := range table {
		v, given := values[known.name]
		if !given {
			v = known.value
		}
		if !given && v == "" {
			continue // an option without a default stays off
		}
		err := errors.New("is empty")
		if strings.TrimSpace(v) != "" {
			err = known.set(&o, v)
		}
		if err != nil {
			said := fmt.Sprintf("-%s %q", known.name, v)
			if given {
				said = fmt.Sprintf("%s %q", sources[known.name], v)
			}
			if known.secret {
				said = sources[known.name]
			}
			return o, refusal("%s %w; want %s", said, err, known.want)
		}
	}
	switch {
	case o.database == "" && o.redis != "":
		return o, refusal("%s without -database: a server that has its data for itself needs no Redis; want both or neither", sources["redis"])
	case o.database == "" && len(o.servers) > 0:
		return o, refusal("%s %q without -database: servers need one to share; want both or neither", sources["servers"], values["servers"])
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
			return refusal("-json %q cannot be written; want the path of a file in a folder that is there: %w", o.json, err)
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
			return refusal("-profile %q cannot be made; want the path of a folder: %w", o.profiles, err)
		}
	}
	return nil
}

func printUsage(w io.Writer) error {
	var b strings.Builder
	b.WriteString("waymark bench [flags] measures this server on this machine, beside two bare relays. It needs Linux.\n\n" +
		"Every flag can also be set by the variable named beside it; a flag wins over a variable. A variable that is set to\n" +
		"nothing counts as not set; a flag without a value is refused.\n\n")
	for _, o := range optionTable() {
		value := o.value
		if value == "" {
			value = "none"
		}
		fmt.Fprintf(&b, "  -%s  (%s, default %s)\n        %s\n        Allowed: %s.\n", o.name, o.env, value, o.help, o.want)
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

func number(v string, most int) (int, error) {
	n, err := strconv.Atoi(v)
	switch {
	case err != nil:
		return 0, errors.New("is no whole number")
	case n < 1 || n > most:
		return 0, errors.New("is out of range")
	}
	return n, nil
}

func setServers(o *options, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		n, err := number(part, mostServers)
		if err != nil {
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

func withScheme(v string, allowed ...string) error {
	if !slices.ContainsFunc(allowed, func(scheme string) bool { return strings.HasPrefix(v, scheme) }) {
		return errors.New("has another scheme")
	}
	return nil
}
