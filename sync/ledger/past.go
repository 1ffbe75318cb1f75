package ledger

// What units and barcodes meant before an edit is kept: a scan is of what the code
// on it stood for when it was scanned (E1, U5), however late it comes home.

// PastUnit is what a unit of a product held until a moment; with an empty Unit, how
// the product's own unit was called.
type PastUnit struct {
	Unit string `json:",omitempty"`
	PastSetting
}

// PastBarcode is what a barcode stood for until a moment.
type PastBarcode struct {
	Until    Time
	Product  *Product
	Quantity Decimal
}

// at returns what the barcode stood for at a moment.
func (b *Barcode) at(t Time) (*Product, Decimal) {
	for i := range b.was {
		if t < b.was[i].Until {
			return b.was[i].Product, b.was[i].Quantity
		}
	}
	return b.Product, b.Quantity
}

// factorAt says how many of a product's own unit a unit held at a moment, and
// whether it holds another number now; ok is false where nobody knows such a unit.
// A unit that had no number yet is taken as it is now.
func (p *Product) factorAt(unit string, t Time) (factor Decimal, changed, ok bool) {
	one := NewDecimal(1, 0)
	now, known := p.Units[unit]
	if unit == p.Unit {
		now, known = one, true
	}
	for i := range p.unitsWas(t) {
		w := &p.UnitsWas[i]
		if t >= w.Until {
			continue
		}
		switch {
		case w.Unit == "" && w.Value == unit:
			return one, known && now != one, true // it is called otherwise now
		case w.Unit == unit && w.Value != "":
			was, err := ParseDecimal(w.Value)
			if err != nil {
				return Decimal{}, false, false // it cannot be: it was read before
			}
			return was, !known || was != now, true
		}
	}
	return now, false, known
}

// unitsWas are the earlier units, none where all of them ended before a moment.
func (p *Product) unitsWas(t Time) []PastUnit {
	if n := len(p.UnitsWas); n == 0 || t >= p.UnitsWas[n-1].Until {
		return nil
	}
	return p.UnitsWas
}

// pastOf is where the earlier values of a dated setting of a product stand; nil where
// a field is none.
func (p *Product) pastOf(field string) *[]PastSetting {
	switch field {
	case "negative":
		return &p.NegativeWas
	case "costing":
		return &p.CostingWas
	case "tracking":
		return &p.TrackingWas
	case "stocked":
		return &p.NotStockedWas
	case "loss":
		return &p.LossWas
	case "production":
		return &p.ProductionWas
	}
	return nil
}

// StockedAt says whether goods of the product were stock-kept at a moment.
func (p *Product) StockedAt(t Time) bool {
	if len(p.NotStockedWas) == 0 {
		return !p.NotStocked
	}
	return settingAt(stockedText(p), p.NotStockedWas, t) != "false"
}

// dateCodes keeps what a unit or barcode meant before an edit.
func (s *State) dateCodes(r *EditResult) {
	switch r.patch.Entity {
	case EntityProduct:
		p := s.productByCode[r.patch.Code]
		for _, c := range r.Edit.Changes {
			unit, further := unitOf(c.Field)
			if !further {
				unit = ""
			}
			if further || c.Field == "unit" {
				p.UnitsWas = append(p.UnitsWas, PastUnit{unit, PastSetting{Until: s.posting.at, Value: c.From}})
			}
		}
	case EntityBarcode:
		if len(r.Edit.Changes) == 1 && r.Edit.Changes[0].Field == "partner" {
			return // it stands for the same goods
		}
		b := s.barcodes[r.patch.Code]
		was := PastBarcode{Until: s.posting.at, Product: b.Product, Quantity: b.Quantity}
		for _, c := range r.Edit.Changes {
			switch c.Field {
			case "product":
				was.Product = s.productByCode[c.From]
			case "quantity":
				was.Quantity, _ = ParseDecimal(c.From)
			}
		}
		s.rewritten = true
		if b.was = append(b.was, was); len(b.was) > maxPast {
			b.was = b.was[1:]
		}
	}
}

// maxPast bounds what is kept of one barcode: each change is a person's, and a scan
// from before the oldest is read by it.
const maxPast = 100
