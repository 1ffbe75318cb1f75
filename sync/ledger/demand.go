package ledger

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
)

// What left a site for customers, production and assets is kept as one sum a product,
// site and day (UTC, of the scan's own moment), so that how long stock lasts is known
// without looking at the journal. What was scrapped or lost is no demand; what came
// back counts against it.

// Bounds of demand.
const (
	// maxUsageWeeks bounds the days that are kept of each product and site: 84 sums of
	// 16 bytes at most, of those days on which something left.
	maxUsageWeeks = 12
	usageWeeks    = 4
	usageDays     = maxUsageWeeks * 7
	microsOfDay   = Time(86_400_000_000)
	// mostDaysLeft: what lasts longer is not told in days.
	mostDaysLeft = 9_999
)

// siteDemand is what left one site of one product, by day, the oldest first.
type siteDemand struct {
	site string
	days []dayDemand
}

type dayDemand struct {
	day      int32 // since 1970, UTC
	dirty    bool
	quantity int64
}

// demandChange is a day whose sum changed, or went.
type demandChange struct {
	product *Product
	of      *siteDemand
	day     int32
}

// demands says whether goods that go to a place of a kind were wanted.
func demands(kind PlaceKind) bool {
	return kind == PlaceCustomer || kind == PlaceProduction || kind == PlaceAsset
}

// DemandOf says whose removals the posting's are, and when they happened.
func (s *State) DemandOf(site string, at Time) { s.posting.demandAt, s.posting.demandOn = site, at }

// demandAt returns what left a site of a product, nil for nothing.
func (p *Product) demandAt(site string) *siteDemand {
	for _, d := range p.demand {
		if d.site == site {
			return d
		}
	}
	return nil
}

func (s *State) demanded(product *Product, quantity int64) {
	p := &s.posting
	if p.demandAt == "" || p.demandOn <= 0 {
		return
	}
	of := product.demandAt(p.demandAt)
	if of == nil {
		of = &siteDemand{site: p.demandAt}
		product.demand = append(product.demand, of)
	}
	day := int32(p.demandOn / microsOfDay)
	if n := len(of.days); n > 0 && day <= of.days[n-1].day-usageDays {
		return // so late that nobody asks any more
	}
	i, known := slices.BinarySearchFunc(of.days, day, func(d dayDemand, day int32) int { return int(d.day) - int(day) })
	if !known {
		of.days = slices.Insert(of.days, i, dayDemand{day: day})
	}
	d := &of.days[i]
	d.quantity += quantity
	if !d.dirty {
		d.dirty = true
		s.changed.demand = append(s.changed.demand, demandChange{product, of, day})
	}
	newest := of.days[len(of.days)-1].day
	gone := 0
	for gone < len(of.days) && of.days[gone].day <= newest-usageDays {
		s.changed.demand = append(s.changed.demand, demandChange{product, of, of.days[gone].day})
		gone++
	}
	of.days = slices.Delete(of.days, 0, gone)
}

// demandRows writes the days that changed, each once; one that went is without a value.
func (s *State) demandRows(rows []Row, changes []demandChange) []Row {
	gone := map[demandChange]bool{}
	for _, c := range changes {
		row := Row{Key: binary.BigEndian.AppendUint32([]byte{rowDemand}, uint32(c.product.ID))}
		row.Key = append(binary.BigEndian.AppendUint32(row.Key, uint32(c.day)), c.of.site...)
		if i, known := slices.BinarySearchFunc(c.of.days, c.day, func(d dayDemand, day int32) int { return int(d.day) - int(day) }); known {
			d := &c.of.days[i]
			if !d.dirty {
				continue // it went, came again, and was written
			}
			d.dirty = false
			row.Value = binary.AppendVarint(nil, d.quantity)
		} else if gone[c] {
			continue
		} else {
			gone[c] = true
		}
		rows = append(rows, row)
	}
	return rows
}

func (l *Loader) demand(key, value []byte) error {
	if len(key) < 9 {
		return fmt.Errorf("its key is cut short")
	}
	id, day, site := binary.BigEndian.Uint32(key), int32(binary.BigEndian.Uint32(key[4:])), string(key[8:])
	quantity, used := binary.Varint(value)
	if id == 0 || int(id) > len(l.state.products) || l.state.products[id-1] == nil || used <= 0 {
		return fmt.Errorf("its product is missing, or its sum")
	}
	p := l.state.products[id-1]
	of := p.demandAt(site)
	if of == nil {
		of = &siteDemand{site: site}
		p.demand = append(p.demand, of)
	}
	of.days = append(of.days, dayDemand{day: day, quantity: quantity}) // they come in the order of their days
	return nil
}

// Usage is what left a site of a product in the weeks up to a moment, in the product's
// last decimal, and how many days these are.
func (s *State) Usage(p *Product, site string, at Time) (quantity int64, days int) {
	days = s.usageWeeks() * 7
	of := p.demandAt(site)
	if of == nil {
		return 0, days
	}
	last := int32(at / microsOfDay)
	for _, d := range of.days {
		if d.day > last-int32(days) && d.day <= last {
			quantity += d.quantity
		}
	}
	return quantity, days
}

// DaysLeft says how many whole days an amount lasts where so much of it left in so
// many days; ok is false where that says nothing: nothing left, or it lasts for longer
// than anybody plans.
func DaysLeft(available, used int64, days int) (left int64, ok bool) {
	if used <= 0 || days <= 0 {
		return 0, false
	}
	if available <= 0 {
		return 0, true
	}
	if available/used > mostDaysLeft/int64(days) {
		return 0, false
	}
	return available * int64(days) / used, true
}

func (s *State) daysLeft(w *watch, at Time) string {
	if w.Place != nil { // what left is known by site
		return ""
	}
	used, days := s.Usage(w.Product, w.Site, at)
	left, ok := DaysLeft(w.available, used, days)
	if !ok {
		return ""
	}
	return strconv.FormatInt(left, 10)
}

func (s *State) usageWeeks() int {
	if s.settings.UsageWeeks == 0 {
		return usageWeeks
	}
	return s.settings.UsageWeeks
}

func (s *State) setUsageWeeks(value string) string {
	weeks, ok := daysOf(value, maxUsageWeeks)
	if !ok || value != "" && weeks == 0 {
		return "usage_weeks is a whole number of weeks from 1 to 12."
	}
	s.settings.UsageWeeks = weeks
	return ""
}
