package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
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

// signedBody is what every way in answers; the refresh token travels beside it, in the cookie.
type signedBody struct {
	Person  personBody `json:"person"`
	Access  string     `json:"access"`
	Socket  string     `json:"socket"`
	Expires int64      `json:"expires"`
	Board   board.ID   `json:"board,omitempty"`
	// Adopted is the guest of this browser who is this account from now on.
	Adopted board.ID `json:"adopted,omitempty"`
}

// enter signs the browser in as the person and answers.
func (s *Server) enter(c echo.Context, p directory.Person, to board.ID, act string) error {
	ctx := c.Request().Context()
	guest, err := s.leaveGuest(ctx, c, p)
	if err != nil {
		return err
	}
	signIn, err := s.signInOf(ctx, c, p)
	if err != nil {
		return err
	}
	s.audit(ctx, directory.Act{Person: p.ID, Board: to, Name: act})
	return s.answerSigned(c, signIn, signedBody{Board: to, Adopted: guest})
}

func (s *Server) answerSigned(c echo.Context, signIn directory.SignIn, body signedBody) error {
	caller := Caller{Person: signIn.Person.ID, SignIn: signIn.ID}
	access, _, err := s.tokens.Sign(caller, audienceAPI)
	if err != nil {
		return err
	}
	socket, expires, err := s.tokens.Sign(caller, audienceSocket)
	if err != nil {
		return err
	}
	c.SetCookie(s.site.cookie(signIn.Refresh))
	body.Person, body.Access, body.Socket, body.Expires = s.bodyOf(signIn.Person), access, socket, expires.UnixMilli()
	return c.JSON(http.StatusOK, body)
}

// signInOf goes on with this browser's sign-in when it is the same person's: its other tabs hang on that.
func (s *Server) signInOf(ctx context.Context, c echo.Context, p directory.Person) (directory.SignIn, error) {
	if token := s.site.refreshToken(c.Request()); token != "" {
		if holder, err := s.directory.Holder(ctx, token); err == nil && holder.ID == p.ID {
			return s.directory.Refresh(ctx, token)
		}
	}
	return s.directory.SignIn(ctx, p)
}

