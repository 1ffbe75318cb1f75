package adjust

import (
	"strings"
	"time"

	"bayledger/sync/ledger"
)

// Line is one change, as it is stored: quantities in the product's own unit.
type Line struct {
	Location  string         `json:"location"`
	Product   string         `json:"product"`
	Lot       string         `json:"lot,omitzero"`
	Serial    string         `json:"serial,omitzero"`
	Kind      Kind           `json:"kind"`
	Change    ledger.Decimal `json:"change" doc:"above 0: more lies there than before; below: less"`
	Counted   ledger.Decimal `json:"counted,omitzero" doc:"what somebody counted, where the change follows from that"`
	Expiry    string         `json:"expiry,omitzero"`
	Other     string         `json:"other,omitzero" doc:"where goods come from or go to, where it is not the kind's own place"`
	UnitCost  ledger.Decimal `json:"unit_cost,omitzero"`
	TotalCost ledger.Decimal `json:"total_cost,omitzero"`
	Note      string         `json:"note,omitzero"`
	Seen      ledger.Decimal `json:"seen" doc:"what lay there when the line was made"`
	Version   uint64         `json:"version" doc:"of the draft, when the line was last changed"`
	By        string         `json:"by"`
	At        ledger.Time    `json:"at"`
}

// Said is a line as a person says it. One of change and counted; neither, or a change
// of 0, takes the line out of the draft.
type Said struct {
	Location  string         `json:"location,omitzero" doc:"missing: the draft's, else stock"`
	Product   string         `json:"product,omitzero" doc:"or scan"`
	Scan      string         `json:"scan,omitzero"`
	Lot       string         `json:"lot,omitzero"`
	Serial    string         `json:"serial,omitzero"`
	Kind      Kind           `json:"kind,omitzero" doc:"missing: correction"`
	Change    ledger.Decimal `json:"change,omitzero"`
	Counted   ledger.Decimal `json:"counted,omitzero" doc:"what lies there: the change is what is missing to it"`
	Unit      string         `json:"unit,omitzero"`
	Expiry    string         `json:"expiry,omitzero"`
	Other     string         `json:"other,omitzero"`
	UnitCost  ledger.Decimal `json:"unit_cost,omitzero"`
	TotalCost ledger.Decimal `json:"total_cost,omitzero"`
	Note      string         `json:"note,omitzero"`
}

// Key names a line in its draft: one place, product, lot and serial may have a line of
// each kind.
func (l *Line) Key() string {
	return strings.Join([]string{l.Location, l.Product, l.Lot, l.Serial, string(l.Kind)}, "\x00")
}

// Gone says whether the line changes nothing: it is taken out of its draft.
func (l *Line) Gone() bool { return l.Change.Sign() == 0 }

// Fix makes a line of what was said, against the books as they are.
func (d *Draft) Fix(s *ledger.State, said *Said, now ledger.Time) (Line, *ledger.Fault) {
	l := Line{Lot: said.Lot, Serial: said.Serial, Kind: said.Kind, Expiry: said.Expiry, Other: said.Other, UnitCost: said.UnitCost, TotalCost: said.TotalCost, Note: said.Note}
	if l.Kind == "" {
		l.Kind = Correction
	}
	rule, ok := RuleOf(l.Kind)
	if !ok {
		return l, bad("kind", "The kind "+ledger.Quote(string(l.Kind))+" is none of "+kindNames()+".")
	}
	at, f := d.place(s, said.Location)
	if f != nil {
		return l, f
	}
	l.Location = at.Code
	p, f := d.productOf(s, said, now)
	if f != nil {
		return l, f
	}
	l.Product = p.Code
	for _, check := range [...]func() *ledger.Fault{l.checkTexts, func() *ledger.Fault { return l.checkOther(s, &rule) }} {
		if f := check(); f != nil {
			return l, f
		}
	}
	seen := Balance(s, at, p, l.Lot, l.Serial)
	l.Seen = ledger.NewDecimal(seen, p.Decimals)
	return l, l.amount(p, said, seen, &rule)
}

func (d *Draft) productOf(s *ledger.State, said *Said, now ledger.Time) (*ledger.Product, *ledger.Fault) {
	code := said.Product
	if code == "" && said.Scan == "" {
		return nil, bad("product", "No product is named.")
	}
	in := ledger.Intent{Site: d.Site, Product: code, Scan: said.Scan, Serial: said.Serial}
	p := s.Meant(&in, &ledger.Line{}, &ledger.Receipt{TEff: now})
	field, name := "product", code
	if code == "" {
		field, name = "scan", said.Scan
	}
	switch {
	case p == nil:
		return nil, &ledger.Fault{Code: ledger.UnknownProduct, Field: field, Message: "The product " + ledger.Quote(name) + " is not known."}
	case p.Deleted:
		return nil, &ledger.Fault{Code: ledger.Closing, Field: field, Message: "The product " + ledger.Quote(p.Code) + " was deleted."}
	case p.NotStocked:
		return nil, bad(field, "The product "+ledger.Quote(p.Code)+" is not stock-kept; nothing of it is counted.")
	}
	return p, nil
}

