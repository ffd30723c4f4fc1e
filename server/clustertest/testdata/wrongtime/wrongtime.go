// Package wrongtime is what TestClocks has the program import in place of package time: the same, on a computer whose
// clock is wrong by WRONG_TIME.
package wrongtime

import (
	"os"
	"time"
)

var wrong, _ = time.ParseDuration(os.Getenv("WRONG_TIME"))

// Now is what the clock says.
func Now() time.Time { return time.Now().Add(wrong) }

// Since and Until go by the same clock.
func Since(at time.Time) time.Duration { return Now().Sub(at) }

// Until and Since go by the same clock.
func Until(at time.Time) time.Duration { return at.Sub(Now()) }

// All else is as it is.
type (
	Duration = time.Duration
	Month    = time.Month
	Ticker   = time.Ticker
	Time     = time.Time
	Timer    = time.Timer
)

// Units and forms of time.
const (
	Nanosecond  = time.Nanosecond
	Microsecond = time.Microsecond
	Millisecond = time.Millisecond
	Second      = time.Second
	Minute      = time.Minute
	Hour        = time.Hour

	DateOnly = time.DateOnly
	RFC3339  = time.RFC3339
)

// What does not ask the clock.
var (
	After         = time.After
	AfterFunc     = time.AfterFunc
	Date          = time.Date
	NewTicker     = time.NewTicker
	NewTimer      = time.NewTimer
	Parse         = time.Parse
	ParseDuration = time.ParseDuration
	UTC           = time.UTC
	Unix          = time.Unix
	UnixMicro     = time.UnixMicro
	UnixMilli     = time.UnixMilli
)
