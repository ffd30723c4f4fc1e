package pglog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// An explained error says to a person what it is caused by, and what to do.
type explained struct {
	words string
	cause error
}

func (e *explained) Error() string { return e.words }
func (e *explained) Unwrap() error { return e.cause }

// explain says what keeps the database from being opened; an error that says it itself stays as it is. Of several hosts,
// or several ways to one, the last tells.
func explain(err error, to *pgx.ConnConfig) error {
	var connecting *pgconn.ConnectError
	if !errors.As(err, &connecting) {
		return explainAnswer(err)
	}
	say := func(cause error, text string, args ...any) error {
		words := fmt.Sprintf(text, args...)
		if cause != nil {
			words += " (" + strings.Join(strings.Fields(cause.Error()), " ") + ")"
		}
		return &explained{words, err}
	}
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return explainRefusal(said, to, say)
	}
	var name *net.DNSError
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	var refused syscall.Errno
	text := err.Error()
	switch {
	case errors.Is(err, errStandby):
		return errStandby
	case errors.As(err, &name):
		return say(nil, "there is no host of that name: see to it in the address, or to this computer's name service (lookup %s: %s)", name.Name, name.Err)
	case errors.As(err, &certificate), errors.As(err, new(x509.UnknownAuthorityError)), errors.As(err, new(x509.HostnameError)):
		return say(certificate, "its certificate is not trusted: name its authority by sslrootcert=FILE in the address")
	case strings.Contains(text, "server refused TLS connection") && !strings.Contains(text, "invalid body length"):
		return say(nil, "it speaks no TLS: set ssl = on there, or sslmode=disable in the address where nobody on the way can listen")
	case errors.As(err, &record), strings.Contains(text, "invalid body length"), strings.Contains(text, "unknown message type"),
		strings.Contains(text, "unexpected message"), strings.Contains(text, "does not look like a TLS handshake"):
		return say(nil, "what answers there is no Postgres: see to host and port in the address")
	case errors.As(err, &refused) && refused == syscall.ECONNREFUSED:
		return say(refused, "nothing listens there: is Postgres running, are host and port right, does its listen_addresses let others than its own computer in")
	case isTimeout(err):
		return say(nil, "nothing there answers as Postgres does, within %s: is the port right, does a firewall stand between", to.ConnectTimeout)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &refused) && refused == syscall.ECONNRESET:
		return say(nil, "what answers there hangs up: it is no Postgres, or one that is ending; see to host and port in the address")
	}
	return err
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// explainRefusal is for what Postgres itself says when it lets nobody in.
func explainRefusal(said *pgconn.PgError, to *pgx.ConnConfig, say func(error, string, ...any) error) error {
	cause := errors.New(said.Message)
	if isFull(said) {
		return say(cause, full)
	}
	switch said.Code {
	case "28P01", "28000":
		if to.Password == "" {
			return say(cause, "it does not let %q in without a password: see to user and password in the address, and to its pg_hba.conf", to.User)
		}
		return say(cause, "it does not let %q in with this password: see to user and password in the address (there : / ? # @ %% are written as "+
			"%%3A %%2F %%3F %%23 %%40 %%25), and to its pg_hba.conf", to.User)
	case "3D000":
		return say(cause, "there is no such database: CREATE DATABASE %s OWNER %s ENCODING 'UTF8' TEMPLATE template0", ident(to.Database), ident(to.User))
	case "53300":
		for of, statement := range map[string]string{"for role": "ROLE " + ident(to.User), "for database": "DATABASE " + ident(to.Database)} {
			if strings.Contains(said.Message, of) {
				return say(cause, "it has no connection left, and each server takes up to %d: ALTER %s CONNECTION LIMIT -1 takes the limit away, "+
					"or set it to %d times as many as there are servers", Conns, statement, Conns)
			}
		}
		return say(cause, "it has no connection left, and each server takes up to %d: raise max_connections, or end what takes them", Conns)
	case "57P03":
		return say(cause, "it is starting or stopping: try again")
	case insufficientPrivilege:
		return say(cause, "%q may not use it: as its owner, GRANT CONNECT ON DATABASE %s TO %s", to.User, ident(to.Database), ident(to.User))
	}
	return say(cause, "it lets nobody in")
}

// full is what to say of a disk that is.
const full = "its disk is full: make room on the disk of the database; what is saved is kept, and nothing was changed"

// isFull reports whether the disk is the reason. What Postgres keeps of its catalogs for each connection to begin with
// it writes without a code for that.
func isFull(said *pgconn.PgError) bool {
	return said.Code == diskFull || strings.Contains(said.Message, "could not write init file") ||
		strings.Contains(said.Message, "No space left on device")
}

// explainAnswer is for what goes wrong when somebody was let in.
func explainAnswer(err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return err
	}
	switch {
	case isFull(said):
		return &explained{full + " (" + said.Message + ")", err}
	case said.Code == lockNotAvailable:
		return &explained{"somebody holds its tables: a move or a restore is under way; try again when that has ended (" + said.Message + ")", err}
	}
	return err
}
