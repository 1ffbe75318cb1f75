package ledger

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what expires.
const (
	// maxDates is how many dates are kept of one lot: two are a mistake already.
	maxDates = 8
	// maxDayAlerts is how many alerts one day raises at a site; the others come with
	// the next day, which finds them as this one did.
	maxDayAlerts  = 5_000
	maxExpiryDays = 3_650
)

// expiryDaysField is the setting of the book, with "." and a category behind it that
// of the category's products.
const expiryDaysField = "expiry_days"

// lot is what was said of when a lot of a product expires.
type lot struct {
	dates []lotDate // in the order of their dates
	open  int       // alerts of it
}

// lotDate is a date and how many scans said it that take part.
type lotDate struct {
	Expiry string `json:"expiry"`
	Scans  int    `json:"scans"`
}

type lotChange struct {
	product *Product
	lot     string
}

// expiry is when the lot expires: where two dates were said, the earlier one, which
// errs to the safe side and does not depend on the order in which they came.
func (l *lot) expiry() string {
	for _, d := range l.dates {
		if d.Scans > 0 {
			return d.Expiry
		}
	}
	return ""
}

// Expiry returns when a lot expires, "" where nobody said so.
func (p *Product) Expiry(name string) string {
	if l := p.lots[name]; l != nil {
		return l.expiry()
	}
	return ""
}

// SaidExpiry notes that a scan says when a lot expires, or, where it was undone, that
// it does not any more.
func (s *State) SaidExpiry(p *Product, name, expiry string, undone bool) {
	if name == "" || expiry == "" {
		return
	}
	l := p.lots[name]
	if l == nil {
		if undone {
			return
		}
		if p.lots == nil {
			p.lots = map[string]*lot{}
		}
		l = &lot{}
		p.lots[name] = l
	}
	i, known := slices.BinarySearchFunc(l.dates, expiry, func(d lotDate, date string) int { return strings.Compare(d.Expiry, date) })
	switch {
	case known && undone && l.dates[i].Scans == 0, !known && (undone || len(l.dates) >= maxDates):
		return
	case known && undone:
		l.dates[i].Scans--
	case known:
		l.dates[i].Scans++
	default:
		l.dates = slices.Insert(l.dates, i, lotDate{expiry, 1})
	}
	s.changed.lots = append(s.changed.lots, lotChange{p, name})
}

func (s *State) lotRows(rows []Row, changes []lotChange) []Row {
	seen := map[lotChange]bool{}
	for _, c := range changes {
		if seen[c] {
			continue
		}
		seen[c] = true
		key := binary.BigEndian.AppendUint32([]byte{rowLot}, uint32(c.product.ID))
		rows = append(rows, Row{append(key, c.lot...), mustJSON(c.product.lots[c.lot].dates)})
	}
	return rows
}

func (l *Loader) lot(key, value []byte) error {
	if len(key) < 5 {
		return fmt.Errorf("its key is cut short")
	}
	id := binary.BigEndian.Uint32(key)
	if id == 0 || int(id) > len(l.state.products) || l.state.products[id-1] == nil {
		return fmt.Errorf("its product is missing")
	}
	p, read := l.state.products[id-1], &lot{}
	if err := json.Unmarshal(value, &read.dates); err != nil {
		return err
	}
	if p.lots == nil {
		p.lots = map[string]*lot{}
	}
	p.lots[string(key[4:])] = read
	return nil
}

// countLotAlerts counts what is open of each lot, once all rows are back.
func (s *State) countLotAlerts() {
	for _, a := range s.alerts {
		if a.Lot == "" {
			continue
		}
		if p := s.productByCode[a.Product]; p != nil && p.lots[a.Lot] != nil {
			p.lots[a.Lot].open++
		}
	}
}

// ExpiryDays is how many days before it expires that is told of a product at a site,
// 0 for not at all: as its category says, else the site, else the book.
func (s *State) ExpiryDays(p *Product, site string) int {
	if days, ok := s.settings.ExpiryDays[p.Category]; ok && p.Category != "" {
		return days
	}
	if at := s.sites[site]; at != nil && at.ExpiryDays != "" {
		days, _ := daysOf(at.ExpiryDays, maxExpiryDays)
		return days
	}
	return s.settings.ExpiryDays[""]
}

func expiryCategory(name string) (category string, ok bool) {
	if name == expiryDaysField {
		return "", true
	}
	category, ok = strings.CutPrefix(name, expiryDaysField+".")
	return category, ok && category != ""
}

// setExpiryDays gives a category its days. The map is replaced, never changed: what
// was taken out of the state keeps what it was.
func (s *State) setExpiryDays(category, value string) string {
	days, ok := daysOf(value, maxExpiryDays)
	if !ok {
		return expiryDaysField + " is a whole number of days from 0 to 3650."
	}
	next := maps.Clone(s.settings.ExpiryDays)
	if value == "" {
		delete(next, category)
	} else {
		if next == nil {
			next = map[string]int{}
		}
		next[category] = days
	}
	if len(next) > maxFields {
		return "at most 100 categories have days of their own."
	}
	s.settings.ExpiryDays = next
	return ""
}

