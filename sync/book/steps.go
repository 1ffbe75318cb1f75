package book

import (
	"context"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// StepQuery asks how a balance came to be.
type StepQuery struct {
	Product *ledger.Product
	// In says of a holder whether what it has counts: one place, one package, or all of
	// some sites, a package wherever it stands now.
	In    func(at *ledger.Place) bool
	Until *settle.Key // only steps before it; nil: all
	Since ledger.Time // none before
	Most  int         // steps
}

// Steps goes back from what some holders have of a product now to what made it so: the
// last steps, as they are known now, in the order of their moments and not of arrival.
// It returns what is there now, and the entry as of which. The history is read while
// others go on scanning. Errors: those of reading, ErrClosed, that of ctx.
func (b *Book) Steps(ctx context.Context, q StepQuery) (steps settle.Steps, now int64, n uint64, err error) {
	b.mu.RLock()
	n = b.decided
	q.Product.EachHolder(func(at *ledger.Place, total int64) {
		if q.In(at) {
			now += total
		}
	})
	b.mu.RUnlock()
	if err := b.Wait(ctx, n); err != nil {
		return steps, now, n, err
	}
	search := settle.NewStepSearch(now, n, q.Until, q.Since, q.Most, b.holders(q.In))
	err = b.trace(ctx, q.Product, func(facts []settle.Traced, bookedAt ledger.Time) bool {
		b.mu.RLock()
		defer b.mu.RUnlock()
		return search.Search(facts, bookedAt)
	})
	return search.Steps(), now, n, err
}

// holders remembers what in says of places by their numbers. What it returns is called
// while the books cannot change.
func (b *Book) holders(in func(*ledger.Place) bool) func(ledger.PlaceID) bool {
	known := map[ledger.PlaceID]bool{}
	return func(id ledger.PlaceID) bool {
		is, asked := known[id]
		if !asked {
			at, there := b.state.PlaceByID(id)
			is = there && in(at)
			known[id] = is
		}
		return is
	}
}
