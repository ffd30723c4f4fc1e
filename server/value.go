package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"waymark/board"
)

func setListen(c *Config, v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("has no port")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("port %q is not a number from 0 to 65535", port)
	}
	if strings.ContainsAny(host, " /") {
		return fmt.Errorf("host %q has a blank or a slash", host)
	}
	c.Listen = v
	return nil
}

func setPublicURL(c *Config, v string) error {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return errors.New("cannot be read")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("has another scheme")
	case u.Hostname() == "":
		return errors.New("names no host")
	case u.Port() != "" && !isPort(u.Port()):
		return fmt.Errorf("port %s is not a number from 1 to 65535", u.Port())
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.ForceQuery:
		return errors.New("has a query, a fragment or a user")
	case !plainPath(u.Path):
		return errors.New("has a path with other characters than letters, digits and - . _ ~")
	}
	host, err := hostName(u.Hostname())
	if err != nil {
		return err
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = ""
	u.Host = joinPort(host, u.Scheme, u.Port())
	c.PublicURL = u
	return nil
}

func isPort(v string) bool {
	n, err := strconv.Atoi(v)
	return err == nil && n >= 1 && n <= 65535
}

// hostName is a host as browsers name it in an Origin: in lower case, with letters of other alphabets in Punycode.
func hostName(v string) (string, error) {
	if addr, err := netip.ParseAddr(v); err == nil && addr.Zone() == "" {
		return addr.String(), nil
	}
	host := strings.ToLower(v)
	if strings.ContainsFunc(v, func(r rune) bool { return r > unicode.MaxASCII }) {
		ascii, err := idna.Lookup.ToASCII(v)
		if err != nil {
			return "", fmt.Errorf("host %q is no name of the domain system", v)
		}
		host = ascii
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", fmt.Errorf("host %q is no name and no address", v)
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", fmt.Errorf("host %q is no address", v)
	}
	return host, nil
}

// plainPath keeps the path free of what would need an escape in HTML, a cookie or a Content-Security-Policy.
func plainPath(p string) bool {
	if strings.Contains(p, "//") || strings.Contains(p, "/.") {
		return false
	}
	for _, r := range p {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-._~/", r):
		default:
			return false
		}
	}
	return true
}

func setProxies(c *Config, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		if prefix, err := netip.ParsePrefix(part); err == nil {
			c.Proxies = append(c.Proxies, prefix.Masked())
			continue
		}
		addr, err := netip.ParseAddr(part)
		if err != nil {
			return fmt.Errorf("%q is no address", part)
		}
		c.Proxies = append(c.Proxies, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
	}
	return nil
}

func setBoard(c *Config, v string) error {
	if err := boardID(board.ID(v)); err != nil {
		return errors.New("is none")
	}
	c.Board = board.ID(v)
	return nil
}

func setWithout(c *Config, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		id := board.ID(strings.TrimSpace(part))
		if err := boardID(id); err != nil {
			return fmt.Errorf("%q is no id of a board", id)
		}
		if !slices.Contains(c.Without, id) {
			c.Without = append(c.Without, id)
		}
	}
	return nil
}

// commas joins ids as setWithout reads them.
func commas(ids []board.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ",")
}

func setName(c *Config, v string) error {
	if len(v) > maxName {
		return fmt.Errorf("has %d characters", len(v))
	}
	if strings.ContainsFunc(v, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
	}) {
		return errors.New("has other characters")
	}
	c.Name = v
	return nil
}

// maxName is how long a server's name may be.
const maxName = 60

// computerName is what a server is called that nobody has named.
func computerName() string {
	name, err := os.Hostname()
	if err != nil || setName(&Config{}, name) != nil || name == "" {
		return "waymark"
	}
	return name
}
