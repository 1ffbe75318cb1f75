package settle

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// worths is what the goods of a product at virtual places came to be worth by the
// work on an entry.
type worths struct {
	h        *history
	accounts accounts
	from     *Key          // what is costed
	late     bool          // facts before the last one were costed again
	shelf    *ledger.Place // a place of the pool, to tell of it
	books    *Books
}

// findWorths finds the products whose costs the entry touches, and from where on.
func (b *Books) findWorths() {
	b.worths = b.worths[:0]
	crosses := func(l leg) bool { return b.crosses(&l) }
	for i := range b.did {
		d := &b.did[i]
		at, found := d.h.position(&d.key)
		if !found {
			continue
		}
		f := &d.h.facts[at]
		last := at == len(d.h.facts)-1 && f.Compare(&d.h.costs.last) > 0
		if !last && !slices.ContainsFunc(f.legs, crosses) && !slices.ContainsFunc(d.before, crosses) {
			continue
		}
		w := b.worthsOf(d.h)
		if w.from == nil || d.key.Compare(w.from) < 0 {
			w.from = &d.key
		}
		w.shelf = b.poolPlace(f, w.shelf)
	}
}

// recost costs what the entry did, by product.
func (b *Books) recost() {
	for i := range b.worths {
		w := &b.worths[i]
		w.late = w.from.Compare(&w.h.costs.last) <= 0
		w.accounts = b.cost(w.h, w.from)
		b.approve(w)
		b.markPools(w)
	}
}

func (b *Books) worthsOf(h *history) *worths {
	for i := range b.worths {
		if b.worths[i].h == h {
			return &b.worths[i]
		}
	}
	b.worths = append(b.worths, worths{h: h, books: b})
	return &b.worths[len(b.worths)-1]
}

// poolPlace is a place of the pool without a home that a fact touches, else the one
// known.
func (b *Books) poolPlace(f *fact, known *ledger.Place) *ledger.Place {
	for _, p := range [...]*ledger.Place{f.from, f.to} {
		if known == nil && p != nil && !p.IsPackage() && b.side(p) == (side{}) {
			known = p
		}
	}
	return known
}

// bookedNow returns the legs of the facts that the entry brought, as costed.
func (b *Books) bookedNow() []leg {
	out := b.ownLegs[:0]
	for i := range b.did {
		if d := &b.did[i]; d.added {
			if f := d.fact(); f != nil {
				out = append(out, f.legs...)
			}
		}
	}
	b.ownLegs = out
	return out
}

// rest is what legs do not tell of.
func (w *worths) rest(legs []leg) accounts {
	for i := range legs {
		if l := &legs[i]; l.from.Product == w.h.product && l.value != 0 {
			from, to := w.books.sides(l)
			w.accounts.add(from.account(), l.value)
			w.accounts.add(to.account(), -l.value)
		}
	}
	return w.accounts.nonzero()
}

// assign lets the first leg between two pools or virtual places carry what one
// lost and the other gained, and returns what is left to tell.
func (w *worths) assign(legs []shift) accounts {
	for i := range legs {
		l := &legs[i]
		if l.from.Product != w.h.product {
			continue
		}
		from, to := w.books.side(l.from.stand).account(), w.books.side(l.to.stand).account()
		lost, gained := -w.accounts.of(from), w.accounts.of(to)
		switch {
		case from == to:
			continue
		case from == 0:
			lost = gained
		case to == 0:
			gained = lost
		}
		if l.value = min(lost, gained); l.value <= 0 {
			l.value = 0
			continue
		}
		w.accounts.add(from, l.value)
		w.accounts.add(to, -l.value)
	}
	return w.accounts.nonzero()
}

// values joins what a product is worth otherwise.
func (c *correction) values(w *worths, rest accounts, n uint64) {
	if len(rest) == 0 {
		return
	}
	c.because(n)
	i := slices.IndexFunc(c.worths, func(x worths) bool { return x.h == w.h })
	if i < 0 {
		c.worths = append(c.worths, worths{h: w.h, shelf: w.shelf, books: w.books})
		i = len(c.worths) - 1
	}
	sum := &c.worths[i].accounts
	for _, a := range rest {
		sum.add(a.Place, a.Value)
	}
	*sum = sum.nonzero()
}

