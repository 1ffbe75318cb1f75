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

// readAtOnce is how many products' histories are read while the writer waits: some
// milliseconds.
const readAtOnce = 32

// Stocks calls fn with where the goods of each product lie that want wants, and what
// they cost, all as of entry n. What has to be read for it is read before, a few
// products at a time, so that the writer never waits for long; while fn runs it
// waits, so fn only keeps what it is given. It returns once all that fn saw is
// durable. Errors: those of reading, ErrClosed, that of ctx.
func (b *Book) Stocks(ctx context.Context, want func(*ledger.Product) bool, fn func(*ledger.State, settle.Stock)) (n uint64, err error) {
	return b.valued(ctx, want, func(p *ledger.Product) error {
		s, err := b.settled.Stock(p)
		if err == nil {
			fn(b.state, s)
		}
		return err
	})
}

// Pools is Stocks for who asks only what pools are worth; which entry changed one
// last is not said.
func (b *Book) Pools(ctx context.Context, want func(*ledger.Product) bool, fn func(ledger.PoolValue)) (n uint64, err error) {
	return b.valued(ctx, want, func(product *ledger.Product) error {
		w, err := b.settled.Worth(product)
		for _, p := range w.Pools {
			fn(ledger.PoolValue{Product: product, Site: p.Site, Quantity: p.Quantity, Value: p.Value})
		}
		return err
	})
}

// valued reads what has to be read of the costs of products, and then looks at all
// of them at once.
func (b *Book) valued(ctx context.Context, want func(*ledger.Product) bool, look func(*ledger.Product) error) (n uint64, err error) {
	for next := 0; next >= 0; {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if next, err = b.readSome(next, want); err != nil {
			return 0, err
		}
	}
	if n, err = b.lookAtAll(want, look); err != nil {
		return 0, err
	}
	return n, b.Wait(ctx, n)
}

func (b *Book) lookAtAll(want func(*ledger.Product) bool, look func(*ledger.Product) error) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.state.AllProducts() {
		if !want(p) {
			continue
		}
		if err := look(p); err != nil {
			return 0, err
		}
	}
	return b.decided, nil
}

// readSome reads the costs of some products from one on and returns where to go
// on, -1 at the end.
func (b *Book) readSome(next int, want func(*ledger.Product) bool) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	products := b.settled.State().AllProducts()
	read := 0
	for ; next < len(products) && read < readAtOnce; next++ {
		if p := products[next]; want(p) && !b.settled.Known(p) {
			read++
			if _, err := b.settled.Worth(p); err != nil {
				return -1, err
			}
		}
	}
	b.settled.Forget(b.durable.Load())
	if next == len(products) {
		return -1, nil
	}
	return next, nil
}

// Work is how many facts were taken again since the book was opened because
// something came late, and how many were costed.
func (b *Book) Work() settle.Work {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.settled.Work()
}