func (s *Server) setup(c echo.Context) error {
	var in struct {
		Secret     string `json:"secret"`
		Name       string `json:"name"`
		Department string `json:"department"`
		Login      string `json:"login"`
		Password   string `json:"password"`
		Lang       string `json:"lang"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if err := errors.Join(line("name", &in.Name, 1, 80), line("department", &in.Department, 0, 80), language(&in.Lang)); err != nil {
		return err
	}
	if in.Login != "" || in.Password != "" {
		if err := checkCredentials(&in.Login, in.Password); err != nil {
			return err
		}
	}
	ctx := c.Request().Context()
	p, err := guess(s, c, "", "link", func() (directory.Person, error) {
		return s.directory.RedeemSetup(ctx, in.Secret, directory.Profile{Name: in.Name, Department: in.Department, Lang: in.Lang})
	})
	if err != nil {
		return err
	}
	if in.Login != "" {
		if err := s.directory.SetPassword(ctx, p.ID, in.Login, in.Password, ""); err != nil {
			return err
		}
		p.Login, p.Password = directory.FoldLogin(in.Login), true
	}
	sample, err := s.sampleBoard(ctx, p)
	if err != nil {
		// The account exists by now: without its sample board it is still the way in.
		s.log.Error("no sample board", "request", c.Get("request"), "error", err)
	}
	return s.enter(c, p, sample, "setup")
}

func (s *Server) login(c echo.Context) error {
	var in struct {
		Secret string `json:"secret"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	p, err := guess(s, c, "", "link", func() (directory.Person, error) {
		return s.directory.RedeemLoginLink(c.Request().Context(), in.Secret)
	})
	if err != nil {
		return err
	}
	return s.enter(c, p, "", "loginLink")
}

func (s *Server) signin(c echo.Context) error {
	var in struct {
		Login    string `json:"login"`
		Password string `json:"password"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if len(in.Login) > 256 || len(in.Password) > maxPassword {
		return failValue("field", "login")
	}
	p, err := guess(s, c, directory.FoldLogin(in.Login), "password", func() (directory.Person, error) {
		return s.directory.CheckPassword(c.Request().Context(), in.Login, in.Password)
	})
	if err != nil {
		return err
	}
	return s.enter(c, p, "", "signIn")
}

// guess runs a check of something secret. A wrong one counts against the address and the name; whoever has too many
// waits, before anything is checked. wrong is the code of a wrong guess.
func guess[T any](s *Server, c echo.Context, name, wrong string, check func() (T, error)) (T, error) {
	var none T
	leave, wait, err := s.gate.Enter(c.Request().Context(), s.address(c), name)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return none, &Failure{Code: "busy", cause: err}
	case err != nil:
		return none, err
	case wait > 0:
		return none, failWait("wait", wait)
	}
	isWrong := false
	defer func() { leave(isWrong) }()
	v, err := check()
	if isWrong = errors.Is(err, directory.ErrNotFound) || errors.Is(err, directory.ErrPassword); isWrong {
		s.metrics.wrong.WithLabelValues(wrong).Inc()
		return none, &Failure{Code: wrong, cause: err}
	}
	return v, err
}

func (s *Server) refresh(c echo.Context) error {
	token := s.site.refreshToken(c.Request())
	if token == "" {
		return c.NoContent(http.StatusNoContent) // nobody ever signed in with this browser: nothing failed
	}
	signIn, err := s.directory.Refresh(c.Request().Context(), token)
	switch {
	case errors.Is(err, directory.ErrNotFound), errors.Is(err, directory.ErrExpired), errors.Is(err, directory.ErrUsed):
		// The cookie stays: another tab may have put a newer one there by now.
		return &Failure{Code: "signedOut", cause: err}
	case err != nil:
		return err
	}
	return s.answerSigned(c, signIn, signedBody{})
}

func (s *Server) signout(c echo.Context) error {
	ctx := c.Request().Context()
	if token := s.site.refreshToken(c.Request()); token != "" {
		signIn, err := s.directory.SignOut(ctx, token)
		if err != nil {
			return err
		}
		if signIn.ID != "" {
			s.endSockets(signIn.ID)
			s.audit(ctx, directory.Act{Person: signIn.Person.ID, Name: "signOut"})
		}
	}
	c.SetCookie(s.site.cookie(""))
	return c.NoContent(http.StatusNoContent)
}

// caller returns who makes an API call; the token's person must still be there and its sign-in not ended.
func (s *Server) caller(c echo.Context) (directory.Person, Caller, error) {
	text, ok := strings.CutPrefix(c.Request().Header.Get(echo.HeaderAuthorization), "Bearer ")
	if !ok {
		return directory.Person{}, Caller{}, fail("token")
	}
	caller, err := s.tokens.Check(text, audienceAPI)
	if err != nil {
		return directory.Person{}, Caller{}, err
	}
	p, err := s.directory.Active(c.Request().Context(), caller.Person, caller.SignIn)
	if errors.Is(err, directory.ErrNotFound) {
		return directory.Person{}, Caller{}, &Failure{Code: "signedOut", cause: err}
	}
	if err != nil {
		return directory.Person{}, Caller{}, err
	}
	c.Set("lang", p.Lang)
	return p, caller, nil
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
	if err := errors.Join(line("name", in.Name, 1, 80), line("department", in.Department, 0, 80), language(in.Lang)); err != nil {
		return err
	}
	if !slices.Contains(directory.Palette, *in.Color) {
		return failValue("field", "color")
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
		return failValue("field", "login")
	}
	if n := utf8.RuneCountInString(password); n < minPassword || len(password) > maxPassword {
		return failValue("field", "password")
	}
	return nil
}

// audit notes an act; a trail that cannot be written stops nobody, but is an error in the log.
func (s *Server) audit(ctx context.Context, a directory.Act) {
	if err := s.directory.Audit(ctx, a); err != nil {
		s.log.Error("act was not noted", "act", a.Name, "person", a.Person, "board", a.Board, "error", err)
	}
}
