package option

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bool reads true, false, 1 or 0.
func Bool(to *bool, v string) error {
	switch v {
	case "true", "1":
		*to = true
	case "false", "0":
		*to = false
	default:
		return errors.New("is neither")
	}
	return nil
}

// OneOf reads one of the words that are allowed.
func OneOf(to *string, v string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return errors.New("is none of them")
	}
	*to = v
	return nil
}

// Int reads a whole number from low to high.
func Int(to *int, v string, low, high int) error {
	n, err := strconv.Atoi(v)
	if err != nil {
		return errors.New("is no whole number")
	}
	if n < low || n > high {
		return errors.New("is out of range")
	}
	*to = n
	return nil
}

// Duration reads one from low to high, as 5s or 100ms.
func Duration(to *time.Duration, v string, low, high time.Duration) error {
	d, err := time.ParseDuration(v)
	if err != nil {
		return errors.New("is no duration such as 5s")
	}
	if d < low || d > high {
		return errors.New("is out of range")
	}
	*to = d
	return nil
}

// Postgres reads the URL of a database. Errors repeat nothing of it: it may hold a password.
func Postgres(to *string, v string) error {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return errMisread
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return errors.New("has another scheme")
	case u.Path == "" || u.Path == "/":
		return errors.New("names no database")
	case misread(u) || strings.Contains(u.RawQuery, ";"):
		return errMisread
	}
	*to = v
	return nil
}

// Redis reads the URL of one. Errors repeat nothing of it: it may hold a password.
func Redis(to *string, v string) error {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return errMisread
	case u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix":
		return errors.New("has another scheme")
	case u.Scheme == "unix" && (u.Host != "" || u.Path == ""):
		return errors.New("names no file; want unix:///path of its socket")
	case u.Scheme != "unix" && u.Hostname() == "":
		return errors.New("names no host")
	case misread(u):
		return errMisread
	}
	*to = v
	return nil
}

var errMisread = errors.New("cannot be read; in a password : / ? # @ % are written as %3A %2F %3F %23 %40 %25")

// misread says that a password ended early, at a letter that has a meaning in a URL: its rest would be taken for a host
// or a path, and shown.
func misread(u *url.URL) bool {
	return strings.Contains(u.Host+u.Path+u.RawQuery, "@") || u.Fragment != ""
}
