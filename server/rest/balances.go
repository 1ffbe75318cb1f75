package rest

import (
	"cmp"
	"context"
	"slices"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/book/history"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

type balancesQuery struct {
	Site     string `query:"site"`
	Product  string `query:"product"`
	Location string `query:"location" doc:"with all below it; a code of the site, else site/code, else a virtual place"`
	Lot      string `query:"lot"`
	All      bool   `query:"all" doc:"virtual places too"`
	At       string `query:"at" doc:"RFC 3339: as it was at this moment, told by what is known now"`
	Entry    uint64 `query:"entry" doc:"as it was booked at this entry"`

	only func(*ledger.Product) bool // of those within: these; nil: all
}

// wants says whether a product is asked for.
func (q *balancesQuery) wants(p *ledger.Product) bool {
	return (q.Product == "" || p.Code == q.Product) && (q.only == nil || q.only(p))
}

func (a *API) getBalances(ctx context.Context, q *balancesQuery) (*huma.StreamResponse, error) {
	rows, head, err := a.balanceRows(ctx, q)
	if err != nil {
		return nil, err
	}
	return a.streamed("application/json", func(_ context.Context, s *stream) error {
		s.WriteString(`{"rows":[`)
		for i := range rows {
			if i > 0 {
				s.WriteByte(',')
			}
			b, err := json.Marshal(&rows[i])
			if err != nil {
				return err
			}
			s.Write(b)
		}
		_, err := s.Write(append(a.appendHead([]byte{']'}, head), '}', '\n'))
		return err
	}), nil
}

// balanceRows are the rows of the balance report, as whoever asks may see them.
func (a *API) balanceRows(ctx context.Context, q *balancesQuery) (rows []wire.BalanceRow, head uint64, err error) {
	at, p := parseMoment("at", q.At)
	if p != nil {
		return nil, 0, p
	}
	if q.Entry > a.book.Head() {
		p := problem(ledger.NotFound, "There is no entry "+itoa(q.Entry)+" yet. Nothing was read.")
		p.Field = "entry"
		return nil, 0, p
	}
	switch {
	case at != 0 || q.Entry != 0:
		rows, head, err = a.pastBalances(ctx, q, at)
	case !a.where(ctx, access.SeeMoney).None():
		rows, head, err = a.valuesNow(ctx, q)
	default:
		rows, head, err = a.balancesNow(ctx, q)
	}
	if err != nil {
		return nil, 0, err
	}
	return withoutMoney(rows, a.where(ctx, access.SeeMoney)), head, nil
}

// withoutMoney takes what goods are worth out of the rows of sites where whoever asks
// may not see it, and the rows that say nothing else.
func withoutMoney(rows []wire.BalanceRow, money access.Sites) []wire.BalanceRow {
	if money.All() {
		return rows
	}
	for i := range rows {
		if !money.Has(rows[i].Site) {
			rows[i].Value, rows[i].AverageCost = "", ""
		}
	}
	return slices.DeleteFunc(rows, func(r wire.BalanceRow) bool { return !money.Has(r.Site) && r.Quantity == "0" })
}

// balancesNow has the cells in scope copied, a few products at a time, and does the
// rest after, so that the writer waits for no sorting and never for all of them.
func (a *API) balancesNow(ctx context.Context, q *balancesQuery) (rows []wire.BalanceRow, head uint64, err error) {
	if err := a.mayAskBalances(ctx, q); err != nil {
		return nil, 0, err
	}
	rows, head, err = book.Shown(ctx, a.book, q.wants,
		func(s *ledger.State) func(*ledger.Cell) (wire.BalanceRow, bool) {
			sc, _ := scopeOf(s, a.where(ctx, access.ReadBalances), q.Site, q.Product, q.Location) // what there was, there is: nothing is unmade
			sc.all = sc.all || q.All
			return func(c *ledger.Cell) (row wire.BalanceRow, in bool) {
				if in = sc.at(c.Place) && (q.Lot == "" || c.Lot == q.Lot); in {
					row = wire.BalanceRow{Site: c.At.Site, Location: c.At.Code, Product: c.Product.Code, Lot: c.Lot, Serial: c.Serial, Package: c.Place.PackageCode(),
						Status: string(c.Status()), Quantity: ledger.FormatScaled(c.Quantity, c.Product.Decimals), ChangedAt: c.ChangedAt, N: c.N}
				}
				return row, in
			}
		})
	slices.SortFunc(rows, compareBalances)
	return rows, head, err
}

// mayAskBalances says whether what is asked for is there, for whoever asks. Errors: a
// Problem, those of the book.
func (a *API) mayAskBalances(ctx context.Context, q *balancesQuery) error {
	var p *Problem
	err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		_, p = scopeOf(s, a.where(ctx, access.ReadBalances), q.Site, q.Product, q.Location)
	})
	if err == nil && p != nil {
		return p
	}
	return err
}

