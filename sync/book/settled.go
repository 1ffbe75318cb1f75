package book

import (
	"context"

	"bayledger/sync/settle"
)

// Settled calls fn with the settled books, for questions that reach into stored
// histories: values, open holds. The writer waits meanwhile, so fn must be quick;
// it must not book anything, nor keep what it is given. It returns once all that
// fn could see is durable. Errors: fn's, ErrClosed, that of ctx.
func (b *Book) Settled(ctx context.Context, fn func(s *settle.Books) error) error {
	b.mu.Lock()
	n := b.decided
	err := fn(b.settled)
	b.mu.Unlock()
	if err != nil {
		return err
	}
	return b.Wait(ctx, n)
}
