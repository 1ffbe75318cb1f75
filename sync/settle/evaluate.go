package settle

import "bayledger/sync/ledger"

// evaluation is the deciding of one fact against the cells as they stand before
// it. Its legs are booked as they are found.
type evaluation struct {
	b     *Books
	h     *history
	f     *fact
	asked bool   // a command that is being decided, and may be refused
	plain bool   // nothing but the fact itself decided its legs
	at    moment // when its goods are where they are: with its key, or before it
	legs  []leg
	notes []ledger.Note
}

// evaluate decides one fact and books its legs into the cells. The legs are valid
// until the next call. A refusal books nothing more; the caller takes back.
func (b *Books) evaluate(h *history, f *fact, asked bool) (*evaluation, *ledger.Decision) {
	e := &b.eval
	*e = evaluation{b: b, h: h, f: f, asked: asked, plain: true, at: moment{key: &f.Key}, legs: e.legs[:0]}
	if f.is(flagStep) {
		e.plain = false
		if s := b.main[f.Key]; s != nil && !s.out {
			e.ship(s)
		}
		if f.act == actShip {
			return e, nil
		}
	}
	switch {
	case f.marks&markPassed != 0:
		e.plain = false
		return e, nil
	case f.act == actClose:
		e.plain = false
		e.zero()
		return e, nil
	case f.serial != "":
		return e, e.piece()
	case f.act == actCount || f.act == actCountOne:
		e.plain = false
		e.count()
		return e, nil
	case f.from == f.to && f.act != actIsolate && f.act != actRelease:
		return e, nil
	}
	if refused := e.short(); refused != nil {
		return e, refused
	}
	switch f.act {
	case actIsolate:
		e.book(e.cell(f.from, f.is(flagHeld) || e.quarantine(f.from)), e.cell(f.to, f.to.Physical()), f.quantity, causeNone)
	case actRelease:
		e.book(e.cell(f.from, true), e.cell(f.to, e.quarantine(f.to)), f.quantity, causeNone)
	default:
		return e, e.take()
	}
	return e, nil
}

// quarantine says whether what comes to a place at this point of the fold becomes
// held.
func (e *evaluation) quarantine(p *ledger.Place) bool {
	if p.IsPackage() {
		return e.b.quarantined(p, moment{key: &e.f.Key})
	}
	return p.Quarantine()
}

// cell is that of the fact's product, lot and serial at a holder. At virtual
// places nothing is held.
func (e *evaluation) cell(holder *ledger.Place, held bool) *ledger.Cell {
	return e.b.state.CellOf(e.h.product, holder, e.f.lot, e.f.serial, held && holder.Physical())
}

func (e *evaluation) book(from, to *ledger.Cell, quantity int64, why cause) {
	if quantity > 0 && from != to && e.b.state.Shift(from, to, quantity) {
		e.leg(leg{from: from, to: to, quantity: quantity, cause: why})
	}
}

func (e *evaluation) leg(l leg) {
	l.fromAt, l.toAt = e.b.stands(l.from.Place, e.at), e.b.stands(l.to.Place, e.at)
	e.legs = append(e.legs, l)
}

func (e *evaluation) say(quantity int64) string {
	return ledger.FormatScaled(quantity, e.h.product.Decimals)
}

func (e *evaluation) note(kind, severity, message string) {
	e.notes = append(e.notes, ledger.Note{Kind: kind, Severity: severity, Message: message})
}

// take books an ordinary leg: from the available goods of its lot (in quarantine
// the held ones), and, where a lot, serial or status is named, what those have
// not from the held ones (rule 6).
func (e *evaluation) take() *ledger.Decision {
	f := e.f
	available, held := f.quantity, int64(0)
	switch {
	case !f.from.Physical():
	case e.quarantine(f.from) || f.is(flagHeld):
		available, held = 0, f.quantity
	case f.lot != "" || f.serial != "" || f.from.IsPackage():
		e.plain = false
		inAvailable := max(0, e.b.state.Quantity(e.h.product, f.from, f.lot, f.serial, false))
		inHeld := max(0, e.b.state.Quantity(e.h.product, f.from, f.lot, f.serial, true))
		held = min(max(0, f.quantity-inAvailable), inHeld)
		available = f.quantity - held
	}
	if available > 0 {
		if refused := e.takeAvailable(available); refused != nil {
			return refused
		}
	}
	if held == 0 {
		return nil
	}
	if !e.breaches() {
		e.book(e.cell(f.from, true), e.cell(f.to, true), held, causeNone)
		return nil
	}
	return e.breach(held, true, nil)
}

// takeAvailable books the part that lies free in its cell, which a hold may cover
// all the same.
func (e *evaluation) takeAvailable(quantity int64) *ledger.Decision {
	f := e.f
	if hold := e.b.covering(e.h, f); hold != nil && e.breaches() {
		return e.breach(quantity, false, hold)
	}
	arrives := e.quarantine(f.to) || f.act == actCarry && f.to.Physical() && e.b.leaves(f)
	e.book(e.cell(f.from, false), e.cell(f.to, arrives), quantity, causeNone)
	return nil
}

