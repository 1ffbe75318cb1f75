package ledger

import (
	"strconv"
	"strings"
)

// Prefixes of a product's open-ended fields: "attribute.colour" is an attribute,
// "unit.box" how many of its own unit a box holds.
const (
	attributePrefix = "attribute."
	unitPrefix      = "unit."
)

func (s *State) editProduct(e *Edit, p *Patch) *Fault {
	product, known := s.productByCode[p.Code]
	if !known {
		if len(s.products) >= maxProducts {
			return fault(TooLarge, "code", "The book holds 16,777,216 products, the most it can. The product was not made.")
		}
		product = &Product{Code: p.Code, Tracking: "none", Costing: "average"}
	}
	f := e.fields(p, product.get, func(name, value string) string { return s.setProduct(product, name, value) })
	if f == nil {
		f = s.fitPrice(e, product)
	}
	if f == nil && !known {
		e.create("code", p.Code)
		s.addProduct(product)
	}
	return f
}

func (s *State) addProduct(p *Product) {
	p.ID = ProductID(len(s.products) + 1)
	s.products = append(s.products, p)
	s.productByCode[p.Code] = p
}

func (p *Product) get(name string) (string, bool) {
	switch name {
	case "name":
		return p.Name, true
	case "category":
		return p.Category, true
	case "parent":
		return p.Parent, true
	case "unit":
		return p.Unit, true
	case "decimals":
		return strconv.Itoa(p.Decimals), true
	case "tracking":
		return p.Tracking, true
	case "costing":
		return p.Costing, true
	case "stocked":
		return stockedText(p), true
	case "negative":
		return string(p.Negative), true
	case "deleted":
		return flagText(p.Deleted), true
	case "price":
		return p.priceText(), true
	case "currency":
		return p.Currency, true
	case "superseded_by":
		return p.SupersededBy, true
	case "barcode":
		return p.Barcode, true
	case "weight":
		return p.Weight.String(), true
	case "volume":
		return p.Volume.String(), true
	case "loss":
		return p.Loss, true
	case "production":
		return p.Production, true
	case "axes":
		return p.Axes, true
	case "pattern":
		return p.Pattern, true
	}
	if key, ok := strings.CutPrefix(name, attributePrefix); ok && key != "" {
		return p.Attributes[key], true
	}
	if key, ok := unitOf(name); ok {
		return p.Units[key].String(), true
	}
	return "", false
}

// unitOf is the further unit that a field is of.
func unitOf(field string) (unit string, ok bool) {
	unit, ok = strings.CutPrefix(field, unitPrefix)
	return unit, ok && unit != ""
}

func stockedText(p *Product) string { return strconv.FormatBool(!p.NotStocked) }

// setProduct sets a field; those that refer to other items are judged by the books.
func (s *State) setProduct(p *Product, name, value string) string {
	switch name {
	case "superseded_by":
		return s.setSuccessor(p, value)
	case "barcode":
		return s.setOwnBarcode(p, value)
	case "loss":
		return s.setOwnPlace(&p.Loss, name, PlaceLoss, value)
	case "production":
		return s.setOwnPlace(&p.Production, name, PlaceProduction, value)
	case "weight":
		return s.setMeasure(p, &p.Weight, name, value)
	case "volume":
		return s.setMeasure(p, &p.Volume, name, value)
	case "currency":
		return setCurrency(&p.Currency, value)
	case "price":
		return setPrice(&p.Price, value)
	case "axes":
		return setAxes(&p.Axes, value)
	case "pattern":
		return setPattern(&p.Pattern, value)
	}
	return setOwnField(p, name, value)
}

func setOwnField(p *Product, name, value string) string {
	switch name {
	case "name":
		p.Name = value
	case "category":
		p.Category = value
	case "parent":
		p.Parent = value
	case "unit":
		p.Unit = value
	case "decimals":
		return setDecimals(p, value)
	case "tracking":
		return setOneOf(&p.Tracking, value, "none", "lot", "serial")
	case "costing":
		return setOneOf(&p.Costing, value, "average", "fifo")
	case "stocked":
		return setStocked(p, value)
	case "negative":
		return setPolicy(&p.Negative, value)
	case "deleted":
		return setDeleted(&p.Deleted, &p.Closing, value)
	default:
		return setOpenField(p, name, value)
	}
	return ""
}

