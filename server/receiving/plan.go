package receiving

import (
	"math/big"

	"bayledger/server/adjust"
	"bayledger/sync/ledger"
)

// Said is what somebody says that has come, or is turned away.
type Said struct {
	Product   string         `json:"product,omitzero" doc:"or scan"`
	Scan      string         `json:"scan,omitzero"`
	Quantity  ledger.Decimal `json:"quantity,omitzero" doc:"missing: what the barcode stands for, else 1"`
	Unit      string         `json:"unit,omitzero"`
	Lot       string         `json:"lot,omitzero"`
	Expiry    string         `json:"expiry,omitzero"`
	Serial    string         `json:"serial,omitzero"`
	Package   string         `json:"package,omitzero"`
	UnitCost  ledger.Decimal `json:"unit_cost,omitzero"`
	TotalCost ledger.Decimal `json:"total_cost,omitzero"`
	To        string         `json:"to,omitzero" doc:"where it is put; missing: where the delivery comes in"`
}

// Rejected is what somebody turns away.
type Rejected struct {
	Product  string         `json:"product,omitzero" doc:"or scan"`
	Scan     string         `json:"scan,omitzero"`
	Quantity ledger.Decimal `json:"quantity,omitzero"`
	Unit     string         `json:"unit,omitzero"`
	Lot      string         `json:"lot,omitzero"`
	Serial   string         `json:"serial,omitzero"`
	Reason   string         `json:"reason"`
	To       string         `json:"to,omitzero" enum:"supplier,quarantine" doc:"missing: supplier"`
	From     string         `json:"from,omitzero" doc:"the place where it lies already; missing: at the door, it was not received"`
}

// Ask is what is to be booked.
type Ask struct {
	Lines     []Said         `json:"lines,omitempty" maxItems:"10000"`
	All       bool           `json:"all,omitempty" doc:"also all that was ordered and neither came before nor is named here"`
	Reject    []Rejected     `json:"reject,omitempty" maxItems:"1000"`
	TotalCost ledger.Decimal `json:"total_cost,omitzero" doc:"of the whole parcel, shared over the lines without a price by quantity"`
	Close     bool           `json:"close,omitempty" doc:"nothing more is to come; what is short stays short"`
	Operator  string         `json:"operator,omitempty" doc:"the badge of whoever receives"`
}

// LineFault is a fault of one of several lines, from 0; those that are turned away
// follow those that came. Of what comes because all that was ordered does, it is the line
// of the order.
type LineFault struct {
	Line    int
	Ordered bool
	*ledger.Fault
}

func (f *LineFault) Unwrap() error { return f.Fault }

// Plan makes intents of what somebody says, from the seq first on: what came, at most
// 1,000 lines each, and what is turned away, by reason. progress is what has come so
// far; now stands for the moment of booking.
func (d *Delivery) Plan(s *ledger.State, ask *Ask, progress *Progress, first uint64, now ledger.Time) ([]ledger.Intent, error) {
	if ask.Operator != "" {
		if o, kept := s.Operator(ask.Operator); kept && o == nil {
			return nil, &ledger.Fault{Code: ledger.UnknownOperator, Field: "operator", Message: "The operator " + ledger.Quote(ask.Operator) + " is not on the list. Nothing was booked."}
		}
	}
	lines, rejected, err := d.said(s, ask, progress, now)
	if err != nil {
		return nil, err
	}
	if ask.TotalCost.IsSet() && (ask.TotalCost.Sign() < 0 || len(lines) == 0 || len(lines) > ledger.MaxLines) {
		return nil, bad("total_cost", "The price of a parcel is 0 or more, and is shared over 1 to 1,000 lines; %d are to be booked. Nothing was booked.", len(lines))
	}
	var out []ledger.Intent
	for from := 0; from < len(lines); from += ledger.MaxLines {
		out = append(out, ledger.Intent{Action: ledger.ActionAdd, TotalCost: ask.TotalCost, Lines: lines[from:min(len(lines), from+ledger.MaxLines)]})
	}
	out = append(out, rejected...)
	for i := range out {
		in := &out[i]
		in.Device, in.Install, in.Seq, in.At, in.Site, in.Operator = Device, d.Install(), first+uint64(i), now, d.Site, ask.Operator
		in.Delivery, in.Reference, in.Partner = d.Number, d.Reference(), d.Partner
	}
	return out, nil
}

