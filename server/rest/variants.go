package rest

import (
	"context"
	"fmt"
	"net/http"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/catalogue"
	"bayledger/sync/ledger"
)

// AxisAsk is one way in which variants differ.
type AxisAsk struct {
	Name   string   `json:"name" doc:"of the attribute that variants bear"`
	Values []string `json:"values"`
}

// VariantsAsk asks for the variants of a product.
type VariantsAsk struct {
	Axes       []AxisAsk         `json:"axes,omitempty" maxItems:"6" doc:"added to those that the product has; their values too"`
	Pattern    string            `json:"pattern,omitempty" doc:"of their codes: {code} and the axes in braces; default {code}-{axis}-…"`
	Fields     map[string]Scalar `json:"fields,omitempty" doc:"given to each, over what it takes from the product"`
	KeepParent bool              `json:"keep_parent,omitempty" doc:"the product itself stays stocked beside its variants"`
}

// VariantsMade tells which variants there are.
type VariantsMade struct {
	Variants []catalogue.Variant `json:"variants" doc:"all combinations, in order"`
	Made     int                 `json:"made" doc:"how many were made, or would be"`
	DryRun   bool                `json:"dry_run"`
	Head     uint64              `json:"head"`
	Epoch    string              `json:"epoch"`
}

type (
	variantsQuery struct {
		Code   string `path:"code" maxLength:"600"`
		DryRun bool   `query:"dry_run" doc:"show them, make none"`
		Body   VariantsAsk
	}
	variantsAnswer  struct{ Body VariantsMade }
	facilitiesQuery struct {
		DryRun bool `query:"dry_run" doc:"show them, make none"`
	}
	facilitiesAnswer struct{ Body FacilitiesPlaced }
)

// FacilitiesPlaced tells which facilities got a location.
type FacilitiesPlaced struct {
	Placed []catalogue.Placed `json:"placed"`
	DryRun bool               `json:"dry_run"`
	Head   uint64             `json:"head"`
	Epoch  string             `json:"epoch"`
}

func (a *API) routeVariants() {
	register(a, route{method: http.MethodPost, path: "/v1/products/{code}/variants", id: "makeVariants", tag: "Catalogue", action: access.EditCompany,
		summary: "Make the variants of a product",
		about: "Makes a product for every combination of the axes' values that is not there yet, all or none, up to 2,000. A variant takes what the product says (category, unit, tracking, price, …) and bears its values as attributes; it is known by these, whatever its code. " +
			"Of a category that wants it, condition (new, used, defective) is an axis of its own. The product itself is not stocked from then on: a scan of it moves nothing and is flagged."}, a.postVariants)
	register(a, route{method: http.MethodPost, path: "/v1/facilities/locations", id: "placeFacilities", tag: "Catalogue", action: access.EditCatalog,
		summary: "Make a location for every facility that has none",
		about:   "Each gets a location of its own code at its site, of kind stock; where there is one of that code it becomes the facility's. Done again it does nothing. Facilities of sites at which the key may not edit are left out."}, a.postFacilities)
}

func (a *API) postVariants(ctx context.Context, q *variantsQuery) (*variantsAnswer, error) {
	ask := catalogue.Variants{Pattern: q.Body.Pattern, KeepParent: q.Body.KeepParent, Fields: map[string]string{}}
	for _, axis := range q.Body.Axes {
		ask.Axes = append(ask.Axes, ledger.Axis{Name: axis.Name, Values: axis.Values})
	}
	for name, value := range q.Body.Fields {
		ask.Fields[name] = string(value)
	}
	var plan *catalogue.VariantPlan
	var f *ledger.Fault
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { plan, f = catalogue.PlanVariants(s, q.Code, &ask) }); err != nil {
		return nil, err
	}
	if f != nil {
		return nil, f
	}
	done, err := a.book.EditAll(ctx, callOf(ctx).who.Name, plan.Patches, q.DryRun)
	if err != nil {
		return nil, a.variantAtFault(ctx, err, &done, plan)
	}
	out := &variantsAnswer{Body: VariantsMade{Variants: plan.Variants, DryRun: q.DryRun, Head: a.book.Head(), Epoch: a.book.Epoch()}}
	for _, v := range plan.Variants {
		if !v.Exists {
			out.Body.Made++
		}
	}
	return out, nil
}

// variantAtFault says which of the variants cannot be made.
func (a *API) variantAtFault(ctx context.Context, err error, done *book.Edits, plan *catalogue.VariantPlan) error {
	if len(done.Faults) == 0 {
		return err
	}
	p := *a.asProblem(ctx, err)
	p.Message = fmt.Sprintf("%s (%s) None of the variants was made.", p.Message, plan.Patches[done.Faults[0].Index].Code)
	p.Detail = p.Message
	return &p
}

func (a *API) postFacilities(ctx context.Context, q *facilitiesQuery) (*facilitiesAnswer, error) {
	sites := a.where(ctx, access.EditCatalog)
	out := &facilitiesAnswer{Body: FacilitiesPlaced{Placed: []catalogue.Placed{}, DryRun: q.DryRun, Epoch: a.book.Epoch()}}
	var patches []ledger.Patch
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		var placed []catalogue.Placed
		placed, patches = catalogue.PlanFacilities(s, func(f *ledger.Facility) bool { return sites.Has(f.Site) })
		out.Body.Placed = append(out.Body.Placed, placed...)
	}); err != nil {
		return nil, err
	}
	if _, _, err := a.book.Edit(ctx, callOf(ctx).who.Name, patches, q.DryRun); err != nil {
		return nil, err
	}
	out.Body.Head = a.book.Head()
	return out, nil
}
