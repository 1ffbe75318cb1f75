package book

import (
	"context"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// maxRecall bounds how many assets a recall follows: a machine of machines of
// machines is told of; more than so many belong into a report of their own.
const maxRecall = 1_000

// Holds returns the holds that nobody has ended, or all there ever were, in order of
// their moments, once durable. Errors: ErrClosed, that of ctx.
func (b *Book) Holds(ctx context.Context, all bool) (holds []settle.HoldView, err error) {
	err = b.Exceptions(ctx, func(s *settle.Books, _ uint64) { holds = s.Holds(all) })
	return holds, err
}

// Recall is what a hold came too late for.
type Recall struct {
	Hold  settle.HoldView
	Left  []settle.Left // of its goods in the day before it, the last first
	Parts []Part        // what its goods went into
}

// Part is goods in an asset, and where that stands, where it is known as a piece.
type Part struct {
	settle.Part
	At *ledger.Place // nil: not known
}

// Recall returns what left before a hold, and what its goods went into, whether that
// came before the hold or after; ok is false where there is no such hold. Histories
// are read while others go on scanning. Errors: those of reading, ErrClosed, that of
// ctx.
func (b *Book) Recall(ctx context.Context, id string) (r Recall, ok bool, err error) {
	b.mu.RLock()
	r.Hold, ok = b.settled.Hold(id)
	products, n := b.settled.ProductsOf(&r.Hold), b.decided
	b.mu.RUnlock()
	if !ok {
		return r, false, nil
	}
	if err := b.Wait(ctx, n); err != nil {
		return r, true, err
	}
	left := settle.NewLeftSearch(r.Hold, b.state, n)
	parts := settle.NewPartSearch("", "", b.state, n)
	parts.OfHold(&r.Hold)
	for _, p := range products {
		more := true
		err := b.trace(ctx, p, func(facts []settle.Traced, bookedAt ledger.Time) bool {
			b.mu.RLock()
			defer b.mu.RUnlock()
			more = more && left.Search(p, facts, bookedAt)
			parts.Search(p, facts)
			return more || r.Hold.Place == nil // what was used of a place before does not matter
		})
		if err != nil {
			return r, true, err
		}
	}
	r.Left = left.Left()
	r.Parts, err = b.further(ctx, parts.Parts(), n)
	return r, true, err
}

// Parts returns what goods of a product went into: of a lot (ledger.AnyLot: of all),
// or one piece. Errors: those of reading, ErrClosed, that of ctx.
func (b *Book) Parts(ctx context.Context, p *ledger.Product, lot, serial string) ([]Part, error) {
	b.mu.RLock()
	n := b.decided
	b.mu.RUnlock()
	if err := b.Wait(ctx, n); err != nil {
		return nil, err
	}
	parts, err := b.partsOf(ctx, p, lot, serial, n)
	if err != nil {
		return nil, err
	}
	return b.further(ctx, parts, n)
}

func (b *Book) partsOf(ctx context.Context, p *ledger.Product, lot, serial string, n uint64) ([]settle.Part, error) {
	search := settle.NewPartSearch(lot, serial, b.state, n)
	err := b.trace(ctx, p, func(facts []settle.Traced, _ ledger.Time) bool {
		b.mu.RLock()
		defer b.mu.RUnlock()
		search.Search(p, facts)
		return true
	})
	return search.Parts(), err
}

// further adds what assets went into that are pieces themselves.
func (b *Book) further(ctx context.Context, parts []settle.Part, n uint64) (out []Part, err error) {
	known := map[string]bool{}
	for i := 0; i < len(parts) && len(known) < maxRecall; i++ {
		part := Part{Part: parts[i]}
		b.mu.RLock()
		piece, at, ok := b.state.PieceAt(part.Asset)
		b.mu.RUnlock()
		if ok {
			part.At = at
		}
		out = append(out, part)
		if !ok || known[part.Asset] || part.Quantity <= 0 {
			continue
		}
		known[part.Asset] = true
		more, err := b.partsOf(ctx, piece, "", part.Asset, n)
		if err != nil {
			return nil, err
		}
		for j := range more {
			more[j].Via, more[j].Held = part.Asset, part.Held
		}
		parts = append(parts, more...)
	}
	return out, nil
}

// Missing returns the pieces that counts did not find and nobody has seen since, by
// product, the last that was missed first. Histories are read while others go on
// scanning. Errors: those of reading, ErrClosed, that of ctx.
func (b *Book) Missing(ctx context.Context) (out []settle.Missing, err error) {
	b.mu.RLock()
	n := b.decided
	products, searches := b.settled.Missing(n)
	b.mu.RUnlock()
	if err := b.Wait(ctx, n); err != nil {
		return nil, err
	}
	for i, p := range products {
		if err := b.trace(ctx, p, func(facts []settle.Traced, bookedAt ledger.Time) bool {
			b.mu.RLock()
			defer b.mu.RUnlock()
			return searches[i].Search(facts, bookedAt)
		}); err != nil {
			return nil, err
		}
		out = append(out, searches[i].Found()...)
	}
	return out, nil
}
