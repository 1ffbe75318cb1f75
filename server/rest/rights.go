package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// told enters into the books what somebody's rights are now (kind edit): no secret
// and no person's name. What cannot be entered is at the next start, which compares
// all; a right that was taken back is gone in any case.
func (a *API) told(ctx context.Context, names ...string) {
	if err := TellRights(context.WithoutCancel(ctx), a.book, a.store, callOf(ctx).who.Name, names); err != nil {
		a.log.ErrorContext(ctx, "a change of rights could not be entered into the books; it will be at the next start", "request", requestID(ctx), "error", err)
	}
}

// mayGrant refuses to give rights while the books cannot take note of it.
func (a *API) mayGrant() *Problem {
	if err := a.opts.Room(); err != nil {
		return problem(ledger.DiskFull, err.Error())
	}
	return nil
}

// TellRights enters into the books what these rights are by the store, each where it
// is another than they have. Errors: the book's.
func TellRights(ctx context.Context, b *book.Book, s *store.Store, actor string, names []string) error {
	var patches []ledger.Patch
	err := b.View(ctx, func(st *ledger.State, _ uint64) {
		for _, name := range names {
			p, ok := s.RightPatch(name)
			if !ok {
				continue
			}
			have, known := st.Item(ledger.Item{Entity: ledger.EntityRight, Key: name})
			for field, value := range p.Fields {
				if have.Fields[field] == value { // what was never said is empty
					delete(p.Fields, field)
				}
			}
			if len(p.Fields) > 0 || !known {
				patches = append(patches, p)
			}
		}
	})
	if err != nil {
		return err
	}
	var failed error
	for len(patches) > 0 {
		n := min(len(patches), book.MaxEdits)
		_, bad, err := b.Edit(ctx, actor, patches[:n], false)
		switch {
		case err == nil:
			patches = patches[n:]
		case bad >= 0 && bad < n: // one that the books cannot take keeps none of the others back
			failed = errors.Join(failed, fmt.Errorf("%s: %w", patches[bad].Code, err))
			patches = slices.Delete(patches, bad, bad+1)
		default:
			return errors.Join(failed, err)
		}
	}
	return failed
}

// EndRights takes back, in rows that came out of a backup, what the books have ended:
// the rows may be older than they. It comes before TellRights, which would give it back.
// names are the rights that were ended. Errors: the book's, the store's; then it has to
// be done again.
func EndRights(ctx context.Context, b *book.Book, s *store.Store) (names []string, err error) {
	known := map[string]map[string]string{}
	if err := b.View(ctx, func(st *ledger.State, _ uint64) {
		for _, name := range s.Rights() {
			if v, ok := st.Item(ledger.Item{Entity: ledger.EntityRight, Key: name}); ok {
				known[name] = v.Fields
			}
		}
	}); err != nil {
		return nil, err
	}
	for _, name := range s.Rights() {
		fields, ok := known[name]
		if !ok {
			continue // given after the books end
		}
		ended, err := s.EndAsBooks(name, fields)
		if err != nil {
			return names, err
		}
		if ended {
			names = append(names, name)
		}
	}
	return names, s.SetRestored(false)
}
