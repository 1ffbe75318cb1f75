package settle

import "bayledger/sync/ledger"

// piece decides a fact about one serial number. It leaves from where the last
// thing that happened put it, whatever was claimed; a chain that begins without an
// addition begins from shortage (rule 7).
func (e *evaluation) piece() *ledger.Decision {
	f, s := e.f, e.b.state
	e.plain = false
	chain := s.Chain(e.h.product, f.serial)
	at, begins := chain.At, chain.At == nil
	if f.act == actCountOne && !f.from.Physical() {
		return nil
	}
	if f.act == actCountOne && f.quantity == 0 {
		if !begins && at.Place == f.from && f.matches(at) {
			e.step(chain, at, e.b.virtual(f.against()), false, f.countCause(), false)
		}
		return nil
	}
	if f.act == actCountOne && !begins && at.Place == f.from && !f.is(flagHeld) && !f.is(flagAvailable) {
		return nil // seen where it is
	}
	to := f.to
	if f.act == actCountOne {
		to = f.from
	}
	why := causeNone
	if begins {
		from := e.b.virtual(ledger.PlaceShortage)
		switch {
		case f.act == actAdd && !f.from.Physical():
			from = f.from // a shelf that never had it has none to give
		case f.act == actCountOne && f.is(flagOpening):
			from, why = e.b.virtual(ledger.PlaceOpening), causeOpening
		default:
			e.note("serial_unknown", ledger.Warning, "The serial "+f.serial+" of "+e.h.product.Code+" was seen by "+f.Device+" at "+clock(f.TEff)+" before it was ever added; it is booked from shortage.")
		}
		at = e.cell(from, false)
	} else if f.from != nil && f.from.Physical() && f.act != actCountOne && f.act != actAdd && f.act != actBring && at.Place != f.from {
		e.note("serial_mismatch", ledger.Info, "The serial "+f.serial+" of "+e.h.product.Code+" was taken at "+f.from.Ref()+" by "+f.Device+" at "+clock(f.TEff)+"; the books had it at "+at.Place.Ref()+".")
	}
	return e.goes(chain, at, to, why, begins)
}

// goes takes a piece from where it is to a place.
func (e *evaluation) goes(chain *ledger.Chain, at *ledger.Cell, to *ledger.Place, why cause, begins bool) *ledger.Decision {
	f := e.f
	if at.Place == to && !begins && f.act != actIsolate && f.act != actRelease && f.act != actCountOne {
		return nil // there it is
	}
	m := moment{key: &f.Key}
	held := at.Held || f.act == actCarry && e.b.leavesTo(m, at.Place, f.to)
	hold := e.b.coveringAt(e.h, m, at.Place, at.Lot, f.serial)
	if (at.Held || hold != nil) && e.breaches() {
		if refused := e.noteBreach(f.quantity, at.Place, hold); refused != nil {
			return refused
		}
		to, why = e.b.virtual(ledger.PlaceBreach), causeBreach
	}
	switch {
	case f.act == actIsolate || f.is(flagHeld) && f.act == actCountOne:
		held = true
	case f.act == actRelease || f.is(flagAvailable) && f.act == actCountOne:
		held = false
	}
	// Its own hold leaves its status as it is, and one counted as available is.
	asSaid := f.act == actBring || f.act == actCountOne && f.is(flagAvailable)
	held = held || e.quarantine(to) && !asSaid
	e.step(chain, at, to, held, why, begins)
	return nil
}

// step books a piece's leg and puts its chain there.
func (e *evaluation) step(chain *ledger.Chain, at *ledger.Cell, to *ledger.Place, held bool, why cause, begins bool) {
	s := e.b.state
	cell := s.CellOf(e.h.product, to, at.Lot, at.Serial, held && to.Physical())
	one := pieceOf(e.h.product)
	if cell != at && s.Shift(at, cell, one) {
		s.Sight(chain, cell)
		e.leg(leg{from: at, to: cell, quantity: one, cause: why, begins: begins})
	}
}

func pieceOf(p *ledger.Product) int64 {
	one := int64(1)
	for range p.Decimals {
		one *= 10
	}
	return one
}
