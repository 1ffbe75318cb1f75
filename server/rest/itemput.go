package rest

import (
	"context"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// putItem creates or changes an item. Whoever may only create is judged once
// more where the item is there already.
func (a *API) putItem(ctx context.Context, f family, q *putQuery) (*editedAnswer, error) {
	patch := ledger.Patch{Entity: f.entity, Code: q.Code, Site: q.Site, Fields: map[string]string{}}
	if p := f.fields(&patch, q); p != nil {
		return nil, p
	}
	known := false
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		_, known = s.Item(f.key(s, &q.ItemQuery))
		patch.Site, patch.Location = f.place(s, q)
	}); err != nil {
		return nil, err
	}
	if p := a.mayPut(ctx, &f, &patch, known); p != nil {
		return nil, p
	}
	names, p := f.takeNames([]ledger.Patch{patch})
	if p != nil {
		return nil, p
	}
	if p := checkZone(&patch); p != nil {
		return nil, p
	}
	edits, _, err := a.book.Edit(ctx, callOf(ctx).who.Name, []ledger.Patch{patch}, false)
	if err == nil {
		err = a.keepNames(&f, names)
	}
	if err != nil {
		return nil, err
	}
	item, err := a.item(ctx, f, &q.ItemQuery)
	if err != nil {
		return nil, err
	}
	out := &editedAnswer{Body: Edited{Item: item, Changes: []ledger.FieldChange{}, Head: a.book.Head(), Epoch: a.book.Epoch()}}
	for i := range edits {
		out.Body.Created = created(&edits[i])
		out.Body.Changes = edits[i].Changes
	}
	return out, nil
}

// mayPut judges who may create or change an item: of a site there, of the company
// everywhere.
func (a *API) mayPut(ctx context.Context, f *family, patch *ledger.Patch, known bool) *Problem {
	switch {
	case f.entity == ledger.EntityProduct && !known:
		return a.may(ctx, f.create)
	case f.entity == ledger.EntityOperator:
		site := ""
		if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
			v, _ := s.Item(ledger.Item{Entity: f.entity, Key: patch.Code})
			site = v.Fields["site"]
		}); err != nil {
			return a.asProblem(ctx, err)
		}
		if said, ok := patch.Fields["site"]; ok && (!known || said != site) {
			if p := a.mayAt(ctx, f.create, said); p != nil || !known {
				return p
			}
		}
		return a.mayAt(ctx, f.create, site)
	case f.sited && !known:
		return a.mayAt(ctx, f.create, patch.Site)
	case f.sited:
		return a.mayAt(ctx, access.EditCatalog, patch.Site)
	case f.create == access.ChangeSettings && !known:
		return nil
	}
	return a.may(ctx, access.EditCompany)
}

// created says whether an edit made its item: the field that names it comes
// first then.
func created(e *ledger.Edit) bool {
	if len(e.Changes) == 0 {
		return false
	}
	name := e.Changes[0].Field
	return name == "code" || e.Entity == ledger.EntityConstraint && name == "location"
}
