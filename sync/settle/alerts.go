package settle

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// What of the fold constraints and alerts are told: dates of lots, whose removals
// there were, and held goods that were taken.

// saidDate is a date that a line says of a lot, or, of an undone one, said.
type saidDate struct {
	line   ledger.StampLine
	undone bool
}

// dated notes the dates that lines say. They are kept once nothing can be taken back.
func (b *Books) dated(lines []ledger.StampLine, undone bool) {
	for i := range lines {
		if l := &lines[i]; l.Expiry != "" && l.Lot != "" && l.Product != nil {
			b.dates = append(b.dates, saidDate{*l, undone})
		}
	}
}

// sayDates keeps the dates of an entry that stands.
func (b *Books) sayDates(d *ledger.Decision, in *ledger.Intent) {
	if d.Stamp.Kind == ledger.StampGoods && !b.cancelled(in.Identity()) {
		b.dated(d.Stamp.Lines, false)
	}
	for _, said := range b.dates {
		b.state.SaidExpiry(said.line.Product, said.line.Lot, said.line.Expiry, said.undone)
	}
	b.dates = b.dates[:0]
}

// demandSite is the site from which an entry's goods left: where the first of them
// were, else what the intent is about.
func (b *Books) demandSite(in *ledger.Intent, at *ledger.Receipt) string {
	for i := range b.ownLegs {
		for _, p := range [...]*ledger.Place{b.ownLegs[i].from.Place.Stand(), b.ownLegs[i].to.Place.Stand()} {
			if p.Site != "" {
				return p.Site
			}
		}
	}
	return at.SiteOf(in)
}

// heldAbout is what open exceptions of held goods that were taken are about.
type heldAbout struct{ product, site string }

// countHeld keeps how many of them are open, by what they are about.
func (b *Books) countHeld(x *exception, open bool) {
	open = open && x.row.Kind == kindHeldTaken
	if open == x.counted {
		return
	}
	if x.counted = open; open {
		x.heldAt = heldAbout{x.row.Product, x.row.Site}
	}
	e := &b.exceptions
	if open {
		e.held[x.heldAt]++
	} else {
		e.held[x.heldAt]--
	}
	if e.held[x.heldAt] == 0 {
		delete(e.held, x.heldAt)
	}
	if !slices.Contains(e.heldTouched, x.heldAt) {
		e.heldTouched = append(e.heldTouched, x.heldAt)
	}
}

// tellHeld raises and clears what crossed from none to some, or back.
func (b *Books) tellHeld(at *ledger.Receipt) (out []ledger.Alert) {
	e := &b.exceptions
	slices.SortFunc(e.heldTouched, func(x, y heldAbout) int {
		if c := strings.Compare(x.site, y.site); c != 0 {
			return c
		}
		return strings.Compare(x.product, y.product)
	})
	for _, about := range e.heldTouched {
		product, known := b.state.Product(about.product)
		if !known {
			product = nil // of a package, whatever is in it
		}
		if a, ok := b.state.HeldTaken(product, about.site, e.held[about], at.N, at.BookedAt); ok {
			out = append(out, a)
		}
	}
	e.heldTouched = e.heldTouched[:0]
	return out
}
