package simulation

import (
	"slices"
	"strconv"

	"bayledger/sync/ledger"
)

// opening brings the first goods in, so that there is something to take.
func (m *maker) opening() {
	p := m.crew[0]
	for i := range min(8, m.c.Intents/8) {
		scan := m.bring(p)
		for tries := 0; i == 0 && scan.Intent.Lot == "" && m.c.Families.Has(Lots) && tries < 100; tries++ {
			scan = m.bring(p)
		}
		m.add(p, KindScan, scan, false)
	}
	m.send(p, "")
	for range 2 {
		if m.c.Calm {
			return
		}
		// The one who comes home late begins early.
		m.add(m.crew[1], KindScan, m.bring(m.crew[1]), false)
	}
}

// next is what someone scans now: what the quotas need, else by weight.
func (m *maker) next(p *person) *Scan {
	left, open := m.c.Intents-len(m.made), 0
	var need [quotas]int
	for q, share := range quotaShares {
		if !m.c.Families.Has(quotaFamilies[q]) {
			continue
		}
		need[q] = max(0, int(share*float64(m.c.Intents)+1)-m.tally[q])
		open += need[q]
	}
	for q, share := range quotaShares {
		forced := open+2 >= left
		if forced && need[q] > 0 || !forced && m.c.Families.Has(quotaFamilies[q]) && m.d.chance(share*1.2) {
			if scan := m.quota(q, p); scan != nil {
				m.tally[q]++
				return scan
			}
		}
	}
	for _, w := range jobs { // everything at least once
		if w.sure && m.c.Families.Has(w.family) && m.did&w.family == 0 && len(m.made) > m.c.Intents/3 {
			m.did |= w.family
			if scan := w.make(m, p); scan != nil {
				return scan
			}
		}
	}
	total := 0
	for _, w := range jobs {
		if m.c.Families.Has(w.family) {
			total += w.weight
		}
	}
	for {
		roll := m.d.IntN(total)
		for _, w := range jobs {
			if !m.c.Families.Has(w.family) {
				continue
			}
			if roll -= w.weight; roll >= 0 {
				continue
			}
			if scan := w.make(m, p); scan != nil {
				m.did |= w.family
				return m.decorate(scan)
			}
			break // nothing that this person can do
		}
	}
}

var quotaFamilies = [quotas]Families{quotaCounts: Counts, quotaHolds: Isolation, quotaUndos: Undos}

// jobs are what people do besides what the quotas make them do.
var jobs = []struct {
	family Families
	weight int
	sure   bool // that it happens
	make   func(*maker, *person) *Scan
}{
	{Quantities, 24, false, (*maker).bring},
	{Quantities, 30, false, (*maker).take},
	{Quantities, 22, false, (*maker).shift},
	{Quantities, 3, false, (*maker).waste},
	{Isolation, 5, false, (*maker).free},
	{Lines, 7, false, (*maker).several},
	{Oddities, 5, false, (*maker).odd},
	{Serials, 22, true, (*maker).piece},
	{Packages, 20, true, (*maker).parcel},
	{Sessions, 14, true, (*maker).session},
	{Decisions, 25, false, (*maker).meaning},
	{Decisions, 40, false, (*maker).decision},
	{Decisions, 10, false, (*maker).shut},
}

func (m *maker) quota(q int, p *person) *Scan {
	switch q {
	case quotaCounts:
		return m.count(p)
	case quotaHolds:
		return m.hold(p)
	}
	return m.undo(p)
}

// decorate makes an ordinary scan less ordinary: a command, another mode of
// saying the same.
func (m *maker) decorate(s *Scan) *Scan {
	in := &s.Intent
	if m.c.Families.Has(Commands) && m.d.chance(0.12) && s.Raw == "" && s.Want == "" && s.Undoes == 0 &&
		slices.Contains([]string{ledger.ActionAdd, ledger.ActionRemove, ledger.ActionMove, ledger.ActionScrap}, in.Action) {
		in.Mode = ledger.ModeCommand
	}
	if m.d.chance(0.1) {
		in.Reference = "PO-" + strconv.Itoa(m.d.IntN(20))
	}
	return s
}

// goods picks a product by weight; serial ones only where they are asked for.
func (m *maker) goods() thing {
	for {
		t := hot(m.d, m.land.things)
		if !t.serial && (!t.idle || m.d.chance(0.1)) {
			return t
		}
	}
}

// shelf picks a place for someone at a site: mostly a hot one, sometimes the
// other site's, sometimes where goods are held.
func (m *maker) shelf(site string) spot {
	if m.d.chance(0.1) {
		site = one(m.d, m.land.sites)
	}
	if m.c.Families.Has(Isolation) && m.d.chance(0.07) {
		return one(m.d, m.land.holding[site])
	}
	return hot(m.d, m.land.shelves[site])
}

// lot names one of the product's lots, or none.
func (m *maker) lot(t thing, named float64) string {
	if len(t.lots) == 0 || !m.d.chance(named) {
		return ""
	}
	return hot(m.d, t.lots)
}