// said makes lines of what came and intents of what is turned away; all that was ordered
// is what neither came before nor is said here.
func (d *Delivery) said(s *ledger.State, ask *Ask, progress *Progress, now ledger.Time) (lines []ledger.Line, rejected []ledger.Intent, err error) {
	prices, named := d.prices(s, now), map[string]int64{}
	receive := func(i int, ordered bool, said *Said) error {
		l, f := d.receive(s, said, prices, ask.TotalCost.IsSet(), now)
		if f != nil {
			return &LineFault{i, ordered, f}
		}
		lines = append(lines, l)
		named[l.Product] += units(s, l.Product, l.Quantity)
		return nil
	}
	for i := range ask.Lines {
		if err := receive(i, false, &ask.Lines[i]); err != nil {
			return nil, nil, err
		}
	}
	for i := range ask.Reject {
		in, f := d.reject(s, &ask.Reject[i], now)
		if f != nil {
			return nil, nil, &LineFault{len(ask.Lines) + i, false, f}
		}
		rejected = append(rejected, in)
		if ask.Reject[i].From == "" { // else it came before, and is counted
			named[in.Product] += units(s, in.Product, in.Quantity)
		}
	}
	if !ask.All {
		return lines, rejected, nil
	}
	for _, left := range d.rest(s, progress, named, now) {
		if err := receive(left.line, true, &left.Said); err != nil {
			return nil, nil, err
		}
	}
	return lines, rejected, nil
}

// units is a quantity in the product's last decimal.
func units(s *ledger.State, product string, q ledger.Decimal) int64 {
	p, ok := s.Product(product)
	if !ok {
		return 0
	}
	n, _ := q.Scaled(p.Decimals)
	return n
}

// Coming is what was ordered and has not come, by product, in its last decimal.
func (d *Delivery) Coming(s *ledger.State, progress *Progress, now ledger.Time) map[string]int64 {
	out := map[string]int64{}
	if !d.Open() {
		return out
	}
	for _, l := range d.rest(s, progress, map[string]int64{}, now) {
		out[l.Product] += units(s, l.Product, l.Quantity)
	}
	return out
}

// remaining is what is left of a line of the order, from 0.
type remaining struct {
	Said
	line int
}

// rest is what was ordered and has not come; named, by product, comes or is turned away
// beside it, and is taken off the lines in their order.
func (d *Delivery) rest(s *ledger.State, progress *Progress, named map[string]int64, now ledger.Time) (out []remaining) {
	for i := range progress.Lines {
		l := &progress.Lines[i]
		p := d.product(s, l.Product, l.Barcode, now)
		if p == nil {
			continue
		}
		left := scaled(l.Ordered, p) - scaled(l.Accepted, p) - scaled(l.Quarantined, p) - scaled(l.Returned, p) - scaled(l.Refused, p)
		beside := max(0, min(left, named[p.Code]))
		named[p.Code] -= beside
		if left -= beside; left > 0 {
			out = append(out, remaining{Said{Product: p.Code, Quantity: ledger.NewDecimal(left, p.Decimals), Lot: l.Lot, Expiry: l.Expiry}, i})
		}
	}
	return out
}

func scaled(text string, p *ledger.Product) int64 {
	d, _ := ledger.ParseDecimal(text)
	units, _ := d.Scaled(p.Decimals)
	return units
}

// price is what one line of an order asks for a number of pieces.
type price struct {
	per   int64 // pieces, in the product's last decimal
	price ledger.Decimal
}

// prices are those of the order, by product; the first line counts.
func (d *Delivery) prices(s *ledger.State, now ledger.Time) map[string]price {
	out := map[string]price{}
	for i := range d.Lines {
		l := &d.Lines[i]
		p := d.product(s, l.Product, l.Barcode, now)
		if p == nil || !l.Price.IsSet() {
			continue
		}
		per, f := l.scaled(p, ledger.NewDecimal(1, 0))
		if _, known := out[p.Code]; !known && f == nil && per > 0 {
			out[p.Code] = price{per, l.Price}
		}
	}
	return out
}

