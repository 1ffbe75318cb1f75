package book

import (
	"context"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// trace calls fn with the pieces of a product's history, the newest first, until it
// wants no more. Others scan meanwhile: what is read is the journal's, and facts that
// were written after an entry are told by Traced.Recorded.
func (b *Book) trace(ctx context.Context, p *ledger.Product, fn func(facts []settle.Traced, bookedAt ledger.Time) (more bool)) error {
	return b.journal.Appended(settle.HistoryKey(p), func(piece journal.Piece) (bool, error) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		facts, err := settle.Trace(piece.Bytes)
		if err != nil {
			return false, err
		}
		return fn(facts, piece.BookedAt), nil
	})
}

// Shortfalls returns what lies below zero where want says, in the order of the
// balance report, and which scans took it there. Histories are read while others go
// on scanning. Errors: those of reading, ErrClosed, that of ctx.
func (b *Book) Shortfalls(ctx context.Context, want func(*ledger.Product, *ledger.Place) bool) (below []settle.Shortfall, err error) {
	b.mu.RLock()
	below, n := b.settled.Below(want), b.decided
	b.mu.RUnlock()
	if err := b.Wait(ctx, n); err != nil {
		return nil, err
	}
	left := map[*ledger.Product][]*settle.Shortfall{}
	for i := range below {
		left[below[i].Product] = append(left[below[i].Product], &below[i])
	}
	for i := range below {
		searches := left[below[i].Product]
		if searches == nil {
			continue // its history has been read
		}
		left[below[i].Product] = nil
		if err := b.search(ctx, searches, n); err != nil {
			return nil, err
		}
	}
	return below, nil
}

// search reads a product's history for the scans that took places below zero.
func (b *Book) search(ctx context.Context, searches []*settle.Shortfall, n uint64) error {
	err := b.trace(ctx, searches[0].Product, func(facts []settle.Traced, bookedAt ledger.Time) bool {
		open := searches[:0]
		for _, s := range searches {
			if !s.Search(facts, bookedAt, n) {
				open = append(open, s)
			}
		}
		searches = open
		return len(searches) > 0
	})
	for _, s := range searches {
		s.Searched()
	}
	return err
}
