package receiving

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// Fact is a line of an intent that names a delivery, and takes part in the books.
type Fact struct {
	Product, Lot, Serial string
	From, To             string // as entries show them
	FromKind, ToKind     ledger.PlaceKind
	Quantity             int64 // in the product's last decimal
	Action, Reason       string
	OrderOnly            bool // it names the order and no delivery
	N                    uint64
}

// Amounts are what came of something, in the product's own unit.
type Amounts struct {
	Accepted    string `json:"accepted"`
	Quarantined string `json:"quarantined"`
	Returned    string `json:"returned"`
	Refused     string `json:"refused" doc:"at the door, booked nowhere"`
}

// sums are Amounts as numbers.
type sums struct{ accepted, quarantined, returned, refused int64 }

func (a *sums) rejected() int64 { return a.quarantined + a.returned + a.refused }

func (a *sums) shown(decimals int) Amounts {
	return Amounts{ledger.FormatScaled(a.accepted, decimals), ledger.FormatScaled(a.quarantined, decimals), ledger.FormatScaled(a.returned, decimals), ledger.FormatScaled(a.refused, decimals)}
}

// add counts a fact.
func (a *sums) add(f *Fact) {
	supplied, back := f.FromKind == ledger.PlaceSupplier, f.ToKind == ledger.PlaceSupplier
	fromHeld, toHeld := f.FromKind == ledger.PlaceQuarantine, f.ToKind == ledger.PlaceQuarantine
	switch {
	case supplied && back:
		a.refused += f.Quantity
	case supplied && toHeld:
		a.quarantined += f.Quantity
	case supplied:
		a.accepted += f.Quantity
	case back && fromHeld:
		a.quarantined, a.returned = a.quarantined-f.Quantity, a.returned+f.Quantity
	case back:
		a.accepted, a.returned = a.accepted-f.Quantity, a.returned+f.Quantity
	case toHeld && !fromHeld:
		a.accepted, a.quarantined = a.accepted-f.Quantity, a.quarantined+f.Quantity
	case fromHeld && !toHeld:
		a.accepted, a.quarantined = a.accepted+f.Quantity, a.quarantined-f.Quantity
	}
}

// LineProgress is a line, and what came of it.
type LineProgress struct {
	Number int `json:"number" doc:"from 1"`
	Line
	Amounts
	Name       string `json:"name,omitzero"`
	Ordered    string `json:"ordered" doc:"in the product's own unit"`
	Difference string `json:"difference" doc:"accepted less ordered: below 0 short, above over"`
	Standing   string `json:"standing,omitzero" doc:"of what was accepted, what is not put away yet; in the answer about one delivery"`
	Outcome    string `json:"outcome" enum:"none,short,exact,over,unknown"`
}

// Stray is what came and was not ordered.
type Stray struct {
	Product string `json:"product"`
	Name    string `json:"name,omitzero"`
	Amounts
}

// Progress is a delivery, and what came of it by the books.
type Progress struct {
	State     State          `json:"state"`
	Lines     []LineProgress `json:"lines"`
	Unknown   []Stray        `json:"unknown" doc:"what came and was not ordered"`
	OrderOnly []Stray        `json:"order_only" doc:"what names the order and no delivery, where several have that order: a person says whose it is"`
	Waiting   int            `json:"waiting" doc:"scans that name it and that nobody could read"`
	Complete  int            `json:"complete" doc:"lines of which all has come, or been turned away"`
	Short     int            `json:"short"`
	Over      int            `json:"over"`
}

// Progress lays facts over the lines. shared says that other deliveries have its order.
func (d *Delivery) Progress(s *ledger.State, facts []Fact, waiting int, shared bool, now ledger.Time) Progress {
	out := Progress{State: d.State, Waiting: waiting, Lines: make([]LineProgress, 0, len(d.Lines)), Unknown: []Stray{}, OrderOnly: []Stray{}}
	of, only := map[string]*sums{}, map[string]*sums{}
	for i := range facts {
		f, to := &facts[i], of
		if f.OrderOnly && shared {
			to = only
		}
		if to[f.Product] == nil {
			to[f.Product] = &sums{}
		}
		to[f.Product].add(f)
	}
	if d.Open() {
		if out.State = Expected; len(of) > 0 || waiting > 0 {
			out.State = InProgress
		}
	}
	last := d.lastLines(s, now)
	for i := range d.Lines {
		l := d.lineProgress(s, i, of, last, now)
		switch l.Outcome {
		case "short", "none", "unknown":
			out.Short++
		case "over":
			out.Over++
			out.Complete++
		default:
			out.Complete++
		}
		out.Lines = append(out.Lines, l)
	}
	for product := range last {
		delete(of, product)
	}
	out.Unknown, out.OrderOnly = strays(s, of), strays(s, only)
	return out
}

// lastLines are the last line of each product.
func (d *Delivery) lastLines(s *ledger.State, now ledger.Time) map[string]int {
	last := map[string]int{}
	for i := range d.Lines {
		if p := d.product(s, d.Lines[i].Product, d.Lines[i].Barcode, now); p != nil {
			last[p.Code] = i
		}
	}
	return last
}

// lineProgress gives a line its part of what came of its product: up to what was
// ordered, the last line all that is left.
func (d *Delivery) lineProgress(s *ledger.State, i int, of map[string]*sums, last map[string]int, now ledger.Time) LineProgress {
	out := LineProgress{Number: i + 1, Line: d.Lines[i], Outcome: "unknown", Amounts: (&sums{}).shown(0), Ordered: d.Lines[i].Quantity.String()}
	p := d.product(s, out.Product, out.Barcode, now)
	if p == nil {
		return out
	}
	out.Product, out.Name = p.Code, p.Name
	ordered, f := out.scaled(p, out.Quantity)
	if f != nil { // the unit is not there any more
		return out
	}
	var mine sums
	if all := of[p.Code]; all != nil {
		mine = all.take(ordered, last[p.Code] == i)
	}
	out.Amounts, out.Ordered = mine.shown(p.Decimals), ledger.FormatScaled(ordered, p.Decimals)
	out.Difference = ledger.FormatScaled(mine.accepted-ordered, p.Decimals)
	switch {
	case mine == (sums{}):
		out.Outcome = "none"
	case mine.accepted > ordered:
		out.Outcome = "over"
	case mine.accepted+mine.rejected() < ordered:
		out.Outcome = "short"
	default:
		out.Outcome = "exact"
	}
	return out
}

// take takes a line's part of what came.
func (a *sums) take(ordered int64, all bool) (mine sums) {
	if all {
		mine, *a = *a, sums{}
		return mine
	}
	left := ordered
	for _, part := range [...][2]*int64{{&a.accepted, &mine.accepted}, {&a.quarantined, &mine.quarantined}, {&a.returned, &mine.returned}, {&a.refused, &mine.refused}} {
		n := max(0, min(left, *part[0]))
		*part[0], *part[1], left = *part[0]-n, n, left-n
	}
	return mine
}

func strays(s *ledger.State, of map[string]*sums) []Stray {
	out := []Stray{}
	for code, a := range of {
		if p, ok := s.Product(code); ok && *a != (sums{}) {
			out = append(out, Stray{Product: code, Name: p.Name, Amounts: a.shown(p.Decimals)})
		}
	}
	slices.SortFunc(out, func(a, b Stray) int { return cmp.Compare(a.Product, b.Product) })
	return out
}
