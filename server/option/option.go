// Package option reads settings, flags over environment variables over defaults, and says what is wrong with one, which
// it is, and what is allowed. A command is a table of options and the value that they fill.
package option

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An Option is one setting of a T: a flag and an environment variable.
type Option[T any] struct {
	Name     string // of the flag
	Variable string // "" = WAYMARK_ and the name
	Default  string // "" = off
	IsBool   bool
	Secret   bool     // the value may hold a password: no message repeats it
	Only     []string // the commands that take it, as a flag or a variable; nil = all
	Want     string   // what is allowed, as it stands behind "want" in a message
	Help     string
	Set      func(to *T, value string) error
}

// ErrHelp is what [Read] gives when -help or -h was asked for.
var ErrHelp = flag.ErrHelp

// An Error says that a setting is at fault, which one, and what is allowed.
type Error struct{ err error }

func (e *Error) Error() string { return e.err.Error() }
func (e *Error) Unwrap() error { return e.err }

// Errorf is [fmt.Errorf] for what is wrong with a setting.
func Errorf(format string, args ...any) *Error { return &Error{fmt.Errorf(format, args...)} }

// Env is the variable that stands for the flag: -public-url is WAYMARK_PUBLIC_URL.
func (o Option[T]) Env() string {
	if o.Variable != "" {
		return o.Variable
	}
	return "WAYMARK_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// Usage is what a command's help says of the option.
func (o Option[T]) Usage() string {
	value := o.Default
	if value == "" {
		value = "none"
	}
	return fmt.Sprintf("  -%s  (%s, default %s)\n        %s\n        Allowed: %s.\n", o.Name, o.Env(), value, o.Help, o.Want)
}

// UsageHead stands above the options in a command's help.
const UsageHead = `Every flag can also be set by the variable named beside it; a flag wins over a variable. A variable that is set to
nothing counts as not set; a flag without a value is refused.

`

// A Setting is an option that somebody chose.
type Setting[T any] struct {
	Option[T]
	Value  string
	Source string // -data or WAYMARK_DATA
}

// Shown is the setting as a message tells it.
func (s Setting[T]) Shown() string {
	if s.Secret && s.Value != "" {
		return s.Source
	}
	return fmt.Sprintf("%s %q", s.Source, Discreet(s.Value))
}

// Settings are what somebody chose, in the order of the options.
type Settings[T any] []Setting[T]

// Has says whether somebody chose this option.
func (s Settings[T]) Has(name string) bool {
	return slices.ContainsFunc(s, func(one Setting[T]) bool { return one.Name == name })
}

// Source is how an option is called in a message: by the flag or the variable it was given by.
func (s Settings[T]) Source(name string) string {
	for _, one := range s {
		if one.Name == name {
			return one.Source
		}
	}
	return "-" + name
}

// Read fills to from the flags in args over the environment over the defaults. It gives what was chosen, and the words
// between and behind the flags. The error is an [*Error] or [ErrHelp]; program is what its message tells to ask for help.
func Read[T any](program string, options []Option[T], to *T, args, environ []string) (Settings[T], []string, error) {
	chosen := map[string]Setting[T]{}
	env := Environment(environ)
	set := flag.NewFlagSet(program, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, o := range options {
		if v := env[o.Env()]; v != "" {
			chosen[o.Name] = Setting[T]{o, v, o.Env()}
		}
		choose := func(v string) error {
			chosen[o.Name] = Setting[T]{o, v, "-" + o.Name}
			return nil
		}
		if o.IsBool {
			set.BoolFunc(o.Name, o.Help, choose)
		} else {
			set.Func(o.Name, o.Help, choose)
		}
	}
	words, err := parse(set, args)
	if errors.Is(err, ErrHelp) {
		return nil, nil, ErrHelp
	}
	if err != nil {
		return nil, nil, Errorf("%w; `%s --help` lists every flag", err, program)
	}
	var settings Settings[T]
	for _, o := range options {
		s, ok := chosen[o.Name]
		switch {
		case ok:
			settings = append(settings, s)
		case o.Default == "":
			continue
		default:
			s = Setting[T]{o, o.Default, "-" + o.Name}
		}
		err := errors.New("is empty")
		if strings.TrimSpace(s.Value) != "" {
			err = o.Set(to, s.Value)
		}
		if err != nil {
			return nil, nil, Errorf("%s: %w; want %s", s.Shown(), err, o.Want)
		}
	}
	return settings, words, nil
}

// parse reads the flags and gives the words between and after them; the package flag would take what follows a word for
// words, and `waymark backup copy.db -data there` would copy what is here. After -- all are words.
func parse(set *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		rest := set.Args()
		if read := len(args) - len(rest); len(rest) == 0 || read > 0 && args[read-1] == "--" {
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

// Environment is environ as a map. Of a variable that is there twice the last counts.
func Environment(environ []string) map[string]string {
	m := make(map[string]string, len(environ))
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			m[name] = value
		}
	}
	return m
}

// Discreet is a word of the command line as messages repeat it. Of a URL that may hold a password there is no more than
// its kind: it may stand where nobody expects one, because the name of its flag was forgotten.
func Discreet(word string) string {
	scheme, rest, isURL := strings.Cut(word, "://")
	if isURL && strings.ContainsAny(rest, "@?") {
		return scheme + "://..."
	}
	return word
}
