package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// surveyedHold is a hold that is in force at a view's moment.
type surveyedHold struct {
	product     ledger.ProductID // 0: of a place or package
	lot, serial string
	place       *ledger.Place // as the books have it
}

// holdsOf lists the holds in force at a moment, of what entries up to last say; known
// says that this can be told. It cannot where a hold or a release of before a closing
// was undone, which may have been said after it.
func (b *Books) holdsOf(at ledger.Time, last uint64, cut bool) (out []surveyedHold, known bool) {
	key, known := &Key{TEff: at + 1}, true
	for _, h := range b.holds {
		if h.n > last || h.key.Compare(key) >= 0 {
			continue
		}
		known = known && !(cut && h.out)
		ended := slices.ContainsFunc(h.ends, func(e *ending) bool {
			known = known && !(cut && e.n <= last && e.out)
			return !e.out && e.n <= last && e.key.Compare(&h.key) > 0 && e.key.Compare(key) < 0
		})
		if h.out || ended {
			continue
		}
		is := surveyedHold{lot: h.lot, serial: h.serial, place: h.place}
		if h.product != nil {
			is.product = h.product.ID
		}
		out = append(out, is)
	}
	return out, known
}

// held says whether a hold covers a cell's goods at the view's moment.
func (s *Survey) held(c *ledger.Cell) bool {
	return slices.ContainsFunc(s.holds, func(h surveyedHold) bool {
		switch {
		case h.product != 0:
			of := hold{lot: h.lot, serial: h.serial}
			return h.product == c.Product.ID && of.covers(c)
		case h.place.IsPackage():
			return c.Place.IsPackage() && s.inside(c.Place.ID, h.place)
		}
		for at := c.Place.Stand(); at != nil; at = at.Parent {
			if at.ID == h.place.ID {
				return true
			}
		}
		return false
	})
}

// inside says whether a package is another, or in it, at the view's moment.
func (s *Survey) inside(id ledger.PlaceID, top *ledger.Place) (in bool) {
	s.Look(func(b *Books) {
		if p, ok := b.state.PlaceByID(id); ok {
			in = b.within(p, top, moment{key: &Key{TEff: s.view.At + 1}, before: true})
		}
	})
	return in
}

// Shown is Stock as people are shown it: what lies under a hold is held, and the two
// cells of a lot at a place are one then (ledger.State.AsShown).
func (w *Walked) Shown() Stock {
	s := w.Stock()
	if w.held == nil {
		return s
	}
	out := s.cells[:0]
	frozen := map[cellName]int{} // where goods under a hold stand in out
	for _, c := range s.cells {
		if !c.Place.Physical() || !w.held(c.Cell) {
			out = append(out, c)
			continue
		}
		c.Held = true
		name := cellName{c.Place, c.Lot, c.Serial, true}
		at, known := frozen[name]
		if !known {
			frozen[name] = len(out)
			out = append(out, c)
			continue
		}
		twin := out[at]
		twin.Quantity += c.Quantity
		twin.N, twin.ChangedAt = max(twin.N, c.N), max(twin.ChangedAt, c.ChangedAt)
	}
	s.cells = slices.DeleteFunc(out, func(c stocked) bool { return c.Quantity == 0 })
	return s
}
