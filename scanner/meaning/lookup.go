package meaning

import (
	"bayledger/scanner/gs1"
	"bayledger/sync/ledger"
)

func first(msg gs1.Message, ais ...string) string {
	for _, ai := range ais {
		if v, ok := msg.Value(ai); ok {
			return v
		}
	}
	return ""
}

// lookup finds a product as the ledger does: the code as it is, then without identifier, then as a
// trade item number of any length; a number for restricted circulation is the site's own first.
func lookup(scan string, c Context) (Item, ledger.Decimal, bool) {
	elements := ledger.HoldsElements(scan)
	for _, code := range []string{scan, PlainOf(scan)} {
		forms := []string{code}
		if !elements {
			forms = ledger.GTINForms(code)
		}
		if ledger.Restricted(code) {
			for _, form := range forms {
				if item, q, ok := barcode(c.Site+"/"+form, c); ok {
					return item, q, true
				}
			}
		}
		for _, form := range forms {
			if item, q, ok := barcode(form, c); ok {
				return item, q, true
			}
		}
		if item, ok := c.Catalogue.Product(code); ok {
			return item, ledger.Decimal{}, true
		}
	}
	return Item{}, ledger.Decimal{}, false
}

func barcode(code string, c Context) (Item, ledger.Decimal, bool) {
	product, quantity, ok := c.Catalogue.Barcode(code)
	if !ok {
		return Item{}, ledger.Decimal{}, false
	}
	item, ok := c.Catalogue.Product(product)
	return item, quantity, ok
}
