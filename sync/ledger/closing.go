package ledger

// What was deleted is closing while goods are left of it or at it (L1 to L4): goods
// that land make it so, and it is closed when the last of them has gone, by whichever
// scan.

// closed ends the closing of products and places of which the posting took the last.
func (s *State) closed() {
	for _, sh := range s.posting.shelves {
		if sh.total != 0 || len(sh.cells) == 0 {
			continue
		}
		if p := sh.cells[0].Product; p.Closing && !p.anywhere() {
			p.Closing = false
			s.changed.catalogue(EntityProduct, p.Code)
		}
		s.closedPlace(sh.place.Stand())
	}
	if len(s.posting.stood) > 0 {
		for _, m := range s.Moved() {
			s.closedPlace(m.From)
		}
	}
}

func (s *State) closedPlace(p *Place) {
	if p == nil || !p.Closing || p.filled != 0 || s.packagesAt(p) {
		return
	}
	p.Closing = false
	s.changed.catalogue(EntityLocation, p.ref)
}

// anywhere says whether there is any of a product where goods really lie.
func (p *Product) anywhere() bool {
	for _, sh := range p.shelves {
		if sh.total != 0 && sh.place.Physical() {
			return true
		}
	}
	return false
}

// packagesAt says whether a package with something in it stands at a place. It looks
// at all of them, and is asked of places that are closing only.
func (s *State) packagesAt(place *Place) bool {
	for _, p := range s.packages {
		if p.filled != 0 && p.Stand() == place {
			return true
		}
	}
	return false
}
