package main

import (
	"cmp"
	"net/http"
	"time"

	"waymark/server/directory"
)

// The refresh token's cookie. Its name says what the browser itself must hold it to: __Host- ties it to this host,
// its root and TLS; __Secure- to TLS, where the server lives under a path. Plain http has neither; there the port is
// part of the name, for cookies of one computer are shared by all its ports. It is the port that people type: behind a
// proxy the servers may listen on others, each on its own.
func (s *Site) cookieName() string {
	switch {
	case s.https() && s.path() == "":
		return "__Host-waymark"
	case s.https():
		return "__Secure-waymark"
	}
	return "waymark-" + cmp.Or(s.url.Port(), "80")
}

func (s *Site) cookie(value string) *http.Cookie {
	c := &http.Cookie{
		Name: s.cookieName(), Value: value, Path: s.path() + "/", HttpOnly: true, Secure: s.https(),
		SameSite: http.SameSiteStrictMode, MaxAge: int(directory.RefreshLife / time.Second),
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// refreshToken is the token in the request's cookie, "" without one.
func (s *Site) refreshToken(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil || len(c.Value) > 128 {
		return ""
	}
	return c.Value
}