// total is what a quantity costs, in minor units, rounded half up.
func (p price) total(quantity int64) (ledger.Decimal, bool) {
	cost, ok := p.price.Scaled(ledger.MaxDecimals)
	if !ok {
		return ledger.Decimal{}, false
	}
	n := new(big.Int).Mul(big.NewInt(cost), big.NewInt(quantity))
	per := new(big.Int).Mul(big.NewInt(p.per), big.NewInt(10_000)) // 6 decimals of a price, 2 of money
	n.Add(n.Mul(n, big.NewInt(2)), per)
	n.Quo(n, per.Mul(per, big.NewInt(2)))
	if !n.IsInt64() || n.Int64() > 999_999_999_999_999 {
		return ledger.Decimal{}, false
	}
	return ledger.NewDecimal(n.Int64(), ledger.MoneyDecimals), true
}

// receive makes a line of what came; what it does not say itself its barcode may.
func (d *Delivery) receive(s *ledger.State, said *Said, prices map[string]price, parcel bool, now ledger.Time) (l ledger.Line, f *ledger.Fault) {
	lot, serial, expiry := d.told(s, said, now)
	p, quantity, f := d.goods(s, said.Product, said.Scan, said.Quantity, said.Unit, serial, now)
	if f == nil {
		f = traced(p, lot, serial, now)
	}
	if f != nil {
		return l, f
	}
	at, f := d.place(s, said.To)
	if f != nil {
		return l, f
	}
	if said.Expiry != "" && !isDay(said.Expiry) {
		return l, &ledger.Fault{Code: ledger.BadTime, Field: "expiry", Message: "The expiry " + ledger.Quote(said.Expiry) + " is no calendar date such as 2027-01-31."}
	}
	if said.UnitCost.IsSet() && said.TotalCost.IsSet() {
		return l, bad("total_cost", "Both unit_cost and total_cost are given; give one of the two.")
	}
	l = ledger.Line{Product: p.Code, Quantity: ledger.NewDecimal(quantity, p.Decimals), Lot: lot, Expiry: expiry, Serial: serial, Package: said.Package,
		UnitCost: said.UnitCost, TotalCost: said.TotalCost, From: string(ledger.PlaceSupplier), To: at.Code}
	if ordered, ok := prices[p.Code]; ok && !parcel && !l.UnitCost.IsSet() && !l.TotalCost.IsSet() {
		l.TotalCost, _ = ordered.total(quantity)
	}
	return l, nil
}

// told is the lot, serial and expiry of what came, as somebody says, else as its barcode does.
func (d *Delivery) told(s *ledger.State, said *Said, now ledger.Time) (lot, serial, expiry string) {
	if said.Scan == "" {
		return said.Lot, said.Serial, said.Expiry
	}
	in := ledger.Intent{Site: d.Site, Product: said.Product, Scan: said.Scan, Quantity: said.Quantity, Partner: d.Partner, Lot: said.Lot, Serial: said.Serial, Expiry: said.Expiry}
	out, _ := s.Told(&in, &ledger.Receipt{TEff: now})
	return out.Lot, out.Serial, out.Expiry
}

// traced says what is missing of goods that are tracked: at a desk somebody can still
// look at the box. What a handheld scanned has happened, and is booked without.
func traced(p *ledger.Product, lot, serial string, now ledger.Time) *ledger.Fault {
	switch tracked := p.TrackedAt(now); {
	case tracked == "lot" && lot == "":
		return bad("lot", "The lot is missing: %s is tracked by lot. Say which lot came, a line for each.", p.Code)
	case tracked == "serial" && serial == "":
		return bad("serial", "The serial number is missing: %s is tracked by serial number. Name each piece, a line for each.", p.Code)
	}
	return nil
}

