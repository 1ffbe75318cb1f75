package book

import (
	"context"
	"slices"
	"strings"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Trails calls fn with the settled history of each product of which anything ever
// moved and that want wants, in the order of their codes, as of a view; products are
// copies. done, which may be nil, is told how many products of how many have been
// looked at. It returns the last entry that counts.
//
// Histories are read as they are stored, by product, while others go on scanning; the
// books are only looked at for names. So the first product comes at once, however long
// the journal is, and memory holds the history of one: some 300 bytes a fact. Where the
// view's moment lies within a count session, all scans are folded again first (AsOf).
//
// Errors: fn's, those of reading, ErrClosed, that of ctx.
func (b *Book) Trails(ctx context.Context, v settle.View, want func(*ledger.Product) bool, done func(n, of int), fn func(*settle.Trail) error) (last uint64, err error) {
	survey, products, whole, err := b.survey(ctx, v)
	if err != nil {
		return 0, err
	}
	if done == nil {
		done = func(int, int) {}
	}
	if !whole && v.Entry == 0 {
		return survey.Last(), b.trailsAgain(ctx, v.At, want, fn)
	}
	byCode(products)
	for i, p := range products {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		done(i, len(products))
		if err := b.oneTrail(survey, p, want, fn); err != nil {
			return 0, err
		}
	}
	return survey.Last(), nil
}

// survey begins to read histories as of a view, once what it may see is durable.
func (b *Book) survey(ctx context.Context, v settle.View) (s *settle.Survey, products []*ledger.Product, whole bool, err error) {
	b.mu.Lock()
	s, whole = b.settled.NewSurvey(v, b.decided)
	products, n := slices.Clone(b.state.AllProducts()), b.decided
	b.mu.Unlock()
	s.Look = func(fn func(*settle.Books)) {
		b.mu.RLock()
		defer b.mu.RUnlock()
		fn(b.settled)
	}
	return s, products, whole, b.Wait(ctx, n)
}

func byCode(products []*ledger.Product) {
	slices.SortFunc(products, func(x, y *ledger.Product) int { return strings.Compare(x.Code, y.Code) })
}

// oneTrail reads the history of one product.
func (b *Book) oneTrail(survey *settle.Survey, p *ledger.Product, want func(*ledger.Product) bool, fn func(*settle.Trail) error) error {
	b.mu.RLock()
	p = p.Copy()
	b.mu.RUnlock()
	if !p.Moved || !want(p) {
		return nil
	}
	g := survey.Gather(p)
	if err := b.journal.Appended(settle.HistoryKey(p), func(piece journal.Piece) (bool, error) { return true, g.Take(piece.Bytes) }); err != nil {
		return err
	}
	return fn(g.Trail())
}

// trailsAgain folds all scans up to a moment again, and gives the trails of that.
func (b *Book) trailsAgain(ctx context.Context, at ledger.Time, want func(*ledger.Product) bool, fn func(*settle.Trail) error) error {
	return b.AsOf(ctx, at, want, func(books *settle.Books) error {
		products := slices.Clone(books.State().AllProducts())
		byCode(products)
		for _, p := range products {
			if err := ctx.Err(); err != nil {
				return err
			}
			if t := books.Trail(p); t.Any() && want(p) {
				if err := fn(t); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
