package simulation

import (
	"slices"
	"strconv"

	"bayledger/sync/ledger"
)

// numbers are the serials and packages of a world: few, so that they meet.
func (m *maker) number(prefix string, most int) string {
	return prefix + strconv.Itoa(m.d.between(1, most))
}

// piece is something done with one piece that has a serial.
func (m *maker) piece(p *person) *Scan {
	var t thing
	for t = one(m.d, m.land.things); !t.serial; t = one(m.d, m.land.things) {
	}
	serial := m.number("SN-", 2+m.c.Intents/25)
	key := t.code + " " + serial
	at, known := m.where[key]
	if !known || m.d.chance(0.12) {
		at = m.shelf(p.hand.Site)
	}
	to := m.shelf(p.hand.Site)
	s := &Scan{Intent: ledger.Intent{Product: t.code, Serial: serial}}
	in := &s.Intent
	if m.d.chance(0.3) {
		in.Quantity = ledger.NewDecimal(1, 0)
	}
	in.From = at.from(p.hand.Site)
	roll := m.d.IntN(100)
	if !known && m.d.chance(0.8) {
		roll = 0
	}
	switch {
	case roll < 20:
		in.Action, in.From, in.To, in.Lot = ledger.ActionAdd, "", to.from(p.hand.Site), m.lot(t, 0.7)
		m.price(in)
	case roll < 40:
		in.Action = ledger.ActionRemove
		to = spot{"", "customer"}
	case roll < 66:
		in.Action, in.To = ledger.ActionMove, to.from(p.hand.Site)
	case roll < 80:
		in.Action, in.Quantity, to = ledger.ActionCount, ledger.NewDecimal(int64(m.d.IntN(2)), 0), at
	case roll < 88:
		in.Action, in.Asset = ledger.ActionAssemble, one(m.d, m.land.assets)
		to = spot{"", "asset"}
	case roll < 94:
		in.Action, in.From, in.To, in.Asset = ledger.ActionDisassemble, "", to.from(p.hand.Site), one(m.d, m.land.assets)
	default:
		m.holdPiece(in)
	}
	m.where[key] = to
	return s
}

func (m *maker) holdPiece(in *ledger.Intent) {
	in.Action, in.Reason = ledger.ActionIsolate, m.reason()
	if m.d.chance(0.4) {
		in.Action = ledger.ActionRelease
	}
	if m.c.Families.Has(Holds) {
		in.From = ""
		if m.d.chance(0.6) {
			in.Quantity = ledger.Decimal{}
		}
		return
	}
	in.Quantity = ledger.NewDecimal(1, 0)
}

// parcel is something done with a package.
func (m *maker) parcel(p *person) *Scan {
	name := m.number("PKG-", 2+m.c.Intents/30)
	at, known := m.where[name]
	if !known || m.d.chance(0.1) {
		at = m.shelf(p.hand.Site)
	}
	if !slices.Contains(m.packs, name) {
		m.packs = append(m.packs, name)
	}
	to := m.shelf(p.hand.Site)
	s := &Scan{Intent: ledger.Intent{Package: name}}
	in := &s.Intent
	in.From = at.from(p.hand.Site)
	roll := m.d.IntN(100)
	if !known && m.d.chance(0.7) {
		roll = 0
	}
	switch {
	case roll < 30:
		in.Action = ledger.ActionPack
		m.content(in)
		to = at
	case roll < 45:
		in.Action = ledger.ActionUnpack
		m.content(in)
		if m.d.chance(0.5) {
			in.To = to.from(p.hand.Site)
		}
		to = at
	case roll < 65:
		in.Action, in.To = ledger.ActionMove, to.from(p.hand.Site)
		if m.d.chance(0.2) { // on its way, or gone as it is
			in.To, to = one(m.d, []string{"transit", "customer", "production"}), at
		}
	case roll < 75:
		in.Action, to = ledger.ActionPack, at
		m.nest(in)
	case roll < 80:
		in.Action, to = one(m.d, []string{ledger.ActionRemove, ledger.ActionScrap}), at
	case roll < 86:
		in.Action, in.From, in.To = ledger.ActionAdd, "", to.from(p.hand.Site)
		m.content(in)
		m.price(in)
	case roll < 92:
		in.Action, to = ledger.ActionCount, at
		in.Quantity = ledger.NewDecimal(1, 0)
		if m.d.chance(0.7) {
			m.content(in)
		}
	default:
		in.Action, in.Reason, in.From, to = ledger.ActionIsolate, m.reason(), "", at
		if m.d.chance(0.4) {
			in.Action = ledger.ActionRelease
		}
		if !m.c.Families.Has(Holds) {
			in.Action, in.From, in.Reason = ledger.ActionMove, at.from(p.hand.Site), ""
			in.To = m.shelf(p.hand.Site).from(p.hand.Site)
		}
	}
	m.where[name] = to
	return s
}

