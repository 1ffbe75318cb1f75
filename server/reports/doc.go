// Package reports makes reports of settled histories: what lies in which layer, what
// goods are worth and where value went, where a lot or a piece went and what came of
// it, what would change if a price were another.
//
// # Use
//
// Each report is a function that is given the books, a query, what whoever asks may
// see, and a function that gets the rows as they are made. Queries name products and
// places that callers have checked.
//
// # Promised
//
// A report reads products one after the other, while others go on scanning, and holds
// one product's history at a time; what it adds up is bounded by products and places,
// never by entries. What goods are worth now is read from the books as they stand, and
// no history is. Rows come in a fixed order. Of money, rows say nothing where
// whoever asks may not see it (Eyes.Money), and nothing at all of sites that they may
// not look at (Eyes.Sites). Values add up to the minor unit.
//
// # Not promised
//
// Two reports that are made while others scan are of two moments, unless both name the
// same entry.
//
// # Owed by callers
//
// Queries of the company as a whole are for those who may see all sites.
package reports

import (
	"context"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Books are what reports are made of: a book.Book.
type Books interface {
	Trails(ctx context.Context, q settle.Inquiry, fn func(*settle.Trail) error) (last uint64, err error)
	Spans(ctx context.Context, q settle.Inquiry, from ledger.Time, fn func(before, then *settle.Trail) error) error
	Stocks(ctx context.Context, want func(*ledger.Product) bool, keep func(*ledger.State, *settle.Stock) bool) (out []settle.Stock, n uint64, err error)
}

// Eyes are what whoever asks may see.
type Eyes struct {
	Sites access.Sites // whose goods
	Money access.Sites // whose costs and values
}

// Query is what all reports ask for alike.
type Query struct {
	View settle.View
	Want func(*ledger.Product) bool // nil: all products
	Site string                     // only this one; "" all
	Top  ledger.PlaceID             // only what lies there and below, of reports that are by place; 0 everywhere
	Done func(n, of int)            // told how many products of how many were looked at; may be nil
}

func (q *Query) wants(p *ledger.Product) bool { return q.Want == nil || q.Want(p) }

// of asks for histories in which a text stands; "" for all.
func (q *Query) of(text string) settle.Inquiry {
	return settle.Inquiry{View: q.View, Want: q.Want, Text: text, Done: q.Done}
}

// sees says whether a query's rows are of a site, and somebody may see it. What is of
// no site is the company's.
func (e *Eyes) sees(q *Query, site string) bool { return shows(q.Site, e.Sites, site) }

// shows says whether a site is the one asked about, where one is, and may be seen.
func shows(about string, may access.Sites, site string) bool {
	return (about == "" || about == site) && may.Has(site)
}

// showsPlace says the same of a place's site; a place of no site is nobody's here.
func showsPlace(about string, may access.Sites, ref string) bool {
	site := siteOfRef(ref)
	return site != "" && shows(about, may, site)
}

// below says whether a place is in the tree that is asked about.
func (q *Query) below(at *ledger.Place) bool {
	if q.Top == 0 {
		return true
	}
	for ; at != nil; at = at.Parent {
		if at.ID == q.Top {
			return true
		}
	}
	return false
}

// money says whether somebody may see what goods of a site, or of the company, cost.
func (e *Eyes) money(site string) bool { return e.Money.All() || e.Money.Has(site) }

func quantity(p *ledger.Product, n int64) string { return ledger.FormatScaled(n, p.Decimals) }

func value(n int64) string { return ledger.FormatScaled(n, ledger.MoneyDecimals) }

func cost(n int64) string { return ledger.FormatScaled(n, ledger.CostDecimals) }
