package simulation

import (
	"context"
	"slices"
	"strconv"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/simulation/oracle"
)

// books are what a state holds. What the engine does not keep yet is nil and is
// not compared.
type books struct {
	cells    balances
	values   map[string]string // by "product" or "product at site", minor units
	serials  map[string]string // by "product serial"
	packages map[string]string
	parents  map[string]string
	holds    []string
	asks     map[string]string // what became of each, by its exception's name
}

// books asks the book for all that it holds; this file is all that knows where the
// engine keeps what.
func (s *server) books() (b books, err error) {
	b = emptyBooks()
	err = s.book.Settled(context.Background(), func(settled *settle.Books) error {
		b.asks = asksOf(settled)
		return b.take(settled)
	})
	return b, err
}

func emptyBooks() books {
	return books{cells: balances{}, values: map[string]string{}, serials: map[string]string{}, packages: map[string]string{}, parents: map[string]string{}}
}

// take adds what settled books hold.
func (b *books) take(settled *settle.Books) error {
	for _, c := range settled.State().CellsOf(nil) {
		b.cells.add(oracle.Cell{Location: c.At.Ref(), Package: c.Place.PackageCode(), Product: c.Product.Code, Lot: c.Lot, Serial: c.Serial, Status: string(c.Status())}, c.Quantity)
		if c.Serial != "" && c.Quantity > 0 {
			b.serials[c.Product.Code+" "+c.Serial] = c.At.Ref()
		}
	}
	for _, p := range settled.Packages() {
		if b.packages[p.Code] = p.Place; p.Parent != "" {
			b.parents[p.Code] = p.Parent
		}
	}
	b.holds = append([]string{}, settled.OpenHolds()...)
	slices.Sort(b.holds)
	worths, err := settled.Worths()
	for i := range worths {
		for _, p := range worths[i].Pools {
			if p.Value != 0 {
				b.values[poolName(p.Product.Code, p.Site)] = strconv.FormatInt(p.Value, 10)
			}
		}
	}
	return err
}

// booksOfOracle brings the oracle's books into the same form; the decimals are
// the products'.
func booksOfOracle(o *oracle.Books, decimals map[string]int) books {
	b := books{cells: balances{}, values: map[string]string{}, serials: map[string]string{}, packages: o.Packages, parents: o.Parents, holds: append([]string{}, o.Holds...), asks: map[string]string{}}
	for c, text := range o.Balances {
		d, err := ledger.ParseDecimal(text)
		units, ok := d.Scaled(decimals[c.Product])
		if err != nil || !ok {
			units = -1 << 62 // nothing that a book can hold
		}
		b.cells.add(c, units)
	}
	for name, a := range o.Asks {
		b.asks[name] = askText(a.State, a.About, a.TakenBy, a.Choice, a.By)
	}
	for pool, value := range o.Values {
		b.values[poolName(pool.Product, pool.Site)] = value
	}
	for s, place := range o.Serials {
		b.serials[s.Product+" "+s.Serial] = place
	}
	return b
}

func poolName(product, site string) string {
	if site == "" {
		return product
	}
	return product + " at " + site
}

// stampedHolds are the holds that a release was stamped with at receipt.
func stampedHolds(st *ledger.State, r journal.Record) []string {
	stamp, err := st.ReadStamp(r.Stamp)
	if err != nil || stamp.Kind != ledger.StampRelease {
		return nil
	}
	return stamp.Names
}
