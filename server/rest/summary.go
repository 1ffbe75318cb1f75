package rest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/server/reports"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// SummaryRow is balances summed up.
type SummaryRow struct {
	Group     string      `json:"group" doc:"the product, category, location, site or attribute's value; empty: those without"`
	Unit      string      `json:"unit" doc:"goods of different units are not added up"`
	Products  int         `json:"products"`
	Quantity  string      `json:"quantity" doc:"on hand"`
	Held      string      `json:"held" doc:"of it"`
	Value     string      `json:"value,omitzero" doc:"for those who may see money"`
	ChangedAt ledger.Time `json:"changed_at" doc:"the last change"`
	Total     bool        `json:"total,omitzero" doc:"of a unit: all groups"`
}

func (a *API) routeSummary() {
	register(a, route{method: http.MethodGet, path: "/v1/balances/summary", id: "getBalancesSummary", tag: "Reports", action: access.ReadBalances,
		summary: "What lies where, summed up",
		about: "Balances by product, category, location, site, or an attribute of products (attribute:size), with a total for each unit. Filters as of /v1/balances, and by category and attribute. " +
			"Values are for those who may see money, and not of balances as booked at an entry."}, a.getSummary)
}

type (
	summaryQuery struct {
		By        string `query:"by" default:"product" doc:"product, category, location, site, or attribute:NAME"`
		Site      string `query:"site"`
		Product   string `query:"product"`
		Location  string `query:"location" doc:"with all below it"`
		Lot       string `query:"lot"`
		Category  string `query:"category"`
		Attribute string `query:"attribute" doc:"name:value"`
		At        string `query:"at" doc:"RFC 3339: as it was at this moment, told by what is known now"`
		Entry     uint64 `query:"entry" doc:"as it was booked at this entry"`
	}
	summaryAnswer struct{ Body []SummaryRow }
)

func (a *API) getSummary(ctx context.Context, q *summaryQuery) (*summaryAnswer, error) {
	if name, ok := strings.CutPrefix(q.By, "attribute:"); !slices.Contains([]string{"product", "category", "location", "site"}, q.By) && !(ok && name != "") {
		return nil, badField("by", "The parameter by is one of product, category, location, site, attribute:NAME. Nothing was read.")
	}
	rows, _, err := a.balanceRows(ctx, &balancesQuery{Site: q.Site, Product: q.Product, Location: q.Location, Lot: q.Lot, At: q.At, Entry: q.Entry})
	if err != nil {
		return nil, err
	}
	var products map[string]*ledger.Product
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { products = copiesOf(s, rows) }); err != nil {
		return nil, err
	}
	wants := (&GoodsParams{Category: q.Category, Attribute: q.Attribute}).wants()
	t := summaryTable{by: q.By, groups: map[summaryKey]*summarySum{}, money: q.Entry == 0}
	for i := range rows {
		p := products[rows[i].Product]
		if p == nil || wants != nil && !wants(p) {
			continue
		}
		t.add(&rows[i], p)
	}
	return &summaryAnswer{Body: t.rows()}, nil
}

// copiesOf are the products of some rows.
func copiesOf(s *ledger.State, rows []wire.BalanceRow) map[string]*ledger.Product {
	out := map[string]*ledger.Product{}
	for i := range rows {
		code := rows[i].Product
		if _, known := out[code]; known {
			continue
		}
		if p, ok := s.Product(code); ok {
			out[code] = p.Copy()
		}
	}
	return out
}

type summaryKey struct {
	group, unit string
	total       bool
}

type summarySum struct {
	products       map[string]bool
	quantity, held reports.Total
	value          int64
	valued         bool
	changedAt      ledger.Time
}

type summaryTable struct {
	by     string
	groups map[summaryKey]*summarySum
	money  bool
}

func (t *summaryTable) groupOf(r *wire.BalanceRow, p *ledger.Product) string {
	switch t.by {
	case "category":
		return p.Category
	case "location":
		if r.Site == "" {
			return r.Location
		}
		return r.Site + "/" + r.Location
	case "site":
		return r.Site
	case "product":
		return p.Code
	}
	return p.Attributes[strings.TrimPrefix(t.by, "attribute:")]
}

func (t *summaryTable) add(r *wire.BalanceRow, p *ledger.Product) {
	quantity := scaledText(r.Quantity, p.Decimals)
	for _, key := range [...]summaryKey{{group: t.groupOf(r, p), unit: p.Unit}, {unit: p.Unit, total: true}} {
		s := t.groups[key]
		if s == nil {
			s = &summarySum{products: map[string]bool{}}
			t.groups[key] = s
		}
		s.products[p.Code] = true
		s.quantity.Add(quantity, p.Decimals)
		if r.Status == string(ledger.HeldGoods) {
			s.held.Add(quantity, p.Decimals)
		}
		if r.Value != "" {
			s.valued, s.value = true, s.value+scaledText(r.Value, ledger.MoneyDecimals)
		}
		s.changedAt = max(s.changedAt, r.ChangedAt)
	}
}

func (t *summaryTable) rows() []SummaryRow {
	keys := make([]summaryKey, 0, len(t.groups))
	for key := range t.groups {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(x, y summaryKey) int {
		if x.total != y.total {
			if x.total {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.unit, y.unit))
	})
	out := make([]SummaryRow, 0, len(keys))
	for _, key := range keys {
		s := t.groups[key]
		r := SummaryRow{Group: key.group, Unit: key.unit, Products: len(s.products), Quantity: s.quantity.String(), Held: s.held.String(), ChangedAt: s.changedAt, Total: key.total}
		if s.valued && t.money {
			r.Value = ledger.FormatScaled(s.value, ledger.MoneyDecimals)
		}
		out = append(out, r)
	}
	return out
}
