package book

import (
	"math"

	"bayledger/sync/ledger"
)

// judge fixes what whoever meant an intent was allowed at its moment. Scans of one's
// own are judged by what the books knew of oneself then; who brings another's (a
// supervisor, with a file) vouches for it now. What they are allowed now is fixed too:
// a moment is what the device says, and whoever was a supervisor once could date what
// they decide back to it.
func (w *writer) judge(at *ledger.Receipt, in *ledger.Intent, source *Source) {
	if source.Actor == "" || in.Device != source.Self {
		return
	}
	g, known := w.book.state.GrantsAt(source.Actor, at.TEff)
	switch {
	case source.Until != 0 && at.TEff >= source.Until: // even where the books have not heard of it
		g = ledger.Grants{}
	case !known:
		g = at.Grants
	}
	if decides(in.Action) {
		at.Now = w.now(source)
	}
	if at.Grants = g; g != nil {
		at.Role = g.At(at.SiteOf(in))
	}
}

// decides says whether an action may be about what others scanned.
func decides(action string) bool {
	switch action {
	case ledger.ActionMap, ledger.ActionDecide, ledger.ActionClose, ledger.ActionUndo:
		return true
	}
	return false
}

// now is what whoever brings an intent is allowed at its receipt, by what the source
// says and by what the books know: whichever of the two has heard of less.
func (w *writer) now(source *Source) ledger.Grants {
	if source.Until != 0 {
		return ledger.Grants{}
	}
	now := source.Grants
	if now == nil {
		now = ledger.GrantsEverywhere(source.Role)
	}
	if g, known := w.book.state.GrantsAt(source.Actor, math.MaxInt64); known {
		now = now.Both(g)
	}
	return now
}
