package simulation

import (
	"strconv"

	"bayledger/sync/ledger"
)

// count says what lies there: mostly about what does, sometimes nothing, by lot,
// status or several lines at once.
func (m *maker) count(p *person) *Scan {
	t, at, have := m.pile(p)
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionCount, From: at.from(p.hand.Site), Product: t.code}}
	in := &s.Intent
	found := max(0, have+100*m.d.between(-4, 3))
	if m.d.chance(0.1) {
		found = 0
	}
	found -= found % []int{100, 10, 1}[t.decimals]
	in.Quantity = ledger.NewDecimal(int64(found), 2)
	m.stock[pile{at, t.code}] = found
	if m.d.chance(0.35) {
		in.Lot = m.lot(t, 1)
	}
	if m.c.Families.Has(Isolation) && m.d.chance(0.12) {
		in.Status = one(m.d, []string{"held", "available"})
	}
	if m.d.chance(0.08) {
		in.Reason = "opening"
	}
	if m.c.Families.Has(Lines) && m.d.chance(0.2) {
		m.countLines(in, t, at)
	}
	return s
}

// countLines counts the same shelf by lots and other products too.
func (m *maker) countLines(in *ledger.Intent, t thing, at spot) {
	in.Lines = []ledger.Line{{Product: t.code, Quantity: in.Quantity, Lot: in.Lot, Status: in.Status}}
	in.Product, in.Quantity, in.Lot, in.Status = "", ledger.Decimal{}, "", ""
	for range m.d.between(1, 3) {
		u := t
		if m.d.chance(0.5) {
			u = m.goods()
		}
		in.Lines = append(in.Lines, ledger.Line{Product: u.code, Quantity: ledger.NewDecimal(int64(m.d.IntN(8)), 0), Lot: m.lot(u, 0.6)})
	}
}

// hold sets goods aside: a quantity of them, or, where the engine has holds, all
// of a lot or a place.
func (m *maker) hold(p *person) *Scan {
	if m.c.Families.Has(Holds) && m.d.chance(0.65) {
		if s := m.holdAll(p); s != nil {
			return s
		}
	}
	t, from, have := m.pile(p)
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionIsolate, From: from.from(p.hand.Site), Lot: m.lot(t, 0.7), Reason: m.reason()}}
	in := &s.Intent
	m.amount(t, m.less(have), &in.Product, &in.Scan, &in.Unit, &in.Quantity)
	if !in.Quantity.IsSet() {
		in.Quantity = ledger.NewDecimal(1, 0)
	}
	switch {
	case m.d.chance(0.3):
		in.To = in.From // in place
	case m.d.chance(0.2):
		in.To = m.shelf(p.hand.Site).from(p.hand.Site)
	case m.d.chance(0.05):
		in.To = "scrap"
	}
	if m.d.chance(0.06) {
		in.Status = "held"
	}
	return s
}

func (m *maker) reason() string {
	if m.d.chance(0.1) {
		return ""
	}
	return one(m.d, []string{"damaged", "recall", "to be tested"})
}

// holdAll holds a whole lot, all lots of a product, or a place with all below it.
func (m *maker) holdAll(p *person) *Scan {
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionIsolate, Reason: m.reason()}}
	in := &s.Intent
	roll := m.d.IntN(10)
	switch {
	case roll < 5 && m.c.Families.Has(Lots):
		for range 8 {
			if t := m.goods(); len(t.lots) > 0 {
				in.Product, in.Lot = t.code, hot(m.d, t.lots)
				break
			}
		}
		if in.Product == "" {
			return nil
		}
	case roll < 6:
		in.Product, in.Lot = m.goods().code, "*"
	default:
		at := hot(m.d, m.land.shelves[p.hand.Site])
		if m.d.chance(0.4) {
			at = one(m.d, m.land.trees)
		}
		in.From = at.from(p.hand.Site)
	}
	return s
}

