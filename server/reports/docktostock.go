package reports

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// DockToStockRow is how long goods took from the dock to the shelf.
type DockToStockRow struct {
	Day     string `json:"day" doc:"of the site's own clocks, by when they were put away; empty: of all days"`
	Lines   int    `json:"lines" doc:"put-aways of which it is known when their goods came in; one that took goods of two receipts is two"`
	P50     *int64 `json:"p50_seconds,omitzero" doc:"half of them took no longer"`
	P90     *int64 `json:"p90_seconds,omitzero" doc:"nine of ten took no longer"`
	Most    *int64 `json:"most_seconds,omitzero"`
	Unknown int    `json:"unknown" doc:"put-aways of goods of which it is not known when they came in: found, or longer ago than is looked back"`
}

// Bounds of it.
const (
	// LookBack is how long before the first day receipts are looked for: what stands at a
	// dock for four weeks is no longer on its way to the shelf.
	LookBack = ledger.Time(28 * 24 * 3600 * 1_000_000)
	// maxSamples bounds the times that are kept: 32 MiB of them.
	maxSamples = 1 << 22
	// maxStanding bounds the receipts of one product at one place that are told apart; the
	// newest of more are taken as one.
	maxStanding = 256
)

// ErrTooMuch tells that a report is of more than it can keep.
var ErrTooMuch = errors.New("there are more put-aways than one report can hold: ask for fewer days")

// DockToStock follows goods from where they come in to where they are kept. Make one with
// NewDockToStock, Add the entries from LookBack before the first day on, in their order,
// and have the Rows.
//
// Goods are followed by product, lot and serial through all places that are no shelves
// (incoming, quality, quarantine, packing, output): whatever came first goes first, and what
// goes back where it came from is the newest. A time is that of one put-away of one
// receipt, from scan to scan; it does not weigh more for a larger quantity, since units of
// goods differ. What goes straight onto a shelf takes no time and is not counted. A
// put-away that was booked before its receipt waits for it.
type DockToStock struct {
	q        DockToStockQuery
	standing map[standingKey]*standing
	days     map[string]*dockDay
	samples  int
}

// DockToStockQuery says what is followed.
type DockToStockQuery struct {
	Days
	Site  string
	Sites access.Sites
	// Kind gives the kind of a place as moves name it.
	Kind func(ref string) ledger.PlaceKind
	Want func(product string) bool // nil: all
}

type standingKey struct{ place, product, lot, serial string }

// standing is what of goods stands somewhere, the oldest first, and what left before it
// is known to have come.
type standing struct{ here, owed []arrival }

func (s *standing) empty() bool { return len(s.here) == 0 && len(s.owed) == 0 }

// arrival is a quantity that came at a moment, 0: nobody knows when. Of what is owed it is
// when it left, and shelf is where to, where that is one.
type arrival struct {
	at       ledger.Time
	quantity int64
	shelf    string
}

type dockDay struct {
	took    []int64 // seconds
	unknown int
}

// NewDockToStock makes one.
func NewDockToStock(q DockToStockQuery) *DockToStock {
	return &DockToStock{q: q, standing: map[standingKey]*standing{}, days: map[string]*dockDay{}}
}

// Add follows the moves of an entry. Errors: ErrTooMuch.
func (d *DockToStock) Add(e *Told) error {
	for i := range e.Moves {
		if m := &e.Moves[i]; d.q.Want == nil || d.q.Want(m.Product) {
			if err := d.move(m, e.TEff); err != nil {
				return err
			}
		}
	}
	return nil
}

// onTheWay are the kinds of places at which goods are not kept yet.
var onTheWay = []ledger.PlaceKind{ledger.PlaceIncoming, ledger.PlaceQuality, ledger.PlaceQuarantine, ledger.PlacePacking, ledger.PlaceOutput}

// on says whether goods at a place are on their way to the shelf.
func (d *DockToStock) on(ref string) bool {
	return slices.Contains(onTheWay, d.q.Kind(ref)) && d.sees(ref)
}

func (d *DockToStock) sees(ref string) bool { return showsPlace(d.q.Site, d.q.Sites, ref) }

