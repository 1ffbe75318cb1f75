package ledger

// What lies under an open hold counts as held (rule 6), though its cell says
// nothing of it: a hold changes no cell. People are shown goods by what they may
// do with them, so the cells of one lot at one place are shown as one under a
// hold, and as two without.

// AsShown returns a copy of a cell as people are shown it, with ok false where its
// goods are shown with those of the other status.
func (s *State) AsShown(c *Cell) (shown Cell, ok bool) {
	shown = *c
	shown.At = c.Place.Stand()
	if !s.holdsAnything(c.Product) || !c.Place.Physical() || !s.UnderHold(c) {
		return shown, true
	}
	other := s.twin(c)
	if c.Held {
		return shown, other == nil || other.Quantity == 0
	}
	shown.Held = true
	if other != nil {
		shown.Quantity += other.Quantity
		shown.N, shown.ChangedAt = max(c.N, other.N), max(c.ChangedAt, other.ChangedAt)
	}
	return shown, true
}

// ShownCells returns copies of the cells that keep wants (nil: all) as people are
// shown them, sorted as the balance report is.
func (s *State) ShownCells(keep func(*Cell) bool) []*Cell {
	return s.shownOf(s.CellsOf(keep))
}

// ShownOfProduct returns copies of the cells of one product that hold something, as
// people are shown them, in no order.
func (s *State) ShownOfProduct(p *Product) []*Cell { return s.shownOf(s.CellsOfProduct(p)) }

// shownOf replaces copies of cells by what people are shown.
func (s *State) shownOf(copies []*Cell) []*Cell {
	out := copies[:0]
	for _, c := range copies {
		if shown, ok := s.AsShown(c); ok && shown.Quantity != 0 {
			*c = shown
			out = append(out, c)
		}
	}
	return out
}

// holdsAnything says whether a hold could cover goods of a product.
func (s *State) holdsAnything(p *Product) bool { return len(p.frozen) > 0 || s.frozenPlaces > 0 }

// twin is the cell of the same goods with the other status, nil where there is none.
func (s *State) twin(c *Cell) *Cell {
	sh := s.shelves[keyOfShelf(c.Product.ID, c.Place.ID)]
	if sh == nil {
		return nil
	}
	return sh.find(cellTag{c.Lot, c.Serial, !c.Held})
}

// recast is goods that are shown otherwise from an entry on, though nothing moved.
type recast struct {
	cell *Cell
	n    uint64
}

// recastScope notes what lies in a scope on which a hold opened or ended.
func (s *State) recastScope(scope *Scope) {
	products := s.products
	if scope.Product != nil {
		products = []*Product{scope.Product}
	}
	for _, p := range products {
		for _, sh := range p.shelves {
			if !sh.place.Physical() || scope.Place != nil && !sh.place.Within(scope.Place) {
				continue
			}
			for _, c := range sh.cells {
				if c.Quantity != 0 && scope.covers(c) {
					s.changed.recast = append(s.changed.recast, recast{c, s.posting.n})
				}
			}
		}
	}
}

// covers says whether a product's scope has a cell in it.
func (o *Scope) covers(c *Cell) bool {
	switch {
	case o.Product == nil:
		return true
	case o.Serial != "":
		return c.Serial == o.Serial
	}
	return o.Lot == AnyLot || c.Lot == o.Lot
}

// showChanged makes of the cells that changed what those who watch are shown.
func (s *State) showChanged(c *Changes) {
	held := len(c.recast) > 0
	for i := 0; !held && i < len(c.Cells); i++ {
		held = s.holdsAnything(c.Cells[i].Product)
	}
	if !held {
		return
	}
	shown := make([]*Cell, 0, 2*len(c.Cells)+2*len(c.recast))
	for _, cell := range c.Cells {
		switch {
		case !s.holdsAnything(cell.Product) || !cell.Place.Physical():
			shown = append(shown, cell)
		case cell.At != cell.Place.Stand(): // where it does not lie any more
			other := *cell
			other.Held = !cell.Held
			shown = append(shown, cell, &other)
		default:
			shown = s.bothShown(shown, cell, cell.N)
		}
	}
	for _, r := range c.recast {
		shown = s.bothShown(shown, r.cell, r.n)
	}
	c.Cells, c.recast = shown, nil
}

// bothShown adds a cell and its twin as people are shown them now, gone ones too.
func (s *State) bothShown(out []*Cell, c *Cell, n uint64) []*Cell {
	one, other := *c, *c
	one.shelf, other.shelf = nil, nil
	one.At = c.Place.Stand()
	other.At, other.Held, other.Quantity = one.At, !c.Held, 0
	if sh := s.shelves[keyOfShelf(c.Product.ID, c.Place.ID)]; sh != nil {
		if now := sh.find(cellTag{c.Lot, c.Serial, c.Held}); now == nil {
			one.Quantity = 0
		} else {
			one.Quantity = now.Quantity
		}
		if twin := sh.find(cellTag{c.Lot, c.Serial, !c.Held}); twin != nil {
			other.Quantity, n = twin.Quantity, max(n, twin.N)
		}
	}
	available, held := &one, &other
	if c.Held {
		available, held = held, available
	}
	if s.UnderHold(c) {
		held.Quantity += available.Quantity
		available.Quantity = 0
	}
	one.N, other.N = max(n, c.N), max(n, c.N)
	return append(out, &one, &other)
}
