package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/server/doctor"
)

// requestTime bounds what one API request may wait for.
const requestTime = 20 * time.Second

// routes binds every address below the public path to its handler.
func (s *Server) routes() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(logLines{s.log})
	e.IPExtractor = func(r *http.Request) string { return clientAddress(r, s.config.Proxies).String() }
	e.HTTPErrorHandler = s.answerFailure
	e.Use(s.observe, s.protect)

	page := []string{"/", "/join", "/setup", "/login", "/signin", "/check"}
	for _, p := range page {
		e.GET(p, s.pages.Shell)
		e.HEAD(p, s.pages.Shell)
	}
	e.GET("/b/:board", s.boardPage)
	e.HEAD("/b/:board", s.boardPage)
	e.GET("/assets/*", s.pages.Asset)
	e.HEAD("/assets/*", s.pages.Asset)
	e.GET("/healthz", s.healthz)
	e.GET("/readyz", s.readyz)
	e.GET("/metrics", s.metricsPage)
	e.GET("/socket", s.socket)

	api := e.Group("/api", s.fromOwnPage, timeout)
	api.GET("/setup", s.setupState)
	api.POST("/setup", s.setup)
	api.POST("/login", s.login)
	api.POST("/signin", s.signin)
	api.POST("/refresh", s.refresh)
	api.POST("/signout", s.signout)
	api.POST("/invites/look", s.lookAtInvite)
	api.POST("/invites/join", s.joinByInvite)

	api.GET("/reached", s.reached)
	api.GET("/me", s.me)
	api.PATCH("/me", s.changeMe)
	api.POST("/me/password", s.changePassword)
	api.POST("/accounts", s.addAccount)
	api.GET("/templates", s.templates)
	api.GET("/boards", s.boards)
	api.POST("/boards", s.createBoard)
	api.POST("/boards/import", s.importBoard)
	api.POST("/boards/:board/title", s.renameBoard)
	api.POST("/boards/:board/trash", s.trashBoard)
	api.POST("/boards/:board/restore", s.restoreBoard)
	api.GET("/boards/:board/export", s.exportBoard)
	api.GET("/boards/:board/access", s.access)
	api.POST("/boards/:board/invites", s.addInvite)
	api.POST("/boards/:board/invites/:invite/close", s.closeInvite)
	api.POST("/boards/:board/invites/:invite/renew", s.renewInvite)
	api.POST("/boards/:board/members", s.setRole)
	api.POST("/boards/:board/members/:person/remove", s.removeMember)

	return s.belowPath(e)
}

// boardPage answers the page of a board. Whether there is that board, only those who are on it are told.
func (s *Server) boardPage(c echo.Context) error {
	if boardID(board.ID(c.Param("board"))) != nil {
		return s.pages.sendShell(c, http.StatusNotFound)
	}
	return s.pages.Shell(c)
}

// belowPath takes the public path off the front of a request's. A proxy may have done so already: then there is
// nothing to take.
func (s *Server) belowPath(next http.Handler) http.Handler {
	base := s.site.path()
	if base == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == base {
			http.Redirect(w, r, base+"/", http.StatusPermanentRedirect)
			return
		}
		if rest, ok := strings.CutPrefix(r.URL.Path, base+"/"); ok {
			r.URL.Path, r.URL.RawPath = "/"+rest, ""
		}
		next.ServeHTTP(w, r)
	})
}

// observe gives the request an id, counts it and writes one log line. The line names the route, not the address.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		start := s.now()
		id := make([]byte, 8)
		_, _ = rand.Read(id)
		c.Set("request", hex.EncodeToString(id))
		c.Response().Header().Set("X-Request-Id", hex.EncodeToString(id))
		defer func() {
			if p := recover(); p != nil {
				if abort, ok := p.(error); ok && errors.Is(abort, http.ErrAbortHandler) {
					panic(p)
				}
				err = fmt.Errorf("panic: %v", p)
				s.log.Error("handler panicked", "request", c.Get("request"), "panic", p, "stack", stack())
			}
			if err != nil {
				c.Error(err)
			}
			status, took := c.Response().Status, s.now().Sub(start)
			s.metrics.request(c.Path(), c.Request().Method, status, took)
			level := slog.LevelDebug
			if strings.HasPrefix(c.Path(), "/api/") {
				level = slog.LevelInfo
			}
			if status >= http.StatusInternalServerError {
				level = slog.LevelError
			}
			s.log.Log(c.Request().Context(), level, "request", "request", c.Get("request"), "method", logged(c.Request().Method),
				"route", logged(c.Path()), "board", boardOf(c), "status", status, "took", took)
			err = nil
		}()
		return next(c)
	}
}

// protect sets what every answer carries.
func (s *Server) protect(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		if s.site.https() && s.site.path() == "" { // on a path the host is not ours alone to bind
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

// fromOwnPage refuses what another site's page could send: API calls need a header that only own pages may set, and
// an Origin that is ours. Answers are never kept in a cache.
func (s *Server) fromOwnPage(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		r := c.Request()
		if !s.site.allows(r) && c.Path() != doctor.ReachedPath { // that says what came, to whoever has a token of the doctor's
			return failValue("origin", s.site.url.String()+"/")
		}
		if r.Header.Get("X-Waymark") != "1" && r.Header.Get(echo.HeaderAuthorization) == "" {
			return fail("header")
		}
		return next(c)
	}
}

func timeout(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), requestTime)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// answerFailure is the one place where an error becomes an answer.
func (s *Server) answerFailure(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	f := asFailure(err)
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		c.Response().Status = 499 // whoever asked is gone; nothing reaches them
		return
	}
	status, body := f.body(s.language(c))
	if status >= http.StatusInternalServerError {
		s.log.Error("request was not done", "request", c.Get("request"), "route", logged(c.Path()), "board", boardOf(c), "error", err)
		body.Request, _ = c.Get("request").(string)
	}
	if body.RetryMs > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, fmt.Sprint(body.RetryMs/1000))
	}
	if f.Code == "noPage" && c.Request().Method == http.MethodGet && !strings.HasPrefix(c.Request().URL.Path, "/api/") &&
		strings.Contains(c.Request().Header.Get("Accept"), "text/html") {
		err = s.pages.sendShell(c, http.StatusNotFound)
	} else {
		err = c.JSON(status, body)
	}
	if err != nil {
		s.log.Debug("answer was not taken", "request", c.Get("request"), "error", err)
	}
}

// language is that of the person, else the first of the browser's that we speak.
func (s *Server) language(c echo.Context) string {
	if lang, ok := c.Get("lang").(string); ok {
		return lang
	}
	for part := range strings.SplitSeq(c.Request().Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(part)), ";")
		switch primary, _, _ := strings.Cut(tag, "-"); primary {
		case "de", "en":
			return primary
		}
	}
	return "en"
}

func (s *Server) address(c echo.Context) netip.Addr {
	return clientAddress(c.Request(), s.config.Proxies)
}

// logLines takes what Echo itself prints.
type logLines struct{ log *slog.Logger }

func (l logLines) Write(p []byte) (int, error) {
	l.log.Warn("web framework", "line", strings.TrimSpace(string(p)))
	return len(p), nil
}
