package rest

import (
	"context"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// operatorName is the field of an operator that is kept beside the journal, which
// knows people by their codes alone, and shown to those who may change it.
const operatorName = "name"

// takeNames takes the names of operators out of patches, by code.
func (f *family) takeNames(patches []ledger.Patch) (names map[string]string, p *Problem) {
	if f.entity != ledger.EntityOperator {
		return nil, nil
	}
	names = map[string]string{}
	for i := range patches {
		fields := patches[i].Fields
		if name, said := fields[operatorName]; said {
			if len(name) > ledger.MaxText {
				return nil, problem(ledger.TooLarge, "The name of the operator "+quoted(patches[i].Code)+" is too long. Nothing was changed; shorten it.")
			}
			names[patches[i].Code] = name
			delete(fields, operatorName)
		}
	}
	return names, nil
}

// keepNames keeps what takeNames took, once the operators are listed.
func (a *API) keepNames(names map[string]string) error {
	if len(names) == 0 {
		return nil
	}
	return a.store.PutOperatorNames(names)
}

// showNames adds the names of operators to their items, for those who may know.
func (a *API) showNames(ctx context.Context, f *family, items []Item) error {
	if f.entity != ledger.EntityOperator || a.may(ctx, access.EditCatalog) != nil {
		return nil
	}
	sites := a.where(ctx, access.EditCatalog)
	codes := make([]string, len(items))
	for i := range items {
		codes[i] = items[i]["code"]
	}
	names, err := a.store.OperatorNames(codes)
	for i := range items {
		if name := names[codes[i]]; name != "" && (sites.All() || sites.Has(items[i]["site"])) {
			items[i][operatorName] = name
		}
	}
	return err
}
