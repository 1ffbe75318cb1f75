package ledger

// What a product has of its own: a barcode that is printed, measures, and virtual
// places in place of the company's.

// setOwnBarcode chooses the barcode that labels bear. It may be one that is added in the
// next moment, as an import does, and is passed over until then; another product's it is
// not.
func (s *State) setOwnBarcode(p *Product, code string) string {
	if b := s.barcodes[code]; b != nil && b.Product != p {
		return quote(code) + " is a barcode of " + quote(b.Product.Code) + "."
	}
	p.Barcode = code
	return ""
}

// OwnBarcode is the barcode that was chosen for a product's labels, "" where none was
// or it is another product's now.
func (s *State) OwnBarcode(p *Product) string {
	if b := s.barcodes[p.Barcode]; b == nil || b.Product != p {
		return ""
	}
	return p.Barcode
}

func (s *State) setOwnPlace(to *string, name string, kind PlaceKind, code string) string {
	if code != "" {
		place := s.placeByRef[placeKey{"", code}]
		if place == nil || place.Kind != kind {
			return "its " + name + " place is a virtual place of kind " + string(kind) + ", and " + quote(code) + " is none."
		}
	}
	*to = code
	return ""
}

// LossOf is the product's own place for what counts miss or find, as it was at a
// moment; nil: the company's.
func (s *State) LossOf(p *Product, t Time) *Place { return s.ownPlace(p.Loss, p.LossWas, t) }

// ProductionOf is the product's own place for what is built in without naming an
// asset, as it was at a moment; nil: the company's places.
func (s *State) ProductionOf(p *Product, t Time) *Place {
	return s.ownPlace(p.Production, p.ProductionWas, t)
}

func (s *State) ownPlace(now string, was []PastSetting, t Time) *Place {
	if now == "" && len(was) == 0 {
		return nil
	}
	return s.placeByRef[placeKey{"", settingAt(now, was, t)}]
}

// setMeasure sets the weight or the volume of one of a product's unit. What places
// hold by them is summed up anew.
func (s *State) setMeasure(p *Product, to *Decimal, name, value string) string {
	d, err := ParseDecimal(value)
	if err != nil || d.Sign() < 0 {
		return "its " + name + " is a decimal number, 0 or more."
	}
	if _, ok := d.Scaled(MaxDecimals); !ok {
		return "its " + name + " has at most 6 decimals."
	}
	if *to != d && s.rooms > 0 && p.ID != 0 {
		s.posting.recount = true
	}
	*to = d
	return ""
}
