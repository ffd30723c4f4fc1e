package main

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"waymark/server/directory"
)

// accountLinkLife is how long the link of a new account waits to be opened.
const accountLinkLife = 7 * 24 * time.Hour

// addAccount makes an account for somebody whom an administrator invites. Its link signs in once; a guest who opens it
// keeps the work.
func (s *Server) addAccount(c echo.Context) error {
	p, _, err := s.caller(c)
	if err != nil {
		return err
	}
	in := struct {
		Name       string `json:"name"`
		Department string `json:"department"`
		Lang       string `json:"lang"`
	}{Lang: p.Lang}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if !p.Admin {
		return fail("admin")
	}
	if err := errors.Join(line("name", &in.Name, 1, 80), line("department", &in.Department, 0, 80), language(&in.Lang)); err != nil {
		return err
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
