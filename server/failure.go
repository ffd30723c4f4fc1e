package main

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"waymark/collab"
	"waymark/server/directory"
)

// A Failure is a request that was not done, by its code in the table of failures. The cause is for the log alone.
type Failure struct {
	Code   string
	Wait   time.Duration // > 0: when the same request may be tried again
	Value  string        // stands for %s in the table's words
	German string        // the same in German, where it is words too
	cause  error
}

func (f *Failure) Error() string {
	if f.cause == nil {
		return f.Code
	}
	return f.Code + ": " + f.cause.Error()
}

func (f *Failure) Unwrap() error { return f.cause }

func fail(code string) error { return &Failure{Code: code} }

func failValue(code, value string) error { return &Failure{Code: code, Value: value} }

func failWait(code string, wait time.Duration) error { return &Failure{Code: code, Wait: wait} }

// causes maps what the parts below say to a code; the first that fits counts.
var causes = []struct {
	err  error
	code string
}{
	{errToken, "token"},
	{collab.ErrGone, "notFound"},
	{collab.ErrExists, "exists"},
	{collab.ErrDraining, "draining"},
	{collab.ErrClosed, "busy"},
	{directory.ErrNotFound, "notFound"},
	{directory.ErrUsed, "used"},
	{directory.ErrExpired, "expired"},
	{directory.ErrFull, "full"},
	{directory.ErrPassword, "password"},
	{directory.ErrTaken, "taken"},
	{directory.ErrDisabled, "disabled"},
	{directory.ErrBusy, "busy"},
	{context.DeadlineExceeded, "unavailable"},
}

// troubles maps what keeps the database from answering to a code.
var troubles = map[error]string{
	collab.ErrAway:     "unavailable",
	collab.ErrFull:     "diskFull",
	collab.ErrReadOnly: "readOnly",
}

// retryAfter is when to try again what this server could not do just now.
const retryAfter = 5 * time.Second

// asFailure finds the failure an error stands for. What nobody foresaw is a fault.
func asFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	for _, c := range causes {
		if errors.Is(err, c.err) {
			return &Failure{Code: c.code, cause: err}
		}
	}
	if t := trouble(err); t != nil {
		return &Failure{Code: troubles[t], cause: err}
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &Failure{Code: "tooLarge", Value: strconv.FormatInt(tooLarge.Limit>>10, 10), cause: err}
	}
	var h *echo.HTTPError
	if errors.As(err, &h) {
		switch h.Code {
		case http.StatusNotFound:
			return &Failure{Code: "noPage", cause: err}
		case http.StatusMethodNotAllowed:
			return &Failure{Code: "method", cause: err}
		}
	}
	return &Failure{Code: "fault", cause: err}
}

// A failureBody is what a failed request is answered with.
type failureBody struct {
	Code    string `json:"code"`
	Message string `json:"message"` // what happened
	Kept    string `json:"kept"`    // what was kept
	Next    string `json:"next"`    // what to do
	RetryMs int64  `json:"retryMs,omitempty"`
	Request string `json:"request,omitempty"` // the id under which the log has more
}

// body words the failure for a person.
func (f *Failure) body(lang string) (int, failureBody) {
	kind, ok := failures[f.Code]
	if !ok {
		kind = failures["fault"]
	}
	words, value := kind.en, f.Value
	if lang == "de" {
		words = kind.de
		if f.German != "" {
			value = f.German
		}
	}
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "%s", value)
	}
	wait := f.Wait
	if kind.status == http.StatusServiceUnavailable {
		wait = max(wait, retryAfter)
	}
	return kind.status, failureBody{
		Code: f.Code, Message: words[0], Kept: words[1], Next: words[2],
		RetryMs: int64(math.Ceil(wait.Seconds())) * 1000,
	}
}
