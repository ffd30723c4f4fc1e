package redisbus

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Why a bus is down, as its [State] says.
var (
	// ErrAway: nothing answers there, or not in time.
	ErrAway = errors.New("redis cannot be reached")
	// ErrPassword: name or password are wrong, or are wanted.
	ErrPassword = errors.New("redis refuses the user or the password")
	// ErrRights: the user may not do what is needed.
	ErrRights = errors.New("redis does not give the user enough rights")
	// ErrOld: it is older than Redis 6.0, or a proxy that does not know HELLO.
	ErrOld = errors.New("redis is too old")
	// ErrTLS: the two cannot agree on TLS.
	ErrTLS = errors.New("no TLS with redis")
	// ErrOther: something answers that is no Redis, or one that is not well.
	ErrOther = errors.New("redis gives no proper answer")
)

// trouble says which of these an error stands for, and what to do.
func (b *Bus) trouble(err error) error {
	return trouble(err, "resetchannels '&"+allOf(b.config.Cluster)+"*'")
}

// trouble says it of what needs other rights than the bus too.
func trouble(err error, rights string) error {
	if err == nil {
		return nil
	}
	var said redis.Error
	var record tls.RecordHeaderError
	var cert *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.As(err, &said):
		return answered(err, said.Error(), rights)
	case errors.As(err, &record):
		return fmt.Errorf("%w: it does not speak TLS at that port; want redis:// or its TLS port (%w)", ErrTLS, err)
	case errors.As(err, &cert):
		return fmt.Errorf("%w: this computer does not trust its certificate (%w)", ErrTLS, err)
	case errors.Is(err, errTLS):
		return fmt.Errorf("%w: it does not answer in TLS; if this is its plain port, want redis:// (%w)", ErrAway, err)
	case errors.Is(err, errHungUp):
		return fmt.Errorf("%w: see whether it wants TLS, then rediss://, or has too many clients, see maxclients (%w)", ErrAway, err)
	case errors.Is(err, errSilent), errors.Is(err, errSpent),
		errors.As(err, &network), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, context.Canceled), errors.Is(err, redis.ErrClosed):
		return fmt.Errorf("%w: start it, or see to host and port in the URL and to what stands between, such as a firewall, "+
			"or bind and protected-mode in redis.conf (%w)", ErrAway, err)
	}
	return fmt.Errorf("%w: %w", ErrOther, err)
}

// answered is the trouble that Redis itself tells of.
func answered(err error, said, rights string) error {
	switch {
	case redis.IsAuthError(err), strings.Contains(said, "invalid password"), strings.Contains(said, "without any password"):
		return fmt.Errorf("%w: the URL wants redis://USER:PASSWORD@HOST:6379 with what ACL LIST, or requirepass, has there (%w)", ErrPassword, err)
	case redis.IsPermissionError(err):
		return fmt.Errorf("%w: want ACL SETUSER USER %s +publish +subscribe +unsubscribe (%w)", ErrRights, rights, err)
	case strings.Contains(said, "unknown command"), strings.HasPrefix(said, "NOPROTO"):
		return fmt.Errorf("%w: want Redis 6.0 or newer, and no proxy that hides HELLO, PUBLISH or SUBSCRIBE (%w)", ErrOld, err)
	}
	return fmt.Errorf("%w: %w", ErrOther, err)
}

// sameTrouble reports whether two reasons are of one kind.
func sameTrouble(a, b error) bool {
	for _, kind := range []error{ErrAway, ErrPassword, ErrRights, ErrOld, ErrTLS, ErrOther} {
		if errors.Is(a, kind) != errors.Is(b, kind) {
			return false
		}
	}
	return true
}