func setDays(to *string, value string) string {
	if _, ok := daysOf(value, maxExpiryDays); !ok {
		return expiryDaysField + " is a whole number of days from 0 to 3650."
	}
	*to = value
	return ""
}

// daysOf reads a whole number; "" is 0.
func daysOf(value string, most int) (int, bool) {
	if value == "" {
		return 0, true
	}
	n, err := strconv.Atoi(value)
	return n, err == nil && n >= 0 && n <= most && strconv.Itoa(n) == value
}

// isZone says whether a text may be the name of a time zone. Whether there is one of
// that name is asked by whoever has the tables.
func isZone(name string) bool {
	for _, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '_' || c == '+' || c == '-') {
			return false
		}
	}
	return !strings.HasPrefix(name, "/") && len(name) <= MaxCode
}

// Day begins a day at a site: entry n tells of it, and of the lots that have expired
// or soon will (rule 9). It returns nil where the day began already.
func (s *State) Day(site, date string, n uint64, at Time) (*Edit, []Alert, *Fault) {
	found, known := s.sites[site]
	switch {
	case !known:
		return nil, nil, fault(NotFound, "site", "There is no site "+quote(site)+". No day began.")
	case !isDate(date):
		return nil, nil, fault(BadTime, "date", "The day "+quote(date)+" is no calendar date such as 2027-01-31. No day began.")
	case date <= found.Day:
		return nil, nil, nil
	}
	s.posting = posting{id: s.posting.id + 1, n: n, at: at}
	e := &Edit{Entity: EntitySite, Code: site, Changes: []FieldChange{{Field: "day", From: found.Day, To: date}}}
	found.Day = date
	s.changed.catalogue(EntitySite, site)
	return e, s.expire(site, date), nil
}

// expire compares what lies at a site with what is known of its dates.
func (s *State) expire(site, date string) (out []Alert) {
	now := map[string]bool{}
	for _, p := range s.products {
		if len(p.lots) == 0 {
			continue
		}
		sums := p.lotsAt(site)
		soon := laterDate(date, s.ExpiryDays(p, site))
		for _, name := range sortedKeys(sums) {
			expiry := p.Expiry(name)
			if expiry == "" || sums[name] <= 0 || expiry >= date && expiry > soon || expiry >= date && soon == date {
				continue
			}
			a := alertParts{kind: AlertExpired, product: p, site: site, quantity: sums[name], lot: name, expiry: expiry, today: date}
			if expiry >= date {
				a.kind = AlertExpiring
			}
			id := a.id()
			now[id] = true
			if s.alerts[id] == nil && len(out) < maxDayAlerts {
				p.lots[name].open++
				out = s.cross(out, s.posting.n, s.posting.at, a, true)
			}
		}
	}
	for _, id := range sortedKeys(s.alerts) {
		a := s.alerts[id]
		if a.Site != site || a.Kind != AlertExpired && a.Kind != AlertExpiring || now[id] {
			continue
		}
		out = s.clearLot(out, a)
	}
	return out
}

// lotsAt is what lies of each lot of a product at a site, whatever its status.
func (p *Product) lotsAt(site string) map[string]int64 {
	sums := map[string]int64{}
	for _, sh := range p.shelves {
		if at := sh.place.Stand(); !at.Physical() || at.Site != site {
			continue
		}
		for _, c := range sh.cells {
			if c.Lot != "" {
				sums[c.Lot] += c.Quantity
			}
		}
	}
	return sums
}

func (s *State) clearLot(out []Alert, a *OpenAlert) []Alert {
	p := s.productByCode[a.Product]
	quantity := p.lotsAt(a.Site)[a.Lot]
	if l := p.lots[a.Lot]; l != nil && l.open > 0 {
		l.open--
	}
	return s.cross(out, s.posting.n, s.posting.at, alertParts{kind: a.Kind, product: p, site: a.Site, quantity: quantity, lot: a.Lot, expiry: p.Expiry(a.Lot)}, false)
}

// clearLots clears what was said of lots of which the posting took the last.
func (s *State) clearLots(out []Alert) []Alert {
	for _, c := range s.posting.cells {
		l := (*lot)(nil)
		if c.Lot != "" {
			l = c.Product.lots[c.Lot]
		}
		if l == nil || l.open == 0 || c.Quantity >= c.before || !c.Place.Physical() {
			continue
		}
		for _, kind := range [...]string{AlertExpiring, AlertExpired} {
			parts := alertParts{kind: kind, product: c.Product, site: c.Place.Stand().Site, lot: c.Lot}
			if a := s.alerts[parts.id()]; a != nil && c.Product.lotsAt(a.Site)[c.Lot] <= 0 {
				out = s.clearLot(out, a)
			}
		}
	}
	return out
}

// laterDate is the date some days behind another.
func laterDate(date string, days int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// daysTo is how many days lie between two dates.
func daysTo(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
