package ledger

import (
	"slices"
	"strings"
)

// OpenAlert is an alert that was raised and has not been cleared.
type OpenAlert struct {
	Alert
	N     uint64
	Since Time
}

// watch is a constraint with the running sums that it is judged by.
type watch struct {
	Constraint
	min, max          int64
	hasMin, hasMax    bool
	onHand, available int64
	open              [len(watchKinds)]bool // which of its alerts are open
	touched           bool
	stale             bool // its sums are to be taken anew
}

// watchKinds are the alerts of a constraint, in the order in which they are told.
var watchKinds = [...]string{"low", "out", "over"}

func (w *watch) rescale() {
	w.min, _ = w.Min.Scaled(w.Product.Decimals)
	w.max, _ = w.Max.Scaled(w.Product.Decimals)
	w.hasMin, w.hasMax = w.Min.IsSet(), w.Max.IsSet()
}

func (w *watch) covers(p *Place) bool {
	if w.Place != nil {
		return p.Within(w.Place)
	}
	return p.Stand().Site == w.Site
}

func (s *State) editConstraint(e *Edit, p *Patch) *Fault {
	product, ok := s.productByCode[p.Code]
	if !ok {
		return fault(UnknownProduct, "product", "There is no product "+quote(p.Code)+". The constraint was not set.")
	}
	if _, ok := s.sites[p.Site]; !ok {
		return fault(UnknownLocation, "site", "There is no site "+quote(p.Site)+". The constraint was not set.")
	}
	var place *Place
	if p.Location != "" {
		if place, ok = s.placeByRef[placeKey{p.Site, p.Location}]; !ok {
			return fault(UnknownLocation, "location", "The site "+quote(p.Site)+" has no location "+quote(p.Location)+". The constraint was not set.")
		}
	}
	key := constraintKey(p.Code, p.Site, p.Location)
	w, known := s.constraints[key]
	if !known {
		w = &watch{Constraint: Constraint{Product: product, Site: p.Site, Place: place}}
	}
	f := e.fields(p, w.get, w.set)
	if f != nil {
		return f
	}
	if w.hasMin && w.hasMax && w.max < w.min {
		for _, c := range e.Changes {
			w.set(c.Field, c.From)
		}
		e.Changes = nil
		return fault(BadField, "max", "The most is below the least. The constraint was not changed.")
	}
	if !known && len(e.Changes) > 0 {
		e.create("location", p.Location)
		s.addWatch(w)
	}
	return nil
}

func (w *watch) get(name string) (string, bool) {
	switch name {
	case "min":
		return w.Min.String(), true
	case "max":
		return w.Max.String(), true
	}
	return "", false
}

func (w *watch) set(name, value string) string {
	d, err := ParseDecimal(value)
	if err != nil || d.Sign() < 0 {
		return name + " is a decimal number, 0 or more."
	}
	if _, ok := d.Scaled(w.Product.Decimals); !ok {
		return name + " has more decimals than the product."
	}
	if name == "min" {
		w.Min = d
	} else {
		w.Max = d
	}
	w.rescale()
	return ""
}

func (s *State) addWatch(w *watch) {
	s.constraints[w.Key()] = w
	w.Product.watch(w)
	w.rescale()
	s.recount(w)
}

// watch adds a constraint to the product's, which are told in the order of their
// keys: not of their making, which a restart does not know.
func (p *Product) watch(w *watch) {
	i, _ := slices.BinarySearchFunc(p.watches, w, func(a, b *watch) int { return strings.Compare(a.Key(), b.Key()) })
	p.watches = slices.Insert(p.watches, i, w)
}

// recount takes a watch's sums anew, after its scope changed.
func (s *State) recount(w *watch) {
	w.stale = false
	w.onHand, w.available = 0, 0
	for _, sh := range w.Product.shelves {
		if !w.covers(sh.place) {
			continue
		}
		for _, c := range sh.cells {
			w.count(sh.place, c.Quantity, c.Held || s.UnderHold(c))
		}
	}
}

func (s *State) recountWatches() {
	for _, w := range s.constraints {
		w.touched = false
		s.recount(w)
	}
	s.posting.watches = s.posting.watches[:0]
}

