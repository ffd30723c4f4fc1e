package pglog

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ClockOffset is by how much the database's clock is ahead of this machine's. It asks three times, for about a
// millisecond in all, and takes the answer that came fastest: it is off by at most half of what that took.
func (l *Log) ClockOffset(ctx context.Context) (time.Duration, error) {
	offset, err := l.clockOffset(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", err)
	}
	return offset, nil
}

func (l *Log) clockOffset(ctx context.Context) (time.Duration, error) {
	c, err := l.acquire(ctx, l.reads)
	if err != nil {
		return 0, err
	}
	defer c.Release()
	return clockAhead(ctx, c.Conn())
}

func clockAhead(ctx context.Context, c *pgx.Conn) (offset time.Duration, err error) {
	var fastest time.Duration
	for i := range 3 {
		var micros int64
		asked := time.Now()
		err := c.QueryRow(ctx, `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(&micros)
		if err != nil {
			return 0, err
		}
		if took := time.Since(asked); i == 0 || took < fastest {
			fastest = took
			offset = time.UnixMicro(micros).Sub(asked.Add(took / 2).Round(0))
		}
	}
	return offset, nil
}