func (l *Line) checkTexts() *ledger.Fault {
	for _, f := range [...]struct{ name, value string }{{"lot", l.Lot}, {"serial", l.Serial}, {"other", l.Other}, {"note", l.Note}} {
		if len(f.value) > ledger.MaxCode {
			return bad(f.name, "Its "+f.name+" is longer than 200 bytes.")
		}
	}
	if l.Expiry != "" {
		if _, err := time.Parse(time.DateOnly, l.Expiry); err != nil {
			return &ledger.Fault{Code: ledger.BadTime, Field: "expiry", Message: "The expiry " + ledger.Quote(l.Expiry) + " is no calendar date such as 2027-01-31."}
		}
	}
	if l.UnitCost.Sign() < 0 || l.TotalCost.Sign() < 0 {
		return bad("unit_cost", "A cost is below 0.")
	}
	if l.UnitCost.IsSet() && l.TotalCost.IsSet() {
		return bad("total_cost", "Both unit_cost and total_cost are given; give one of the two.")
	}
	return nil
}

// checkOther looks at a place that is named instead of the kind's own.
func (l *Line) checkOther(s *ledger.State, rule *Rule) *ledger.Fault {
	if l.Other == "" {
		return nil
	}
	p, ok := s.Place("", l.Other)
	if !ok || p.Physical() || p.Kind != rule.Other {
		return &ledger.Fault{Code: ledger.UnknownLocation, Field: "other", Message: "The place " + ledger.Quote(l.Other) + " is no " + string(rule.Other) + " place, and " + string(l.Kind) + " asks for one."}
	}
	return nil
}

// amount fixes how much a line changes.
func (l *Line) amount(p *ledger.Product, said *Said, seen int64, rule *Rule) *ledger.Fault {
	if said.Change.IsSet() && said.Counted.IsSet() {
		return bad("counted", "Both change and counted are given; give one of the two.")
	}
	if said.Counted.Sign() < 0 {
		return &ledger.Fault{Code: ledger.BadQuantity, Field: "counted", Message: "Nobody counts less than nothing."}
	}
	const most = 999_999_999_999_999 // 15 digits
	field, given := "change", said.Change
	if said.Counted.IsSet() {
		field, given = "counted", said.Counted
	}
	units, f := Scaled(p, given, said.Unit, field)
	if f != nil {
		return f
	}
	if said.Counted.IsSet() {
		l.Counted = ledger.NewDecimal(units, p.Decimals)
		units -= seen
	}
	l.Change = ledger.NewDecimal(units, p.Decimals)
	switch {
	case units == 0:
		return nil
	case rule.Sign > 0 && units < 0, rule.Sign < 0 && units > 0:
		way := "adds"
		if rule.Sign < 0 {
			way = "takes away"
		}
		return &ledger.Fault{Code: ledger.BadQuantity, Field: field, Message: "The change is " + l.Change.String() + ", and " + string(l.Kind) + " " + way + "."}
	case units < 0 && (l.UnitCost.IsSet() || l.TotalCost.IsSet()):
		return bad("unit_cost", "What is taken away is taken at what the books say that it cost; a price belongs to what is added.")
	case l.Serial != "" && units != one(p) && units != -one(p):
		return &ledger.Fault{Code: ledger.BadQuantity, Field: field, Message: "A serial number is one piece, not " + l.Change.String() + "."}
	case units > most || units < -most:
		return &ledger.Fault{Code: ledger.BadQuantity, Field: field, Message: "The change has more than 15 digits."}
	}
	return nil
}

func one(p *ledger.Product) int64 {
	units, _ := ledger.NewDecimal(1, 0).Scaled(p.Decimals)
	return units
}

// Scaled is a number, counted in a unit ("": the product's own), in the product's last
// decimal. A number that is not there is 0.
func Scaled(p *ledger.Product, q ledger.Decimal, unit, field string) (int64, *ledger.Fault) {
	if unit != "" && unit != p.Unit {
		factor, ok := p.Units[unit]
		if !ok {
			return 0, bad("unit", "The product "+ledger.Quote(p.Code)+" has no unit "+ledger.Quote(unit)+".")
		}
		if q.IsSet() {
			if q, ok = q.Mul(factor); !ok {
				return 0, &ledger.Fault{Code: ledger.BadQuantity, Field: field, Message: "The quantity has more than 15 digits in the product's own unit."}
			}
		}
	}
	units, ok := q.Scaled(p.Decimals)
	if !ok {
		return 0, &ledger.Fault{Code: ledger.BadQuantity, Field: field, Message: "The quantity " + q.String() + " has more decimals than the product " + ledger.Quote(p.Code) + "."}
	}
	return units, nil
}

// Balance is what lies at a place of a product's lot and serial, held or not, in no
// package.
func Balance(s *ledger.State, at *ledger.Place, p *ledger.Product, lot, serial string) (units int64) {
	if serial == "" {
		return s.Quantity(p, at, lot, "", false) + s.Quantity(p, at, lot, "", true)
	}
	s.EachCell(p, at, lot, serial, func(c *ledger.Cell) { units += c.Quantity }) // a piece keeps the lot that it came with
	return units
}

// See notes what lies now where a line changes something.
func (d *Draft) See(s *ledger.State, l *Line) {
	l.Seen = ledger.Decimal{}
	p, ok := s.Product(l.Product)
	if at, f := d.place(s, l.Location); ok && f == nil {
		l.Seen = ledger.NewDecimal(Balance(s, at, p, l.Lot, l.Serial), p.Decimals)
	}
}
