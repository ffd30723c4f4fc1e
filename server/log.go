package main

import (
	"io"
	"log/slog"
	"net"
	"runtime/debug"
)

// newLog writes lines of the chosen form. What is logged are ids and numbers, never what people write.
func newLog(c *Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo // ReadConfig lets no other word through
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func stack() string { return string(debug.Stack()) }

func hostname(hostPort string) string {
	if host, _, err := net.SplitHostPort(hostPort); err == nil {
		return host
	}
	return hostPort
}
