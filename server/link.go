package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"waymark/board"
	"waymark/server/directory"
	"waymark/server/option"
)

// linkLife is how long a login link waits to be opened.
const linkLife = time.Hour

// loginLink prints a link that signs in one account, once. The server may run meanwhile.
func (p program) loginLink(ctx context.Context, config *Config, words []string) error {
	return p.withDirectory(ctx, config, func(d *directory.Directory) error {
		var person directory.Person
		var err error
		switch len(words) {
		case 0:
			person, err = d.Administrator(ctx)
			if errors.Is(err, directory.ErrNotFound) {
				return errors.New("there is no administrator yet: open the set-up link that the server prints at its start")
			}
			if errors.Is(err, directory.ErrAllOff) {
				return fmt.Errorf("%w: `waymark enable LOGIN` switches one on", err)
			}
		case 1:
			person, err = d.FindAccount(ctx, words[0])
			if errors.Is(err, directory.ErrNotFound) {
				return fmt.Errorf("login-link %q: there is no such account; want a login or a person's id", words[0])
			}
		default:
			return fmt.Errorf("login-link: %q is one word too many", option.Discreet(words[1]))
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
	return p.withDirectory(ctx, config, func(d *directory.Directory) error {
		person, err := d.AddAccount(ctx, directory.Profile{Name: name})
		if err != nil {
			return err
		}
		if err := d.Audit(ctx, directory.Act{Name: "account", Detail: string(person.ID)}); err != nil {
			return err
		}
		return p.printLink(ctx, config, d, person)
	})
}

// disable switches an account off; its tokens and connections end within a second.
func (p program) disable(ctx context.Context, config *Config, words []string) error {
	return p.turn(ctx, config, words, "disable", "off", (*directory.Directory).Disable)
}

// enable switches an account on again.
func (p program) enable(ctx context.Context, config *Config, words []string) error {
	return p.turn(ctx, config, words, "enable", "on", (*directory.Directory).Enable)
}

func (p program) turn(
	ctx context.Context, config *Config, words []string, act, to string, turn func(*directory.Directory, context.Context, board.ID) error,
) error {
	if len(words) != 1 {
		return fmt.Errorf("%s: want one login or person's id, have %d words", act, len(words))
	}
	return p.withDirectory(ctx, config, func(d *directory.Directory) error {
		person, err := d.FindAccount(ctx, words[0])
		if errors.Is(err, directory.ErrNotFound) {
			return fmt.Errorf("%s %q: there is no such account; want a login or a person's id", act, words[0])
		}
		if err != nil {
			return err
		}
		switch err := turn(d, ctx, person.ID); {
		case errors.Is(err, directory.ErrLast):
			return fmt.Errorf("%s %q: %s is the only administrator and stays on: nobody could administer this server", act, words[0], person.Name)
		case err != nil:
			return err
		}
		if err := d.Audit(ctx, directory.Act{Name: act, Detail: string(person.ID)}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s (%s) is switched %s.\n", person.Name, person.ID, to)
		return err
	})
}

// auditLines is how far back the audit command prints.
const auditLines = 10_000

// audit prints who got in, who was let in and what was taken out, the newest first: when, what, by whom, on which board,
// to whom. What a command did was done by nobody that the server knows.
func (p program) audit(ctx context.Context, config *Config, words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("audit: %q is one word too many", option.Discreet(words[0]))
	}
	return p.readingDirectory(ctx, config, func(d *directory.Directory) error {
		acts, err := d.Acts(ctx, auditLines)
		if err != nil {
			return err
		}
		for _, a := range acts {
			at := time.UnixMilli(a.At).UTC().Format(time.RFC3339)
			if _, err := fmt.Fprintf(p.stdout, "%s\t%s\t%s\t%s\t%s\n", at, a.Name, a.Person, a.Board, a.Detail); err != nil {
				return err
			}
		}
		return nil
	})
}

// withDirectory runs do on a database that servers may run on.
func (p program) withDirectory(ctx context.Context, config *Config, do func(d *directory.Directory) error) error {
	return onDirectory(ctx, config, besideStore, func(d *directory.Directory) error {
		if err := servable(ctx, d, config); err != nil {
			return err
		}
		return do(d)
	})
}

// readingDirectory is withDirectory for what changes nothing.
func (p program) readingDirectory(ctx context.Context, config *Config, do func(d *directory.Directory) error) error {
	return onDirectory(ctx, config, readStore, do)
}

func onDirectory(ctx context.Context, config *Config, open func(context.Context, *Config) (store, error), do func(*directory.Directory) error) error {
	data, err := open(ctx, config)
	if err != nil {
		return err
	}
	clock, err := data.clock(ctx)
	if err == nil {
		err = do(directory.New(data, clock.Now))
	}
	if config.Database == "" {
		err = explainedFolder(err, config.Data)
	}
	return errors.Join(err, data.Close())
}

func (p program) printLink(ctx context.Context, config *Config, d *directory.Directory, person directory.Person) error {
	if person.Disabled {
		return fmt.Errorf("account %s: %w; `waymark enable %s` switches it on", person.ID, directory.ErrDisabled, person.ID)
	}
	secret, err := d.AddLoginLink(ctx, person.ID, linkLife)
	if err != nil {
		return err
	}
	if err := d.Audit(ctx, directory.Act{Name: "link", Detail: string(person.ID)}); err != nil {
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
