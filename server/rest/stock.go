package rest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Stock is a page of what there is.
type Stock struct {
	Rows  []StockRow  `json:"rows" doc:"by product: sorted by code; by place: by site, location, product and package"`
	Next  string      `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Now   ledger.Time `json:"now" doc:"the server's clock"`
	Head  uint64      `json:"head" doc:"the newest entry that is in it"`
	Epoch string      `json:"epoch"`
}

// StockRow is what there is of a product, at all places asked about or at one.
type StockRow struct {
	Product  string `json:"product"`
	Name     string `json:"name"`
	Category string `json:"category"`
	Unit     string `json:"unit"`
	Site     string `json:"site,omitempty" doc:"by place"`
	Location string `json:"location,omitempty" doc:"by place"`
	Package  string `json:"package,omitempty" doc:"by place: what it lies in"`

	OnHand    string      `json:"on_hand"`
	Available string      `json:"available" doc:"of it, what is neither held nor in a quarantine place"`
	Held      string      `json:"held" doc:"of it"`
	Incoming  string      `json:"incoming" doc:"of it, what stands at an incoming place and is not put away yet"`
	Value     string      `json:"value,omitzero" doc:"for those who may see money"`
	Uncosted  bool        `json:"uncosted,omitempty" doc:"likewise: no receipt said what it costs, so that its value is 0"`
	Average   string      `json:"average_cost,omitzero" doc:"by place, likewise"`
	ChangedAt ledger.Time `json:"changed_at,omitzero" doc:"the last change"`
	N         uint64      `json:"n,omitempty" doc:"and its entry"`

	Below   []BelowZero    `json:"below_zero,omitempty" doc:"by product: where it lies below zero, the worst first; 10 at most"`
	Minimum []BelowMinimum `json:"below_minimum,omitempty" doc:"constraints of which less is available than their least; 10 at most"`
}

// BelowZero is a place or package that holds less than nothing.
type BelowZero struct {
	Site     string `json:"site"`
	Location string `json:"location"`
	Package  string `json:"package,omitempty"`
	Quantity string `json:"quantity"`
}

// BelowMinimum is a constraint that is not met.
type BelowMinimum struct {
	Site      string `json:"site"`
	Location  string `json:"location" doc:"with all below it; empty: the whole site"`
	Min       string `json:"min"`
	Available string `json:"available"`
}

// maxBelow bounds the places that one row names: whoever wants all asks by place.
const maxBelow = 10

type (
	stockQuery struct {
		By       string `query:"by" enum:"product,place" default:"product"`
		Search   string `query:"search" maxLength:"200" doc:"words that all stand in the code or the name"`
		Category string `query:"category"`
		Site     string `query:"site"`
		Product  string `query:"product"`
		Location string `query:"location" doc:"with all below it"`
		Below    string `query:"below" enum:"zero,minimum" doc:"only what lies below zero somewhere, or below a constraint's least"`
		After    string `query:"after" doc:"next of the page before"`
		Limit    int    `query:"limit" default:"100" minimum:"1" maximum:"500"`
	}
	stockAnswer struct{ Body Stock }
)

func (a *API) routeStock() {
	register(a, route{method: http.MethodGet, path: "/v1/stock", id: "getStock", tag: "Reports", action: access.ReadBalances,
		summary: "What there is, by product or by place",
		about: "A page at a time. By product each that is stock-kept has a row, also where there is none of it, but where a location is asked about; by place what lies there, over lots, serials and statuses, " +
			"each package apart. Rows name what lies below zero or below its least. Values are for those who may see money."}, a.getStock)
}

// stockKey names a row, in the order of rows.
type stockKey struct{ site, location, product, pack string }

func (k stockKey) compare(o stockKey) int {
	return cmp.Or(cmp.Compare(k.site, o.site), cmp.Compare(k.location, o.location), cmp.Compare(k.product, o.product), cmp.Compare(k.pack, o.pack))
}

func (k stockKey) cursor() string {
	return cursorAfter(strings.Join([]string{k.site, k.location, k.product, k.pack}, "\x00"))
}

// stockAfter reads the key that a page begins behind.
func stockAfter(after string) (k stockKey, err error) {
	if after == "" {
		return k, nil
	}
	text, err := cursorOf(after)
	if err != nil {
		return k, err
	}
	parts := strings.Split(text, "\x00")
	if len(parts) != 4 {
		return k, badField("after", "The cursor "+quoted(after)+" is not one of ours. Nothing was read; begin without one.")
	}
	return stockKey{parts[0], parts[1], parts[2], parts[3]}, nil
}

// wants says whether a product is asked for.
func (q *stockQuery) wants() func(*ledger.Product) bool {
	words := strings.Fields(strings.ToLower(q.Search))
	return func(p *ledger.Product) bool {
		if q.Product != "" && p.Code != q.Product || q.Category != "" && p.Category != q.Category {
			return false
		}
		if len(words) == 0 {
			return true
		}
		text := strings.ToLower(p.Code + "\x00" + p.Name)
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
	}
}

func (a *API) getStock(ctx context.Context, q *stockQuery) (*stockAnswer, error) {
	after, err := stockAfter(q.After)
	if err != nil {
		return nil, err
	}
	balances := balancesQuery{Site: q.Site, Product: q.Product, Location: q.Location}
	if err := a.mayAskBalances(ctx, &balances); err != nil {
		return nil, err
	}
	t := stockTable{q: q, rows: map[stockKey]*stockSum{}}
	if q.By == "place" {
		err = a.placesOfStock(ctx, &t, after)
	} else {
		err = a.productsOfStock(ctx, &t, after)
	}
	if err != nil {
		return nil, err
	}
	more := len(t.keys) > q.Limit
	t.keys = t.keys[:min(len(t.keys), q.Limit)]
	out := &stockAnswer{Body: Stock{Rows: []StockRow{}, Now: ledger.TimeOf(a.opts.Now()), Head: a.book.Head(), Epoch: a.book.Epoch()}}
	if more {
		out.Body.Next = t.keys[len(t.keys)-1].cursor()
	}
	if len(t.keys) == 0 {
		return out, nil
	}
	balances.only = t.products()
	rows, head, err := a.balanceRows(ctx, &balances)
	if err != nil {
		return nil, err
	}
	out.Body.Head = head
	err = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		for i := range rows {
			t.add(s, &rows[i])
		}
		for _, key := range t.keys {
			out.Body.Rows = append(out.Body.Rows, t.row(s, key, a.scopeOfStock(ctx, s, q)))
		}
	})
	return out, err
}

// scopeOfStock is what is asked about; that it is there was said before.
func (a *API) scopeOfStock(ctx context.Context, s *ledger.State, q *stockQuery) scope {
	sc, _ := scopeOf(s, a.where(ctx, access.ReadBalances), q.Site, q.Product, q.Location)
	return sc
}

// productsOfStock finds the products of a page, and one more where there are more.
func (a *API) productsOfStock(ctx context.Context, t *stockTable, after stockKey) error {
	q, wants := t.q, t.q.wants()
	return a.book.View(ctx, func(s *ledger.State, _ uint64) {
		sc := a.scopeOfStock(ctx, s, q)
		for _, p := range s.AllProducts() {
			if p.Code <= after.product || p.NotStocked || !wants(p) {
				continue
			}
			any, below := false, false
			p.EachHolder(func(at *ledger.Place, total int64) {
				if total != 0 && sc.at(at) {
					any, below = true, below || total < 0 && at.Physical()
				}
			})
			switch {
			case !any && (p.Deleted || p.Axes != "" || q.Location != ""),
				q.Below == "zero" && !below, q.Below == "minimum" && len(minimumsOf(s, p, &sc)) == 0:
				continue
			}
			t.keys = append(t.keys, stockKey{product: p.Code})
		}
		slices.SortFunc(t.keys, stockKey.compare)
		t.keys = t.keys[:min(len(t.keys), q.Limit+1)]
	})
}

// placesOfStock finds the places and products of a page, and one more where there are
// more; it looks at a few products at a time, as reports over all goods do.
func (a *API) placesOfStock(ctx context.Context, t *stockTable, after stockKey) error {
	q, wants := t.q, t.q.wants()
	type held struct {
		key      stockKey
		quantity int64
		low      bool
	}
	cells, _, err := book.Shown(ctx, a.book, wants, func(s *ledger.State) func(*ledger.Cell) (held, bool) {
		sc := a.scopeOfStock(ctx, s, q)
		low := map[*ledger.Product][]BelowMinimum{}
		return func(c *ledger.Cell) (h held, in bool) {
			if !sc.at(c.Place) {
				return h, false
			}
			h = held{key: stockKey{c.At.Site, c.At.Code, c.Product.Code, c.Place.PackageCode()}, quantity: c.Quantity}
			if q.Below == "minimum" {
				if _, asked := low[c.Product]; !asked {
					low[c.Product] = minimumsOf(s, c.Product, &sc)
				}
				h.low = slices.ContainsFunc(low[c.Product], func(m BelowMinimum) bool { return m.over(s, c.At) })
			}
			return h, true
		}
	})
	if err != nil {
		return err
	}
	sums, low := map[stockKey]int64{}, map[stockKey]bool{}
	for i := range cells {
		if key := cells[i].key; key.compare(after) > 0 {
			sums[key] += cells[i].quantity
			low[key] = low[key] || cells[i].low
		}
	}
	for key, sum := range sums {
		if (q.Below != "zero" || sum < 0) && (q.Below != "minimum" || low[key]) {
			t.keys = append(t.keys, key)
		}
	}
	slices.SortFunc(t.keys, stockKey.compare)
	t.keys = t.keys[:min(len(t.keys), q.Limit+1)]
	return nil
}

// minimumsOf are the constraints of a product, in scope, that are not met.
func minimumsOf(s *ledger.State, p *ledger.Product, sc *scope) (out []BelowMinimum) {
	for _, c := range s.ConstraintsOf(p) {
		if !sc.sites.Has(c.Site) || sc.site != "" && c.Site != sc.site || !c.Low {
			continue
		}
		if place, ok := s.Place(c.Site, c.Location); sc.place != nil && (c.Location == "" || !ok || !place.Within(sc.place)) {
			continue
		}
		out = append(out, BelowMinimum{Site: c.Site, Location: c.Location, Min: c.Min, Available: c.Available})
	}
	return out[:min(len(out), maxBelow)]
}

// over says whether a constraint is about a place.
func (m *BelowMinimum) over(s *ledger.State, at *ledger.Place) bool {
	if at.Site != m.Site {
		return false
	}
	top, ok := s.Place(m.Site, m.Location)
	return m.Location == "" || ok && at.Within(top)
}

// stockTable sums balances up into the rows of a page.
type stockTable struct {
	q    *stockQuery
	keys []stockKey
	rows map[stockKey]*stockSum
}

type stockSum struct {
	onHand, available, held, incoming int64
	value                             int64
	valued, costed                    bool
	average                           string
	changedAt                         ledger.Time
	n                                 uint64
	holders                           map[stockKey]int64
}

// products says which products the page is about.
func (t *stockTable) products() func(*ledger.Product) bool {
	codes := map[string]bool{}
	for _, key := range t.keys {
		codes[key.product] = true
		t.rows[key] = &stockSum{holders: map[stockKey]int64{}}
	}
	return func(p *ledger.Product) bool { return codes[p.Code] }
}

func (t *stockTable) add(s *ledger.State, r *wire.BalanceRow) {
	holder := stockKey{r.Site, r.Location, r.Product, r.Package}
	key := holder
	if t.q.By != "place" {
		key = stockKey{product: r.Product}
	}
	sum := t.rows[key]
	p, known := s.Product(r.Product)
	if sum == nil || !known {
		return
	}
	quantity := scaledText(r.Quantity, p.Decimals)
	at, _ := s.Place(r.Site, r.Location)
	sum.onHand += quantity
	switch held := r.Status == string(ledger.HeldGoods); {
	case held:
		sum.held += quantity
	case at == nil || at.Kind != ledger.PlaceQuarantine:
		sum.available += quantity
	}
	if at != nil && at.Kind == ledger.PlaceIncoming {
		sum.incoming += quantity
	}
	if r.Value != "" {
		sum.valued, sum.value, sum.average = true, sum.value+scaledText(r.Value, ledger.MoneyDecimals), r.AverageCost
		sum.costed = sum.costed || scaledText(r.AverageCost, ledger.CostDecimals) != 0 || scaledText(r.Value, ledger.MoneyDecimals) != 0
	}
	sum.holders[holder] += quantity
	if r.N > sum.n {
		sum.n, sum.changedAt = r.N, r.ChangedAt
	}
}

func (t *stockTable) row(s *ledger.State, key stockKey, sc scope) StockRow {
	p, _ := s.Product(key.product)
	sum := t.rows[key]
	say := func(n int64) string { return ledger.FormatScaled(n, p.Decimals) }
	out := StockRow{Product: p.Code, Name: p.Name, Category: p.Category, Unit: p.Unit, Site: key.site, Location: key.location, Package: key.pack,
		OnHand: say(sum.onHand), Available: say(sum.available), Held: say(sum.held), Incoming: say(sum.incoming), ChangedAt: sum.changedAt, N: sum.n}
	if sum.valued {
		out.Value, out.Uncosted = ledger.FormatScaled(sum.value, ledger.MoneyDecimals), !sum.costed
	}
	out.Minimum = minimumsOf(s, p, &sc)
	if t.q.By == "place" {
		out.Average = sum.average
		out.Minimum = slices.DeleteFunc(out.Minimum, func(m BelowMinimum) bool { return m.Location != key.location || m.Site != key.site })
		return out
	}
	out.Below = sum.below(say)
	return out
}

// below are the holders below zero, the worst first.
func (s *stockSum) below(say func(int64) string) (out []BelowZero) {
	var keys []stockKey
	for at, quantity := range s.holders {
		if quantity < 0 {
			keys = append(keys, at)
		}
	}
	slices.SortFunc(keys, func(x, y stockKey) int { return cmp.Or(cmp.Compare(s.holders[x], s.holders[y]), x.compare(y)) })
	for _, at := range keys[:min(len(keys), maxBelow)] {
		out = append(out, BelowZero{Site: at.site, Location: at.location, Package: at.pack, Quantity: say(s.holders[at])})
	}
	return out
}
