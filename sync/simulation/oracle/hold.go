package oracle

import (
	"errors"
	"slices"
)

// hold is what an isolate without quantity puts on all goods in its scope.
type hold struct {
	id      string
	product string
	lot     string // with the product; "*" is any
	serial  string // with the product
	pkg     string
	place   string // the location and all below it
	line    *line  // that brings its serial or package to where it says, if it does
}

// readHold understands an isolate without quantity, or the release of such;
// other facts it leaves alone.
func (f *fold) readHold(ft *fact) (bool, error) {
	g := ft.goods
	if ft.Action == "release" && len(ft.intent.Holds) > 0 {
		ft.ends, ft.names = true, ft.intent.Holds
		return true, nil
	}
	if ft.Action != "isolate" && ft.Action != "release" || len(ft.intent.Lines) > 0 || g.Quantity.Rat != nil {
		return false, nil
	}
	p, _, err := f.goods.meant(g, ft.TEff)
	if err != nil {
		return false, err
	}
	h := &hold{id: ft.id, line: &line{fact: ft, product: p, lot: g.Lot, serial: g.Serial}}
	switch {
	case p != nil && g.Serial != "":
		h.product, h.serial = p.Code, g.Serial
	case p != nil && g.Lot != "":
		h.product, h.lot = p.Code, g.Lot
	case g.Package != "":
		h.pkg, h.line.pkg = g.Package, g.Package
	case p != nil:
		return false, nil
	case g.From != "":
		if h.place, err = f.find(ft.Site, g.From); err != nil {
			return false, err
		}
	default:
		return false, errors.New("it names nothing to hold or to release")
	}
	if ft.Action == "release" {
		ft.ends, ft.names = true, ft.Fact.Holds
		return true, nil
	}
	if h.line.from, err = f.find(ft.Site, or(g.From, "stock")); err != nil {
		return false, err
	}
	if g.To != "" && (h.serial != "" || h.pkg != "") {
		if h.line.to, err = f.find(ft.Site, g.To); err != nil {
			return false, err
		}
	}
	ft.hold = h
	return true, nil
}

// begin opens a hold. It moves nothing but a serial or package for which a place
// is said, and that in the status that it has.
func (f *fold) begin(h *hold) {
	l := h.line
	f.meet(l)
	switch {
	case l.to == "":
	case h.pkg != "":
		f.relocate(l, func() { delete(f.parents, h.pkg); f.stands[h.pkg] = l.to })
	case !l.product.NotStocked:
		f.touch(l, l.target())
		if from, _ := f.lastSeen(l); from.at != l.target() {
			status := from.status
			if !f.physical(l.target()) {
				status = available
			}
			f.carry(l, from, l.target(), status, l.product.scale)
		}
	}
	f.holds = append(f.holds, h)
}

// end closes the holds that a release names.
func (f *fold) end(ids []string) {
	f.holds = slices.DeleteFunc(f.holds, func(h *hold) bool { return slices.Contains(ids, h.id) })
}

// isHeld tells whether a cell is in the scope of an open hold.
func (f *fold) isHeld(c cell) bool {
	return slices.ContainsFunc(f.holds, func(h *hold) bool {
		switch {
		case h.serial != "":
			return h.product == c.product && h.serial == c.serial
		case h.lot != "":
			return h.product == c.product && (h.lot == "*" || h.lot == c.lot)
		}
		return f.reaches(h, c.at)
	})
}

// reaches tells whether a hold on a location or package covers a holder.
func (f *fold) reaches(h *hold, at holder) bool {
	if h.pkg != "" {
		return at.pkg != "" && f.inside(at.pkg, h.pkg)
	}
	return h.place != "" && f.places.within(f.place(at).id, h.place)
}

// leaves tells whether goods that a line moves leave a held location or package.
func (f *fold) leaves(l *line, from, to holder) bool {
	return (l.Action == "move" || l.Action == "unpack") && slices.ContainsFunc(f.holds, func(h *hold) bool {
		return f.reaches(h, from) && !f.reaches(h, to)
	})
}
