package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// What rows of a throughput are by.
const (
	PerTotal   = "total"
	PerDay     = "day"
	PerHour    = "hour"
	PerPerson  = "person"
	PerDevice  = "device"
	PerPlace   = "place"
	PerProduct = "product"
	PerError   = "error"
)

// Pers are all of them, in the order of rows.
var Pers = []string{PerTotal, PerDay, PerHour, PerPerson, PerDevice, PerPlace, PerProduct, PerError}

// ThroughputRow is what was done in an hour, by somebody, at a place.
type ThroughputRow struct {
	By         string `json:"by" enum:"total,day,hour,person,device,place,product,error"`
	Group      string `json:"group" doc:"a day or hour of the site's own clocks (2026-03-02, 2026-03-02T09:00), an operator (empty: who scanned without a badge), a device, a place as site/code, a product; of errors what became of the scan and why: refused/short, parked/unknown_product, exception/held_taken"`
	Scans      int    `json:"scans" doc:"intents that came, whatever became of them; of errors how often"`
	Moves      int    `json:"moves" doc:"moves that they booked: of a place those from or to it"`
	Refused    int    `json:"refused" doc:"of the scans"`
	Parked     int    `json:"parked" doc:"likewise: what nobody could read"`
	Exceptions int    `json:"exceptions" doc:"likewise: others that raised one, so that those three add up to the scans that needed somebody"`
	Came       string `json:"came,omitzero" doc:"of a product: what came into the places asked about"`
	Went       string `json:"went,omitzero" doc:"likewise: what went from them"`
}

// Told is what a throughput reads of an entry.
type Told struct {
	Kind    ledger.Kind    `json:"kind"`
	TEff    ledger.Time    `json:"t_eff"`
	Outcome ledger.Outcome `json:"outcome"`
	Code    ledger.Code    `json:"code"`
	Site    string         `json:"site"`
	Intent  struct {
		Device   string `json:"device"`
		Operator string `json:"operator"`
		Site     string `json:"site"`
		Action   string `json:"action"`
	} `json:"intent"`
	Moves      []ToldMove `json:"moves"`
	Exceptions []struct {
		Kind string `json:"kind"`
	} `json:"exceptions"`
}

// ToldMove is a move of it.
type ToldMove struct {
	Product  string `json:"product"`
	Lot      string `json:"lot"`
	Serial   string `json:"serial"`
	From     string `json:"from"`
	To       string `json:"to"`
	Quantity string `json:"quantity"`
}

// office are intents that nobody scans: what supervisors decide, and are asked to, is no
// work of the floor.
var office = []string{ledger.ActionMap, ledger.ActionDecide, ledger.ActionClose, ledger.ActionAsk}

// Days are days of sites' own clocks, the first and the last of them included.
type Days struct {
	First, Last string // as 2026-03-02
	// Zone gives a site's clocks; it is asked once for each entry.
	Zone func(site string) *time.Location
}

// hourFormat is how an hour is written; days are time.DateOnly. Both sort as they follow.
const hourFormat = "2006-01-02T15:00"

// Throughput adds up what was done. Make one with NewThroughput, Add each entry that may
// count, and have the Rows. Memory grows with people, devices, places, products and
// hours, not with entries.
type Throughput struct {
	q    ThroughputQuery
	sums map[throughputKey]*throughputSum
	time map[quarter]clockTime
}

// ThroughputQuery says what is added up.
type ThroughputQuery struct {
	Days
	Site  string       // only what was done there; "" everywhere
	Sites access.Sites // those that whoever asks may see
	By    []string     // which rows; none: all
	Limit int          // rows of each, but for those of time
	Now   time.Time    // hours after it have not been
}

type throughputKey struct{ by, group string }

type throughputSum struct {
	scans, moves, refused, parked, exceptions int
	came, went                                Total
}

// quarter is a quarter of an hour at a site: no clocks of sites differ by less.
type quarter struct {
	site string
	of   int64
}

type clockTime struct{ day, hour string }

// NewThroughput makes one.
func NewThroughput(q ThroughputQuery) *Throughput {
	return &Throughput{q: q, sums: map[throughputKey]*throughputSum{}, time: map[quarter]clockTime{}}
}

// Add counts an entry, where it is a scan of the days and sites asked about.
func (t *Throughput) Add(e *Told) {
	if e.Kind != ledger.KindIntent || e.Intent.Device == "" || slices.Contains(office, e.Intent.Action) {
		return
	}
	site := t.siteOf(e)
	if site == "" {
		return
	}
	at := t.timeOf(site, e.TEff)
	if at.day < t.q.First || at.day > t.q.Last {
		return
	}
	groups := [...]throughputKey{{PerTotal, ""}, {PerDay, at.day}, {PerHour, at.hour}, {PerPerson, e.Intent.Operator}, {PerDevice, e.Intent.Device}}
	for _, key := range groups {
		t.scan(e, key)
	}
	seen := map[throughputKey]bool{} // places and products that it touches: each counts it once
	for i := range e.Moves {
		t.move(e, &e.Moves[i], groups[:], seen)
	}
	t.wrong(e)
}

// siteOf is the site that an entry counts for: the one asked about where it touches that,
// else the first that it touches and whoever asks may see; "" where there is none. What
// moved nothing is of the site that the scan counts for.
func (t *Throughput) siteOf(e *Told) string {
	if len(e.Moves) == 0 {
		if site := ledger.SiteOfEntry(e.Site, e.Intent.Site); shows(t.q.Site, t.q.Sites, site) {
			return site
		}
		return ""
	}
	for i := range e.Moves {
		for _, ref := range [...]string{e.Moves[i].From, e.Moves[i].To} {
			if t.shown(ref) {
				return siteOfRef(ref)
			}
		}
	}
	return ""
}

