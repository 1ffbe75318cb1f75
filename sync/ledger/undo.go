package ledger

// maxUndoChain bounds undos of undos of undos: beyond it nobody knows any more
// what is meant.
const maxUndoChain = 64

// decideUndo takes an earlier intent out of the books, in order of arrival. An
// intent takes no part while at least one undo of it does, and an undo of an undo
// takes that one's part away.
func (s *State) decideUndo(in *Intent, at *Receipt) Decision {
	id, ok := ParseReference(in.Reference, in)
	if !ok || id == in.Identity() || at.Entry == nil {
		return park(NotFound, "The reference "+quote(in.Reference)+" names no other intent. The undo is kept and changes no stock.")
	}
	own := id.Device == in.Device && id.Install == in.Install
	if !own && at.Role != "supervisor" && at.Role != "admin" {
		return park(NotAllowed, "Only a supervisor undoes another device's scan. The undo is kept and changes no stock; a supervisor can undo it.")
	}
	target, err := at.Entry(id)
	if err != nil {
		return park(Unsupported, "The entry of "+quote(in.Reference)+" could not be read. The undo is kept and changes no stock; tell your administrator to run verify.")
	}
	if target == nil {
		return park(NotFound, "The intent "+quote(in.Reference)+" that this undoes has not arrived. The undo is kept and changes no stock.")
	}
	if s.undone[id] > 0 {
		s.setUndone(id, s.undone[id]+1)
		return Decision{Outcome: Applied, Message: "Entry " + itoa(int(target.N)) + " was already undone; nothing more was changed."}
	}
	if !s.toggle(id, true, at, 0) {
		return park(Unsupported, "What "+quote(in.Reference)+" booked cannot be taken back any more. The undo is kept and changes no stock; a supervisor can correct it.")
	}
	return Decision{Outcome: Applied}
}

// toggle counts an undo of an intent more or less, and books what changes where
// the intent stops or begins to take part; false where that cannot be read.
func (s *State) toggle(id Identity, undo bool, at *Receipt, depth int) bool {
	before := s.undone[id]
	after := before - 1
	if undo {
		after = before + 1
	}
	if after < 0 || depth > maxUndoChain {
		return false
	}
	s.setUndone(id, after)
	if (before == 0) == (after == 0) {
		return true
	}
	e, err := at.Entry(id)
	if err != nil || e == nil || e.Intent == nil {
		return false
	}
	if e.Intent.Action == ActionUndo {
		in := *e.Intent
		in.Device, in.Install, in.Seq = id.Device, id.Install, id.Seq
		inner, ok := ParseReference(in.Reference, &in)
		if !ok || e.Outcome == Parked || e.Outcome == Refused {
			return true // it never took part
		}
		return s.toggle(inner, !undo, at, depth+1)
	}
	return s.again(e, undo)
}

// again books the moves of an entry once more, or back.
func (s *State) again(e *Entry, back bool) bool {
	cause := "undo of entry " + itoa(int(e.N))
	if !back {
		cause = "entry " + itoa(int(e.N)) + " again"
	}
	legs := make([]leg, len(e.Moves))
	for i := range e.Moves {
		l, ok := s.legOf(&e.Moves[i])
		if !ok {
			return false
		}
		if l.cause = cause; back {
			l.from, l.to, l.fromHeld, l.toHeld = l.to, l.from, l.toHeld, l.fromHeld
		}
		legs[i] = l
	}
	for i := range legs {
		if back {
			s.carry(legs[len(legs)-1-i])
		} else {
			s.carry(legs[i])
		}
	}
	return true
}

func (s *State) setUndone(id Identity, count int) {
	s.booking.undone = append(s.booking.undone, undoneBefore{id, s.undone[id]})
	s.undone[id] = count
	if count == 0 {
		delete(s.undone, id)
	}
	s.changed.undone(id)
}

// undoneBefore is how many undos an intent had before the booking.
type undoneBefore struct {
	id    Identity
	count int
}

// legOf reads a booked move back into places and products of the state.
func (s *State) legOf(m *Move) (leg, bool) {
	product, ok := s.productByCode[m.Product]
	from, okFrom := s.Place("", m.From)
	to, okTo := s.Place("", m.To)
	d, err := ParseDecimal(m.Quantity)
	if !ok || !okFrom || !okTo || err != nil {
		return leg{}, false
	}
	quantity, ok := d.Scaled(product.Decimals)
	return leg{product: product, lot: m.Lot, serial: m.Serial, from: from, to: to,
		fromHeld: m.FromStatus == HeldGoods, toHeld: m.ToStatus == HeldGoods, quantity: quantity}, ok
}
