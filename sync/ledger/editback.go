package ledger

import "slices"

// editBack takes edits back, the last one first.
func (s *State) editBack(done []EditResult) {
	for i := len(done) - 1; i >= 0; i-- {
		r := &done[i]
		if r.Edit.created {
			s.uncreate(&r.patch)
			continue
		}
		back := Patch{Entity: r.patch.Entity, Code: r.patch.Code, Site: r.patch.Site, Location: r.patch.Location, Fields: map[string]string{}}
		for _, c := range r.Edit.Changes {
			back.Fields[c.Field] = c.From
		}
		s.edit(&back)
		if product, ok := s.productByCode[r.patch.Code]; ok && r.patch.Entity == EntityProduct {
			product.Closing = r.closing
		} else if place, ok := s.placeByRef[placeKey{r.patch.Site, r.patch.Code}]; ok && r.patch.Entity == EntityLocation {
			place.Closing = r.closing
		}
	}
	s.posting.recount = false
}

// uncreate removes an item that has just been made; places and products are the
// last of their kind.
func (s *State) uncreate(p *Patch) {
	switch p.Entity {
	case EntitySite:
		for i := len(PhysicalKinds) - 1; i >= 0; i-- {
			s.uncreate(&Patch{Entity: EntityLocation, Site: p.Code, Code: string(PhysicalKinds[i])})
		}
		delete(s.sites, p.Code)
	case EntityLocation:
		s.takes(s.placeByRef[placeKey{p.Site, p.Code}], most{})
		delete(s.placeByRef, placeKey{p.Site, p.Code})
		s.places = s.places[:len(s.places)-1]
	case EntityProduct:
		s.succeed(s.productByCode[p.Code], "")
		delete(s.productByCode, p.Code)
		s.products = s.products[:len(s.products)-1]
	case EntityBarcode:
		delete(s.barcodes, p.Code)
		delete(s.gtins, gtin14(p.Code))
	case EntityPartner:
		delete(s.partners, p.Code)
	case EntityPartnerItem:
		delete(s.partnerItems, p.Code)
	case EntityCategory:
		delete(s.categories, p.Code)
	case EntityReason:
		delete(s.reasons, p.Code)
	case EntityFacility:
		delete(s.facilities, p.Code)
	case EntityOperator:
		delete(s.operators, p.Code)
	case EntityRight:
		delete(s.rights, p.Code)
	case EntityConstraint:
		w := s.constraints[itemKey(p)]
		delete(s.constraints, itemKey(p))
		w.Product.watches = slices.DeleteFunc(w.Product.watches, func(x *watch) bool { return x == w })
	}
}
