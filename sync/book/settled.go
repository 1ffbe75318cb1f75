package book

import (
	"context"

	"bayledger/sync/settle"
)

// Exceptions calls fn with the settled books, to read exceptions and nothing else:
// unlike Settled it holds nobody up. fn must not keep what it is given. It returns
// once all that fn could see is durable. Errors: ErrClosed, that of ctx.
func (b *Book) Exceptions(ctx context.Context, fn func(s *settle.Books, head uint64)) error {
	b.mu.RLock()
	n := b.decided
	fn(b.settled, n)
	b.mu.RUnlock()
	return b.Wait(ctx, n)
}

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
