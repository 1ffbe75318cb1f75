package book

import (
	"context"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// AsOf folds what is durable once more, but only what happened at a moment or
// before it, and calls fn with the books that come of it: the truth about that
// moment as it is known now. Where the books were closed through that moment, it
// is what was known when they were (rule 12). only, which may be nil, says which
// products matter; fn is called once, or several times, each time with other
// products. The writer goes on meanwhile; the books given are nobody else's.
//
// It takes some 10 us a scan, and memory for four million of them at most (for
// all, where there are packages). Errors: fn's, that of ctx, and of what is stored
// and cannot be folded.
func (b *Book) AsOf(ctx context.Context, at ledger.Time, only func(*ledger.Product) bool, fn func(*settle.Books) error) error {
	return eachFold(ctx, b.journal, question{only: only, at: at}, func(books *settle.Books, _ func(*ledger.Product) bool) error {
		return fn(books)
	})
}
