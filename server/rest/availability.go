package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/server/availability"
	"bayledger/sync/ledger"
)

// AvailabilityRow says whether there is any of a product.
type AvailabilityRow struct {
	Product      string `json:"product"`
	Availability string `json:"availability" enum:"In stock,Low in stock,Out of stock"`
	Quantity     string `json:"quantity,omitzero" doc:"the exact number: with mode=exact, for those who may read balances"`
}

// Availability is a page of products.
type Availability struct {
	Rows  []AvailabilityRow `json:"rows" doc:"in the order asked for, else by code"`
	Next  string            `json:"next,omitempty" doc:"after of the next page"`
	Head  uint64            `json:"head" doc:"the newest entry that is in it"`
	Epoch string            `json:"epoch"`
}

func (a *API) routeAvailability() {
	register(a, route{method: http.MethodGet, path: "/v1/availability", id: "getAvailability", tag: "Reports", action: access.Availability,
		summary: "What customers may know: whether there is any",
		about: "Summed over the sites named (all, where none is), of what is neither held nor in quarantine. In words, decided here: \"In stock\", \"Low in stock\" (at or under the " +
			"setting availability_limit of the book), \"Out of stock\". The exact number is for those who may read balances. A token of the scope `availability` gets words, and nothing else anywhere."},
		a.getAvailability)
}

type (
	availabilityQuery struct {
		Product []string `query:"product" doc:"one or several, by commas; missing: all that are stock-kept, page by page" maxItems:"1000"`
		Sites   []string `query:"sites" doc:"one or several, by commas; missing: all"`
		Mode    string   `query:"mode" enum:"words,exact" default:"words"`
		After   string   `query:"after" doc:"only products after this one, of a list of all"`
		Limit   int      `query:"limit" default:"1000" minimum:"1" maximum:"1000"`
	}
	availabilityAnswer struct{ Body Availability }
)

func (a *API) getAvailability(ctx context.Context, q *availabilityQuery) (*availabilityAnswer, error) {
	exact := q.Mode == "exact"
	asks := access.Availability
	if exact {
		asks = access.ReadBalances
	}
	sites := a.where(ctx, asks)
	if sites.None() {
		return nil, problem(ledger.NotAllowed, "This key may know whether there is any, and not how much. Nothing was read; ask for mode=words.")
	}
	out := &availabilityAnswer{Body: Availability{Rows: []AvailabilityRow{}, Epoch: a.book.Epoch()}}
	var p *Problem
	err := a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		var at func(string) bool
		if at, p = chosenSites(s, sites, q.Sites); p != nil {
			return
		}
		var products []*ledger.Product
		if products, p = availableProducts(s, q, &out.Body); p != nil {
			return
		}
		limit := s.AvailabilityLimit()
		for _, product := range products {
			available := s.AvailableOf(product, at)
			row := AvailabilityRow{Product: product.Code, Availability: availability.Word(available, product, limit)}
			if exact {
				row.Quantity = ledger.FormatScaled(available, product.Decimals)
			}
			out.Body.Rows = append(out.Body.Rows, row)
		}
	})
	if p != nil {
		return nil, p
	}
	return out, err
}

// chosenSites says of which sites stock is summed.
func chosenSites(s *ledger.State, sites access.Sites, names []string) (func(string) bool, *Problem) {
	for _, name := range names {
		if _, ok := s.Site(name); !ok {
			return nil, missing("site", name)
		}
		if !sites.Has(name) {
			return nil, notThere(name)
		}
	}
	return func(site string) bool {
		if len(names) > 0 {
			return slices.Contains(names, site)
		}
		return sites.Has(site)
	}, nil
}

// availableProducts are those that are asked for, or a page of all.
func availableProducts(s *ledger.State, q *availabilityQuery, page *Availability) (out []*ledger.Product, p *Problem) {
	for _, code := range q.Product {
		product, ok := s.Product(code)
		if !ok {
			return nil, missing("product", code)
		}
		out = append(out, product)
	}
	if len(q.Product) > 0 {
		return out, nil
	}
	for _, product := range s.AllProducts() {
		if product.Code > q.After && !product.NotStocked && !product.Deleted {
			out = append(out, product)
		}
	}
	slices.SortFunc(out, func(x, y *ledger.Product) int { return strings.Compare(x.Code, y.Code) })
	if len(out) > q.Limit {
		out = out[:q.Limit]
		page.Next = out[q.Limit-1].Code
	}
	return out, nil
}
