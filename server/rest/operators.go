package rest

import (
	"context"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// What is kept beside the journal, which knows people by codes alone: the names of
// operators, and whom one speaks to at partners. It is shown to those who may change it.

// takeNames takes the words that are kept beside the journal out of patches, by code.
func (f *family) takeNames(patches []ledger.Patch) (words map[string]string, p *Problem) {
	if f.beside == "" {
		return nil, nil
	}
	words = map[string]string{}
	for i := range patches {
		fields := patches[i].Fields
		word, said := fields[f.beside]
		if !said || patches[i].Entity != f.entity {
			continue
		}
		if len(word) > ledger.MaxText {
			return nil, problem(ledger.TooLarge, "The "+f.beside+" of the "+f.entity+" "+quoted(patches[i].Code)+" is too long. Nothing was changed; shorten it.")
		}
		words[patches[i].Code] = word
		delete(fields, f.beside)
	}
	return words, nil
}

// keepNames keeps what takeNames took, once the items are there.
func (a *API) keepNames(f *family, words map[string]string) error {
	switch {
	case len(words) == 0:
		return nil
	case f.entity == ledger.EntityPartner:
		return a.store.PutContacts(words)
	}
	return a.store.PutOperatorNames(words)
}

// showNames adds what is kept beside the journal to items, for those who may know.
func (a *API) showNames(ctx context.Context, f *family, items []Item) error {
	action, read := access.EditCatalog, a.store.OperatorNames
	if f.entity == ledger.EntityPartner {
		action, read = access.EditCompany, a.store.Contacts
	}
	if f.beside == "" || a.may(ctx, action) != nil {
		return nil
	}
	sites := a.where(ctx, action)
	codes := make([]string, len(items))
	for i := range items {
		codes[i] = items[i]["code"]
	}
	words, err := read(codes)
	for i := range items {
		if word := words[codes[i]]; word != "" && (sites.All() || sites.Has(items[i]["site"])) {
			items[i][f.beside] = word
		}
	}
	return err
}
