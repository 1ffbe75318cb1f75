package settle

import (
	"math/bits"
	"slices"

	"bayledger/sync/ledger"
)

// summary is what a product's pools and accounts came to, kept where its facts are
// forgotten: it holds until something of the product is read again, and so before
// anything of it changes.
type summary struct {
	pools    []Pool
	accounts accounts
}

// summary gives what is known of a product's costs without reading; false where
// nothing is.
func (b *Books) summary(h *history) (summary, bool) {
	switch {
	case h.costs.known:
		return summary{b.poolsOf(h), h.costs.accounts}, true
	case h.kept != nil:
		return *h.kept, true
	}
	return summary{}, !h.product.Moved
}

// keepSummary keeps what is known of costs that are about to be forgotten.
func (b *Books) keepSummary(h *history) {
	if h.costs.known {
		s, _ := b.summary(h)
		h.kept = &summary{s.pools, slices.Clone(s.accounts)}
	}
}

// KeepWorth keeps what a product's whole trail came to as of entry n, read while others
// went on scanning, unless something changed it since or it is known by now: then
// nobody need read its history while the writer waits.
func (b *Books) KeepWorth(w *Walked, n uint64) {
	h := b.histories[w.Product.ID-1] // looked at before
	if h.touched > n || h.costs.known || h.kept != nil {
		return
	}
	kept := summary{pools: w.Pools}
	for i := range kept.pools {
		kept.pools[i].Product = h.product
	}
	for at, value := range w.Accounts {
		kept.accounts.add(at.ID, value)
	}
	h.kept = &kept
}

// Worth returns what the goods of a product cost. Errors: those of reading its
// history.
func (b *Books) Worth(p *ledger.Product) (Worth, error) { return b.worth(b.history(p)) }

// worth returns what the goods of a product cost. Errors: those of reading its
// history.
func (b *Books) worth(h *history) (Worth, error) {
	s, known := b.summary(h)
	if !known {
		if err := b.reach(h, nothingRead, nil); err != nil {
			return Worth{}, err
		}
		s, _ = b.summary(h)
	}
	w := Worth{Product: h.product, Pools: s.pools, Accounts: map[string]int64{}}
	for _, a := range s.accounts {
		if place, ok := b.state.PlaceByID(a.Place); ok && a.Value != 0 && !place.Physical() {
			w.Accounts[place.Ref()] = a.Value
		}
	}
	return w, nil
}

// Stock is where the goods of a product lie and what they cost, as of one moment.
type Stock struct {
	Product *ledger.Product
	cells   []stocked
	purses  map[purseKey]*purse
}

// stocked is a copy of a cell, and what it is worth a part of.
type stocked struct {
	*ledger.Cell
	of   purseKey
	left bool // Values leaves it out
}

// purseKey names a pool by its site, or a virtual place by its code.
type purseKey struct {
	pool bool
	name string
}

// purse is what the cells of one pool, or at one virtual place, share.
type purse struct {
	quantity, value, cost int64
	passed, given         int64         // of them, by the cells so far
	at                    *ledger.Place // the virtual place
	left                  bool          // Values leaves it out
}

// Stock returns the goods of a product; Values sorts and values them, when nobody
// waits. Errors: those of reading its history.
func (b *Books) Stock(p *ledger.Product) (Stock, error) {
	w, err := b.worth(b.history(p))
	s := Stock{Product: p, purses: map[purseKey]*purse{}}
	for i := range w.Pools {
		s.purses[purseKey{true, w.Pools[i].Site}] = &purse{value: w.Pools[i].Value, cost: w.Pools[i].Cost}
	}
	for place, value := range w.Accounts {
		at, _ := b.state.Place("", place) // worth has found it
		s.purses[purseKey{false, place}] = &purse{value: value, at: at}
	}
	for _, c := range b.state.ShownOfProduct(p) {
		key := b.purseOf(c.At)
		if s.purses[key] == nil {
			s.purses[key] = &purse{}
		}
		s.purses[key].quantity += c.Quantity
		s.cells = append(s.cells, stocked{Cell: c, of: key})
	}
	return s, err
}

