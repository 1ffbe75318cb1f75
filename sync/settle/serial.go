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
			e.step(chain, at, e.against(), false, f.countCause(), false)
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
	} else {
		e.noteSighting(at)
	}
	return e.goes(chain, at, to, why, begins)
}

// noteSighting tells where a known piece was seen that should not have been there.
func (e *evaluation) noteSighting(at *ledger.Cell) {
	f := e.f
	piece := "The serial " + f.serial + " of " + e.h.product.Code
	by := " by " + f.Device + " at " + clock(f.TEff)
	switch kind := at.Place.Kind; {
	case f.act == actBring || at.Place == f.from:
	case f.act == actAdd && at.Place.Physical() && !f.from.Physical():
		e.note("serial_in_stock", ledger.Warning, piece+" was received"+by+", and was in stock at "+at.Place.Ref()+" already. It counts once; look whether two pieces have one number, or one was scanned twice.")
	case kind == ledger.PlaceAsset:
		e.note("asset_incomplete", ledger.Warning, piece+" was built into "+at.Place.Ref()+", and was seen at "+f.sightedAt().Ref()+by+". The books have it there now; what it was built into lacks it.")
	case gone(kind):
		e.note("serial_returned", ledger.Warning, piece+" had gone to "+at.Place.Ref()+", and was seen at "+f.sightedAt().Ref()+by+". It never left, or it came back; ask, and book the return if it did.")
	case f.from != nil && f.from.Physical() && f.act != actCountOne && f.act != actAdd:
		e.note("serial_mismatch", ledger.Info, piece+" was taken at "+f.from.Ref()+by+"; the books had it at "+at.Place.Ref()+".")
	}
}

// gone says whether what went there has left the house for good (S2).
func gone(kind ledger.PlaceKind) bool {
	switch kind {
	case ledger.PlaceCustomer, ledger.PlaceSupplier, ledger.PlaceScrap, ledger.PlaceBreach:
		return true
	}
	return false
}

// sightedAt is where the scan says that it saw its piece: where it took it, or, of
// what comes in, where it put it.
func (f *fact) sightedAt() *ledger.Place {
	if f.from == nil || !f.from.Physical() && f.to != nil {
		return f.to
	}
	return f.from
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
