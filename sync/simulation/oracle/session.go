package oracle

import (
	"cmp"
	"errors"
	"maps"
	"math/big"
	"slices"
)

// spot is a product at a holder, over lots, serials and statuses.
type spot struct {
	at      holder
	product string
}

func (c cell) spot() spot { return spot{c.at, c.product} }

// touch is a fact about a product at a holder: about all cells that it counted, or
// about the one of its lot, or the piece that it names.
type touch struct {
	order   int
	counted bool
	cell
}

// about tells whether it is about a cell.
func (t touch) about(c cell) bool {
	switch {
	case t.counted:
		return t.names(c)
	case t.serial != "":
		return t.serial == c.serial
	}
	return t.lot == c.lot && c.serial == ""
}

// names tells whether a cell is one of those that a count's cell stands for. A
// piece is named by its serial, whatever lot it came with.
func (c cell) names(other cell) bool {
	if c.serial != "" && c.serial != other.serial || c.serial == "" && c.lot != "" && c.lot != other.lot {
		return false
	}
	return c.status == "" || c.status == other.status
}

// sessionCell is a cell as a session counts it.
type sessionCell struct {
	session string
	cell
}

// readSession understands the opening or the closing of a session.
func (f *fold) readSession(ft *fact) (err error) {
	if ft.Session == "" {
		return errors.New("it names no session")
	}
	ft.from, err = f.find(ft.Site, or(ft.goods.From, defaults[ft.Action][0]))
	return err
}

// gather joins the counts of each session: of each section the last line on a
// cell stands, the sections add up, and the cell's last line counts for all.
func (f *fold) gather() {
	found := map[sessionCell][]*tally{}
	for _, ft := range f.facts {
		if ft.out || ft.Action != "count" || ft.Session == "" {
			continue
		}
		for _, t := range ft.tally {
			if t.product == nil {
				continue
			}
			at := sessionCell{ft.Session, t.cell()}
			for _, earlier := range found[at] {
				earlier.passed = true
				earlier.replaced = earlier.replaced || earlier.section() == t.section()
			}
			found[at] = append(found[at], t)
			s := sessionSpot{ft.Session, t.cell().spot()}
			f.counted[s] = append(f.counted[s], t.cell())
		}
	}
	for _, all := range found {
		last := all[len(all)-1]
		for _, t := range all[:len(all)-1] {
			if !t.replaced {
				last.add(t.line)
			}
		}
	}
}

// section is the part of a session that a line belongs to.
func (l *line) section() string { return or(l.Section, l.Device) }

// sessionSpot is a spot that a session has counted.
type sessionSpot struct {
	session string
	spot
}

// open notes when a session began; a second opening of it is somebody else
// joining.
func (f *fold) open(ft *fact) {
	if _, known := f.opened[ft.Session]; !known {
		f.opened[ft.Session] = ft.order
	}
}

// close ends a session. If it was complete, each cell at its place is set to zero
// that no line of it covers and that had no fact since it began.
func (f *fold) close(ft *fact) {
	began, opened := f.opened[ft.Session]
	here := holder{place: ft.from}
	if !ft.Complete || !opened || !f.physical(here) {
		return
	}
	for _, code := range slices.Sorted(maps.Keys(f.goods.products)) {
		s := spot{here, code}
		for _, c := range f.lying(s) {
			seen := slices.ContainsFunc(f.counted[sessionSpot{ft.Session, s}], func(counted cell) bool { return counted.names(c.cell) })
			met := slices.ContainsFunc(f.touched[s], func(t touch) bool { return began < t.order && t.order < ft.order && t.about(c.cell) })
			if !seen && !met {
				f.lose(ft, c)
			}
		}
	}
}

// lying lists the cells of a spot that hold something.
func (f *fold) lying(s spot) []content {
	cells := slices.DeleteFunc(f.cells(s.at), func(c content) bool { return c.product != s.product })
	slices.SortFunc(cells, func(a, b content) int {
		return cmp.Or(cmp.Compare(a.lot, b.lot), cmp.Compare(a.serial, b.serial), cmp.Compare(a.status, b.status))
	})
	return cells
}

// lose sets a cell to zero that nobody saw.
func (f *fold) lose(ft *fact, c content) {
	l := &line{fact: ft, product: f.goods.products[c.product], quantity: new(big.Int), lot: c.lot, serial: c.serial, from: ft.from}
	f.carry(l, c.cell, holder{place: f.loss(c.product, ft.TEff)}, available, c.quantity)
}

// touch notes that a fact is about a lot or a piece of a product at some holders.
func (f *fold) touch(l *line, holders ...holder) {
	for _, at := range holders {
		s := spot{at, l.product.Code}
		f.touched[s] = append(f.touched[s], touch{order: f.now.order, cell: cell{lot: l.lot, serial: l.serial}})
	}
}