// goods reads a product and how much of it.
func (d *Delivery) goods(s *ledger.State, product, scan string, q ledger.Decimal, unit, serial string, now ledger.Time) (*ledger.Product, int64, *ledger.Fault) {
	if product == "" && scan == "" {
		return nil, 0, bad("product", "Neither a product nor a scan is named.")
	}
	p := d.product(s, product, scan, now)
	switch {
	case p == nil && product != "":
		return nil, 0, &ledger.Fault{Code: ledger.UnknownProduct, Field: "product", Message: "The product " + ledger.Quote(product) + " is not known."}
	case p == nil:
		return nil, 0, &ledger.Fault{Code: ledger.UnknownProduct, Field: "scan", Message: "The barcode " + ledger.Quote(scan) + " is not known: say what it is, or scan it on a handheld, where it waits for its name."}
	case p.Deleted:
		return nil, 0, &ledger.Fault{Code: ledger.Closing, Field: "product", Message: "The product " + ledger.Quote(p.Code) + " was deleted."}
	}
	if !q.IsSet() {
		q = ledger.NewDecimal(1, 0)
		if product == "" && unit == "" && serial == "" {
			q = d.standsFor(s, scan)
		}
	}
	units, f := adjust.Scaled(p, q, unit, "quantity")
	one, _ := ledger.NewDecimal(1, 0).Scaled(p.Decimals)
	switch {
	case f != nil:
		return nil, 0, f
	case units <= 0:
		return nil, 0, &ledger.Fault{Code: ledger.BadQuantity, Field: "quantity", Message: "The quantity is not above 0."}
	case serial != "" && units != one:
		return nil, 0, &ledger.Fault{Code: ledger.BadQuantity, Field: "quantity", Message: "A serial number is one piece, not " + q.String() + "."}
	}
	return p, units, nil
}

// standsFor is how much a barcode, or a code of the partner's, stands for.
func (d *Delivery) standsFor(s *ledger.State, scan string) ledger.Decimal {
	pack := ledger.Decimal{}
	if v, ok := s.Item(ledger.Item{Entity: ledger.EntityBarcode, Key: scan}); ok {
		pack, _ = ledger.ParseDecimal(v.Fields["quantity"])
	} else if item, ok := s.PartnerItem(d.Partner, scan); ok && d.Partner != "" {
		pack = item.Quantity
	}
	if !pack.IsSet() {
		return ledger.NewDecimal(1, 0)
	}
	return pack
}

// reject makes an intent of what is turned away.
func (d *Delivery) reject(s *ledger.State, r *Rejected, now ledger.Time) (in ledger.Intent, f *ledger.Fault) {
	p, quantity, f := d.goods(s, r.Product, r.Scan, r.Quantity, r.Unit, r.Serial, now)
	if f != nil {
		return in, f
	}
	if r.Reason == "" || len(r.Reason) > ledger.MaxText {
		return in, bad("reason", "What is turned away needs a reason, of 1 to 1,000 bytes.")
	}
	in = ledger.Intent{Product: p.Code, Quantity: ledger.NewDecimal(quantity, p.Decimals), Lot: r.Lot, Serial: r.Serial, Reason: r.Reason}
	in.From, in.To = string(ledger.PlaceSupplier), string(ledger.PlaceSupplier)
	if r.From != "" {
		at, f := d.place(s, r.From)
		if f != nil {
			f.Field = "from"
			return in, f
		}
		in.From = at.Code
	}
	switch {
	case r.To != "" && r.To != string(ledger.PlaceSupplier) && r.To != string(ledger.PlaceQuarantine):
		return in, bad("to", "Goods go back to the supplier or to quarantine, not to %s.", ledger.Quote(r.To))
	case r.To == string(ledger.PlaceQuarantine) && r.From == "":
		in.Action, in.To = ledger.ActionAdd, r.To
		return in, traced(p, r.Lot, r.Serial, now) // it comes in, as what is accepted does
	case r.To == string(ledger.PlaceQuarantine):
		in.Action, in.To = ledger.ActionIsolate, r.To
	case r.From == "": // it never came in: nothing moves, and nothing is costed
		in.Action = ledger.ActionMove
	default:
		in.Action = ledger.ActionRemove
	}
	return in, nil
}
