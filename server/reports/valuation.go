package reports

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// By says what rows of a valuation are about.
type By string

// Ways to sum a valuation up.
const (
	ByLocation By = "location"
	BySite     By = "site"
	ByKind     By = "kind"
	ByProduct  By = "product" // and location
)

// Groups of places in a valuation, in its order.
const (
	GroupPhysical = "physical" // on the shelves of sites
	GroupTransit  = "transit"  // on their way between sites
	GroupPartners = "partners" // suppliers and customers
	GroupVirtual  = "virtual"  // loss, scrap, opening, …
	GroupTotal    = "total"
)

// ValuationRow is what lies at a place, or went there, and what it is worth.
type ValuationRow struct {
	Group    string `json:"group" enum:"physical,transit,partners,virtual,total"`
	Site     string `json:"site"`
	Location string `json:"location"`
	Kind     string `json:"kind" doc:"of the place"`
	Product  string `json:"product" doc:"where rows are by product"`
	Products int    `json:"products,omitzero" doc:"how many there are or were"`
	Quantity string `json:"quantity" doc:"over all products, each in its own unit"`
	Value    string `json:"value,omitzero" doc:"for those who may see money"`
}

type valuationKey struct{ group, site, location, kind, product string }

type valuationSum struct {
	products int
	quantity Total
	value    int64
}

// Valuation makes a table of all places that adds up to zero, sorted by group, site,
// location and product: what lies at each, and what it is worth. Whoever may not see
// all sites gets those of theirs, and no company. Errors: row's, those of reading.
func Valuation(ctx context.Context, b Books, q Query, by By, eyes Eyes, row func(*ValuationRow) error) error {
	v := valuation{q: &q, by: by, eyes: &eyes, sums: map[valuationKey]*valuationSum{}}
	var err error
	if q.View == (settle.View{}) {
		err = v.now(ctx, b)
	} else {
		_, err = b.Trails(ctx, q.of(""), func(t *settle.Trail) error {
			stock := t.Sum(nil).Stock()
			stock.Keep(v.shows)
			v.add(&stock)
			return nil
		})
	}
	if err != nil {
		return err
	}
	return valuationRows(v.sums, &q, &eyes, row)
}

// valuation adds up what lies where.
type valuation struct {
	q    *Query
	by   By
	eyes *Eyes
	sums map[valuationKey]*valuationSum
}

// now takes the books as they stand, all of them as of one entry.
func (v *valuation) now(ctx context.Context, b Books) error {
	stocks, _, err := b.Stocks(ctx, v.q.wants, func(_ *ledger.State, stock *settle.Stock) bool { return stock.Keep(v.shows) })
	for i := range stocks {
		v.add(&stocks[i])
	}
	return err
}

// shows says whether a place is one of those that are asked about, and whoever asks may
// look there.
func (v *valuation) shows(at *ledger.Place) bool {
	at = at.Stand()
	return v.q.below(at) && (v.eyes.sees(v.q, at.Site) || at.Site == "" && v.q.Site == "" && v.eyes.Sites.All())
}

func (v *valuation) add(stock *settle.Stock) {
	seen := map[valuationKey]bool{}
	for _, c := range stock.Values() {
		key, ok := valuationKeyOf(&c, v.by)
		if !ok {
			continue
		}
		s := v.sums[key]
		if s == nil {
			s = &valuationSum{}
			v.sums[key] = s
		}
		s.quantity.Add(c.Quantity, c.Product.Decimals)
		s.value += c.Value
		if !seen[key] {
			seen[key] = true
			s.products++
		}
	}
}

// valuationKeyOf says in which row a cell counts.
func valuationKeyOf(c *settle.Valued, by By) (valuationKey, bool) {
	key := valuationKey{group: groupOf(c.At), site: c.At.Site, location: c.At.Code, kind: string(c.At.Kind)}
	if c.At.IsPackage() {
		key.location, key.kind = "", "package" // of which nobody knows where it stands
	}
	switch by {
	case BySite:
		if key.group == GroupPhysical {
			key.location, key.kind = "", ""
		}
	case ByKind:
		key.location = ""
		if key.group != GroupPhysical {
			key.location = c.At.Code
		}
		key.site = ""
	case ByProduct:
		key.product = c.Product.Code
	}
	return key, c.Quantity != 0 || c.Value != 0
}

func groupOf(at *ledger.Place) string {
	switch {
	case at.Physical():
		return GroupPhysical
	case at.Kind == ledger.PlaceTransit:
		return GroupTransit
	case at.Kind == ledger.PlaceSupplier || at.Kind == ledger.PlaceCustomer:
		return GroupPartners
	}
	return GroupVirtual
}

func valuationRows(sums map[valuationKey]*valuationSum, q *Query, eyes *Eyes, row func(*ValuationRow) error) error {
	keys := make([]valuationKey, 0, len(sums))
	for key := range sums {
		keys = append(keys, key)
	}
	order := []string{GroupPhysical, GroupTransit, GroupPartners, GroupVirtual}
	slices.SortFunc(keys, func(x, y valuationKey) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.group), slices.Index(order, y.group)), cmp.Compare(x.site, y.site),
			cmp.Compare(x.location, y.location), cmp.Compare(x.kind, y.kind), cmp.Compare(x.product, y.product))
	})
	var whole valuationSum
	for _, key := range keys {
		s := sums[key]
		r := &ValuationRow{Group: key.group, Site: key.site, Location: key.location, Kind: key.kind, Product: key.product, Products: s.products, Quantity: s.quantity.String()}
		if eyes.money(key.site) {
			r.Value = value(s.value)
		}
		if err := row(r); err != nil {
			return err
		}
		whole.quantity.sum(&s.quantity)
		whole.value += s.value
	}
	if len(keys) == 0 {
		return nil
	}
	last := &ValuationRow{Group: GroupTotal, Site: q.Site, Quantity: whole.quantity.String()}
	if eyes.money(q.Site) {
		last.Value = value(whole.value)
	}
	return row(last)
}

// Total adds quantities of products with different decimals. It has as many digits as
// they need: thousands of products may each come to as much as a sum of the books can
// be.
type Total struct{ n big.Int } // in units of 10^-6

// Add adds a quantity of a product with so many decimals.
func (t *Total) Add(n int64, decimals int) {
	factor := int64(1)
	for range ledger.MaxDecimals - decimals {
		factor *= 10
	}
	t.n.Add(&t.n, new(big.Int).Mul(big.NewInt(n), big.NewInt(factor)))
}

func (t *Total) sum(o *Total) { t.n.Add(&t.n, &o.n) }

func (t *Total) sub(o *Total) { t.n.Sub(&t.n, &o.n) }

func (t *Total) zero() bool { return t.n.Sign() == 0 }

// String writes it in plain notation, without trailing zeros.
func (t *Total) String() string {
	if t.n.IsInt64() {
		return ledger.FormatScaled(t.n.Int64(), ledger.MaxDecimals)
	}
	whole, rest := new(big.Int).QuoRem(&t.n, big.NewInt(1_000_000), new(big.Int))
	if rest.Sign() == 0 {
		return whole.String()
	}
	return whole.String() + ledger.FormatScaled(rest.Abs(rest).Int64(), ledger.MaxDecimals)[1:]
}
