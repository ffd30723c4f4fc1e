package bench

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestOptions_say_what_is_measured(t *testing.T) {
	const database, redis = "postgres://ana:geheim@host/bench", "redis://:geheim@host"
	for _, c := range []struct {
		env  map[string]string
		args string
		want string // the subjects
	}{
		{nil, "", "merged, plain, waymark"},
		{nil, "-database " + database, "merged, plain, 1 server, 3 servers"},
		{nil, "-servers 2 -target waymark,merged -redis " + redis + " -database " + database, "2 servers, merged"},
		{map[string]string{"WAYMARK_DATABASE": database, "WAYMARK_REDIS": redis}, "-servers 3,1 -target waymark", "3 servers, 1 server"},
	} {
		for _, name := range []string{"WAYMARK_DATABASE", "WAYMARK_REDIS"} {
			t.Setenv(name, c.env[name])
		}
		o, err := parseOptions(strings.Fields(c.args), t.Output())
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		var got []string
		for _, s := range o.subjects() {
			got = append(got, s.String())
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%v %s: %v, want %s", c.env, c.args, got, c.want)
		}
		if servers := o.serverSubjects(); slices.ContainsFunc(servers, func(s subject) bool { return s.Target != targetServer }) || len(servers) == 0 {
			t.Errorf("%s: servers %v", c.args, servers)
		}
	}
}

func TestOptions_refuse_what_cannot_be_measured(t *testing.T) {
	for _, name := range []string{"WAYMARK_DATABASE", "WAYMARK_REDIS"} {
		t.Setenv(name, "")
	}
	for args, want := range map[string]string{
		"-redis redis://host":                       "without -database",
		"-servers 3":                                "without -database",
		"-database postgres://host/b -servers 0":    "-servers",
		"-database postgres://host/b -servers 1,1":  "-servers",
		"-database postgres://host/b -servers many": "-servers",
		"-workload nap":                             "-workload",
		"-target moon":                              "-target",
		"-seconds 0":                                "-seconds",
		"more":                                      "more",
	} {
		if _, err := parseOptions(strings.Fields(args), t.Output()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a word on %s", args, err, want)
		}
	}
}

func TestOptions_help_shows_no_password(t *testing.T) {
	t.Setenv("WAYMARK_DATABASE", "postgres://ana:geheim@host/bench")
	t.Setenv("WAYMARK_REDIS", "redis://:geheim@host")
	var help bytes.Buffer
	if _, err := parseOptions([]string{"-help"}, &help); err == nil {
		t.Error("-help is no error")
	}
	if text := help.String(); strings.Contains(text, "geheim") || !strings.Contains(text, "WAYMARK_REDIS") {
		t.Error(text)
	}
}