// breaches says whether taking held goods there breaks the hold.
func (e *evaluation) breaches() bool {
	return e.f.act == actRemove && breachable(e.f.to)
}

// breachable says whether held goods may not leave to there.
func breachable(to *ledger.Place) bool {
	switch to.Kind {
	case ledger.PlaceSupplier, ledger.PlaceScrap, ledger.PlaceLoss:
		return false
	}
	return true
}

// breach books held goods that left all the same (I2): the hold stays, and a
// supervisor hears whether the device could have known.
func (e *evaluation) breach(quantity int64, held bool, hold *hold) *ledger.Decision {
	if refused := e.noteBreach(quantity, e.f.from, hold); refused != nil {
		return refused
	}
	e.book(e.cell(e.f.from, held), e.cell(e.b.virtual(ledger.PlaceBreach), false), quantity, causeBreach)
	return nil
}

func (e *evaluation) noteBreach(quantity int64, at *ledger.Place, hold *hold) *ledger.Decision {
	f := e.f
	what := e.say(quantity) + " of " + e.h.product.Code + " at " + at.Ref()
	if e.asked {
		d := refuse(ledger.Held, what+" is held. Nothing was taken; ask a supervisor to release it.")
		return &d
	}
	knew := ""
	if hold != nil {
		if knew = "; the device did not know of the hold " + hold.id; f.seen >= hold.n {
			knew = "; the device knew of the hold " + hold.id
		}
	}
	e.note(kindHeldTaken, ledger.Critical, what+" "+were(e.say(quantity))+" held and taken by "+f.Device+" at "+clock(f.TEff)+knew+"; bring it back or write it off.")
	return nil
}

// short applies the policy for removals below zero at this point of the fold
// (rule 5).
func (e *evaluation) short() *ledger.Decision {
	f := e.f
	if !f.from.Physical() || f.from == f.to {
		return nil
	}
	stands := f.from
	if stands.IsPackage() {
		stands = e.b.standing(stands, moment{key: &f.Key})
	}
	policy := e.b.state.PolicyAt(e.h.product, stands, f.TEff)
	if policy == ledger.PolicyAllow {
		return nil
	}
	e.plain = false
	before := e.b.state.Total(e.h.product, f.from)
	if e.asked && policy == ledger.PolicyRefuse {
		// A command is decided once, and what others have booked since its moment
		// counts too: the last piece goes to one.
		before = min(before, e.b.latestTotal(e.h, f.from))
	}
	shortfall := min(f.quantity, f.quantity-before)
	if shortfall <= 0 {
		return nil
	}
	into := e.cell(f.from, e.quarantine(f.from) || f.is(flagHeld) || f.act == actRelease)
	if policy == ledger.PolicyAutoAdd {
		e.book(e.cell(e.loss(), false), into, shortfall, causeAutoAdd)
		return nil
	}
	if e.asked {
		d := refuse(ledger.Short, e.say(before)+" of "+e.h.product.Code+" left at "+f.from.Ref()+", "+e.say(f.quantity)+" wanted. Nothing was taken; count the shelf.")
		return &d
	}
	e.book(e.cell(e.b.virtual(ledger.PlaceShortage), false), into, shortfall, causeShortage)
	e.note("short", ledger.Warning, e.say(shortfall)+" of "+e.h.product.Code+" taken from "+f.from.Ref()+" by "+f.Device+" at "+clock(f.TEff)+" "+were(e.say(shortfall))+" not on the books there; count the shelf.")
	return nil
}

// count asserts what lies at a place: with a lot, serial or status those cells,
// else the product's sum there; the difference goes to or from loss.
func (e *evaluation) count() {
	f := e.f
	if !f.from.Physical() {
		return
	}
	sum := int64(0)
	if f.act == actCount {
		sum = e.b.state.Total(e.h.product, f.from)
	} else {
		e.b.state.EachCell(e.h.product, f.from, f.lot, f.serial, func(c *ledger.Cell) {
			if f.matches(c) {
				sum += c.Quantity
			}
		})
	}
	e.heldShort()
	difference := f.quantity - sum
	other, why := e.against(), f.countCause()
	shelf := e.cell(f.from, f.is(flagHeld) || e.quarantine(f.from) && !f.is(flagAvailable))
	if difference > 0 {
		e.book(e.cell(other, false), shelf, difference, why)
	} else {
		e.book(shelf, e.cell(other, false), -difference, why)
	}
}

// loss is where what is missing went, and what is too much came from: the product's
// own place as it was then, else the company's.
func (e *evaluation) loss() *ledger.Place {
	if own := e.b.state.LossOf(e.h.product, e.f.TEff); own != nil {
		return own
	}
	return e.b.virtual(ledger.PlaceLoss)
}

// against is the virtual place that a count's difference goes to or comes from.
func (e *evaluation) against() *ledger.Place {
	if kind := e.f.against(); kind != ledger.PlaceLoss {
		return e.b.virtual(kind)
	}
	return e.loss()
}
