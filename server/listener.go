package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"syscall"
)

// portsTried is how many ports behind the default one are tried before giving up.
const portsTried = 20

// canListen looks whether the address can be bound and the certificate read, so that a start that must fail makes no
// folder. What it binds it gives back at once: a port that is open before the server is ready would have people wait.
func canListen(ctx context.Context, config *Config) error {
	l, err := listen(ctx, config, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return err
	}
	return l.Close()
}

// listen binds the address. A port that somebody asked for must be free; the default one moves on.
// refused is told why a connection found no place.
func listen(ctx context.Context, config *Config, log *slog.Logger, refused func(why string)) (net.Listener, error) {
	var lc net.ListenConfig
	host, port, err := net.SplitHostPort(config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", config.Listen, err)
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", config.Listen, err)
	}
	tries := 1
	if !config.ListenGiven {
		tries = portsTried
	}
	for i := range tries {
		var l net.Listener
		if l, err = lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(first+i))); err == nil {
			return secure(bound(l, config, log, refused), config, log)
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, fmt.Errorf("%s %q: %w", config.given.Source("listen"), config.Listen, unbound(err, host, port))
}

// unbound says why an address could not be had, and what to do.
func unbound(err error, host, port string) error {
	var lookup *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %s is in use by another program; stop that one, or choose another port", port)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %s is for programs with more rights than this one has; choose a port from 1024 on, "+
			"with a proxy before it, or give the program the right (on Linux CAP_NET_BIND_SERVICE)", port)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("this computer has no address %s; want one of its own, 127.0.0.1 for this computer alone, or :%s for all that it has", host, port)
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return fmt.Errorf("there is no host %s; want an address of this computer, or :%s for all that it has", host, port)
	case errors.As(err, &lookup):
		return fmt.Errorf("the address of host %s could not be asked for; want an address of this computer, or :%s for all that it has: %w", host, port, err)
	}
	return fmt.Errorf("it cannot be listened on; want an address of this computer, or :%s for all that it has: %w", port, err)
}

// secure has the listener speak TLS when there is a certificate.
func secure(l net.Listener, config *Config, log *slog.Logger) (net.Listener, error) {
	if !config.TLS() {
		return l, nil
	}
	certificate, err := openCertificate(config, log)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return tls.NewListener(l, &tls.Config{
		GetCertificate: certificate.Get,
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"}, // a WebSocket needs it, and one connection can carry both
	}), nil
}
