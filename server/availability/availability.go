// Package availability says what customers may know of stock: whether there is any.
//
// # Use
//
// State.AvailableOf adds up what is available of a product at some sites, and Word turns
// that into words, for whoever asks and for whoever is told of changes.
//
// # Promised
//
// The words are three, and say nothing else of the number: the
// same limit holds for all products. Everything here is pure.
//
// # Owed by callers
//
// Whoever may have words alone is given no number: not by another answer either.
package availability

import "bayledger/sync/ledger"

// The words.
const (
	InStock    = "In stock"
	LowInStock = "Low in stock"
	OutOfStock = "Out of stock"
)

// Words lists them.
func Words() []string { return []string{InStock, LowInStock, OutOfStock} }

// Word says in words how much is available, in units of a product's last decimal; what
// is at or under the limit, a whole number, is low.
func Word(available int64, p *ledger.Product, limit ledger.Decimal) string {
	low, fits := limit.Scaled(p.Decimals)
	switch {
	case available <= 0:
		return OutOfStock
	case limit.IsSet() && (!fits || available <= low): // a limit that is no amount of it is more than any
		return LowInStock
	}
	return InStock
}