func setOneOf(to *string, value string, choices ...string) string {
	if value == "" {
		value = choices[0]
	}
	for _, c := range choices {
		if c == value {
			*to = value
			return ""
		}
	}
	return "its value is one of " + strings.Join(choices, ", ") + "."
}

func setStocked(p *Product, value string) string {
	switch value {
	case "true", "":
		p.NotStocked = false
	case "false":
		p.NotStocked = true
	default:
		return "stocked is true or false."
	}
	return ""
}

// setDecimals changes how finely a product is counted. Balances are kept in
// units of the last decimal, so they can only change while none is held.
func setDecimals(p *Product, value string) string {
	if value == "" {
		value = "0"
	}
	decimals, err := strconv.Atoi(value)
	if err != nil || decimals < 0 || decimals > MaxDecimals {
		return "decimals is a number from 0 to 6."
	}
	if decimals == p.Decimals {
		return ""
	}
	if p.Moved {
		return "it has moved already; the decimals of a product cannot change after that."
	}
	p.Decimals = decimals
	for _, w := range p.watches {
		w.rescale()
	}
	return ""
}

func setOpenField(p *Product, name, value string) string {
	if key, ok := strings.CutPrefix(name, attributePrefix); ok {
		if p.Attributes == nil {
			p.Attributes = map[string]string{}
		}
		if p.Attributes[key] = value; value == "" {
			delete(p.Attributes, key)
		}
		if len(p.Attributes) > maxFields {
			delete(p.Attributes, key)
			return "it has 100 attributes already."
		}
		return ""
	}
	key := strings.TrimPrefix(name, unitPrefix)
	factor, err := ParseDecimal(value)
	if err != nil || factor.Sign() < 0 || (factor.IsSet() && factor.Sign() == 0) {
		return "a unit holds a decimal number above 0 of the product's own unit."
	}
	if p.Units == nil {
		p.Units = map[string]Decimal{}
	}
	if p.Units[key] = factor; !factor.IsSet() {
		delete(p.Units, key)
	}
	if len(p.Units) > maxFields {
		delete(p.Units, key)
		return "it has 100 units already."
	}
	return ""
}

func (s *State) editBarcode(e *Edit, p *Patch) *Fault {
	if len(p.Code) > MaxCode {
		return tooLong("code", MaxCode)
	}
	b, known := s.barcodes[p.Code]
	if !known {
		b = &Barcode{Code: p.Code}
		if other, taken := s.gtins[gtin14(p.Code)]; taken {
			return fault(BadField, "code", "The barcode "+quote(p.Code)+" is the same trade item number as "+quote(other.Code)+" of "+quote(other.Product.Code)+". It was not added.")
		}
	}
	f := e.fields(p, func(name string) (string, bool) { return b.get(name) }, func(name, value string) string {
		return s.setBarcode(b, name, value)
	})
	if f != nil {
		return f
	}
	if b.Product == nil {
		for _, c := range e.Changes {
			s.setBarcode(b, c.Field, c.From)
		}
		e.Changes = nil
		return fault(BadField, "product", "The barcode "+quote(p.Code)+" names no product. Nothing was changed.")
	}
	if known {
		return nil
	}
	e.create("code", p.Code)
	s.addBarcode(b)
	return nil
}

func (s *State) addBarcode(b *Barcode) {
	s.barcodes[b.Code] = b
	if g := gtin14(b.Code); g != "" {
		s.gtins[g] = b
	}
}

func (b *Barcode) get(name string) (string, bool) {
	switch name {
	case "product":
		if b.Product == nil {
			return "", true
		}
		return b.Product.Code, true
	case "quantity":
		return b.Quantity.String(), true
	case "partner":
		return b.Partner, true
	}
	return "", false
}

func (s *State) setBarcode(b *Barcode, name, value string) string {
	if name == "partner" {
		if s.partners[value] == nil && value != "" {
			return "there is no partner " + quote(value) + "."
		}
		b.Partner = value
		return ""
	}
	if name == "product" {
		if value == "" {
			b.Product = nil
			return ""
		}
		product, ok := s.productByCode[value]
		if !ok {
			return "there is no product " + quote(value) + "."
		}
		b.Product = product
		return ""
	}
	quantity, err := ParseDecimal(value)
	if err != nil || (quantity.IsSet() && quantity.Sign() <= 0) {
		return "its quantity is a decimal number above 0."
	}
	b.Quantity = quantity
	return ""
}
