package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"waymark/server/option"
)

// version prints which build this is: what a report of a fault should name.
func (p program) version(_ context.Context, _ *Config, words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("version: %q is one word too many", option.Discreet(words[0]))
	}
	_, err := fmt.Fprintln(p.stdout, versionLine(debug.ReadBuildInfo()))
	return err
}

func versionLine(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "waymark, of a build without information"
	}
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	text := "waymark " + version + ", " + info.GoVersion
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			text += ", commit " + s.Value
		case s.Key == "vcs.time":
			text += " of " + s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			text += ", with changes that are in no commit"
		}
	}
	return text
}
