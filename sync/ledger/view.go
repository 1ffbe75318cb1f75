package ledger

import (
	"cmp"
	"slices"
	"strconv"
)

// ItemView is a piece of master data as its fields.
type ItemView struct {
	Entity, Code, Site, Location string
	Fields                       map[string]string
}

// Item returns a piece of master data, with ok false where it is not there.
func (s *State) Item(it Item) (v ItemView, ok bool) {
	v = ItemView{Entity: it.Entity, Code: it.Key, Fields: map[string]string{}}
	switch it.Entity {
	case EntitySite:
		site, ok := s.sites[it.Key]
		if ok {
			v.read(func(name string) (string, bool) { return getSite(site, name) }, "name", "negative", "counts", "approve_value", "approve_quantity", "restricted", reasonsField, "zone", "day", "expiry_days")
		}
		return v, ok
	case EntityLocation:
		p := s.placeOfRef(it.Key)
		if p == nil {
			return v, false
		}
		v.Site, v.Code = p.Site, p.Code
		v.read(func(name string) (string, bool) { return getPlace(p, name) }, "name", "kind", "parent", "order", "max_quantity", "max_weight", "max_volume", "deleted")
	case EntityProduct:
		p, ok := s.productByCode[it.Key]
		if !ok {
			return v, false
		}
		v.read(p.get, p.fieldNames()...)
		v.version(p.Version)
	case EntityBarcode:
		b, ok := s.barcodes[it.Key]
		if ok {
			v.read(b.get, "product", "quantity", "partner")
			v.version(b.Version)
		}
		return v, ok
	case EntityPartner:
		p, ok := s.partners[it.Key]
		if ok {
			v.read(p.get, "name", "kind", "lead_days")
		}
		return v, ok
	case EntityPartnerItem:
		i, ok := s.partnerItems[it.Key]
		if ok {
			v.read(i.get, "product", "quantity")
		}
		return v, ok
	case EntityCategory:
		c, ok := s.categories[it.Key]
		if ok {
			v.read(c.get, "name", "parent", "condition", "attributes")
		}
		return v, ok
	case EntityReason:
		r, ok := s.reasons[it.Key]
		if ok {
			v.read(r.get, "name", "actions", "deleted")
		}
		return v, ok
	case EntityFacility:
		f, ok := s.facilities[it.Key]
		if ok {
			v.read(f.get, "name", "site", "location")
		}
		return v, ok
	case EntityConstraint:
		w, ok := s.constraints[it.Key]
		if !ok {
			return v, false
		}
		v.Code, v.Site = w.Product.Code, w.Site
		if w.Place != nil {
			v.Location = w.Place.Code
		}
		v.read(w.get, constraintFields...)
	case EntityRight:
		r, ok := s.rights[it.Key]
		if ok {
			v.read(r.get, "roles", "owner", "scope", "expires", "key", "cut")
		}
		return v, ok
	case EntityOperator:
		o, ok := s.operators[it.Key]
		if ok {
			v.read(o.get, "active", "site")
		}
		return v, ok
	case EntitySetting:
		if it.Key == BookCode {
			v.read(s.getBook, s.bookFields()...)
		}
		return v, it.Key == BookCode
	default:
		return v, false
	}
	return v, true
}

func (v *ItemView) read(get func(string) (string, bool), names ...string) {
	for _, name := range names {
		if value, _ := get(name); value != "" {
			v.Fields[name] = value
		}
	}
}

func (v *ItemView) version(n uint64) {
	if n > 0 {
		v.Fields[versionField] = strconv.FormatUint(n, 10)
	}
}

func (p *Product) fieldNames() []string {
	names := []string{"name", "category", "parent", "unit", "decimals", "tracking", "costing", "stocked", "negative", "price", "currency",
		"superseded_by", "barcode", "weight", "volume", "loss", "production", "axes", "pattern", "deleted"}
	for _, key := range sortedKeys(p.Attributes) {
		names = append(names, attributePrefix+key)
	}
	for _, key := range sortedKeys(p.Units) {
		names = append(names, unitPrefix+key)
	}
	return names
}

