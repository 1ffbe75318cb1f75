package simulation

import "bayledger/sync/ledger"

// meanings are what supervisors have said that unknown codes are; the first that
// is said of one stands.
type meanings map[code]meaning

// code is what was scanned: goods anywhere, a place of a site, or who scanned.
type code struct {
	raw, site string
	place     bool
	who       bool
}

type meaning struct {
	n        uint64 // the entry that said it
	product  string
	quantity ledger.Decimal
	place    string
	operator string
}

func (m meanings) say(site string, e *entry) {
	in := &e.intent
	c := code{raw: in.Raw}
	switch {
	case in.To != "":
		c = code{raw: in.Raw, site: site, place: true}
	case in.Product == "":
		c = code{raw: in.Raw, who: true}
	}
	if _, said := m[c]; !said {
		m[c] = meaning{n: e.N, product: in.Product, quantity: in.Quantity, place: in.To, operator: in.Operator}
	}
}

// unknown is the code for which an intent waited, or would have waited.
func unknown(in *ledger.Intent, site string, want ledger.Code) code {
	switch want {
	case ledger.UnknownLocation:
		return code{raw: in.To, site: site, place: true}
	case ledger.UnknownOperator:
		return code{raw: in.Operator, who: true}
	}
	return code{raw: in.Scan}
}

// named puts what a code means in its place; false where no one has said it.
func (m meanings) named(in *ledger.Intent, site string) bool {
	goods, isGoods := m[code{raw: in.Scan}]
	place, isPlace := m[code{raw: in.To, site: site, place: true}]
	if isGoods {
		if in.Scan, in.Product = "", goods.product; !in.Quantity.IsSet() {
			in.Quantity = goods.quantity
		}
	}
	if isPlace {
		in.To = place.place
	}
	who, isWho := m[code{raw: in.Operator, who: true}]
	if isWho {
		in.Operator = who.operator
	}
	return isGoods || isPlace || isWho
}
