package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// ExpectedRow is a product that lacks attributes which its category says it should have.
type ExpectedRow struct {
	Product   string `json:"product"`
	Name      string `json:"name"`
	Category  string `json:"category"`
	Missing   string `json:"missing" doc:"the attributes that it lacks, by commas"`
	Condition bool   `json:"condition" doc:"its condition is one of them: it makes a variant, so that new and used goods are not one"`
}

func (a *API) routeExpected() {
	register(a, route{method: http.MethodGet, path: "/v1/expected-attributes", id: "getExpectedAttributes", tag: "Reports", action: access.ReadReports,
		summary: "Products that lack attributes which their category expects",
		about: "What a category, or one that it is part of, says of its products: attributes, and whether their condition tells them apart. A variant has its parent's attributes too; " +
			"a product with variants of its own is not listed for what these differ in.",
		responses: a.rowsOf("Products, by code", ExpectedRow{})}, a.getExpectedAttributes)
}

type expectedQuery struct {
	Product  string `query:"product"`
	Category string `query:"category" doc:"of it, and of those that are part of it"`
}

func (a *API) getExpectedAttributes(ctx context.Context, q *expectedQuery) (*huma.StreamResponse, error) {
	var names []ledger.Item
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { names = s.Items(ledger.EntityProduct) }); err != nil {
		return nil, err
	}
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		for i := 0; i < len(names); i += exportChunk {
			done(i, len(names))
			var rows []*ExpectedRow
			if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
				for _, it := range names[i:min(i+exportChunk, len(names))] {
					if p, ok := s.Product(it.Key); ok && (q.Product == "" || p.Code == q.Product) && (q.Category == "" || s.InCategory(p.Category, q.Category)) {
						rows = appendExpected(rows, s, p)
					}
				}
			}); err != nil {
				return err
			}
			for _, r := range rows {
				if err := row(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// appendExpected adds a product, where it lacks anything.
func appendExpected(rows []*ExpectedRow, s *ledger.State, p *ledger.Product) []*ExpectedRow {
	if p.Deleted || p.Category == "" {
		return rows
	}
	wanted := s.AttributesOf(p.Category)
	if s.WantsCondition(p.Category) && !slices.Contains(wanted, ledger.ConditionAttribute) {
		wanted = append(wanted, ledger.ConditionAttribute)
	}
	axes, _ := ledger.ParseAxes(p.Axes)
	parent, _ := s.Product(p.Parent)
	missing := slices.DeleteFunc(wanted, func(name string) bool {
		return p.Attributes[name] != "" || parent != nil && parent.Attributes[name] != "" ||
			slices.ContainsFunc(axes, func(a ledger.Axis) bool { return a.Name == name })
	})
	if len(missing) == 0 {
		return rows
	}
	slices.Sort(missing)
	return append(rows, &ExpectedRow{Product: p.Code, Name: p.Name, Category: p.Category, Missing: strings.Join(missing, ","),
		Condition: slices.Contains(missing, ledger.ConditionAttribute)})
}
