package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/server/directory"
)

// personBody is a person as a browser gets it about itself.
type personBody struct {
	ID         board.ID `json:"id"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Color      string   `json:"color"`
	Initials   string   `json:"initials"`
	Lang       string   `json:"lang"`
	Login      string   `json:"login"`
	Admin      bool     `json:"admin"`
	Guest      bool     `json:"guest"`
	// MayRegister says that this guest may make an account of itself.
	MayRegister bool `json:"mayRegister,omitempty"`
}

func (s *Server) bodyOf(p directory.Person) personBody {
	return personBody{
		ID: p.ID, Name: p.Name, Department: p.Department, Color: p.Color, Initials: p.Initials(), Lang: p.Lang,
		Login: p.Login, Admin: p.Admin, Guest: p.Guest, MayRegister: p.Guest && s.config.SelfRegistration,
	}
}

func (s *Server) me(c echo.Context) error {
	p, _, err := s.caller(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.bodyOf(p))
}

func (s *Server) changeMe(c echo.Context) error {
	p, _, err := s.caller(c)
	if err != nil {
		return err
	}
	spoken := p.Lang
	in := struct {
		Name       *string `json:"name"`
		Department *string `json:"department"`
		Color      *string `json:"color"`
		Lang       *string `json:"lang"`
	}{&p.Name, &p.Department, &p.Color, &p.Lang} // what is absent stays
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if in.Name == nil || in.Department == nil || in.Color == nil || in.Lang == nil {
		return failValue("request", "null is no value here")
	}
	if err := errors.Join(line("name", in.Name, 1, 80), line("department", in.Department, 0, 80)); err != nil {
		return err
	}
	if p.Lang != spoken {
		if err := language(&p.Lang); err != nil {
			return err
		}
	}
	if !slices.Contains(directory.Palette, *in.Color) {
		return failField("color")
	}
	profile := directory.Profile{Name: p.Name, Department: p.Department, Lang: p.Lang}
	if err := s.directory.SetProfile(c.Request().Context(), p.ID, profile, p.Color); err != nil {
		return err
	}
	s.hub.PersonChanged(p.ID)
	return c.JSON(http.StatusOK, s.bodyOf(p))
}

func (s *Server) changePassword(c echo.Context) error {
	p, caller, err := s.caller(c)
	if err != nil {
		return err
	}
	in := struct {
		Old   string `json:"old"`
		New   string `json:"new"`
		Login string `json:"login"`
	}{Login: p.Login}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if err := checkCredentials(&in.Login, in.New); err != nil {
		return err
	}
	if p.Guest && !s.config.SelfRegistration {
		return fail("registration")
	}
	ctx := c.Request().Context()
	if p.Password {
		_, err := guess(s, c, p.Login, "password", func() (bool, error) {
			ok, err := s.directory.HasPassword(ctx, p.ID, in.Old)
			if err == nil && !ok {
				err = directory.ErrPassword
			}
			return ok, err
		})
		if err != nil {
			return err
		}
	}
	if err := s.directory.SetPassword(ctx, p.ID, in.Login, in.New, caller.SignIn); err != nil {
		return err
	}
	s.audit(ctx, directory.Act{Person: p.ID, Name: "password"})
	return c.NoContent(http.StatusNoContent)
}

const (
	minPassword = 10 // letters
	maxPassword = 512
)

func checkCredentials(login *string, password string) error {
	if err := line("login", login, 2, 64); err != nil {
		return err
	}
	if strings.ContainsAny(*login, " \t") {
		return failField("login")
	}
	if utf8.RuneCountInString(password) < minPassword {
		return failValue("shortPassword", strconv.Itoa(minPassword))
	}
	if len(password) > maxPassword {
		return failField("password")
	}
	return nil
}

// audit notes an act; a trail that cannot be written stops nobody, but is an error in the log.
func (s *Server) audit(ctx context.Context, a directory.Act) {
	if err := s.directory.Audit(ctx, a); err != nil {
		s.log.Error("act was not noted", "act", a.Name, "person", a.Person, "board", a.Board, "error", err)
	}
}

// accountLinkLife is how long the link of a new account waits to be opened.
const accountLinkLife = 7 * 24 * time.Hour

// addAccount makes an account for somebody whom an administrator invites. Its link signs in once; a guest who opens it
// keeps the work.
func (s *Server) addAccount(c echo.Context) error {
	p, _, err := s.caller(c)
	if err != nil {
		return err
	}
	var in struct {
		Name       string `json:"name"`
		Department string `json:"department"`
		Lang       string `json:"lang"` // absent: that of the browser it is opened in
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if !p.Admin {
		return fail("admin")
	}
	if err := errors.Join(line("name", &in.Name, 1, 80), line("department", &in.Department, 0, 80)); err != nil {
		return err
	}
	if in.Lang != "" {
		if err := language(&in.Lang); err != nil {
			return err
		}
	}
	ctx := c.Request().Context()
	account, err := s.directory.AddAccount(ctx, directory.Profile{Name: in.Name, Department: in.Department, Lang: in.Lang})
	if err != nil {
		return err
	}
	secret, err := s.directory.AddLoginLink(ctx, account.ID, accountLinkLife)
	if err != nil {
		return err
	}
	s.audit(ctx, directory.Act{Person: p.ID, Name: "account", Detail: string(account.ID)})
	return c.JSON(http.StatusCreated, map[string]string{"person": string(account.ID), "url": s.site.link("/login#" + secret)})
}
