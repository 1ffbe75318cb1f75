package ledger

import (
	"slices"
	"strconv"
	"strings"
)

// OpenAlert is an alert that was raised and has not been cleared.
type OpenAlert struct {
	Alert
	N     uint64
	Since Time
	// Changed is when it was raised, or when people or time did something to it last.
	Changed Time
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

// Kinds of alerts. The list only grows.
const (
	AlertLow       = "low"
	AlertOut       = "out"
	AlertOver      = "over"
	AlertNegative  = "negative"
	AlertHeldTaken = "held_taken"
	AlertExpiring  = "expiring"
	AlertExpired   = "expired"
)

// AlertKinds lists the kinds of alerts.
func AlertKinds() []string {
	return []string{AlertLow, AlertOut, AlertOver, AlertNegative, AlertHeldTaken, AlertExpiring, AlertExpired}
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
	if field, why := w.wrong(); why != "" {
		for _, c := range e.Changes {
			w.set(c.Field, c.From)
		}
		e.Changes = nil
		return fault(BadField, field, why+" The constraint was not changed.")
	}
	if !known && len(e.Changes) > 0 {
		e.create("location", p.Location)
		s.addWatch(w)
	}
	return nil
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
				parts := w.alert(i)
				if over && parts.kind != AlertOver {
					parts.left = s.daysLeft(w, at)
				}
				out = s.cross(out, n, at, parts, over)
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
	left     string // how many days the stock lasts

	lot, expiry, today string
}

func (w *watch) alert(i int) alertParts {
	p := alertParts{kind: watchKinds[i], product: w.Product, site: w.Site, place: w.Place, quantity: w.available, limit: w.Min}
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
	if p.product != nil {
		idPart.WriteString(&b, p.product.Code) // into memory: it cannot fail
	}
	b.WriteByte('/')
	b.WriteString(p.site)
	if p.place != nil {
		b.WriteByte('/')
		idPart.WriteString(&b, p.place.Code)
	}
	if p.lot != "" {
		b.WriteString("//")
		idPart.WriteString(&b, p.lot)
	}
	return b.String()
}

func (s *State) cross(out []Alert, n uint64, at Time, p alertParts, over bool) []Alert {
	id := p.id()
	a := Alert{ID: id, Kind: p.kind, State: AlertRaised, Site: p.site, Quantity: FormatScaled(p.quantity, 0), Limit: p.limit.String(),
		Lot: p.lot, Expiry: p.expiry, DaysLeft: p.left}
	if p.product != nil {
		a.Product, a.Quantity = p.product.Code, FormatScaled(p.quantity, p.product.Decimals)
	}
	if p.place != nil {
		at := p.place.Stand()
		a.Site, a.Location = at.Site, at.Code
	}
	if over {
		a.Message = a.sentence(&p) + s.insteadOf(p.product)
		s.alerts[id] = &OpenAlert{Alert: a, N: n, Since: at, Changed: at}
	} else {
		a.State = AlertCleared
		a.Message = a.sentence(&p)
		delete(s.alerts, id)
	}
	s.changed.alert(id)
	return append(out, a)
}

// where says in words what an alert is about.
func (a *Alert) where(place *Place) string {
	where := a.Site
	if a.Location != "" && a.Site != "" {
		where += "/"
	}
	where += a.Location
	if place != nil && place.pack {
		where += " in package " + place.Code
	}
	what := a.Product
	if a.Lot != "" {
		what += " lot " + a.Lot
	}
	return what + " at " + where
}

func (a *Alert) sentence(p *alertParts) string {
	what := a.where(p.place)
	lasts := "."
	if a.DaysLeft != "" && a.DaysLeft != "0" {
		lasts = "; it lasts about " + a.DaysLeft + " days."
	}
	switch cleared := a.State == AlertCleared; {
	case a.Kind == AlertHeldTaken && cleared:
		return "What was taken of held goods of " + what + " is settled."
	case a.Kind == AlertHeldTaken:
		return "Held goods were taken: " + what + ". Find out where they are; the exception has the scan."
	case (a.Kind == AlertExpired || a.Kind == AlertExpiring) && cleared:
		return what + " is no longer in question: " + a.Quantity + " on hand."
	case cleared:
		return what + " is back at " + a.Quantity + "."
	}
	switch a.Kind {
	case AlertLow:
		return what + " is low: " + a.Quantity + " available, " + a.Limit + " wanted" + lasts
	case AlertOver:
		return what + " is over: " + a.Quantity + " on hand, at most " + a.Limit + " wanted."
	case AlertOut:
		return what + " is out: " + a.Quantity + " available."
	case AlertExpired:
		return what + " has expired: it was good until " + a.Expiry + "; " + a.Quantity + " on hand."
	case AlertExpiring:
		return what + " expires on " + a.Expiry + ", in " + strconv.Itoa(daysTo(p.today, a.Expiry)) + " days: " + a.Quantity + " on hand."
	}
	return what + " went below zero: " + a.Quantity + "."
}
