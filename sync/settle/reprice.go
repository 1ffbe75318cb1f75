package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// ReceiptLine is a line of a receipt as a trail has it.
type ReceiptLine struct {
	Line        int
	Quantity    int64 // in the product's last decimal
	From, To    *ledger.Place
	Lot, Serial string
	Costed      ledger.CostSaid
	Unit, Total int64
}

// Receipt lists the lines of an addition in a trail; none where it was undone, or is no
// addition.
func (t *Trail) Receipt(id ledger.Identity) (lines []ReceiptLine) {
	for i := range t.facts {
		f := &t.facts[i]
		if f.act != actAdd || f.identity() != id {
			continue
		}
		l := ReceiptLine{Line: f.Line, Quantity: f.quantity, From: f.from, To: f.to, Lot: f.lot, Serial: f.serial}
		if f.said != nil {
			l.Costed, l.Unit, l.Total = f.said.costed, f.said.unit, f.said.total
		}
		lines = append(lines, l)
	}
	return lines
}

// Repriced is a trail as it would be, had a line of an addition said another cost.
func (t *Trail) Repriced(id ledger.Identity, line int, costed ledger.CostSaid, cost int64) *Trail {
	out := *t
	out.facts = slices.Clone(t.facts)
	for i := range out.facts {
		f := &out.facts[i]
		if f.Line != line || f.identity() != id {
			continue
		}
		var s said
		if f.said != nil {
			s = *f.said
		}
		s.costed, s.unit, s.total = costed, 0, 0
		if costed == ledger.CostUnit {
			s.unit = cost
		} else {
			s.total = cost
		}
		f.said = &s
	}
	return &out
}
