package ledger

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Loader puts stored rows back into a new State. Rows come in the order of their
// keys; Finish completes what depends on several of them.
type Loader struct {
	state   *State
	parents map[*Place]string
	inside  []packageRow
}

// NewLoader returns a loader and the state that it fills.
func NewLoader() (*Loader, *State) {
	s := NewState()
	return &Loader{state: s, parents: map[*Place]string{}}, s
}

// Load puts one row back. Errors: ErrRow.
func (l *Loader) Load(key, value []byte) error {
	if len(key) < 2 {
		return fmt.Errorf("%w: its key is %q", ErrRow, key)
	}
	name := string(key[1:])
	var err error
	switch key[0] {
	case rowSite:
		var site Site
		if err = json.Unmarshal(value, &site); err == nil {
			l.state.sites[name] = &site
			l.state.approves = l.state.approves || site.Approval.IsSet() || len(site.ApprovalWas) > 0
			l.state.asksReasons = l.state.asksReasons || site.Reasons != "" || len(site.ReasonsWas) > 0
		}
	case rowPlace:
		err = l.place(value)
	case rowProduct:
		err = l.product(value)
	case rowBarcode:
		err = l.barcode(name, value)
	case rowPartner:
		var p Partner
		if err = json.Unmarshal(value, &p); err == nil {
			l.state.partners[name] = &p
		}
	case rowRight:
		r := new(Right)
		if err = json.Unmarshal(value, r); err == nil {
			r.grants, _ = ParseGrants(r.Roles)
			l.state.rights[name] = r
		}
	case rowOperator:
		var o Operator
		if err = json.Unmarshal(value, &o); err == nil {
			l.state.operators[name] = &o
		}
	case rowConstraint:
		err = l.constraint(value)
	case rowAlert:
		var a OpenAlert
		if err = json.Unmarshal(value, &a); err == nil {
			l.state.alerts[name] = &a
		}
	case rowDemand:
		err = l.demand(key[1:], value)
	case rowLot:
		err = l.lot(key[1:], value)
	case rowMeaning:
		err = l.meaning(name, value)
	case rowPackage:
		err = l.pack(value)
	case rowCell:
		err = l.cell(key[1:], value)
	case rowBook:
		err = l.book(key[1:], value)
	default:
		err = fmt.Errorf("its kind %q is not known", key[0])
	}
	if err != nil {
		return fmt.Errorf("%w: %q: %v", ErrRow, key, err)
	}
	return nil
}

func (l *Loader) book(key, value []byte) error {
	s, name := l.state, string(key[1:])
	switch key[0] {
	case bookSettings:
		return json.Unmarshal(value, &s.settings)
	case bookCategory:
		return loadItem(s.categories, name, value)
	case bookReason:
		return loadItem(s.reasons, name, value)
	case bookFacility:
		return loadItem(s.facilities, name, value)
	case bookPartnerItem:
		return l.partnerItem(name, value)
	}
	return fmt.Errorf("its kind %q of the whole book is not known", key[0])
}

func loadItem[T any](into map[string]*T, name string, value []byte) error {
	item := new(T)
	if err := json.Unmarshal(value, item); err != nil {
		return err
	}
	into[name] = item
	return nil
}

func (l *Loader) place(value []byte) error {
	var row placeRow
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	if row.ID == 0 || row.ID > maxProducts {
		return fmt.Errorf("its number %d cannot be", row.ID)
	}
	p := &Place{ID: row.ID, Site: row.Site, Code: row.Code, Kind: row.Kind, Name: row.Name, Deleted: row.Deleted, Closing: row.Closing, ref: placeRef(row.Site, row.Code), Order: row.Order}
	l.state.takes(p, row.Most)
	for len(l.state.places) < int(row.ID) {
		l.state.places = append(l.state.places, nil)
	}
	l.state.places[row.ID-1] = p
	l.state.placeByRef[placeKey{p.Site, p.Code}] = p
	if row.Parent != "" {
		l.parents[p] = row.Parent
	}
	return nil
}

func (l *Loader) pack(value []byte) error {
	var row packageRow
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	if row.ID == 0 || row.ID > maxProducts {
		return fmt.Errorf("its number %d cannot be", row.ID)
	}
	p := &Place{ID: row.ID, Code: row.Code, Kind: PlacePackage, ref: row.Code, pack: true}
	for len(l.state.places) < int(row.ID) {
		l.state.places = append(l.state.places, nil)
	}
	l.state.places[row.ID-1] = p
	l.state.packages[p.Code] = p
	l.inside = append(l.inside, row)
	return nil
}

// stand puts packages where they stand, or into those that they are inside of.
func (l *Loader) stand() error {
	s := l.state
	for _, row := range l.inside {
		in, ok := s.packages[row.Package]
		switch {
		case row.Package == "" && row.Place == "":
			continue
		case row.Package == "":
			in, ok = s.placeByRef[placeKey{row.Site, row.Place}]
		}
		if !ok {
			return fmt.Errorf("%w: where the package %q stands is missing", ErrRow, row.Code)
		}
		s.packages[row.Code].put(in)
	}
	for _, row := range l.inside {
		p := s.packages[row.Code]
		for range l.inside {
			if p = p.Parent; p == nil || !p.pack {
				break
			}
		}
		if p != nil && p.pack {
			return fmt.Errorf("%w: the package %q is inside of itself", ErrRow, row.Code)
		}
	}
	return nil
}

