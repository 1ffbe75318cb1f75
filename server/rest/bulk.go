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

// BulkAsk says of which products what is set.
type BulkAsk struct {
	Filter BulkFilter        `json:"filter"`
	Set    map[string]Scalar `json:"set" doc:"category, costing, currency, loss, negative, production, stocked"`
}

// BulkFilter names products.
type BulkFilter struct {
	Category   string            `json:"category,omitempty" doc:"with the categories that are part of it"`
	Attributes map[string]string `json:"attributes,omitempty" doc:"each of them so"`
	Prefix     string            `json:"prefix,omitempty" doc:"of the code"`
	Parent     string            `json:"parent,omitempty" doc:"variants of this product"`
	All        bool              `json:"all,omitempty" doc:"all products are meant; a filter that names nothing is refused without it"`
}

// BulkDone tells what was changed, or would be.
type BulkDone struct {
	Rows    []catalogue.Change `json:"rows" doc:"the products that change, by code; a thousand at most"`
	Changed int                `json:"changed" doc:"how many there are"`
	Holding int                `json:"holding" doc:"how many of them are on hand somewhere"`
	DryRun  bool               `json:"dry_run"`
	Head    uint64             `json:"head"`
	Epoch   string             `json:"epoch"`
}

type (
	bulkQuery struct {
		DryRun bool `query:"dry_run" doc:"show what would change, change nothing"`
		Body   BulkAsk
	}
	bulkAnswer struct{ Body BulkDone }
)

func (a *API) routeBulk() {
	register(a, route{method: http.MethodPost, path: "/v1/bulk/products", id: "bulkProducts", tag: "Catalogue", action: access.EditCompany,
		summary: "Set a field of many products",
		about: "All or none. With stocked false the products are sold and never counted from then on: their scans are applied and move nothing, counts and alerts leave them out, and what is on the books stays there until it is counted away before (see on_hand). " +
			"Scans made before the change still count, whenever they come."}, a.postBulk)
}

func (a *API) postBulk(ctx context.Context, q *bulkQuery) (*bulkAnswer, error) {
	filter := catalogue.Filter{Category: q.Body.Filter.Category, Attributes: q.Body.Filter.Attributes, Prefix: q.Body.Filter.Prefix, Parent: q.Body.Filter.Parent, All: q.Body.Filter.All}
	products, set := familyOf(ledger.EntityProduct), map[string]string{}
	for name, value := range q.Body.Set {
		set[name] = products.flag(name, string(value))
	}
	var changes []catalogue.Change
	var patches []ledger.Patch
	var f *ledger.Fault
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { changes, patches, f = catalogue.PlanBulk(s, &filter, set) }); err != nil {
		return nil, err
	}
	if f != nil {
		return nil, f
	}
	if len(patches) > book.MaxEdits {
		return nil, problem(ledger.TooLarge, fmt.Sprintf("The filter names %d products, at most %d can be changed or none together. Nothing was changed; narrow it.", len(patches), book.MaxEdits))
	}
	if _, _, err := a.book.Edit(ctx, callOf(ctx).who.Name, patches, q.DryRun); err != nil {
		return nil, err
	}
	out := &bulkAnswer{Body: BulkDone{Rows: []catalogue.Change{}, Changed: len(changes), DryRun: q.DryRun, Head: a.book.Head(), Epoch: a.book.Epoch()}}
	for i := range changes {
		if changes[i].Holds() {
			out.Body.Holding++
		}
	}
	out.Body.Rows = append(out.Body.Rows, changes[:min(len(changes), maxReported)]...)
	return out, nil
}
