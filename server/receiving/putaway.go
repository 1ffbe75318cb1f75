package receiving

import (
	"cmp"
	"maps"
	"slices"

	"bayledger/sync/ledger"
)

// Standing is what stands where goods come in, and waits to be put away.
type Standing struct {
	Location string       `json:"location"`
	Product  string       `json:"product"`
	Name     string       `json:"name,omitzero"`
	Lot      string       `json:"lot,omitzero"`
	Serial   string       `json:"serial,omitzero"`
	Status   string       `json:"status"`
	Quantity string       `json:"quantity"`
	To       []Suggestion `json:"to" doc:"where it could go, the best first; an ordinary move brings it there"`
}

// Suggestion is a place where goods could go.
type Suggestion struct {
	Location string `json:"location"`
	Why      string `json:"why" enum:"lies_there,was_there,empty"`
}

// suggested is how many places are named for each of what stands.
const suggested = 3

// MaxStanding is how many rows a list has.
const MaxStanding = 10_000

// PutAway lists what stands in the incoming places of a site; with only, what of it is
// allotted to a delivery (Allot).
func PutAway(s *ledger.State, site string, allotted map[Lying]int64, only bool) []Standing {
	left := maps.Clone(allotted)
	var out []Standing
	empty := emptyPlaces(s, site)
	for _, c := range incoming(s, site) {
		quantity := c.Quantity
		if only {
			at := Lying{c.At.Ref(), c.Product.Code, c.Lot, c.Serial}
			if quantity = min(quantity, left[at]); quantity > 0 {
				left[at] -= quantity // what is held there is another cell of the same goods
			}
		}
		if quantity <= 0 || len(out) == MaxStanding {
			continue
		}
		row := Standing{Location: c.At.Code, Product: c.Product.Code, Name: c.Product.Name, Lot: c.Lot, Serial: c.Serial, Status: string(c.Status()), Quantity: ledger.FormatScaled(quantity, c.Product.Decimals)}
		row.To, empty = suggest(s, c.Product, site, empty)
		out = append(out, row)
	}
	return out
}

// incoming are the cells of a site where goods come in and have not gone on.
func incoming(s *ledger.State, site string) []*ledger.Cell {
	return s.CellsOf(func(c *ledger.Cell) bool {
		at := c.Place.Stand()
		return at.Site == site && at.Kind == ledger.PlaceIncoming && c.Quantity > 0
	})
}

// emptyPlaces are the places of a site where nothing lies, by their codes.
func emptyPlaces(s *ledger.State, site string) (out []string) {
	for _, item := range s.Items(ledger.EntityLocation) {
		p, ok := s.Place("", item.Key)
		if ok && p.Site == site && p.Kind == ledger.PlaceStock && !p.Deleted && p.Empty() && p.Parent != nil {
			out = append(out, p.Code)
		}
	}
	return out
}

// suggest names places for a product: where it lies, where it was, and one that is empty;
// an empty one is named once, so that two products are not sent to it.
func suggest(s *ledger.State, p *ledger.Product, site string, empty []string) ([]Suggestion, []string) {
	type place struct {
		code  string
		total int64
	}
	var places []place
	p.EachHolder(func(at *ledger.Place, total int64) {
		if at.Site == site && at.Kind == ledger.PlaceStock && !at.Deleted && total >= 0 {
			places = append(places, place{at.Code, total})
		}
	})
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.code, b.code)) })
	out := []Suggestion{}
	for _, at := range places {
		why := "lies_there"
		if at.total == 0 {
			why = "was_there"
		}
		if len(out) < suggested {
			out = append(out, Suggestion{at.code, why})
		}
	}
	if len(out) < suggested && len(empty) > 0 {
		out, empty = append(out, Suggestion{empty[0], "empty"}), empty[1:]
	}
	return out, empty
}

// Form is what receiving a product at a place wants and offers.
type Form struct {
	Product  string     `json:"product"`
	Name     string     `json:"name,omitzero"`
	Location string     `json:"location"`
	Incoming bool       `json:"incoming" doc:"the place is where goods come in: what belongs to a delivery is asked for"`
	Fields   []Field    `json:"fields"`
	Units    []string   `json:"units" doc:"that quantities may be in; the first is the product's own"`
	Decimals int        `json:"decimals"`
	Lots     []string   `json:"lots" doc:"that are in stock, or on the delivery"`
	Average  string     `json:"average_cost,omitzero" doc:"of one, as a reference; only for who may see money"`
	Expected *Remaining `json:"expected,omitzero" doc:"with a delivery: what it is to bring"`
}

// Field is one thing to ask for.
type Field struct {
	Name string `json:"name"`
	Want string `json:"want" enum:"required,optional"`
}

// Remaining is what a delivery is to bring of a product.
type Remaining struct {
	Ordered    string `json:"ordered"`
	Accepted   string `json:"accepted"`
	Difference string `json:"difference"`
}

// FormOf says what receiving a product at a place wants.
func FormOf(s *ledger.State, p *ledger.Product, at *ledger.Place, now ledger.Time) Form {
	f := Form{Product: p.Code, Name: p.Name, Location: at.Code, Incoming: at.Kind == ledger.PlaceIncoming, Decimals: p.Decimals, Units: []string{p.Unit}, Lots: []string{}}
	for unit := range p.Units {
		f.Units = append(f.Units, unit)
	}
	slices.Sort(f.Units[1:])
	want := func(name string, required bool) {
		w := "optional"
		if required {
			w = "required"
		}
		f.Fields = append(f.Fields, Field{name, w})
	}
	tracked := p.TrackedAt(now)
	want("quantity", tracked != "serial")
	if tracked == "lot" {
		want("lot", true)
	}
	if tracked == "serial" {
		want("serial", true)
	}
	if f.Incoming {
		for _, name := range [...]string{"delivery", "total_cost", "expiry"} {
			want(name, false)
		}
		if tracked != "serial" {
			want("serial", false)
		}
	}
	seen := map[string]bool{}
	for _, c := range s.CellsOfProduct(p) {
		if c.Lot != "" && !seen[c.Lot] && c.Place.Physical() {
			seen[c.Lot] = true
			f.Lots = append(f.Lots, c.Lot)
		}
	}
	slices.Sort(f.Lots)
	if len(f.Lots) > 100 {
		f.Lots = f.Lots[:100]
	}
	return f
}