// Items returns the names of all master data of an entity, sorted.
func (s *State) Items(entity string) []Item {
	var keys []string
	switch entity {
	case EntitySite:
		keys = sortedKeys(s.sites)
	case EntityLocation:
		for _, p := range s.places {
			if !p.pack {
				keys = append(keys, p.ref)
			}
		}
		slices.Sort(keys)
	case EntityProduct:
		keys = sortedKeys(s.productByCode)
	case EntityBarcode:
		keys = sortedKeys(s.barcodes)
	case EntityPartner:
		keys = sortedKeys(s.partners)
	case EntityPartnerItem:
		keys = sortedKeys(s.partnerItems)
	case EntityCategory:
		keys = sortedKeys(s.categories)
	case EntityReason:
		keys = sortedKeys(s.reasons)
	case EntityFacility:
		keys = sortedKeys(s.facilities)
	case EntityConstraint:
		keys = sortedKeys(s.constraints)
	case EntityRight:
		keys = sortedKeys(s.rights)
	case EntityOperator:
		keys = sortedKeys(s.operators)
	case EntitySetting:
		keys = []string{BookCode}
	}
	items := make([]Item, len(keys))
	for i, k := range keys {
		items[i] = Item{entity, k}
	}
	return items
}

// OpenAlerts returns the alerts that are open, oldest first.
func (s *State) OpenAlerts() []OpenAlert {
	out := make([]OpenAlert, 0, len(s.alerts))
	for _, a := range s.alerts {
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b OpenAlert) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.N, b.N), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// OpenAlert returns one open alert.
func (s *State) OpenAlert(id string) (OpenAlert, bool) {
	a, ok := s.alerts[id]
	if !ok {
		return OpenAlert{}, false
	}
	return *a, true
}

// ConstraintView is a constraint with the numbers that it is judged by.
type ConstraintView struct {
	Product, Site, Location string
	Min, Max                Decimal
	Reorder, Multiple       Decimal
	LeadDays                int
	OnHand, Available       string
	// DaysLeft is how many days the stock lasts, "" where that cannot be said: nothing
	// was removed, or it is a location's.
	DaysLeft string
	// Order is how much of it to order, "" for nothing.
	Order string
}

// Constraints returns all constraints as they stand at a moment, sorted by product,
// site and location. expected, if not nil, says what is on its way to one, in the
// product's last decimal.
func (s *State) Constraints(at Time, expected func(*Constraint) int64) []ConstraintView {
	out := make([]ConstraintView, 0, len(s.constraints))
	for _, key := range sortedKeys(s.constraints) {
		w := s.constraints[key]
		v := ConstraintView{Product: w.Product.Code, Site: w.Site, Min: w.Min, Max: w.Max, Reorder: w.Reorder, Multiple: w.Multiple, LeadDays: w.LeadDays,
			OnHand: FormatScaled(w.onHand, w.Product.Decimals), Available: FormatScaled(w.available, w.Product.Decimals), DaysLeft: s.daysLeft(w, at)}
		coming := int64(0)
		if expected != nil {
			coming = expected(&w.Constraint)
		}
		if order := w.Order(w.available + coming); order > 0 {
			v.Order = FormatScaled(order, w.Product.Decimals)
		}
		if w.Place != nil {
			v.Location = w.Place.Code
		}
		out = append(out, v)
	}
	return out
}

// ConstraintState is whether a constraint of a product is met.
type ConstraintState struct {
	Site, Location string
	Min, Available string
	Low            bool // less is available than its least
}

// ConstraintsOf returns the constraints of one product as they stand now, sorted by site
// and location.
func (s *State) ConstraintsOf(p *Product) []ConstraintState {
	var out []ConstraintState
	for _, w := range p.watches {
		c := ConstraintState{Site: w.Site, Min: w.Min.String(), Available: FormatScaled(w.available, p.Decimals), Low: w.hasMin && w.available < w.min}
		if w.Place != nil {
			c.Location = w.Place.Code
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b ConstraintState) int {
		return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Location, b.Location))
	})
	return out
}

// CellAt returns what one cell holds now, with ok false where it holds nothing.
func (s *State) CellAt(product, place string, lot, serial string, status Status) (Cell, bool) {
	p, ok := s.productByCode[product]
	at := s.placeOfRef(place)
	if !ok || at == nil {
		return Cell{}, false
	}
	sh := s.shelves[keyOfShelf(p.ID, at.ID)]
	if sh == nil {
		return Cell{}, false
	}
	c := sh.find(cellTag{lot, serial, status == HeldGoods})
	if c == nil {
		return Cell{}, false
	}
	return *c, true
}

// Counts says how a site counts: CountsShown or CountsBlind.
func (s *State) Counts(site string) string {
	found, ok := s.sites[site]
	return countsText(ok && found.Blind)
}

// Policy returns a site's policy for negative stock.
func (s *State) Policy(site string) Policy {
	if found, ok := s.sites[site]; ok && found.Negative != "" {
		return found.Negative
	}
	return PolicyAllow
}
