package book

import (
	"context"
	"slices"

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

// Stocks returns where the goods of each product lie that want wants, and what they
// cost, all as of entry n; of each product keep leaves what is looked for, and says
// whether that is anything. The writer never waits for all of it: see together. It
// returns once all of it is durable. Errors: those of reading, ErrClosed, that of ctx.
func (b *Book) Stocks(ctx context.Context, want func(*ledger.Product) bool, keep func(*ledger.State, *settle.Stock) bool) (out []settle.Stock, n uint64, err error) {
	if err := b.readCosts(ctx, want); err != nil {
		return nil, 0, err
	}
	return together(ctx, b, want, func(p *ledger.Product) (s settle.Stock, keeps bool, size int, err error) {
		if s, err = b.settled.Stock(p); err == nil {
			size = s.Cells()
			keeps = keep(b.state, &s)
		}
		return s, keeps, size, err
	})
}

// Pools is Stocks for who asks only what pools are worth; which entry changed one
// last is not said.
func (b *Book) Pools(ctx context.Context, want func(*ledger.Product) bool) (out []ledger.PoolValue, n uint64, err error) {
	if err := b.readCosts(ctx, want); err != nil {
		return nil, 0, err
	}
	worths, n, err := together(ctx, b, want, func(p *ledger.Product) (w settle.Worth, keeps bool, size int, err error) {
		w, err = b.settled.Worth(p)
		return w, len(w.Pools) > 0, 1 + len(w.Pools), err
	})
	for i := range worths {
		for _, p := range worths[i].Pools {
			out = append(out, ledger.PoolValue{Product: p.Product, Site: p.Site, Quantity: p.Quantity, Value: p.Value})
		}
	}
	return out, n, err
}

// Shown returns what lies where, without what it is worth, as Stocks does. of is given
// the state for each product and returns what is kept of a cell, if anything is.
func Shown[T any](ctx context.Context, b *Book, want func(*ledger.Product) bool, of func(*ledger.State) func(*ledger.Cell) (T, bool)) (out []T, n uint64, err error) {
	lists, n, err := together(ctx, b, want, func(p *ledger.Product) (list []T, keeps bool, size int, _ error) {
		cells, keep := b.state.ShownOfProduct(p), of(b.state)
		for _, c := range cells {
			if x, ok := keep(c); ok {
				list = append(list, x)
			}
		}
		return list, len(list) > 0, 1 + len(cells), nil
	})
	for _, list := range lists {
		out = append(out, list...)
	}
	return out, n, err
}

// Bounds of looking at all products.
const (
	lookAtOnce = 2_000 // cells that are looked at while the writer waits: about a millisecond
	lookAgain  = 8     // times at most for what changed meanwhile, before the writer waits for the rest
)

// together looks at products as they all stand after one entry, without having the
// writer wait for all of them: a few at a time are looked at, then those again that
// scans have changed meanwhile, which are fewer each time, until the last few are
// looked at in one piece. look says whether what it found is kept, and how much it
// looked at.
func together[T any](ctx context.Context, b *Book, want func(*ledger.Product) bool, look func(*ledger.Product) (T, bool, int, error)) (out []T, n uint64, err error) {
	l := looking[T]{b: b, want: want, look: look}
	for round := 0; !l.done; round++ {
		for next := 0; next >= 0; {
			if err := ctx.Err(); err != nil {
				return nil, 0, err
			}
			if next, err = l.some(next, round >= lookAgain); err != nil {
				return nil, 0, err
			}
		}
	}
	for i := range l.seen {
		if s := &l.seen[i]; s.keeps {
			out = append(out, s.found)
		}
	}
	return out, l.n, b.Wait(ctx, l.n)
}

// looking is the looking at products in pieces.
type looking[T any] struct {
	b    *Book
	want func(*ledger.Product) bool
	look func(*ledger.Product) (T, bool, int, error)
	seen []seen[T] // by product, as the state lists them
	n    uint64    // all stand as after this entry, once done
	done bool
}

// seen is what was found of a product after entry n.
type seen[T any] struct {
	found T
	known bool // it was looked at
	keeps bool
	n     uint64
}

// some looks at some products from one on and says where to go on, -1 at the end; with
// all it does not stop before. What was looked at in one piece from the first product
// to the last stands as after one entry.
func (l *looking[T]) some(next int, all bool) (int, error) {
	b := l.b
	b.mu.Lock()
	defer b.mu.Unlock()
	first := next == 0
	products := b.state.AllProducts()
	l.seen = append(l.seen, make([]seen[T], len(products)-len(l.seen))...)
	for looked := 0; next < len(products); next++ {
		p, was := products[next], &l.seen[next]
		if was.known && was.n >= b.edited && !b.settled.Changed(p, was.n) || !was.known && !l.want(p) {
			continue
		}
		if looked >= lookAtOnce && !all {
			return next, nil
		}
		found, keeps, size, err := l.look(p)
		if err != nil {
			return -1, err
		}
		*was = seen[T]{found, true, keeps, b.decided}
		looked += size
	}
	l.n, l.done = b.decided, first
	return -1, nil
}

// keptAtOnce is how many products' costs are handed to the books while the writer waits.
const keptAtOnce = 256

// readCosts makes the costs of products known that are not. After a start none are:
// histories are read as for reports of the past, while others go on scanning, and what
// they come to is kept.
func (b *Book) readCosts(ctx context.Context, want func(*ledger.Product) bool) error {
	survey, err := b.survey(ctx, settle.View{})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(survey.products, keptAtOnce) {
		var unknown []*ledger.Product
		b.mu.Lock()
		for _, p := range part {
			if want(p) && !b.settled.Known(p) {
				unknown = append(unknown, p)
			}
		}
		b.mu.Unlock()
		var read []*settle.Walked
		for _, p := range unknown {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := b.oneTrail(survey, p, &settle.Inquiry{}, func(t *settle.Trail) error {
				read = append(read, t.Sum(nil))
				return nil
			}); err != nil {
				return err
			}
		}
		b.mu.Lock()
		for _, w := range read {
			b.settled.KeepWorth(w, survey.Last())
		}
		b.mu.Unlock()
	}
	return nil
}

// Work is how many facts were taken again since the book was opened because
// something came late, and how many were costed.
func (b *Book) Work() settle.Work {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.settled.Work()
}
