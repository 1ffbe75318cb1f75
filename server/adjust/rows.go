package adjust

import (
	"cmp"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// Show says which rows are wanted.
type Show string

// What can be shown.
const (
	All     Show = "all"     // all stock-kept products, those with nothing too
	Changed Show = "changed" // those with a line
	Plus    Show = "plus"    // those that gain
	Minus   Show = "minus"   // those that lose
	Stocked Show = "stocked" // those of which something lies there
	Zero    Show = "zero"    // those of which nothing does
)

// Query asks for rows. Empty fields ask for everything.
type Query struct {
	Location  string // with all below it
	Product   string // its code begins so
	Category  string
	Attribute string // NAME=VALUE, or NAME for all that have it
	Show      Show
	After     string // Row.Key of the last one that is known
	Limit     int
}

// Row is a place in the catalogue that can be adjusted, with the lines that do.
type Row struct {
	Product  string `json:"product"`
	Name     string `json:"name,omitzero"`
	Category string `json:"category,omitzero"`
	Unit     string `json:"unit,omitzero"`
	Location string `json:"location"`
	Lot      string `json:"lot,omitzero"`
	Serial   string `json:"serial,omitzero"`
	Quantity string `json:"quantity" doc:"what lies there now, held or not"`
	Change   string `json:"change" doc:"by all lines of the row"`
	Lines    []Line `json:"lines,omitempty"`

	product          *ledger.Product
	quantity, change int64
}

// Key names a row, and orders them.
func (r *Row) Key() string {
	return strings.Join([]string{r.Product, r.Location, r.Lot, r.Serial}, "\x00")
}

// Group is what the rows of one value of an attribute come to.
type Group struct {
	Value    string `json:"value" doc:"of the attribute; missing where a product has none"`
	Rows     int    `json:"rows"`
	Changed  int    `json:"changed" doc:"rows with a line"`
	Quantity string `json:"quantity"`
	Change   string `json:"change"`
}

// Rows lays lines over the catalogue, and returns a page of what comes out, and whether
// there is more.
func (d *Draft) Rows(s *ledger.State, lines []Line, q Query) (out []Row, more bool, f *ledger.Fault) {
	f = d.eachRow(s, lines, q, func(r *Row) bool {
		if len(out) == q.Limit {
			more = true
			return false
		}
		r.Quantity, r.Change = ledger.FormatScaled(r.quantity, r.product.Decimals), ledger.FormatScaled(r.change, r.product.Decimals)
		out = append(out, *r)
		return true
	})
	return out, more, f
}

// Groups adds rows up by the values of an attribute, or by category where that is its
// name: how many of size M there are, and how many more there will be.
func (d *Draft) Groups(s *ledger.State, lines []Line, q Query, attribute string) (out []Group, f *ledger.Fault) {
	type sum struct {
		rows, changed    int
		quantity, change int64 // in 10^-6
	}
	sums := map[string]*sum{}
	q.After = ""
	f = d.eachRow(s, lines, q, func(r *Row) bool {
		value := r.product.Attributes[attribute]
		if attribute == "category" {
			value = r.product.Category
		}
		to := sums[value]
		if to == nil {
			to = &sum{}
			sums[value] = to
		}
		to.rows++
		if len(r.Lines) > 0 {
			to.changed++
		}
		scale := scaleOf(r.product)
		to.quantity, to.change = to.quantity+r.quantity*scale, to.change+r.change*scale
		return true
	})
	for value, x := range sums {
		out = append(out, Group{Value: value, Rows: x.rows, Changed: x.changed, Quantity: ledger.FormatScaled(x.quantity, ledger.MaxDecimals), Change: ledger.FormatScaled(x.change, ledger.MaxDecimals)})
	}
	slices.SortFunc(out, func(a, b Group) int { return strings.Compare(a.Value, b.Value) })
	return out, f
}

// scaleOf brings a product's quantities to the most decimals that one can have.
func scaleOf(p *ledger.Product) int64 {
	scale := int64(1)
	for range ledger.MaxDecimals - p.Decimals {
		scale *= 10
	}
	return scale
}

// eachRow calls fn with the rows that a query asks for, in their order, until it wants
// no more.
func (d *Draft) eachRow(s *ledger.State, lines []Line, q Query, fn func(*Row) bool) *ledger.Fault {
	top, f := d.topOf(s, q.Location)
	if f != nil {
		return f
	}
	home, f := d.place(s, q.Location)
	if f != nil {
		return f
	}
	of := map[string][]Line{}
	for _, l := range lines {
		of[l.Product] = append(of[l.Product], l)
	}
	first, _, _ := strings.Cut(q.After, "\x00")
	for _, item := range s.Items(ledger.EntityProduct) {
		p, ok := s.Product(item.Key)
		if !ok || p.Code < first || !q.wants(p, len(of[p.Code]) > 0) {
			continue
		}
		for _, r := range d.rowsOf(s, p, of[p.Code], top, home) {
			if r.Key() <= q.After || !q.shows(&r) {
				continue
			}
			if !fn(&r) {
				return nil
			}
		}
	}
	return nil
}

// topOf is the place whose tree is asked for, nil for the whole site.
func (d *Draft) topOf(s *ledger.State, name string) (*ledger.Place, *ledger.Fault) {
	if name == "" {
		return nil, nil
	}
	return d.place(s, name)
}

// wants says whether a product is among those asked for. What has a line is shown also
// where it is not stock-kept any more: somebody has to take the line out.
func (q *Query) wants(p *ledger.Product, lined bool) bool {
	switch {
	case (p.NotStocked || p.Deleted) && !lined,
		!strings.HasPrefix(p.Code, q.Product),
		q.Category != "" && p.Category != q.Category,
		!lined && (q.Show == Changed || q.Show == Plus || q.Show == Minus):
		return false
	}
	if q.Attribute == "" {
		return true
	}
	name, value, given := strings.Cut(q.Attribute, "=")
	has, ok := p.Attributes[name]
	return ok && (!given || has == value)
}

func (q *Query) shows(r *Row) bool {
	switch q.Show {
	case Changed:
		return len(r.Lines) > 0
	case Plus:
		return r.change > 0
	case Minus:
		return r.change < 0
	case Stocked:
		return r.quantity != 0
	case Zero:
		return r.quantity == 0
	}
	return true
}

// rowsOf are the rows of a product: where something of it lies, where lines are, and
// else the one place where it would be.
func (d *Draft) rowsOf(s *ledger.State, p *ledger.Product, lines []Line, top, home *ledger.Place) []Row {
	rows := map[cell]*Row{}
	at := func(c cell) *Row {
		r := rows[c]
		if r == nil {
			r = &Row{Product: p.Code, Name: p.Name, Category: p.Category, Unit: p.Unit, Location: c.location, Lot: c.lot, Serial: c.serial, product: p}
			rows[c] = r
		}
		return r
	}
	for _, c := range s.CellsOfProduct(p) {
		if c.Place.Site == d.Site && (top == nil || c.Place.Within(top)) { // packages have no site: they are adjusted by scans
			at(cell{c.Place.Code, p.Code, c.Lot, c.Serial}).quantity += c.Quantity
		}
	}
	for _, l := range lines {
		if place, ok := s.Place(d.Site, l.Location); ok && top != nil && !place.Within(top) {
			continue
		}
		r := at(l.cell())
		change, _ := l.Change.Scaled(p.Decimals)
		r.change += change
		r.Lines = append(r.Lines, l)
	}
	if len(rows) == 0 {
		at(cell{home.Code, p.Code, "", ""})
	}
	out := make([]Row, 0, len(rows))
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Serial, b.Serial))
	})
	return out
}