func (d *DockToStock) move(m *ToldMove, at ledger.Time) error {
	from, to := d.on(m.From), d.on(m.To)
	if !from && !to || m.From == m.To {
		return nil
	}
	n, err := ledger.ParseDecimal(m.Quantity)
	quantity, fits := n.Scaled(ledger.MaxDecimals)
	if err != nil || !fits || quantity <= 0 {
		return nil
	}
	parts := []arrival{{at: d.came(m.From, at), quantity: quantity}}
	shelf := ""
	if d.q.Kind(m.To) == ledger.PlaceStock && d.sees(m.To) {
		shelf = m.To
	}
	if from {
		back := d.q.Kind(m.To) == ledger.PlaceSupplier
		parts = d.at(m.From, m).take(quantity, back, arrival{at: at, shelf: shelf})
		d.tidy(m.From, m)
	}
	switch {
	case to:
		stands := d.at(m.To, m)
		for _, p := range parts {
			for _, away := range stands.put(p) {
				if err := d.took(away.left.shelf, away.came, away.left.at); err != nil {
					return err
				}
			}
		}
		d.tidy(m.To, m)
	case shelf != "":
		for _, p := range parts {
			if err := d.took(m.To, p.at, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// came is when goods that come from a place came in: those of suppliers and of other sites
// come now; of others nobody knows.
func (d *DockToStock) came(from string, at ledger.Time) ledger.Time {
	switch d.q.Kind(from) {
	case ledger.PlaceSupplier, ledger.PlaceTransit:
		return at
	}
	return 0
}

func keyAt(place string, m *ToldMove) standingKey {
	return standingKey{place, m.Product, m.Lot, m.Serial}
}

// tidy forgets what stands nowhere any more: pieces with serials of their own are as many
// as were ever received.
func (d *DockToStock) tidy(place string, m *ToldMove) {
	if key := keyAt(place, m); d.standing[key].empty() {
		delete(d.standing, key)
	}
}

func (d *DockToStock) at(place string, m *ToldMove) *standing {
	key := keyAt(place, m)
	s := d.standing[key]
	if s == nil {
		s = &standing{}
		d.standing[key] = s
	}
	return s
}

// put lets goods stand there, and gives what had left before and was of them: whoever
// moved them on was booked first. What had left before they came was of others, of which
// nobody knows when they came.
func (s *standing) put(p arrival) (left []putAway) {
	for p.quantity > 0 && len(s.owed) > 0 {
		o := &s.owed[0]
		if p.at == 0 || p.at > o.at {
			left = append(left, putAway{0, *o})
			s.owed = s.owed[1:]
			continue
		}
		n := min(o.quantity, p.quantity)
		left = append(left, putAway{p.at, *o})
		p.quantity, o.quantity = p.quantity-n, o.quantity-n
		if o.quantity == 0 {
			s.owed = s.owed[1:]
		}
	}
	switch {
	case p.quantity == 0:
	case len(s.here) == maxStanding:
		s.here[maxStanding-1].quantity += p.quantity
	default:
		i, _ := slices.BinarySearchFunc(s.here, p.at+1, func(a arrival, at ledger.Time) int { return cmp.Compare(a.at, at) })
		s.here = slices.Insert(s.here, i, p)
	}
	return left
}

// putAway is what left, and when it had come; 0: nobody knows.
type putAway struct {
	came ledger.Time
	left arrival
}

// take takes goods away, the oldest first, or with newest those that came last. What is
// not there is owed, as who stands for it says.
func (s *standing) take(quantity int64, newest bool, owes arrival) (parts []arrival) {
	for quantity > 0 && len(s.here) > 0 {
		i := 0
		if newest {
			i = len(s.here) - 1
		}
		a := &s.here[i]
		n := min(a.quantity, quantity)
		parts = append(parts, arrival{at: a.at, quantity: n})
		quantity, a.quantity = quantity-n, a.quantity-n
		if a.quantity == 0 {
			s.here = slices.Delete(s.here, i, i+1)
		}
	}
	if quantity > 0 && len(s.owed) < maxStanding {
		owes.quantity = quantity
		s.owed = append(s.owed, owes)
	}
	return parts
}

// took notes a put-away, where it is of the days asked about.
func (d *DockToStock) took(shelf string, came, at ledger.Time) error {
	if shelf == "" {
		return nil
	}
	name := at.Std().In(d.q.Zone(siteOfRef(shelf))).Format(time.DateOnly)
	if name < d.q.First || name > d.q.Last {
		return nil
	}
	day := d.days[name]
	if day == nil {
		day = &dockDay{}
		d.days[name] = day
	}
	if came == 0 {
		day.unknown++
		return nil
	}
	if d.samples++; d.samples > maxSamples {
		return ErrTooMuch
	}
	day.took = append(day.took, max(0, int64(at-came)/1_000_000))
	return nil
}

// Rows hands on the days, and all of them together behind them.
func (d *DockToStock) Rows(row func(*DockToStockRow) error) error {
	for _, s := range d.standing { // what it was of never came
		for i := range s.owed {
			_ = d.took(s.owed[i].shelf, 0, s.owed[i].at) // it keeps no time
		}
		s.owed = nil
	}
	var names []string
	for name, day := range d.days {
		names = append(names, name)
		slices.Sort(day.took)
	}
	slices.Sort(names)
	all := &dockDay{}
	for _, name := range names {
		day := d.days[name]
		all.took, all.unknown = append(all.took, day.took...), all.unknown+day.unknown
		if err := row(day.row(name)); err != nil {
			return err
		}
	}
	slices.Sort(all.took)
	return row(all.row(""))
}

func (d *dockDay) row(name string) *DockToStockRow {
	r := &DockToStockRow{Day: name, Lines: len(d.took), Unknown: d.unknown}
	if n := len(d.took); n > 0 {
		r.P50, r.P90, r.Most = &d.took[(n*50+99)/100-1], &d.took[(n*90+99)/100-1], &d.took[n-1]
	}
	return r
}
