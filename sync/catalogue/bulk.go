package catalogue

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// Filter names products. What is empty names all; a filter that is empty altogether
// needs All, since it would be a slip otherwise.
type Filter struct {
	Category   string            // with those that are part of it
	Attributes map[string]string // each of them so
	Prefix     string            // of the code
	Parent     string            // variants of it
	All        bool
}

// Wants says whether a product is named.
func (f *Filter) Wants(s *ledger.State, p *ledger.Product) bool {
	if f.Category != "" && !s.InCategory(p.Category, f.Category) || !strings.HasPrefix(p.Code, f.Prefix) || f.Parent != "" && p.Parent != f.Parent {
		return false
	}
	for name, value := range f.Attributes {
		if p.Attributes[name] != value {
			return false
		}
	}
	return true
}

// Empty says whether the filter names everything.
func (f *Filter) Empty() bool {
	return f.Category == "" && f.Prefix == "" && f.Parent == "" && len(f.Attributes) == 0
}

// BulkFields lists the fields that may be set for many products at once: those that
// say how a kind of goods is handled.
func BulkFields() []string {
	return []string{"category", "costing", "currency", "loss", "negative", "production", "stocked"}
}

// Change is a product that would be changed, with what is on hand of it: goods that
// are not stock-kept any more stay on the books as they are.
type Change struct {
	Product string            `json:"product"`
	Name    string            `json:"name,omitempty"`
	Was     map[string]string `json:"was" doc:"the fields that change, as they are"`
	OnHand  string            `json:"on_hand" doc:"over all places; what is switched off keeps it on the books until it is counted away"`

	holds bool
}

// Holds says whether anything is on hand.
func (c *Change) Holds() bool { return c.holds }

// PlanBulk plans to set fields of all products that a filter names: those that say
// otherwise now, sorted by code.
func PlanBulk(s *ledger.State, f *Filter, set map[string]string) ([]Change, []ledger.Patch, *ledger.Fault) {
	if f.Empty() && !f.All {
		return nil, nil, fault(ledger.BadField, "filter", "The filter names nothing, and so all products. Nothing was changed; say all where all are meant.")
	}
	if len(set) == 0 {
		return nil, nil, fault(ledger.BadField, "set", "Nothing was said to be set. Nothing was changed.")
	}
	for name := range set {
		if !slices.Contains(BulkFields(), name) {
			return nil, nil, fault(ledger.UnknownField, "set", "The field "+ledger.Quote(name)+" is none of "+strings.Join(BulkFields(), ", ")+", which can be set for many at once. Nothing was changed.")
		}
	}
	var changes []Change
	var patches []ledger.Patch
	for _, it := range s.Items(ledger.EntityProduct) {
		p, _ := s.Product(it.Key)
		if p.Deleted || !f.Wants(s, p) {
			continue
		}
		v, _ := s.Item(it)
		was := map[string]string{}
		for name, value := range set {
			if v.Fields[name] != value {
				was[name] = v.Fields[name]
			}
		}
		if len(was) == 0 {
			continue
		}
		total := onHand(p)
		changes = append(changes, Change{Product: p.Code, Name: p.Name, Was: was, OnHand: ledger.FormatScaled(total, p.Decimals), holds: total != 0})
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: p.Code, Fields: set})
	}
	return changes, patches, nil
}

func onHand(p *ledger.Product) (total int64) {
	p.EachHolder(func(at *ledger.Place, holds int64) {
		if at.Physical() {
			total += holds
		}
	})
	return total
}
