// Package availability says what customers may know of stock: whether there is any.
//
// # Use
//
// Of adds up what is available of a product at some sites, a Limit turns that into
// words, and Touches says which products an entry may have made more or less available,
// for whoever tells others of changes.
//
// # Promised
//
// Available is what lies at physical places and is neither held, nor under a hold, nor
// in a quarantine place. The words are three, and say nothing else of the number: the
// same limit holds for all products. Everything here is pure.
//
// # Owed by callers
//
// Whoever may have words alone is given no number: not by another answer either.
package availability

import (
	"slices"

	"bayledger/sync/ledger"
)

// The words.
const (
	InStock    = "In stock"
	LowInStock = "Low in stock"
	OutOfStock = "Out of stock"
)

// Words lists them.
func Words() []string { return []string{InStock, LowInStock, OutOfStock} }

// Of adds up what is available of a product where at says, in units of the product's
// last decimal. The caller guards the state.
func Of(s *ledger.State, p *ledger.Product, at func(site string) bool) (sum int64) {
	for _, c := range s.ShownOfProduct(p) {
		if c.Place.Physical() && !c.Held && !c.At.Quarantine() && at(c.At.Site) {
			sum += c.Quantity
		}
	}
	return sum
}

// Word says in words how much is available, in units of a product's last decimal; what
// is at or under the limit, a whole number, is low.
func Word(available int64, p *ledger.Product, limit ledger.Decimal) string {
	switch low, _ := limit.Scaled(p.Decimals); {
	case available <= 0:
		return OutOfStock
	case limit.IsSet() && available <= low:
		return LowInStock
	}
	return InStock
}

// Touches lists the products of which an entry may have changed what is available,
// sorted; all says that it may be any: a hold on a place or package, or its end, which
// moves nothing.
func Touches(e *ledger.Entry) (products []string, all bool) {
	add := func(code string) {
		if code != "" && !slices.Contains(products, code) {
			products = append(products, code)
		}
	}
	for i := range e.Moves {
		add(e.Moves[i].Product)
	}
	switch in := e.Intent; {
	case in != nil && (in.Action == ledger.ActionIsolate || in.Action == ledger.ActionRelease || in.Action == ledger.ActionUndo) && len(e.Moves) == 0:
		if add(in.Product); in.Product == "" && in.Scan == "" && len(in.Lines) == 0 {
			all = true // a place, a package, holds by name, or a hold that is undone
		}
		all = all || in.Scan != ""
		for i := range in.Lines {
			add(in.Lines[i].Product)
			all = all || in.Lines[i].Product == ""
		}
	case e.Edit != nil && (e.Edit.Entity == ledger.EntityLocation || e.Edit.Entity == ledger.EntitySetting):
		all = true // a place's kind, the limit
	case e.Edit != nil && e.Edit.Entity == ledger.EntityProduct:
		add(e.Edit.Code)
	}
	slices.Sort(products)
	return products, all
}