// Keep leaves of what Values returns only what lies where somebody wants to look,
// and says whether that is anything. It looks at the books as they are.
func (s *Stock) Keep(wanted func(at *ledger.Place) bool) (any bool) {
	for i := range s.cells {
		c := &s.cells[i]
		c.left = !wanted(c.Place)
		any = any || !c.left
	}
	for _, p := range s.purses {
		p.left = p.at == nil || !wanted(p.at)
		any = any || !p.left
	}
	return any
}

// purseOf names what goods at a place are worth a part of.
func (b *Books) purseOf(at *ledger.Place) purseKey {
	if s := b.side(at); s.virtual != nil {
		return purseKey{false, at.Ref()}
	}
	if !b.state.PoolsPerSite() {
		return purseKey{pool: true}
	}
	if at.Site == "" {
		return purseKey{true, string(ledger.PlaceTransit)}
	}
	return purseKey{true, at.Site}
}

// Known says whether Stock needs to read nothing.
func (b *Books) Known(p *ledger.Product) bool {
	_, known := b.summary(b.history(p))
	return known
}

// Valued is what a cell is worth.
type Valued struct {
	*ledger.Cell       // its quantity may be 0, where value is left without goods
	Value        int64 // in minor units of money
	Average      int64 // of one, 6 decimals: of all that is in the pool, or went to the virtual place
}

// Values gives each cell its part of what its pool, or its virtual place, is worth,
// pro rata: cells are in the order of the balance report, and as far as one has
// come the values add up to the part of the quantities, rounded half away from
// zero. Of a pool without goods the last known cost counts. What virtual places are
// worth that have no goods comes last.
func (s *Stock) Values() []Valued {
	slices.SortFunc(s.cells, func(x, y stocked) int { return ledger.CompareCells(x.Cell, y.Cell) })
	out := make([]Valued, 0, len(s.cells))
	for _, c := range s.cells {
		p := s.purses[c.of]
		if value := p.next(s.Product, c.Quantity); !c.left {
			out = append(out, Valued{c.Cell, value, p.average(s.Product)})
		}
	}
	goods := len(out)
	for _, p := range s.purses {
		if left := p.value - p.given; left != 0 && p.at != nil && !p.left {
			out = append(out, Valued{Cell: &ledger.Cell{Product: s.Product, Place: p.at, At: p.at}, Value: left})
		}
	}
	slices.SortFunc(out[goods:], func(x, y Valued) int { return ledger.CompareCells(x.Cell, y.Cell) })
	return out
}

// next is what the next cell is worth.
func (p *purse) next(product *ledger.Product, quantity int64) int64 {
	p.passed += quantity
	upTo := int64(0)
	if p.quantity != 0 {
		upTo = rounded(p.passed, p.value, p.quantity)
	} else {
		upTo = rounded(p.passed, p.cost, perUnit(product))
	}
	value := upTo - p.given
	p.given = upTo
	return value
}

// average is what one is worth.
func (p *purse) average(product *ledger.Product) int64 {
	if p.quantity == 0 {
		return p.cost
	}
	return rounded(p.value, perUnit(product), p.quantity)
}

// rounded is a × b / d, rounded half away from zero.
func rounded(a, b, d int64) int64 {
	negative := (a < 0) != (b < 0) != (d < 0)
	abs := func(x int64) uint64 {
		if x < 0 {
			return -uint64(x)
		}
		return uint64(x)
	}
	hi, lo := bits.Mul64(abs(a), abs(b))
	if d == 0 || hi >= abs(d) {
		return 0 // more than a sum of the books can be, on the way to one that is not
	}
	quotient, rest := bits.Div64(hi, lo, abs(d))
	if rest >= abs(d)-rest {
		quotient++
	}
	if negative {
		return -int64(quotient)
	}
	return int64(quotient)
}
