package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"waymark/board"
)

// newLog writes lines of the chosen form, each with the server's name. What is logged are ids and numbers, never what people write.
func newLog(c *Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo // ReadConfig lets no other word through
	}
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if c.LogFormat == "json" {
		handler = slog.NewJSONHandler(w, options)
	}
	return slog.New(handler).With("server", c.Name)
}

// maxLogged is the length up to which a word of somebody else's goes into a line.
const maxLogged = 128

// logged is what a line says of a word that came with a request: the word when it is short and plain. The line of a
// stranger must not fill the disk.
func logged(word string) string {
	if len(word) > maxLogged || strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Sprintf("(%d bytes)", len(word))
	}
	return word
}

// boardOf is the board that a request is about: the one in its path, or the one that a socket opened.
func boardOf(c echo.Context) string {
	if id, ok := c.Get("board").(board.ID); ok {
		return logged(string(id))
	}
	return logged(c.Param("board"))
}

func stack() string { return string(debug.Stack()) }

func hostname(hostPort string) string {
	if host, _, err := net.SplitHostPort(hostPort); err == nil {
		return host
	}
	return hostPort
}