func (w *watch) count(place *Place, quantity int64, held bool) {
	w.onHand += quantity
	if !held && !place.Quarantine() {
		w.available += quantity
	}
}

// watchAdd keeps the sums of a product's constraints up to date.
func (s *State) watchAdd(c *Cell, quantity int64) {
	product, place := c.Product, c.Place
	if len(product.watches) == 0 {
		return
	}
	held := c.Held || s.UnderHold(c)
	for _, w := range product.watches {
		if !w.covers(place) {
			continue
		}
		w.count(place, quantity, held)
		if !w.touched {
			w.touched = true
			s.posting.watches = append(s.posting.watches, w)
		}
	}
}

// judge compares the watches that a posting touched with the alerts that are
// open, and returns what was crossed by it (rule 9).
func (s *State) judge(n uint64, at Time) []Alert {
	p := &s.posting
	var out []Alert
	for _, w := range p.watches {
		if w.touched = false; w.stale {
			s.recount(w)
		}
		kept := !w.Product.NotStocked // of goods that are not stock-kept nothing runs low
		crossed := [...]bool{
			kept && w.hasMin && w.available < w.min,
			kept && w.available <= 0,
			kept && w.hasMax && w.onHand > w.max,
		}
		for i, over := range crossed {
			if over != w.open[i] {
				w.open[i] = over
				out = s.cross(out, n, at, w.alert(i), over)
			}
		}
	}
	p.watches = p.watches[:0]
	return out
}

// alertParts is an alert before it is put into words: most are never said.
type alertParts struct {
	kind     string
	product  *Product
	site     string
	place    *Place
	quantity int64
	limit    Decimal
}

func (w *watch) alert(i int) alertParts {
	p := alertParts{watchKinds[i], w.Product, w.Site, w.Place, w.available, w.Min}
	if p.kind == "over" {
		p.quantity, p.limit = w.onHand, w.Max
	}
	return p
}

// idPart keeps codes with a slash apart in ids.
var idPart = strings.NewReplacer("%", "%25", "/", "%2F")

func (p alertParts) id() string {
	var b strings.Builder
	b.WriteString(p.kind)
	b.WriteByte('/')
	idPart.WriteString(&b, p.product.Code) // into memory: it cannot fail
	b.WriteByte('/')
	b.WriteString(p.site)
	if p.place != nil {
		b.WriteByte('/')
		idPart.WriteString(&b, p.place.Code)
	}
	return b.String()
}

func (s *State) cross(out []Alert, n uint64, at Time, p alertParts, over bool) []Alert {
	id := p.id()
	a := Alert{ID: id, Kind: p.kind, State: "raised", Product: p.product.Code, Site: p.site,
		Quantity: FormatScaled(p.quantity, p.product.Decimals), Limit: p.limit.String()}
	if p.place != nil {
		at := p.place.Stand()
		a.Site, a.Location = at.Site, at.Code
	}
	if over {
		a.Message = a.sentence(p.place) + s.insteadOf(p.product)
		s.alerts[id] = &OpenAlert{Alert: a, N: n, Since: at}
	} else {
		a.State = "cleared"
		a.Message = a.sentence(p.place)
		delete(s.alerts, id)
	}
	s.changed.alert(id)
	return append(out, a)
}

func (a *Alert) sentence(place *Place) string {
	where := a.Site
	if a.Location != "" && a.Site != "" {
		where += "/"
	}
	where += a.Location
	if place != nil && place.pack {
		where += " in package " + place.Code
	}
	if a.State == "cleared" {
		return a.Product + " at " + where + " is back at " + a.Quantity + "."
	}
	switch a.Kind {
	case "low":
		return a.Product + " at " + where + " is low: " + a.Quantity + " available, " + a.Limit + " wanted."
	case "over":
		return a.Product + " at " + where + " is over: " + a.Quantity + " on hand, at most " + a.Limit + " wanted."
	case "out":
		return a.Product + " at " + where + " is out: " + a.Quantity + " available."
	}
	return a.Product + " at " + where + " went below zero: " + a.Quantity + "."
}
