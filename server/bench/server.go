package bench

import (
	"context"
	"errors"
)

func (s *seat) connectServer(ctx context.Context) error { return errors.New("x") }
func (r *run) onceOnServer(ctx context.Context, w workload, folder string) (outcome, *audit, error) {
	return outcome{}, nil, errors.New("x")
}