// amount sets how much of a product an intent is about, about so many hundredths
// at most, in one of the ways in which that can be said, and returns it.
func (m *maker) amount(t thing, most int, product, scan, unit *string, quantity *ledger.Decimal) int {
	*product = t.code
	base := 100 * m.d.between(1, max(1, most/100))
	if t.decimals > 0 && m.d.chance(0.5) {
		step := []int{100, 10, 1}[t.decimals]
		base = step * m.d.between(1, max(1, most/step))
	}
	if m.c.Families.Has(Units) {
		switch {
		case t.code == "BOLT" && m.d.chance(0.1):
			*unit, *quantity = "box", ledger.NewDecimal(int64(m.d.between(1, 3)), 0)
			base = 1000
			return base
		case len(t.barcodes) > 0 && m.d.chance(0.2):
			*scan, *product = one(m.d, t.barcodes), ""
			if m.d.chance(0.3) {
				return 100 // what the barcode stands for
			}
		}
	}
	*quantity = ledger.NewDecimal(int64(base), 2)
	return base
}

func (m *maker) bring(p *person) *Scan {
	t, to := m.goods(), m.shelf(p.hand.Site)
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionAdd, To: to.from(p.hand.Site), Lot: m.lot(t, 0.85)}}
	in := &s.Intent
	m.stock[pile{to, t.code}] += m.amount(t, 1200, &in.Product, &in.Scan, &in.Unit, &in.Quantity)
	if in.Lot != "" && m.d.chance(0.3) {
		in.Expiry = "2027-01-31"
	}
	switch {
	case m.d.chance(0.1):
		in.From = one(m.d, m.land.suppliers)
	case m.d.chance(0.06):
		in.From, in.Reference = one(m.d, m.land.customers), "SO-1"
	case m.d.chance(0.05):
		in.From = "opening"
	case m.d.chance(0.03):
		in.From = one(m.d, []string{"loss", "production"})
	}
	m.price(in)
	return s
}

// price says what goods cost, in most of the receipts.
func (m *maker) price(in *ledger.Intent) {
	if !m.c.Families.Has(Costs) || m.d.chance(0.25) {
		return
	}
	if m.d.chance(0.3) {
		in.TotalCost = ledger.NewDecimal(int64(m.d.between(0, 20_000)), 2)
		return
	}
	in.UnitCost = ledger.NewDecimal(int64(m.d.between(1, 9_999_999)), m.d.between(2, 6))
	in.Delivery = "PK-" + strconv.Itoa(m.d.IntN(9))
}

// pile picks goods that lie somewhere, mostly at the person's site.
func (m *maker) pile(p *person) (thing, spot, int) {
	for range 12 {
		t, at := m.goods(), m.shelf(p.hand.Site)
		if have := m.stock[pile{at, t.code}]; have > 0 {
			return t, at, have
		}
	}
	return m.goods(), m.shelf(p.hand.Site), 300
}

// less is how much someone takes of what lies there: a part, all, or more.
func (m *maker) less(have int) int {
	switch {
	case m.d.chance(0.2):
		return have
	case m.d.chance(0.12):
		return have + 500
	}
	return max(100, have/2)
}

func (m *maker) take(p *person) *Scan {
	t, from, have := m.pile(p)
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionRemove, From: from.from(p.hand.Site), Lot: m.lot(t, 0.7)}}
	in := &s.Intent
	m.stock[pile{from, t.code}] -= m.amount(t, m.less(have), &in.Product, &in.Scan, &in.Unit, &in.Quantity)
	switch {
	case m.d.chance(0.15):
		in.To, in.Reference = one(m.d, m.land.customers), "SO-1"
	case m.d.chance(0.12):
		in.To = one(m.d, []string{"supplier", "scrap", "loss", "production", "ACME"})
	}
	if m.c.Families.Has(Isolation) && m.d.chance(0.06) {
		in.Status = one(m.d, []string{"held", "available"})
	}
	return s
}

func (m *maker) shift(p *person) *Scan {
	t, from, have := m.pile(p)
	to := m.shelf(one(m.d, m.land.sites))
	if m.d.chance(0.7) {
		to = m.shelf(p.hand.Site)
	}
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionMove, From: from.from(p.hand.Site), To: to.from(p.hand.Site), Lot: m.lot(t, 0.7)}}
	in := &s.Intent
	moved := m.amount(t, m.less(have), &in.Product, &in.Scan, &in.Unit, &in.Quantity)
	m.stock[pile{from, t.code}] -= moved
	m.stock[pile{to, t.code}] += moved
	if m.c.Families.Has(Isolation) && m.d.chance(0.06) {
		in.Status = one(m.d, []string{"held", "available"})
	}
	if m.d.chance(0.04) {
		in.To = one(m.d, []string{"transit", "production"})
	}
	return s
}

func (m *maker) waste(p *person) *Scan {
	s := m.take(p)
	s.Intent.Action, s.Intent.To = ledger.ActionScrap, ""
	return s
}

// several is one scan of several lines.
func (m *maker) several(p *person) *Scan {
	var s *Scan
	switch m.d.IntN(3) {
	case 0:
		s = m.bring(p)
	case 1:
		s = m.take(p)
	default:
		s = m.shift(p)
	}
	in := &s.Intent
	in.Scan, in.Product, in.Unit, in.Expiry, in.UnitCost = "", "", "", "", ledger.Decimal{}
	in.Quantity, in.Lot, in.Mode = ledger.Decimal{}, "", ""
	for range m.d.between(2, 4) {
		var l ledger.Line
		t := m.goods()
		m.amount(t, 600, &l.Product, &l.Scan, &l.Unit, &l.Quantity)
		l.Lot = m.lot(t, 0.6)
		if m.d.chance(0.15) {
			l.From = m.shelf(p.hand.Site).from(p.hand.Site)
		}
		in.Lines = append(in.Lines, l)
	}
	return s
}
