package bench

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are the command's flags.
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

var allTargets = []target{targetMerged, targetPlain, targetServer}

// ErrHelp is what Run returns after printing the help that was asked for.
var ErrHelp = flag.ErrHelp

// Run is the command `waymark bench` with the arguments behind its name.
func Run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "relay":
			return serveRelay(strings.Join(args[1:], " "), in, out)
		case "load":
			return serveLoad(ctx, in, out)
		case "joins":
			return serveJoins(ctx, in, out)
		}
	}
	opts, err := parseOptions(args, errOut)
	if err != nil {
		return err
	}
	if real, err := onRealDisk(opts.folder); err != nil {
		return err
	} else if !real {
		return fmt.Errorf("bench: %s is kept in memory, where an fsync costs nothing: name a folder on a disk with -dir", opts.folder)
	}
	return newRun(opts, out).all(ctx)
}

func parseOptions(args []string, errOut io.Writer) (opts options, err error) {
	names := []string{idle.Name, "join", "storm", saturation.Name}
	for _, w := range slices.Backward(steady) {
		names = slices.Insert(names, 0, w.Name)
	}
	flags := flag.NewFlagSet("waymark bench", flag.ContinueOnError)
	flags.SetOutput(errOut)
	workloads := flags.String("workload", "all", "`names` of what to measure, with commas between: "+strings.Join(names, ", "))
	targets := flags.String("target", "all", "`names` of what to measure it on, with commas between: merged, plain, waymark")
	flags.StringVar(&opts.database, "database", "",
		"`URL` of an empty Postgres database: measure servers that share it. Each measurement makes and drops a schema in it (WAYMARK_DATABASE)")
	flags.StringVar(&opts.redis, "redis", "", "`URL` of the Redis by which they tell each other of edits (WAYMARK_REDIS)")
	servers := flags.String("servers", "", "how `many` servers share the database, with commas between; people are spread over them. Default: 1,3")
	seconds := flags.Float64("seconds", 20, "length of the measured window")
	warmup := flags.Float64("warmup", 3, "seconds of load before the window")
	flags.IntVar(&opts.rounds, "rounds", 1, "how often to run each; the reported figure is the median round's")
	flags.StringVar(&opts.folder, "dir", os.TempDir(), "`folder` on the disk to measure on; the data goes into a folder of its own in it and is removed")
	flags.StringVar(&opts.json, "json", "", "write everything to this `file` too")
	flags.StringVar(&opts.profiles, "profile", "", "put CPU and heap profiles of the server into this `folder`; taking them costs some of what is measured")
	if err := flags.Parse(args); err != nil {
		return opts, err
	}
	if flags.NArg() > 0 {
		return opts, fmt.Errorf("bench: unexpected %q", flags.Arg(0))
	}
	opts.workloads = names
	if *workloads != "all" {
		opts.workloads = strings.Split(*workloads, ",")
	}
	for _, name := range opts.workloads {
		if !slices.Contains(names, name) {
			return opts, fmt.Errorf("bench: -workload %q: want all or some of %s", name, strings.Join(names, ","))
		}
	}
	opts.targets = allTargets
	if *targets != "all" {
		opts.targets = nil
		for name := range strings.SplitSeq(*targets, ",") {
			opts.targets = append(opts.targets, target(name))
		}
	}
	// Not as defaults of the flags: the help shows those, and these may hold passwords.
	opts.database = cmp.Or(opts.database, os.Getenv("WAYMARK_DATABASE"))
	opts.redis = cmp.Or(opts.redis, os.Getenv("WAYMARK_REDIS"))
	if err := opts.parseServers(*servers); err != nil {
		return opts, err
	}
	for _, name := range opts.targets {
		if !slices.Contains(allTargets, name) {
			return opts, fmt.Errorf("bench: -target %q: want all or some of merged,plain,waymark", name)
		}
	}
	if *seconds < 1 || *warmup < 0 || opts.rounds < 1 {
		return opts, errors.New("bench: want -seconds of at least 1, -warmup of at least 0 and -rounds of at least 1")
	}
	opts.timing = timing{
		Warmup: time.Duration(*warmup * float64(time.Second)),
		Window: time.Duration(*seconds * float64(time.Second)),
	}
	return opts, nil
}

// mostServers is as many as can share a Postgres as it is installed.
const mostServers = 4

func (o *options) parseServers(text string) error {
	switch {
	case o.database == "" && o.redis != "":
		return errors.New("bench: -redis (or WAYMARK_REDIS) without -database: a server that has its data for itself needs no Redis")
	case o.database == "" && text != "":
		return errors.New("bench: -servers without -database (or WAYMARK_DATABASE): servers need one to share")
	case o.database == "":
		return nil
	case text == "":
		text = "1,3"
	}
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > mostServers || slices.Contains(o.servers, n) {
			return fmt.Errorf("bench: -servers %q: want different numbers from 1 to %d with commas between, for example 1,3", text, mostServers)
		}
		o.servers = append(o.servers, n)
	}
	return nil
}