func (l *Loader) product(value []byte) error {
	var p Product
	if err := json.Unmarshal(value, &p); err != nil {
		return err
	}
	if p.ID == 0 || p.ID > maxProducts {
		return fmt.Errorf("its number %d cannot be", p.ID)
	}
	for len(l.state.products) < int(p.ID) {
		l.state.products = append(l.state.products, nil)
	}
	l.state.products[p.ID-1] = &p
	l.state.productByCode[p.Code] = &p
	if p.SupersededBy != "" {
		l.state.superseded[p.SupersededBy] = append(l.state.superseded[p.SupersededBy], &p)
	}
	return nil
}

func (l *Loader) barcode(code string, value []byte) error {
	var row barcodeRow
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	product, ok := l.state.productByCode[row.Product]
	if !ok {
		return fmt.Errorf("its product %q is missing", row.Product)
	}
	b := &Barcode{Code: code, Product: product, Quantity: row.Quantity, Version: row.Version, Partner: row.Partner}
	for _, w := range row.Was {
		was := PastBarcode{Until: w.Until, Quantity: w.Quantity}
		if was.Product, ok = l.state.productByCode[w.Product]; !ok {
			return fmt.Errorf("its earlier product %q is missing", w.Product)
		}
		b.was = append(b.was, was)
		l.state.rewritten = true
	}
	l.state.addBarcode(b)
	return nil
}

func (l *Loader) constraint(value []byte) error {
	var row constraintRow
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	product, ok := l.state.productByCode[row.Product]
	if !ok {
		return fmt.Errorf("its product %q is missing", row.Product)
	}
	w := &watch{Constraint: Constraint{Product: product, Site: row.Site, Min: row.Min, Max: row.Max, Reorder: row.Reorder, Multiple: row.Multiple, LeadDays: row.LeadDays}}
	if row.Location != "" {
		if w.Place, ok = l.state.placeByRef[placeKey{row.Site, row.Location}]; !ok {
			return fmt.Errorf("its location %q is missing", row.Location)
		}
	}
	w.rescale()
	l.state.constraints[w.Key()] = w
	product.watch(w)
	return nil
}

func readText(b []byte) (string, []byte, bool) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used) {
		return "", nil, false
	}
	return string(b[used : used+int(n)]), b[used+int(n):], true
}

func (l *Loader) cell(key, value []byte) error {
	if len(key) < 9 {
		return fmt.Errorf("its key is cut short")
	}
	s := l.state
	product, place := binary.BigEndian.Uint32(key), binary.BigEndian.Uint32(key[4:])
	if product == 0 || int(product) > len(s.products) || s.products[product-1] == nil ||
		place == 0 || int(place) > len(s.places) || s.places[place-1] == nil {
		return fmt.Errorf("its product or place is missing")
	}
	tag := cellTag{held: key[8] == 1}
	if len(key) > 9 {
		lot, rest, ok := readText(key[9:])
		if !ok {
			return fmt.Errorf("its lot is cut short")
		}
		tag.lot, tag.serial = lot, string(rest)
	}
	quantity, used := binary.Varint(value)
	n, used2 := binary.Uvarint(value[max(0, used):])
	at, used3 := binary.Uvarint(value[max(0, used)+max(0, used2):])
	if used <= 0 || used2 <= 0 || used3 <= 0 {
		return fmt.Errorf("its quantity is cut short")
	}
	p, at2 := s.products[product-1], s.places[place-1]
	sh := s.shelf(p, at2)
	c := s.cell(sh, p, at2, tag)
	sh.hold(sh.total + quantity - c.Quantity)
	sh.stored = true
	c.Quantity, c.N, c.ChangedAt = quantity, n, Time(at)
	if c.Serial != "" && quantity >= 0 {
		s.Chain(p, c.Serial).At = c
	}
	if quantity == 0 && c.Serial == "" && c.Lot == "" && !c.Held {
		sh.marker = c
	}
	return nil
}

// Finish completes the state after the last row: parents of places, the sums of
// constraints. Errors: ErrRow where a row refers to one that is not there.
func (l *Loader) Finish() error {
	s := l.state
	for i, p := range s.places {
		if p == nil {
			return fmt.Errorf("%w: place number %d is missing", ErrRow, i+1)
		}
	}
	for i, p := range s.products {
		if p == nil {
			return fmt.Errorf("%w: product number %d is missing", ErrRow, i+1)
		}
	}
	for p, code := range l.parents {
		parent, ok := s.placeByRef[placeKey{p.Site, code}]
		if !ok {
			return fmt.Errorf("%w: the parent %q of %q is missing", ErrRow, code, p.ref)
		}
		p.Parent = parent
	}
	if err := l.stand(); err != nil {
		return err
	}
	s.recountWatches()
	s.recountRooms()
	for _, key := range sortedKeys(s.constraints) {
		w := s.constraints[key]
		for i := range watchKinds {
			_, w.open[i] = s.alerts[w.alert(i).id()]
		}
	}
	s.countLotAlerts()
	return nil
}
