package book

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Trails calls fn with the settled history of each product of which anything ever
// moved and that is asked for, in the order of their codes, as of a view; products are
// copies, and a trail is fn's until it returns. It returns the last entry that counts.
//
// Histories are read as they are stored, by product, while others go on scanning; the
// books are only looked at for names. So the first product comes at once, however long
// the journal is, and memory holds the history of one: some 300 bytes a fact. Where the
// view's moment lies within a count session, all scans are folded again first (AsOf).
//
// Errors: fn's, those of reading, ErrClosed, that of ctx.
func (b *Book) Trails(ctx context.Context, q settle.Inquiry, fn func(*settle.Trail) error) (last uint64, err error) {
	s, err := b.survey(ctx, q.View)
	if err != nil {
		return 0, err
	}
	if s.again {
		return s.Last(), b.trailsAgain(ctx, &q, fn)
	}
	return s.Last(), eachProduct(ctx, &q, s.products, func(p *ledger.Product) error { return b.oneTrail(s, p, &q, fn) })
}

// Spans is Trails for who compares two moments: fn gets each product's history as it
// was before from, and as of the view, which is later. Where one of the two has to be
// folded again, fn is called with nil for the other one, first with all of before.
func (b *Book) Spans(ctx context.Context, q settle.Inquiry, from ledger.Time, fn func(before, then *settle.Trail) error) error {
	early := q
	early.At = from - 1
	s, err := b.survey(ctx, q.View)
	if err != nil {
		return err
	}
	e, err := b.survey(ctx, early.View)
	if err != nil {
		return err
	}
	if s.again || e.again {
		if _, err := b.Trails(ctx, early, func(t *settle.Trail) error { return fn(t, nil) }); err != nil {
			return err
		}
		_, err := b.Trails(ctx, q, func(t *settle.Trail) error { return fn(nil, t) })
		return err
	}
	alike := s.Last() == e.Last() && !s.packages // else packages stand elsewhere, or the books were closed between
	return eachProduct(ctx, &q, s.products, func(p *ledger.Product) error {
		return b.oneTrail(s, p, &q, func(then *settle.Trail) error {
			if alike {
				return fn(then.Before(from), then)
			}
			return b.oneTrail(e, p, &early, func(before *settle.Trail) error { return fn(before, then) })
		})
	})
}

// survey is a reading of histories that has begun.
type survey struct {
	*settle.Survey
	products []*ledger.Product // in the order of their codes
	packages bool              // there are any
	again    bool              // what is stored does not tell: all scans are to be folded again
}

// eachProduct goes through products and tells how far it is.
func eachProduct(ctx context.Context, q *settle.Inquiry, products []*ledger.Product, fn func(*ledger.Product) error) error {
	for i, p := range products {
		if err := ctx.Err(); err != nil {
			return err
		}
		if q.Done != nil {
			q.Done(i, len(products))
		}
		if err := fn(p); err != nil {
			return err
		}
	}
	return nil
}

// survey begins to read histories as of a view, once what it may see is durable.
func (b *Book) survey(ctx context.Context, v settle.View) (s survey, err error) {
	b.mu.Lock()
	var whole bool
	s.Survey, whole = b.settled.NewSurvey(v, b.decided)
	s.again = !whole && v.Entry == 0
	s.packages = b.state.HasPackages()
	s.products = slices.Clone(b.state.AllProducts())
	n := b.decided
	b.mu.Unlock()
	byCode(s.products)
	s.Look = func(fn func(*settle.Books)) {
		b.mu.RLock()
		defer b.mu.RUnlock()
		fn(b.settled)
	}
	return s, b.Wait(ctx, n)
}

func byCode(products []*ledger.Product) {
	slices.SortFunc(products, func(x, y *ledger.Product) int { return strings.Compare(x.Code, y.Code) })
}

// oneTrail reads the history of one product.
func (b *Book) oneTrail(s survey, p *ledger.Product, q *settle.Inquiry, fn func(*settle.Trail) error) error {
	b.mu.RLock()
	p = p.Copy()
	b.mu.RUnlock()
	if !p.Moved || !q.Wants(p) {
		return nil
	}
	g := s.Gather(p)
	pieces := [][]byte(nil) // those before the first in which the text stands, newest first
	stands := q.Text == ""
	if err := b.journal.Appended(settle.HistoryKey(p), func(piece journal.Piece) (bool, error) {
		if stands = stands || bytes.Contains(piece.Bytes, []byte(q.Text)); !stands {
			pieces = append(pieces, bytes.Clone(piece.Bytes))
			return true, nil
		}
		for _, passed := range pieces {
			if err := g.Take(passed); err != nil {
				return false, err
			}
		}
		pieces = nil
		return true, g.Take(piece.Bytes)
	}); err != nil || !stands {
		return err
	}
	return fn(g.Trail())
}

// trailsAgain folds all scans up to a moment again, and gives the trails of that.
func (b *Book) trailsAgain(ctx context.Context, q *settle.Inquiry, fn func(*settle.Trail) error) error {
	return b.AsOf(ctx, q.At, q.Wants, func(books *settle.Books) error {
		products := slices.Clone(books.State().AllProducts())
		byCode(products)
		for _, p := range products {
			if err := ctx.Err(); err != nil {
				return err
			}
			if t := books.Trail(p); t.Any() && q.Wants(p) {
				if err := fn(t); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