// siteOfRef is the site of a place, as moves name it; "" of a virtual one.
func siteOfRef(ref string) string {
	site, _, physical := strings.Cut(ref, "/")
	if !physical {
		return ""
	}
	return site
}

func (t *Throughput) timeOf(site string, at ledger.Time) clockTime {
	moment := at.Std()
	key := quarter{site, moment.Unix() / 900}
	c, known := t.time[key]
	if !known {
		local := moment.In(t.q.Zone(site))
		c = clockTime{local.Format(time.DateOnly), local.Format(hourFormat)}
		t.time[key] = c
	}
	return c
}

func (t *Throughput) sum(key throughputKey) *throughputSum {
	s := t.sums[key]
	if s == nil {
		s = &throughputSum{}
		t.sums[key] = s
	}
	return s
}

// scan counts a scan in a group.
func (t *Throughput) scan(e *Told, key throughputKey) {
	s := t.sum(key)
	s.scans++
	switch e.Outcome {
	case ledger.Refused:
		s.refused++
	case ledger.Parked:
		s.parked++
	default: // what is refused or parked needs somebody once, whatever it raises
		if len(e.Exceptions) > 0 {
			s.exceptions++
		}
	}
}

// move counts a move in the groups of its scan, and of its places and product.
func (t *Throughput) move(e *Told, m *ToldMove, groups []throughputKey, seen map[throughputKey]bool) {
	from, to := t.shown(m.From), t.shown(m.To)
	if !from && !to {
		return
	}
	for _, key := range groups {
		t.sum(key).moves++
	}
	also := func(key throughputKey) *throughputSum {
		if !seen[key] {
			seen[key] = true
			t.scan(e, key)
		}
		s := t.sum(key)
		s.moves++
		return s
	}
	if from {
		also(throughputKey{PerPlace, m.From})
	}
	if to && m.To != m.From {
		also(throughputKey{PerPlace, m.To})
	}
	product := also(throughputKey{PerProduct, m.Product})
	d, err := ledger.ParseDecimal(m.Quantity)
	quantity, fits := d.Scaled(ledger.MaxDecimals)
	if err != nil || !fits || from == to {
		return // it stayed among the places asked about
	}
	if to {
		product.came.Add(quantity, ledger.MaxDecimals)
	} else {
		product.went.Add(quantity, ledger.MaxDecimals)
	}
}

// shown says whether a place is one of those asked about.
func (t *Throughput) shown(ref string) bool { return showsPlace(t.q.Site, t.q.Sites, ref) }

// wrong counts why a scan needs somebody.
func (t *Throughput) wrong(e *Told) {
	if e.Outcome == ledger.Refused || e.Outcome == ledger.Parked {
		t.sum(throughputKey{PerError, string(e.Outcome) + "/" + string(e.Code)}).scans++
	}
	for i := range e.Exceptions {
		t.sum(throughputKey{PerError, string(ledger.Exception) + "/" + e.Exceptions[i].Kind}).scans++
	}
}

// Rows hands on what was added up: of each kind those with the most first, of time in
// its order, hours and days in which nothing was done too, as far as they have been.
func (t *Throughput) Rows(row func(*ThroughputRow) error) error {
	for _, by := range Pers {
		if len(t.q.By) > 0 && !slices.Contains(t.q.By, by) {
			continue
		}
		for _, group := range t.groups(by) {
			s := t.sums[throughputKey{by, group}]
			if s == nil {
				s = &throughputSum{}
			}
			r := ThroughputRow{By: by, Group: group, Scans: s.scans, Moves: s.moves, Refused: s.refused, Parked: s.parked, Exceptions: s.exceptions}
			if by == PerProduct {
				r.Came, r.Went = s.came.String(), s.went.String()
			}
			if err := row(&r); err != nil {
				return err
			}
		}
	}
	return nil
}

// groups are the groups of a kind in the order of their rows.
func (t *Throughput) groups(by string) (groups []string) {
	switch by {
	case PerTotal:
		return []string{""}
	case PerDay:
		return t.q.each(cmp.Or(t.q.Site, ledger.MainSite), t.q.Now, time.DateOnly, t.there(by))
	case PerHour:
		return t.q.each(cmp.Or(t.q.Site, ledger.MainSite), t.q.Now, hourFormat, t.there(by))
	}
	groups = t.there(by)
	slices.SortFunc(groups, func(x, y string) int {
		a, b := t.sums[throughputKey{by, x}], t.sums[throughputKey{by, y}]
		return cmp.Or(cmp.Compare(b.moves, a.moves), cmp.Compare(b.scans, a.scans), cmp.Compare(x, y))
	})
	if t.q.Limit > 0 {
		groups = groups[:min(len(groups), t.q.Limit)]
	}
	return groups
}

// there are the groups of a kind in which something was done.
func (t *Throughput) there(by string) (groups []string) {
	for key := range t.sums {
		if key.by == by {
			groups = append(groups, key.group)
		}
	}
	return groups
}

// each gives the days or hours of a site's clocks up to a moment, and those that are
// there anyway.
func (d *Days) each(site string, now time.Time, format string, there []string) []string {
	zone := d.Zone(site)
	begin, err := time.ParseInLocation(time.DateOnly, d.First, zone)
	if err != nil {
		begin = now
	}
	step := time.Hour
	if format == time.DateOnly {
		step = 12 * time.Hour // a day has 23 hours at least
	}
	for at := begin; !at.After(now) && at.In(zone).Format(time.DateOnly) <= d.Last; at = at.Add(step) {
		there = append(there, at.In(zone).Format(format))
	}
	slices.Sort(there)
	return slices.Compact(there)
}
