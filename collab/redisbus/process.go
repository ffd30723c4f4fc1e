package redisbus

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// A Process is a Redis as the machine it runs on sees it.
type Process struct {
	Version string
	PID     int
	Port    int // it listens on
}

// askTimeout is how long a Redis may take to say which process it is.
const askTimeout = 5 * time.Second

// Ask asks the Redis at a URL which process it is, for whoever measures it. The error is one of those of [State], above
// all [ErrRights] when the user may not give the command INFO.
func Ask(ctx context.Context, url string) (Process, error) {
	c := Config{URL: url}
	options, err := c.parse()
	if err != nil {
		return Process{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	options.Protocol, options.DB, options.DisableIdentity = 2, 0, true
	options.MaxRetries, options.DialerRetries, options.ContextTimeoutEnabled = -1, 1, true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	logging.Disable() // it writes to standard error what is returned as an error as well
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }() // the answer is there
	text, err := client.Info(ctx, "server").Result()
	if err != nil {
		return Process{}, trouble(fmt.Errorf("ask which process it is: %w", err), "+info")
	}
	return readProcess(text)
}

// readProcess reads the answer to INFO.
func readProcess(text string) (p Process, err error) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "redis_version":
			p.Version = value
		case "process_id":
			p.PID, err = strconv.Atoi(value)
		case "tcp_port":
			p.Port, err = strconv.Atoi(value)
		}
		if err != nil {
			return Process{}, fmt.Errorf("%w: %s is %q", ErrOther, name, value)
		}
	}
	if p.PID == 0 {
		return Process{}, fmt.Errorf("%w: it does not say which process it is", ErrOther)
	}
	return p, nil
}