// moves tells of value alone: from what lost it to what gained it, and the rest
// from or to the pool.
func (w *worths) moves(accounts accounts, why string) (out []ledger.Move) {
	left := slices.Clone(accounts)
	for i := range left {
		for j := range left {
			if left[i].Value < 0 && left[j].Value > 0 {
				value := min(-left[i].Value, left[j].Value)
				left[i].Value += value
				left[j].Value -= value
				out = append(out, w.move(left[i].Place, left[j].Place, value, why))
			}
		}
	}
	for _, a := range left {
		switch {
		case a.Value > 0:
			out = append(out, w.move(0, a.Place, a.Value, why))
		case a.Value < 0:
			out = append(out, w.move(a.Place, 0, -a.Value, why))
		}
	}
	return out
}

// move tells of value that goes between two places; 0 is the pool without a home.
func (w *worths) move(from, to ledger.PlaceID, value int64, why string) ledger.Move {
	name := func(id ledger.PlaceID) string {
		if p, ok := w.books.state.PlaceByID(id); ok {
			return p.Ref()
		}
		switch {
		case w.shelf != nil:
			return w.shelf.Ref()
		case w.books.state.PoolsPerSite():
			return w.books.virtual(ledger.PlaceTransit).Ref()
		}
		p, _ := w.books.state.Place("main", string(ledger.PlaceStock)) // every book has it
		return p.Ref()
	}
	return ledger.Move{Product: w.h.product.Code, From: name(from), FromStatus: ledger.Available, To: name(to), ToStatus: ledger.Available,
		Quantity: "0", Value: ledger.FormatScaled(value, ledger.MoneyDecimals), Cause: why}
}

// Pool is what a pool holds.
type Pool struct {
	Product  *ledger.Product
	Site     string // "" where the pool is the company's; "transit" of what is between sites
	Quantity int64  // in the product's last decimal
	Value    int64  // in minor units of money; below zero what the pool owes
	Cost     int64  // the current, or last known, cost of one, 6 decimals
}

// Worth is what the goods of a product cost.
type Worth struct {
	Product  *ledger.Product
	Pools    []Pool           // in order of their sites
	Accounts map[string]int64 // value that went to virtual places, by Place.Ref, where not 0
}

// Worths returns the costs of all products that have any, in the order of their
// numbers. Errors: those of reading histories.
func (b *Books) Worths() ([]Worth, error) {
	var out []Worth
	for _, p := range b.state.AllProducts() {
		w, err := b.worth(b.history(p))
		if err != nil {
			return nil, err
		}
		if len(w.Pools) > 0 || len(w.Accounts) > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// PoolOf says to which pool, named as in Pool.Site, goods at a place belong that is
// written as Place.Ref; false where to none.
func (b *Books) PoolOf(place string) (site string, pooled bool) {
	at, _, physical := strings.Cut(place, "/")
	if !physical {
		p, ok := b.state.Place("", place)
		if !ok || p.Kind != ledger.PlaceTransit {
			return "", false
		}
		at = string(ledger.PlaceTransit)
	}
	if !b.state.PoolsPerSite() {
		at = ""
	}
	return at, true
}

// poolsOf lists the pools of a product, but for those of which nothing is known.
func (b *Books) poolsOf(h *history) (out []Pool) {
	fifo := h.product.FIFOAt(h.costs.last.TEff)
	add := func(site string, p *pool) {
		if len(p.layers) > 0 || len(p.owed) > 0 || p.last != 0 {
			out = append(out, Pool{Product: h.product, Site: site, Quantity: p.quantity(), Value: p.value(), Cost: p.current(h.product, fifo)})
		}
	}
	c := &h.costs
	for i := range c.sites {
		add(b.poolSite(c.sites[i].home), &c.sites[i].pool)
	}
	add(b.poolSite(0), &c.pool)
	slices.SortFunc(out, func(x, y Pool) int { return strings.Compare(x.Site, y.Site) })
	return out
}