// valuesNow is balancesNow with what the goods are worth, for those who may see it.
func (a *API) valuesNow(ctx context.Context, q *balancesQuery) (rows []wire.BalanceRow, head uint64, err error) {
	if err := a.mayAskBalances(ctx, q); err != nil {
		return nil, 0, err
	}
	stocks, head, err := a.book.Stocks(ctx, q.wants,
		func(s *ledger.State, stock *settle.Stock) bool {
			sc, _ := scopeOf(s, a.where(ctx, access.ReadBalances), q.Site, q.Product, q.Location) // what there was, there is: nothing is unmade
			sc.all = sc.all || q.All
			return stock.Keep(sc.at)
		})
	for i := range stocks {
		for _, c := range stocks[i].Values() {
			if (c.Quantity != 0 || c.Value != 0) && (q.Lot == "" || c.Lot == q.Lot) {
				rows = append(rows, valuedRow(&c))
			}
		}
	}
	slices.SortFunc(rows, compareBalances)
	return rows, head, err
}

func valuedRow(c *settle.Valued) wire.BalanceRow {
	return wire.BalanceRow{Site: c.At.Site, Location: c.At.Code, Product: c.Product.Code, Lot: c.Lot, Serial: c.Serial, Package: c.Place.PackageCode(),
		Status: string(c.Status()), Quantity: ledger.FormatScaled(c.Quantity, c.Product.Decimals), Value: ledger.FormatScaled(c.Value, ledger.MoneyDecimals),
		AverageCost: ledger.FormatScaled(c.Average, ledger.CostDecimals), ChangedAt: c.ChangedAt, N: c.N}
}

func compareBalances(a, b wire.BalanceRow) int {
	return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Location, b.Location), cmp.Compare(a.Product, b.Product),
		cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Serial, b.Serial), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Status, b.Status))
}

// pastBalances folds the stored entries. Which places lie below which is as it
// is now.
func (a *API) pastBalances(ctx context.Context, q *balancesQuery, at ledger.Time) (rows []wire.BalanceRow, head uint64, err error) {
	done, err := a.reading(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer done()
	var p *Problem
	places := map[string]bool{} // by site/code: those in scope
	err = a.book.View(ctx, func(s *ledger.State, n uint64) {
		var sc scope
		if sc, p = scopeOf(s, a.where(ctx, access.ReadBalances), q.Site, q.Product, q.Location); p != nil {
			return
		}
		sc.all = sc.all || q.All
		head = n
		for _, it := range s.Items(ledger.EntityLocation) {
			if place, ok := s.Place("", it.Key); ok && sc.at(place) {
				places[it.Key] = true
			}
		}
	})
	if p != nil {
		return nil, 0, p
	}
	if err != nil {
		return nil, 0, err
	}
	if q.Entry != 0 {
		head = q.Entry
	}
	inScope := func(site, location string) bool {
		if site != "" {
			location = site + "/" + location
		}
		return places[location]
	}
	if q.Entry == 0 {
		rows, err = a.asOf(ctx, at, q, inScope)
		return rows, head, err
	}
	balances, err := history.Fold(ctx, a.source, history.Span{Entry: head, To: at}, nil)
	if err != nil {
		return nil, 0, err
	}
	for i := range balances {
		b := &balances[i]
		if inScope(b.Site, b.Location) && (q.Product == "" || b.Product == q.Product) && (q.Lot == "" || b.Lot == q.Lot) {
			rows = append(rows, wire.BalanceRow{Site: b.Site, Location: b.Location, Product: b.Product, Lot: b.Lot, Serial: b.Serial, Package: b.Package,
				Status: string(b.Status), Quantity: b.Quantity, ChangedAt: b.ChangedAt, N: b.N})
		}
	}
	return rows, head, nil
}

// asOf adds up the histories of products up to a moment, as known now; of one product,
// where one is named.
func (a *API) asOf(ctx context.Context, at ledger.Time, q *balancesQuery, inScope func(site, location string) bool) (rows []wire.BalanceRow, err error) {
	only := func(p *ledger.Product) bool { return q.Product == "" || p.Code == q.Product }
	money := !a.where(ctx, access.SeeMoney).None()
	_, err = a.book.Trails(ctx, settle.Inquiry{View: settle.View{At: at}, Want: only}, func(t *settle.Trail) error {
		stock := t.Sum(nil).Shown()
		for _, c := range stock.Values() {
			if inScope(c.At.Site, c.At.Code) && (q.Lot == "" || c.Lot == q.Lot) && (c.Quantity != 0 || c.Value != 0 && money) {
				rows = append(rows, valuedRow(&c))
			}
		}
		return nil
	})
	slices.SortFunc(rows, compareBalances)
	return rows, err
}
