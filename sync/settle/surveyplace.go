package settle

import "bayledger/sync/ledger"

// named is a place of a record; 0 is none.
func (s *Survey) named(id ledger.PlaceID) (*ledger.Place, bool) {
	if id == 0 {
		return nil, true
	}
	x := s.know(id)
	if x == nil {
		return nil, false
	}
	return x.place, true
}

func (s *Survey) placeOf(id ledger.PlaceID) *ledger.Place {
	if x := s.know(id); x != nil {
		return x.place
	}
	return nil
}

// know looks a place up once.
func (s *Survey) know(id ledger.PlaceID) *surveyed {
	if id == 0 {
		return nil
	}
	if int(id) <= len(s.places) && s.places[id-1] != nil {
		return s.places[id-1]
	}
	var x *surveyed
	s.Look(func(b *Books) { x = s.look(b, id) })
	return x
}

// look copies a place, and those above it.
func (s *Survey) look(b *Books, id ledger.PlaceID) *surveyed {
	if int(id) <= len(s.places) && s.places[id-1] != nil {
		return s.places[id-1]
	}
	p, ok := b.state.PlaceByID(id)
	if !ok {
		return nil
	}
	above := p.Parent
	if p.IsPackage() {
		key := &endOfTime
		if s.view.At != 0 {
			key = &Key{TEff: s.view.At + 1}
		}
		above = b.standing(p, moment{key: key, before: true})
	}
	x := &surveyed{}
	if above != nil {
		x.place = p.Copy(s.look(b, above.ID).place)
	} else {
		x.place = p.Copy(nil)
	}
	is := b.side(p)
	x.home, x.pool = is.home, is.virtual == nil
	for len(s.places) < int(id) {
		s.places = append(s.places, nil)
	}
	s.places[id-1] = x
	return x
}

// sides says between what a leg carries value.
func (s *Survey) sides(l *leg) (from, to side) { return s.end(l.from, l.fromAt), s.end(l.to, l.toAt) }

func (s *Survey) end(c *ledger.Cell, at ledger.PlaceID) side {
	if at == 0 {
		at = c.Place.ID
	}
	switch x := s.know(at); {
	case x == nil:
		return side{}
	case x.pool:
		return side{home: x.home}
	default:
		return side{virtual: x.place}
	}
}

// virtual is the company's place of a kind.
func (s *Survey) virtual(kind ledger.PlaceKind) *ledger.Place {
	p := s.kinds[kind]
	if p == nil {
		s.Look(func(b *Books) {
			at, _ := b.state.Place("", string(kind)) // made with the book
			p = s.look(b, at.ID).place
		})
		s.kinds[kind] = p
	}
	return p
}

// site names a pool as people read it.
func (s *Survey) site(home ledger.PlaceID) string {
	if x := s.know(home); x != nil {
		return x.place.Site
	}
	if s.perSite {
		return string(ledger.PlaceTransit)
	}
	return ""
}
