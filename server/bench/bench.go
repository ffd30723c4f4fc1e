package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"waymark/server/option"
)

var allTargets = []target{targetMerged, targetPlain, targetServer}

// Run is the command `waymark bench` with the arguments behind its name. What is wrong with these or with the
// environment is an [*option.Error].
func Run(ctx context.Context, args, environ []string, in io.Reader, out io.Writer) error {
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
	opts, err := readOptions(args, environ)
	if errors.Is(err, option.ErrHelp) {
		return printUsage(out)
	}
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if real, err := onRealDisk(opts.folder); err != nil {
		return err
	} else if !real {
		return fmt.Errorf("bench: %w", option.Errorf("-dir %q is kept in memory, where an fsync costs nothing; want a folder on a disk", opts.folder))
	}
	if err := opts.checkOutputs(); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	return newRun(opts, out).all(ctx)
}
