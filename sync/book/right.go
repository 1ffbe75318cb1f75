package book

import "bayledger/sync/ledger"

// judge fixes what whoever meant an intent was allowed at its moment. Scans of one's
// own are judged by what the books knew of oneself then; who brings another's (a
// supervisor, with a file) vouches for it now.
func (w *writer) judge(at *ledger.Receipt, in *ledger.Intent, source *Source) {
	if source.Actor == "" || in.Device != source.Self {
		return
	}
	g, known := w.book.state.GrantsAt(source.Actor, at.TEff)
	switch {
	case source.Until != 0 && at.TEff >= source.Until: // even where the books have not heard of it
		at.Grants = ledger.Grants{}
	case known:
		at.Grants = g
	default:
		return
	}
	at.Role = at.Grants.At(at.SiteOf(in))
}
