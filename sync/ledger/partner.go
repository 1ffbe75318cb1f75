package ledger

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Partner is a supplier or a customer. Whom one speaks to there is no part of the
// books: a journal is kept for ever, and a person's name may have to go.
type Partner struct {
	Code     string
	Name     string
	Kind     string
	LeadDays int64 `json:",omitempty"` // from an order to the goods, 0: nobody said
}

// maxLeadDays is ten years: longer is a slip of the finger.
const maxLeadDays = 3_650

func (s *State) editPartner(e *Edit, p *Patch) *Fault {
	partner, known := s.partners[p.Code]
	if !known {
		partner = &Partner{Code: p.Code}
	}
	f := e.fields(p, partner.get, partner.set)
	if f == nil && !known {
		e.create("code", p.Code)
		s.partners[p.Code] = partner
	}
	return f
}

func (p *Partner) get(name string) (string, bool) {
	switch name {
	case "name":
		return p.Name, true
	case "kind":
		return p.Kind, true
	case "lead_days":
		return numberText(p.LeadDays), true
	}
	return "", false
}

func (p *Partner) set(name, value string) string {
	switch {
	case name == "name":
		p.Name = value
	case name == "lead_days":
		return setNumber(&p.LeadDays, name, value, maxLeadDays)
	case value == "" || value == "supplier" || value == "customer":
		p.Kind = value
	default:
		return "its kind is supplier or customer."
	}
	return ""
}

// Partner returns a partner by its code.
func (s *State) Partner(code string) (*Partner, bool) {
	p, ok := s.partners[code]
	return p, ok
}

// PartnerItem is how a partner calls a product of ours on papers and lists, and what
// scans mean by it that name the partner.
type PartnerItem struct {
	Partner, Code string
	Product       *Product
	Quantity      Decimal // of the product's own unit that one of the partner's is; missing: 1
}

type partnerItemRow struct {
	Product  string
	Quantity Decimal `json:",omitzero"`
}

func (i *PartnerItem) row() partnerItemRow { return partnerItemRow{i.Product.Code, i.Quantity} }

func (l *Loader) partnerItem(key string, value []byte) error {
	var row partnerItemRow
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	product, ok := l.state.productByCode[row.Product]
	if !ok {
		return fmt.Errorf("its product %q is missing", row.Product)
	}
	partner, code, _ := strings.Cut(key, "/")
	l.state.partnerItems[key] = &PartnerItem{Partner: partner, Code: code, Product: product, Quantity: row.Quantity}
	return nil
}

// PartnerItem finds the product that a partner calls by a code.
func (s *State) PartnerItem(partner, code string) (*PartnerItem, bool) {
	i, ok := s.partnerItems[partner+"/"+code]
	return i, ok
}

func (s *State) editPartnerItem(e *Edit, p *Patch) *Fault {
	item, known := s.partnerItems[p.Code]
	if !known {
		partner, code, ok := strings.Cut(p.Code, "/")
		if s.partners[partner] == nil || !ok || code == "" {
			return fault(BadField, "code", "The code "+quote(p.Code)+" does not begin with that of a partner, a slash behind it, and then the partner's own. Nothing was changed.")
		}
		item = &PartnerItem{Partner: partner, Code: code}
	}
	f := e.fields(p, item.get, func(name, value string) string { return s.setPartnerItem(item, name, value) })
	if f != nil {
		return f
	}
	if item.Product == nil {
		for _, c := range e.Changes {
			s.setPartnerItem(item, c.Field, c.From)
		}
		e.Changes = nil
		return fault(BadField, "product", "The item "+quote(p.Code)+" names no product. Nothing was changed.")
	}
	if !known {
		e.create("code", p.Code)
		s.partnerItems[p.Code] = item
	}
	return nil
}

func (i *PartnerItem) get(name string) (string, bool) {
	switch name {
	case "product":
		if i.Product == nil {
			return "", true
		}
		return i.Product.Code, true
	case "quantity":
		return i.Quantity.String(), true
	}
	return "", false
}

func (s *State) setPartnerItem(i *PartnerItem, name, value string) string {
	if name == "product" {
		product, ok := s.productByCode[value]
		if !ok && value != "" {
			return "there is no product " + quote(value) + "."
		}
		i.Product = product
		return ""
	}
	quantity, err := ParseDecimal(value)
	if err != nil || quantity.IsSet() && quantity.Sign() <= 0 {
		return "its quantity is a decimal number above 0."
	}
	i.Quantity = quantity
	return ""
}
