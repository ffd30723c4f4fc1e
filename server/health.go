package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"waymark/collab"
)

// healthz answers as long as the process answers at all.
func (s *Server) healthz(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.String(http.StatusOK, "ok\n")
}

// readyBody says whether people should be sent here, and why not or what is not well, and how safely the database writes.
type readyBody struct {
	Ready       bool   `json:"ready"`
	Why         string `json:"why,omitempty"`
	Synchronous string `json:"synchronous,omitempty"`
}

// readyz answers 503 while the server drains, cannot reach its data, or may not write it: a proxy should then ask another.
func (s *Server) readyz(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	body, err := s.ready(c.Request().Context())
	if err != nil {
		return c.JSON(http.StatusServiceUnavailable, readyBody{Why: err.Error()})
	}
	return c.JSON(http.StatusOK, body)
}

func (s *Server) ready(ctx context.Context) (readyBody, error) {
	if s.draining.Load() {
		return readyBody{}, errors.New("stopping")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	why := ""
	if err := s.hub.Ready(); err != nil {
		if cause := trouble(err); cause != nil {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		if !errors.As(err, new(*collab.BoardTrouble)) || !s.writes(ctx) {
			return readyBody{}, err
		}
		why = err.Error() // the board's own: somebody holds its row
	}
	if err := s.data.InPlace(); err != nil {
		s.log.Error("what is written now will be lost", "error", err)
		return readyBody{}, err
	}
	if err := s.directory.Check(ctx); err != nil {
		s.log.Warn("directory cannot be read", "error", err)
		return readyBody{}, errors.New("the directory of people cannot be read")
	}
	synchronous, err := s.data.writable(ctx)
	switch {
	case errors.Is(err, collab.ErrReadOnly):
		s.log.Warn("the database takes no writes", "error", err)
		return readyBody{}, errors.New("the database takes no writes: it is read-only, or a standby; what is saved can be read")
	case err != nil:
		s.log.Warn("the database does not say whether it takes writes", "error", err)
		return readyBody{}, errors.New("the database does not say whether it takes writes")
	}
	return readyBody{Ready: true, Why: why, Synchronous: synchronous}, nil
}

// writes reports whether a shared database takes writes, whatever a board of it does. Alone there is no other server to
// send people to, and what other boards do has been looked at.
func (s *Server) writes(ctx context.Context) bool {
	return s.data.shared && s.directory.SayHere(ctx, s.self()) == nil
}
