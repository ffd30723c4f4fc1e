package bench

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/server/option"
)

func TestOptions_say_what_is_measured(t *testing.T) {
	const database, redis = "postgres://ana:geheim@host/bench", "redis://:geheim@host"
	for _, c := range []struct {
		environ []string
		args    string
		want    string // the subjects
	}{
		{nil, "", "merged, plain, waymark"},
		{nil, "-database " + database, "merged, plain, 1 server, 3 servers"},
		{nil, "-servers 2 -target waymark,merged -redis " + redis + " -database " + database, "2 servers, merged"},
		{[]string{"WAYMARK_DATABASE=" + database, "WAYMARK_REDIS=" + redis}, "-servers 3,1 -target waymark", "3 servers, 1 server"},
		{[]string{"WAYMARK_DATABASE=" + database, "WAYMARK_BENCH_SERVERS=4,2", "WAYMARK_BENCH_TARGET=waymark"}, "-servers=4", "4 servers"},
		{[]string{"WAYMARK_BENCH_TARGET=", "WAYMARK_DATABASE="}, "-target waymark", "waymark"},
	} {
		o, err := readOptions(strings.Fields(c.args), c.environ)
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		var got []string
		for _, s := range o.subjects() {
			got = append(got, s.String())
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%v %s: %v, want %s", c.environ, c.args, got, c.want)
		}
		if servers := o.serverSubjects(); slices.ContainsFunc(servers, func(s subject) bool { return s.Target != targetServer }) || len(servers) == 0 {
			t.Errorf("%s: servers %v", c.args, servers)
		}
	}
}

func TestOptions_a_variable_does_what_its_flag_does(t *testing.T) {
	folder := t.TempDir()
	values := map[string]string{
		"workload": "join,idle", "target": "plain", "seconds": "2.5", "warmup": "0", "rounds": "7", "database": "postgres://host/bench",
		"redis": "redis://host", "servers": "2,4", "dir": folder, "json": folder + "/figures.json", "profile": folder,
	}
	var args, environ []string
	for _, o := range optionTable() {
		args = append(args, "-"+o.Name, values[o.Name])
		environ = append(environ, o.Env()+"="+values[o.Name])
	}
	byFlag, err := readOptions(args, nil)
	if err != nil {
		t.Fatal(err)
	}
	byVariable, err := readOptions(nil, environ)
	if err != nil || !reflect.DeepEqual(byFlag, byVariable) {
		t.Errorf("%+v, %v, want %+v", byVariable, err, byFlag)
	}
	if want := (timing{Window: 2500 * time.Millisecond}); byFlag.timing != want || byFlag.rounds != 7 || byFlag.folder != folder {
		t.Errorf("%+v", byFlag)
	}
}

func TestOptions_refuse_what_cannot_be_measured(t *testing.T) {
	folder := t.TempDir()
	for args, want := range map[string]string{
		"-redis redis://host": `-redis without -database`,
		"-servers 3":          `-servers without -database`,
		"-servers 0":          `-servers "0": has "0", which is out of range; want different numbers from 1 to 4`,
		"-database postgres://host/b -servers 1,1":  `-servers "1,1": has 1 twice; want different numbers`,
		"-database postgres://host/b -servers many": `-servers "many": has "many", which is no whole number; want different numbers`,
		"-database mysql://ana:geheim@host/b":       `-database: has another scheme; want a postgres:// URL`,
		"-workload nap":                             `-workload "nap": has "nap", which is none of them; want all, or some of workshop,townhall,manyboards,idle,join,storm,saturation`,
		"-workload join,join":                       `-workload "join,join": has "join" twice; want`,
		"-target moon":                              `-target "moon": has "moon", which is none of them; want all, or some of merged,plain,waymark`,
		"-seconds 0":                                `-seconds "0": is out of range; want a number from 1 to 3600`,
		"-seconds -1":                               `-seconds "-1": is out of range; want a number from 1 to 3600`,
		"-seconds abc":                              `-seconds "abc": is no number; want a number from 1 to 3600`,
		"-seconds NaN":                              `-seconds "NaN": is no number; want a number from 1 to 3600`,
		"-seconds 1e300":                            `-seconds "1e300": is out of range; want a number from 1 to 3600`,
		"-seconds=":                                 `-seconds "": is empty; want a number from 1 to 3600`,
		"-warmup -1":                                `-warmup "-1": is out of range; want a number from 0 to 3600`,
		"-rounds 0":                                 `-rounds "0": is out of range; want a whole number from 1 to 100`,
		"-rounds 1.5":                               `-rounds "1.5": is no whole number; want a whole number`,
		"-dir " + folder + "/none":                  `-dir "` + folder + `/none": cannot be used: no such file or directory; want the path of a folder that is there`,
		"-database postgres://ana:geh#eim@host/b":   `-database: cannot be read; in a password`,
		"postgres://ana:geheim@host/b":              `"postgres://..." is one word too many`,
		"more":                                      `"more" is one word too many`,
		"-speed 3":                                  `-speed; ` + "`waymark bench --help`",
	} {
		_, err := readOptions(strings.Fields(args), nil)
		if wrong := (*option.Error)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, want a word on %s", args, err, want)
		}
	}
	if _, err := readOptions(nil, []string{"WAYMARK_BENCH_SECONDS=abc"}); err == nil || !strings.Contains(err.Error(), `WAYMARK_BENCH_SECONDS "abc": is no number`) {
		t.Error(err)
	}
}

func TestOptions_refuse_figures_that_have_no_place(t *testing.T) {
	folder := t.TempDir()
	for _, o := range []options{{json: filepath.Join(folder, "none", "figures.json")}, {json: folder}, {profiles: filepath.Join(os.DevNull, "profiles")}} {
		if err := o.checkOutputs(); err == nil || !strings.Contains(err.Error(), o.json+o.profiles) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	o := options{json: filepath.Join(folder, "figures.json")}
	if err := o.checkOutputs(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(o.json); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file before there are figures: %v", err)
	}
}

func TestOptions_help_names_every_variable_and_shows_no_password(t *testing.T) {
	var help bytes.Buffer
	environ := []string{"WAYMARK_DATABASE=postgres://ana:geheim@host/bench", "WAYMARK_REDIS=redis://:geheim@host"}
	if err := Run(t.Context(), []string{"-help"}, environ, nil, &help); err != nil {
		t.Error(err)
	}
	for _, o := range optionTable() {
		if !strings.Contains(help.String(), "-"+o.Name+"  ("+o.Env()+", default ") || !strings.Contains(help.String(), "Allowed: "+o.Want+".") {
			t.Errorf("-%s is not in the help", o.Name)
		}
	}
	if strings.Contains(help.String(), "geheim") {
		t.Error(help.String())
	}
}
