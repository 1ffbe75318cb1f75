package labels

import (
	"cmp"
	"context"

	"bayledger/labels/design"
	"bayledger/labels/printer"
	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Who may print what and where is judged here, and nowhere else: labels asked for by
// REST and over a socket come by the same door.

// May judges an action on a label at the site of what it is for: a place may name its
// own, a package stands somewhere, and else it is the site that is asked for, or that of
// whoever asks. Errors: a *ledger.Fault (not_allowed), the book's.
func (s *Service) May(ctx context.Context, who *access.Principal, action access.Action, a *Ask) error {
	if access.Where(*who, action).All() {
		return nil
	}
	site := cmp.Or(a.Site, who.Site, mainSite)
	if err := s.book.View(ctx, func(st *ledger.State, _ uint64) {
		switch a.Subject {
		case design.Location:
			if p, ok := st.Place(site, a.Code); ok && p.Site != "" {
				site = p.Site
			}
		case design.Package:
			if p, ok := st.Package(a.Code); ok && p.Stand().Site != "" {
				site = p.Stand().Site
			}
		}
	}); err != nil {
		return err
	}
	if !access.MayAt(*who, action, site) {
		return notAllowed("labels of the site " + ledger.Quote(site))
	}
	return nil
}

// MayName says whether somebody may know the names of operators.
func MayName(who *access.Principal) bool { return access.MayAt(*who, access.EditCatalog, "") }

// mayUse judges printing on a printer: at the site where it stands.
func mayUse(who *access.Principal, p *printer.Profile) error {
	if site := cmp.Or(p.Site, mainSite); !access.MayAt(*who, access.PrintLabels, site) {
		return notAllowed("on " + p.Name + ", a printer of the site " + ledger.Quote(site))
	}
	return nil
}

func notAllowed(what string) error {
	return &ledger.Fault{Code: ledger.NotAllowed, Message: "This key may not print " + what + ". Nothing was printed; ask a supervisor of there."}
}
