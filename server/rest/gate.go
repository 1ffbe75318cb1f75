package rest

import (
	"context"
	"time"

	"bayledger/sync/ledger"
)

// gate lets a few in at once to read the whole journal. Others wait in a line, in the
// order in which they came, for a bounded while; the line is bounded, too.
type gate struct {
	inside chan struct{}
	line   chan struct{}
	wait   time.Duration
}

func newGate(inside, line int, wait time.Duration) *gate {
	return &gate{make(chan struct{}, inside), make(chan struct{}, line), wait}
}

// enter waits for leave to go in; whoever was let in calls leave once. Errors: a *Problem
// (too_fast) where the line is full or nobody left in time, that of ctx.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.inside }
	select {
	case g.inside <- struct{}{}: // nobody waits, else whoever left has let them in
		return leave, nil
	default:
	}
	select {
	case g.line <- struct{}{}:
		defer func() { <-g.line }()
	default:
		return nil, crowded()
	}
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case g.inside <- struct{}{}:
		return leave, nil
	case <-timer.C:
		return nil, crowded()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func crowded() *Problem {
	return problem(ledger.TooFast, "More reports over the whole journal are asked for than are made at once. Nothing was read; ask again in a moment.")
}