// nest packs a package into another one: often one into what was packed into it,
// so that it hangs on their moments which of the two closes the circle.
func (m *maker) nest(in *ledger.Intent) {
	if n := len(m.nested); n > 0 && m.d.chance(0.5) {
		pair := one(m.d, m.nested[max(0, n-4):])
		in.Package, in.To = pair.outer, pair.inner
		return
	}
	in.To = one(m.d, m.packs)
	if in.To != in.Package {
		m.nested = append(m.nested, nesting{in.Package, in.To})
	}
}

// content says what of it: some product, or one piece.
func (m *maker) content(in *ledger.Intent) {
	t := m.goods()
	if m.c.Families.Has(Serials) && m.d.chance(0.2) {
		for t = one(m.d, m.land.things); !t.serial; t = one(m.d, m.land.things) {
		}
		in.Product, in.Serial = t.code, m.number("SN-", 2+m.c.Intents/25)
		in.Quantity = ledger.NewDecimal(1, 0)
		return
	}
	in.Product, in.Lot = t.code, m.lot(t, 0.7)
	in.Quantity = ledger.NewDecimal(int64(m.d.between(1, 6)), 0)
}

// session counts with several people: opens one, adds to one, closes one.
func (m *maker) session(p *person) *Scan {
	roll := m.d.IntN(100)
	if len(m.opens) == 0 || roll < 8 {
		name := "CS-" + strconv.Itoa(len(m.made))
		at := hot(m.d, m.land.shelves[p.hand.Site])
		m.opens = append(m.opens, name)
		m.where[name] = at
		return &Scan{Intent: ledger.Intent{Action: ledger.ActionSessionOpen, Session: name, From: at.from(p.hand.Site)}}
	}
	i := m.d.IntN(len(m.opens))
	name := m.opens[i]
	at := m.where[name]
	if roll < 22 {
		m.opens = slices.Delete(m.opens, i, i+1)
		return &Scan{Intent: ledger.Intent{Action: ledger.ActionSessionClose, Session: name, From: at.from(p.hand.Site), Complete: m.d.chance(0.6)}}
	}
	s := m.count(p)
	in := &s.Intent
	in.From, in.Session, in.Reason = at.from(p.hand.Site), name, ""
	if m.d.chance(0.5) {
		in.Section = one(m.d, []string{"left", "right"})
	}
	return s
}

// meaning is a supervisor who says what an unknown barcode is, or an unknown place.
func (m *maker) meaning(p *person) *Scan {
	if p.hand.Role != "supervisor" {
		return nil
	}
	if m.d.chance(0.25) {
		at := one(m.d, m.land.shelves[p.hand.Site])
		return &Scan{Intent: ledger.Intent{Action: ledger.ActionMap, Raw: "Z-99", Site: at.site, To: at.code}}
	}
	if m.land.listed && m.d.chance(0.4) {
		return &Scan{Intent: ledger.Intent{Action: ledger.ActionMap, Raw: one(m.d, strangers), Operator: one(m.d, operators)}}
	}
	t := m.goods()
	for t.idle {
		t = m.goods()
	}
	s := &Scan{Intent: ledger.Intent{Action: ledger.ActionMap, Raw: "500000" + strconv.Itoa(m.d.IntN(codes)), Product: t.code}}
	if m.d.chance(0.4) {
		s.Intent.Quantity = ledger.NewDecimal(int64(m.d.between(2, 6)), 0)
	}
	return s
}
