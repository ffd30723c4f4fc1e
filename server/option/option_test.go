package option

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// plate is what the options of these tests fill.
type plate struct {
	fruit    string
	pieces   int
	ripe     bool
	database string
}

var menu = []Option[plate]{
	{
		Name: "fruit", Default: "apple", Want: "apple or pear", Help: "What lies on it.",
		Set: func(p *plate, v string) error { return OneOf(&p.fruit, v, "apple", "pear") },
	},
	{
		Name: "pieces", Variable: "PLATE_PIECES", Want: "a whole number from 1 to 9", Help: "How many.",
		Set: func(p *plate, v string) error { return Int(&p.pieces, v, 1, 9) },
	},
	{
		Name: "is-ripe", IsBool: true, Want: "true or false", Help: "Whether it can be eaten.",
		Set: func(p *plate, v string) error { return Bool(&p.ripe, v) },
	},
	{
		Name: "database", Secret: true, Want: "a postgres:// URL", Help: "Where it is kept.",
		Set: func(p *plate, v string) error { return Postgres(&p.database, v) },
	},
}

func TestRead(t *testing.T) {
	const database = "postgres://ana:geheim@host/plates"
	for _, c := range []struct {
		args    string
		environ []string
		want    plate
		words   string
		sources string // of what was chosen
	}{
		{"", nil, plate{fruit: "apple"}, "", ""},
		{"-fruit pear", []string{"WAYMARK_FRUIT=apple"}, plate{fruit: "pear"}, "", "-fruit"},
		{"", []string{"WAYMARK_FRUIT=pear", "PLATE_PIECES=3", "WAYMARK_IS_RIPE=1"}, plate{fruit: "pear", pieces: 3, ripe: true}, "", "WAYMARK_FRUIT PLATE_PIECES WAYMARK_IS_RIPE"},
		{"", []string{"WAYMARK_FRUIT=", "WAYMARK_PIECES=3"}, plate{fruit: "apple"}, "", ""},
		{"one -pieces=2 two -is-ripe -database " + database + " three", nil, plate{fruit: "apple", pieces: 2, ripe: true, database: database}, "one two three", "-pieces -is-ripe -database"},
		{"-pieces 2 -- -fruit pear", nil, plate{fruit: "apple", pieces: 2}, "-fruit pear", "-pieces"},
	} {
		var got plate
		given, words, err := Read("plate", menu, &got, strings.Fields(c.args), c.environ)
		if err != nil || !reflect.DeepEqual(got, c.want) || strings.Join(words, " ") != c.words {
			t.Errorf("%q %q: %+v %q, %v", c.args, c.environ, got, words, err)
		}
		var sources []string
		for _, s := range given {
			sources = append(sources, s.Source)
		}
		if strings.Join(sources, " ") != c.sources {
			t.Errorf("%q %q: chosen by %q, want %q", c.args, c.environ, sources, c.sources)
		}
	}
}

func TestRead_says_what_is_wrong(t *testing.T) {
	for args, want := range map[string]string{
		"-fruit plum":                          `-fruit "plum": is none of them; want apple or pear`,
		"-fruit=":                              `-fruit "": is empty; want apple or pear`,
		"-pieces 10":                           `-pieces "10": is out of range; want a whole number from 1 to 9`,
		"-pieces postgres://ana:geheim@host/b": `-pieces "postgres://...": is no whole number; want`,
		"-database postgres://ana:geheim@host": `-database: names no database; want a postgres:// URL`,
		"-database=":                           `-database "": is empty; want a postgres:// URL`,
		"-plum 3":                              "-plum; `plate --help` lists every flag",
	} {
		_, _, err := Read("plate", menu, &plate{}, strings.Fields(args), nil)
		if wrong := (*Error)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
	if _, _, err := Read("plate", menu, &plate{}, nil, []string{"PLATE_PIECES=0"}); err == nil || err.Error() != `PLATE_PIECES "0": is out of range; want a whole number from 1 to 9` {
		t.Error(err)
	}
	if _, _, err := Read("plate", menu, &plate{}, []string{"-h"}, nil); !errors.Is(err, ErrHelp) {
		t.Error(err)
	}
}
