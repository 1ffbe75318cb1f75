package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// worths is what the goods of a product at virtual places came to be worth by the
// work on an entry.
type worths struct {
	h        *history
	accounts []account
	from     *Key          // what is costed
	late     bool          // facts before the last one were costed again
	shelf    *ledger.Place // a place of the pool, to tell of it
	books    *Books
}

// recost costs what the entry did, by product.
func (b *Books) recost() {
	b.worths = b.worths[:0]
	for i := range b.did {
		d := &b.did[i]
		at, found := d.h.position(&d.key)
		if !found {
			continue
		}
		f := &d.h.facts[at]
		last := at == len(d.h.facts)-1 && f.Compare(&d.h.costs.last) > 0
		if !last && !slices.ContainsFunc(f.legs, touchesPool) && !slices.ContainsFunc(d.before, touchesPool) {
			continue
		}
		w := b.worthsOf(d.h)
		if w.from == nil || d.key.Compare(w.from) < 0 {
			w.from = &d.key
		}
		w.shelf = poolPlace(f, w.shelf)
	}
	for i := range b.worths {
		w := &b.worths[i]
		w.late = w.from.Compare(&w.h.costs.last) <= 0
		w.accounts = b.cost(w.h, w.from)
		b.approve(w)
	}
}

func touchesPool(l leg) bool { return crosses(&l) }

func (b *Books) worthsOf(h *history) *worths {
	for i := range b.worths {
		if b.worths[i].h == h {
			return &b.worths[i]
		}
	}
	b.worths = append(b.worths, worths{h: h, books: b})
	return &b.worths[len(b.worths)-1]
}

// poolPlace is a place of the pool that a fact touches, else the one known.
func poolPlace(f *fact, known *ledger.Place) *ledger.Place {
	switch {
	case known != nil:
	case f.from != nil && pooled(f.from) && !f.from.IsPackage():
		return f.from
	case f.to != nil && pooled(f.to) && !f.to.IsPackage():
		return f.to
	}
	return known
}

// bookedNow returns the legs of the facts that the entry brought, as costed.
func (b *Books) bookedNow() []leg {
	out := b.ownLegs[:0]
	for i := range b.did {
		if d := &b.did[i]; d.added {
			if at, found := d.h.position(&d.key); found {
				out = append(out, d.h.facts[at].legs...)
			}
		}
	}
	b.ownLegs = out
	return out
}

// rest is what legs do not tell of.
func (w *worths) rest(legs []leg) []account {
	p := pool{accounts: w.accounts}
	for i := range legs {
		if l := &legs[i]; l.from.Product == w.h.product && l.value != 0 {
			if !pooled(l.from.Place) {
				p.account(l.from.Place.ID, l.value)
			}
			if !pooled(l.to.Place) {
				p.account(l.to.Place.ID, -l.value)
			}
		}
	}
	return slices.DeleteFunc(p.accounts, func(a account) bool { return a.Value == 0 })
}

// assign lets the first leg to or from each virtual place carry what that place
// gained or lost, and returns what is left to tell.
func (w *worths) assign(legs []shift) []account {
	p := pool{accounts: w.accounts}
	of := func(place *ledger.Place) int64 {
		for _, a := range p.accounts {
			if a.Place == place.ID {
				return a.Value
			}
		}
		return 0
	}
	for i := range legs {
		l := &legs[i]
		if l.from.Product != w.h.product {
			continue
		}
		lost, gained := -of(l.from.Place), of(l.to.Place)
		switch {
		case pooled(l.from.Place) && pooled(l.to.Place):
			continue
		case pooled(l.from.Place):
			lost = gained
		case pooled(l.to.Place):
			gained = lost
		}
		if l.value = min(lost, gained); l.value <= 0 {
			l.value = 0
			continue
		}
		if !pooled(l.from.Place) {
			p.account(l.from.Place.ID, l.value)
		}
		if !pooled(l.to.Place) {
			p.account(l.to.Place.ID, -l.value)
		}
	}
	return slices.DeleteFunc(p.accounts, func(a account) bool { return a.Value == 0 })
}

// values joins what a product is worth otherwise.
func (c *correction) values(w *worths, rest []account, n uint64) {
	if len(rest) == 0 {
		return
	}
	c.because(n)
	i := slices.IndexFunc(c.worths, func(x worths) bool { return x.h == w.h })
	if i < 0 {
		c.worths = append(c.worths, worths{h: w.h, shelf: w.shelf, books: w.books})
		i = len(c.worths) - 1
	}
	p := pool{accounts: c.worths[i].accounts}
	for _, a := range rest {
		p.account(a.Place, a.Value)
	}
	c.worths[i].accounts = slices.DeleteFunc(p.accounts, func(a account) bool { return a.Value == 0 })
}

// moves tells of value alone: from what lost it to what gained it, and the rest
// from or to the pool.
func (w *worths) moves(accounts []account, why string) (out []ledger.Move) {
	left := slices.Clone(accounts)
	slices.SortFunc(left, func(a, b account) int { return int(a.Place) - int(b.Place) })
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

// move tells of value that goes between two places; 0 is the pool.
func (w *worths) move(from, to ledger.PlaceID, value int64, why string) ledger.Move {
	name := func(id ledger.PlaceID) string {
		if p, ok := w.books.state.PlaceByID(id); ok {
			return p.Ref()
		}
		if w.shelf != nil {
			return w.shelf.Ref()
		}
		p, _ := w.books.state.Place("main", string(ledger.PlaceStock)) // every book has it
		return p.Ref()
	}
	return ledger.Move{Product: w.h.product.Code, From: name(from), FromStatus: ledger.Available, To: name(to), ToStatus: ledger.Available,
		Quantity: "0", Value: ledger.FormatScaled(value, ledger.MoneyDecimals), Cause: why}
}

// Pool is what a product's pool holds, in minor units of money.
type Pool struct {
	Product  *ledger.Product
	Value    int64
	Accounts map[string]int64 // by virtual place, where not 0
}

// Pools returns the costs of all products that have any, in the order of their
// numbers. Errors: those of reading histories.
func (b *Books) Pools() ([]Pool, error) {
	var out []Pool
	for _, p := range b.state.AllProducts() {
		h := b.history(p)
		if err := b.reach(h, nothingRead, nil); err != nil {
			return nil, err
		}
		pool := Pool{Product: p, Value: h.costs.value(), Accounts: map[string]int64{}}
		for _, a := range h.costs.accounts {
			if place, ok := b.state.PlaceByID(a.Place); ok && a.Value != 0 {
				pool.Accounts[place.Ref()] = a.Value
			}
		}
		if pool.Value != 0 || len(pool.Accounts) > 0 {
			out = append(out, pool)
		}
	}
	return out, nil
}
