package book

import (
	"context"

	"bayledger/sync/ledger"
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

// ExceptionsNow returns the exceptions that want says, those that matter most
// first, and the entry that they stand at, once that is durable. Errors:
// ErrClosed, that of ctx.
func (b *Book) ExceptionsNow(ctx context.Context, want func(*ledger.ExceptionView) bool) (rows []ledger.ExceptionView, head uint64, err error) {
	err = b.Exceptions(ctx, func(s *settle.Books, n uint64) { rows, head = s.Exceptions(want), n })
	return rows, head, err
}

// ExceptionsOf returns exceptions by their ids, once durable; of one that is not
// kept any more only the id. Errors: ErrClosed, that of ctx.
func (b *Book) ExceptionsOf(ctx context.Context, ids []string) (rows []ledger.ExceptionView, err error) {
	err = b.Exceptions(ctx, func(s *settle.Books, _ uint64) {
		for _, id := range ids {
			row, _ := s.Exception(id)
			row.ID = id
			rows = append(rows, row)
		}
	})
	return rows, err
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
