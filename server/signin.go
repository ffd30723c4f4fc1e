package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/server/directory"
)

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
	p, err := s.directory.RedeemSetup(ctx, in.Secret, directory.Profile{Name: in.Name, Department: in.Department, Lang: in.Lang})
	if err != nil {
		return s.counted("link", err)
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

// setupState tells the sign-in page whether there is anybody who could sign in. It says nothing of the secret.
func (s *Server) setupState(c echo.Context) error {
	done, err := s.directory.IsSetUp(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Done bool `json:"done"`
	}{done})
}

func (s *Server) login(c echo.Context) error {
	var in struct {
		Secret string `json:"secret"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	p, err := s.directory.RedeemLoginLink(c.Request().Context(), in.Secret)
	if err != nil {
		return s.counted("link", err)
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
		return failField("login")
	}
	p, err := guess(s, c, directory.FoldLogin(in.Login), "password", func() (directory.Person, error) {
		return s.directory.CheckPassword(c.Request().Context(), in.Login, in.Password)
	})
	if err != nil {
		return err
	}
	return s.enter(c, p, "", "signIn")
}

// guess runs a check of something that people choose or type. A wrong one counts against the address and the name;
// whoever has too many waits, before anything is checked. wrong is the code of a wrong guess. The secret of a link has
// 128 bits and is not guessed: an office that opens an old link must not keep those out who have the new one.
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
	isWrong = wrongSecret(err)
	return v, s.counted(wrong, err)
}

func wrongSecret(err error) bool {
	return errors.Is(err, directory.ErrNotFound) || errors.Is(err, directory.ErrPassword)
}

// counted is the failure that a wrong secret is answered by, and any other error as it is.
func (s *Server) counted(wrong string, err error) error {
	if !wrongSecret(err) {
		return err
	}
	s.metrics.wrong.WithLabelValues(wrong).Inc()
	return &Failure{Code: wrong, cause: err}
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
	if p.Lang != "" {
		c.Set("lang", p.Lang)
	}
	return p, caller, nil
}
