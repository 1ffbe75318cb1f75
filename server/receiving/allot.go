package receiving

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// Lying names goods at a place.
type Lying struct{ At, Product, Lot, Serial string }

// Party is a delivery, and what came of it.
type Party struct {
	Number string
	Facts  []Fact
}

// brought is what one receipt brought somewhere, and has left there.
type brought struct {
	n     uint64
	party int
	left  int64
}

// Allot says how much of what lies somewhere is of each delivery. What was taken away
// under a delivery's number is off its own oldest receipts. What was taken away without
// one is off the oldest receipt of all of them. Goods that lie there and came without a
// number, or with one that is not among the parties, are taken to have gone first: so a
// delivery lacks only what is not there any more.
func Allot(lies map[Lying]int64, of []Party) []map[Lying]int64 {
	out, receipts := make([]map[Lying]int64, len(of)), map[Lying][]brought{}
	for i := range of {
		out[i] = map[Lying]int64{}
		for at, list := range receiptsOf(i, of[i].Facts) {
			receipts[at] = append(receipts[at], list...)
		}
	}
	for at, list := range receipts {
		slices.SortStableFunc(list, func(a, b brought) int {
			return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(of[a.party].Number, of[b.party].Number))
		})
		missing := -lies[at]
		for _, r := range list {
			missing += r.left
		}
		take(list, missing)
		for _, r := range list {
			if r.left > 0 {
				out[r.party][at] += r.left
			}
		}
	}
	return out
}

// receiptsOf are what a delivery's receipts have left of what they brought, the oldest
// first, without what was taken away under its number.
func receiptsOf(party int, facts []Fact) map[Lying][]brought {
	out, gone := map[Lying][]brought{}, map[Lying]int64{}
	for i := range facts {
		f := &facts[i]
		if f.From == f.To {
			continue // it was set aside where it lay, or refused at the door
		}
		to := Lying{f.To, f.Product, f.Lot, f.Serial}
		out[to] = append(out[to], brought{f.N, party, f.Quantity})
		gone[Lying{f.From, f.Product, f.Lot, f.Serial}] += f.Quantity
	}
	for at, list := range out {
		slices.SortStableFunc(list, func(a, b brought) int { return cmp.Compare(a.n, b.n) })
		take(list, gone[at])
	}
	return out
}

// take takes a quantity off receipts, the first ones first.
func take(list []brought, quantity int64) {
	for i := range list {
		n := max(0, min(quantity, list[i].left))
		list[i].left, quantity = list[i].left-n, quantity-n
	}
}

// Incoming is what lies of some facts' products in the places of a site where goods come
// in.
func Incoming(s *ledger.State, site string, facts []Fact) map[Lying]int64 {
	out, seen := map[Lying]int64{}, map[string]bool{}
	for i := range facts {
		code := facts[i].Product
		p, ok := s.Product(code)
		if !ok || seen[code] {
			continue
		}
		seen[code] = true
		for _, c := range s.CellsOfProduct(p) {
			if at := c.Place.Stand(); at.Site == site && at.Kind == ledger.PlaceIncoming && c.Quantity > 0 {
				out[Lying{at.Ref(), code, c.Lot, c.Serial}] += c.Quantity
			}
		}
	}
	return out
}

// Stands lays over the lines what is allotted to the delivery, each up to what was
// accepted of it.
func (p *Progress) Stands(s *ledger.State, allotted map[Lying]int64) {
	left := map[string]int64{}
	for at, n := range allotted {
		left[at.Product] += n
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		of, ok := s.Product(l.Product)
		if !ok {
			continue
		}
		n := min(left[of.Code], scaled(l.Accepted, of))
		left[of.Code] -= n
		l.Standing = ledger.FormatScaled(n, of.Decimals)
	}
}
