package main

import (
	"context"
	"errors"
	"fmt"

	"waymark/server/directory"
	"waymark/server/doctor"
	"waymark/server/option"
)

// errWrong ends the doctor whose findings say what is wrong.
var errWrong = errors.New("doctor: something is wrong")

// doctor examines the installation of these flags, beside running servers or without, and changes nothing in it.
func (p program) doctor(ctx context.Context, config *Config, words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("doctor: %q is one word too many", option.Discreet(words[0]))
	}
	report := doctor.NewReport(p.stdout)
	for _, name := range unknownVariables(p.environ) {
		report.Add(doctor.Finding{
			About: "Settings", Verdict: doctor.Warning, Says: fmt.Sprintf("the variable %s is not known and not read", name),
			Change: fmt.Sprintf("see to its name; `%s --help` lists them", programName()),
		})
	}
	doctor.Examine(ctx, config.installation(), report.Add)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	wrong, err := report.End()
	if err == nil && wrong {
		err = errWrong
	}
	return err
}

func (c *Config) installation() doctor.Installation {
	return doctor.Installation{
		Data: c.Data, Database: c.Database, Redis: c.Redis, Cluster: clusterName,
		Listen: c.Listen, TLS: c.TLS(), PublicURL: c.PublicURL, Proxies: c.Proxies, HelloTimeout: c.Limits.HelloTimeout,
		Option: c.given.Source, Program: programName(), Seal: c.newSeal,
		Servable: func(ctx context.Context, d *directory.Directory) error { return servable(ctx, d, c) },
	}
}
