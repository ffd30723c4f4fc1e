package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"waymark/collab/sqlitelog"
	"waymark/server/directory"
)

// linkLife is how long a login link waits to be opened.
const linkLife = time.Hour

// loginLink prints a link that signs in one account, once. The server may run meanwhile.
func (p program) loginLink(ctx context.Context, config *Config, words []string) error {
	return p.withDirectory(config, func(d *directory.Directory) error {
		var person directory.Person
		var err error
		switch len(words) {
		case 0:
			person, err = d.Administrator(ctx)
			if errors.Is(err, directory.ErrNotFound) {
				return errors.New("there is no administrator yet: open the set-up link that the server prints at its start")
			}
		case 1:
			person, err = d.FindAccount(ctx, words[0])
			if errors.Is(err, directory.ErrNotFound) {
				return fmt.Errorf("login-link %q: there is no such account; want a login or a person's id", words[0])
			}
		default:
			return fmt.Errorf("login-link: %q is one word too many", words[1])
		}
		if err != nil {
			return err
		}
		return p.printLink(ctx, config, d, person)
	})
}

// account makes an account and prints the link that signs it in for the first time.
func (p program) account(ctx context.Context, config *Config, words []string) error {
	name := strings.TrimSpace(strings.Join(words, " "))
	if n := utf8.RuneCountInString(name); n < 1 || n > 80 {
		return fmt.Errorf("account %q: want a name of 1 to 80 letters", name)
	}
	return p.withDirectory(config, func(d *directory.Directory) error {
		person, err := d.AddAccount(ctx, directory.Profile{Name: name, Lang: "en"})
		if err != nil {
			return err
		}
		return p.printLink(ctx, config, d, person)
	})
}

func (p program) withDirectory(config *Config, do func(d *directory.Directory) error) error {
	data, err := sqlitelog.OpenBeside(config.Data)
	if err != nil {
		return err
	}
	return errors.Join(do(directory.New(data.DB(), time.Now)), data.Close())
}

func (p program) printLink(ctx context.Context, config *Config, d *directory.Directory, person directory.Person) error {
	if person.Disabled {
		return fmt.Errorf("account %s: %w", person.ID, directory.ErrDisabled)
	}
	secret, err := d.AddLoginLink(ctx, person.ID, linkLife)
	if err != nil {
		return err
	}
	url, err := d.URL(ctx)
	if err != nil {
		return err
	}
	if config.PublicURL != nil {
		url = config.PublicURL.String()
	}
	_, err = fmt.Fprintf(p.stdout, "%s/login#%s\n(signs in %s; works once, for one hour)\n", url, secret, person.Name)
	return err
}
