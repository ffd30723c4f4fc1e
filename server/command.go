package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"waymark/server/bench"
	"waymark/server/option"
)

// A program is what run needs to know of the process it is in.
type program struct {
	environ        []string
	stdout, stderr io.Writer
	// greet is the same as stdout, but a server serves also where nobody reads its greeting. What is not printed to stdout
	// fails a command.
	greet io.Writer
}

var commands = map[string]func(p program, ctx context.Context, c *Config, words []string) error{
	"serve":      program.serve,
	"account":    program.account,
	"disable":    program.disable,
	"enable":     program.enable,
	"audit":      program.audit,
	"login-link": program.loginLink,
	"backup":     program.backup,
	"restore":    program.restore,
	"verify":     program.verify,
	"move":       program.move,
	"ready":      program.ready,
	"doctor":     program.doctor,
	"version":    program.version,
}

// run is the whole program: it returns when its command is done or ctx ends, and gives the exit code.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	} else if len(args) == 1 && strings.TrimLeft(args[0], "-") == "version" {
		name, args = "version", nil
	}
	printed := &printed{to: stdout}
	code := runCommand(ctx, name, args, program{environ: environ, stdout: printed, greet: stdout, stderr: stderr})
	if printed.err != nil && code == 0 {
		_, _ = fmt.Fprintf(stderr, "waymark: the output was not written: %v\n", printed.err)
		return 1
	}
	return code
}

// printed passes on what a command prints and keeps the first error.
type printed struct {
	to  io.Writer
	err error
}

func (p *printed) Write(data []byte) (int, error) {
	n, err := p.to.Write(data)
	if p.err == nil {
		p.err = err
	}
	return n, err
}

func runCommand(ctx context.Context, name string, args []string, p program) int {
	command, ok := commands[name]
	switch {
	case name == "bench":
		return runBench(ctx, args, p)
	case name == "help":
		printUsage(p.stdout)
		return 0
	case !ok:
		_, _ = fmt.Fprintf(p.stderr, "waymark: %q is no command; `waymark --help` lists them\n", option.Discreet(name))
		return 2
	}
	config, words, err := ReadConfig(name, args, p.environ, p.stdout)
	if errors.Is(err, option.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintf(p.stderr, "waymark: %v\n", err)
		return 2
	}
	if err := command(p, ctx, config, words); err != nil {
		_, _ = fmt.Fprintf(p.stderr, "waymark: %v\n", err)
		return 1
	}
	return 0
}

// runBench hands over to the bench, which has flags of its own.
func runBench(ctx context.Context, args []string, p program) int {
	err := bench.Run(ctx, args, p.environ, os.Stdin, p.stdout)
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintf(p.stderr, "waymark: %v\n", err)
	if wrong := (*option.Error)(nil); errors.As(err, &wrong) {
		return 2
	}
	return 1
}
