package reports

import (
	"cmp"
	"context"
	"slices"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Price is another cost of one line of a receipt.
type Price struct {
	Receipt ledger.Identity
	Line    int
	Costed  ledger.CostSaid // CostUnit or CostTotal
	Cost    int64           // 6 decimals of one, or minor units of the whole line
}

// PriceChange is what another price changes in one place, all in all.
type PriceChange struct {
	Product string `json:"product"`
	Place   string `json:"place" doc:"on hand, or the place that goods went to: customer is the cost of goods delivered"`
	Site    string `json:"site" doc:"of on hand: of the pool; empty where the company has one"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Change  string `json:"change"`
}

// OnHand names what is in a pool.
const OnHand = "on hand"

// Priced is what a receipt is, and what another price changes.
type Priced struct {
	Lines   map[int]PricedLine // of the receipt that take part, by their numbers
	Changes []PriceChange      // by product, place and site; only what changes
}

// PricedLine is a line of the receipt.
type PricedLine struct {
	settle.ReceiptLine
	Product *ledger.Product
}

// Reprice says what another price would change: it costs the product's history twice,
// and books nothing. products are those that the receipt's entry moved. Errors: those
// of reading.
func Reprice(ctx context.Context, b Books, products []string, price Price) (Priced, error) {
	out := Priced{Lines: map[int]PricedLine{}}
	want := func(p *ledger.Product) bool { return slices.Contains(products, p.Code) }
	_, err := b.Trails(ctx, settle.Inquiry{Want: want}, func(t *settle.Trail) error {
		touched := false
		for _, l := range t.Receipt(price.Receipt) {
			out.Lines[l.Line] = PricedLine{l, t.Product}
			touched = touched || l.Line == price.Line
		}
		if touched {
			before, after := t.Walk(nil, nil), t.Repriced(price.Receipt, price.Line, price.Costed, price.Cost).Walk(nil, nil)
			out.Changes = append(out.Changes, changes(before, after)...)
		}
		return nil
	})
	return out, err
}

func changes(before, after *settle.Walked) (out []PriceChange) {
	type key struct{ place, site string }
	sums := map[key][2]int64{}
	for i, w := range [...]*settle.Walked{before, after} {
		for _, p := range w.Pools {
			s := sums[key{OnHand, p.Site}]
			s[i] += p.Value
			sums[key{OnHand, p.Site}] = s
		}
		for at, v := range w.Accounts {
			s := sums[key{place: at.Ref()}]
			s[i] += v
			sums[key{place: at.Ref()}] = s
		}
	}
	for k, s := range sums {
		if s[0] != s[1] {
			out = append(out, PriceChange{before.Product.Code, k.place, k.site, value(s[0]), value(s[1]), value(s[1] - s[0])})
		}
	}
	slices.SortFunc(out, func(x, y PriceChange) int { return cmp.Or(cmp.Compare(x.Place, y.Place), cmp.Compare(x.Site, y.Site)) })
	return out
}