// free lets held goods go: a quantity, or holds by name or scope.
func (m *maker) free(p *person) *Scan {
	if m.c.Families.Has(Holds) && m.d.chance(0.6) {
		return m.freeHolds(p)
	}
	t, at := m.goods(), one(m.d, m.land.holding[p.hand.Site])
	if m.d.chance(0.4) {
		at = m.shelf(p.hand.Site)
	}
	to := m.shelf(p.hand.Site)
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionRelease, From: at.from(p.hand.Site), To: to.from(p.hand.Site), Lot: m.lot(t, 0.7), Reason: m.reason()}}
	in := &s.Intent
	m.amount(t, 500, &in.Product, &in.Scan, &in.Unit, &in.Quantity)
	if !in.Quantity.IsSet() {
		in.Quantity = ledger.NewDecimal(2, 0)
	}
	if m.d.chance(0.3) {
		in.To = in.From
	}
	return s
}

func (m *maker) freeHolds(p *person) *Scan {
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionRelease, Reason: m.reason()}}
	in := &s.Intent
	var holds []int
	for i := range m.made {
		if m.made[i].hold {
			holds = append(holds, i+1)
		}
	}
	if len(holds) > 0 && m.d.chance(0.6) {
		for range m.d.between(1, 2) {
			s.Names = append(s.Names, one(m.d, holds))
		}
		return s
	}
	scope := m.holdAll(p)
	if scope == nil {
		return nil
	}
	in.Product, in.Lot, in.From = scope.Intent.Product, scope.Intent.Lot, scope.Intent.From
	return s
}

// undo takes a scan back: the person's last, another one, another person's, one
// that has not arrived, one that is an undo itself.
func (m *maker) undo(p *person) *Scan {
	if len(m.made) == 0 {
		return nil
	}
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionUndo, Reason: "mistake"}}
	supervisor := p.hand.Role == "supervisor"
	switch {
	case supervisor && m.d.chance(0.8):
		s.Undoes = m.d.between(1, len(m.made))
		if m.d.chance(0.5) { // of the one who comes home late: before it arrives
			if late := m.crew[1].scans; len(late) > 0 {
				s.Undoes = one(m.d, late)
			}
		}
	case len(p.scans) > 0 && m.d.chance(0.95):
		s.Undoes = p.scans[len(p.scans)-1]
		if m.d.chance(0.5) {
			s.Undoes = one(m.d, p.scans)
		}
	default:
		s.Undoes = m.d.between(1, len(m.made)) // without the right to
	}
	if m.d.chance(0.3) { // an undo of an undo
		for i := len(m.made) - 1; i >= 0; i-- {
			if m.made[i].action == ledger.ActionUndo && (supervisor || m.made[i].hand == p.id) {
				s.Undoes = i + 1
				break
			}
		}
	}
	return s
}

// codes are the barcodes that nobody knows.
const codes = 4

// odd is what no one should scan, but someone does.
func (m *maker) odd(p *person) *Scan {
	t := m.goods()
	product := `"product":"` + t.code + `"`
	switch m.d.IntN(7) {
	case 0:
		s := &Scan{Intent: ledger.Intent{Action: ledger.ActionAdd, Scan: "500000" + strconv.Itoa(m.d.IntN(codes)), Lot: one(m.d, []string{"", "L1"})}, Want: ledger.UnknownProduct}
		if m.d.chance(0.6) {
			s.Intent.Quantity = ledger.NewDecimal(int64(m.d.between(1, 4)), 0)
		}
		return s
	case 1:
		return &Scan{Intent: ledger.Intent{Action: ledger.ActionAdd, Product: t.code, Quantity: ledger.NewDecimal(1, 0), To: "Z-99"}, Want: ledger.UnknownLocation}
	case 2:
		return &Scan{Intent: ledger.Intent{Action: ledger.ActionRemove, Product: t.code, Quantity: ledger.NewDecimal(12345, 4)}, Want: ledger.BadQuantity}
	case 3:
		return &Scan{Raw: `{"seq":SEQ,"action":"add",` + product + `,"quantity":"-4"}`, Want: ledger.BadQuantity}
	case 4:
		return &Scan{Raw: `{"seq":SEQ,"action":"add",` + product + `,"quantity":1,"wave":7}`, Want: ledger.Unsupported}
	case 5:
		return &Scan{Raw: `{"seq":SEQ,"action":"teleport",` + product + `}`, Want: ledger.UnknownAction}
	}
	at := m.shelf(p.hand.Site).from(p.hand.Site) // nowhere to go
	return &Scan{Intent: ledger.Intent{Action: ledger.ActionMove, Product: t.code, Quantity: ledger.NewDecimal(2, 0), From: at, To: at}}
}
