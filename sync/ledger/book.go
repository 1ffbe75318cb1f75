package ledger

// book decides one line and books its legs. It returns a refusal for a command
// that may not happen; the caller takes back what was booked before it.
func (s *State) book(in *Intent, l *StampLine) *Decision {
	if l.Product.NotStocked {
		s.booking.raise("not_stocked", "info", l.Product.Code+" is not stock-kept; the scan was noted and no stock was moved.")
		return nil
	}
	if in.Mode == ModeCommand && (l.Product.Deleted || l.To != nil && l.To.Deleted) {
		d := refuse(Closing, "The product or the place was deleted. Nothing was moved; use another.")
		return &d
	}
	if in.Action == ActionCount {
		s.bookCount(in, l)
		return nil
	}
	if l.From == l.To && in.Action != ActionIsolate && in.Action != ActionRelease {
		return nil
	}
	if refused := s.checkShort(in, l); refused != nil {
		return refused
	}
	l2 := leg{product: l.Product, lot: l.Lot, serial: l.Serial, from: l.From, to: l.To, quantity: l.Quantity}
	switch in.Action {
	case ActionIsolate:
		l2.fromHeld, l2.toHeld = l.Status == HeldGoods || (l.Status == "" && l.From.Quarantine()), l.To.Physical()
		s.carry(l2)
		return nil
	case ActionRelease:
		l2.fromHeld, l2.toHeld = true, l.To.Quarantine()
		s.carry(l2)
		return nil
	}
	return s.take(in, l, l2)
}

// take books an ordinary leg: from the available goods of its lot (in quarantine
// the held ones), and, where a lot, serial or status is named, what those have
// not from the held ones (rule 6).
func (s *State) take(in *Intent, l *StampLine, whole leg) *Decision {
	available, held := whole.quantity, int64(0)
	switch {
	case !whole.from.Physical():
	case whole.from.Quarantine() || l.Status == HeldGoods:
		available, held = 0, whole.quantity
	case l.Lot != "" || l.Serial != "":
		inHeld := max(0, s.quantity(l.Product, l.From, cellTag{l.Lot, l.Serial, true}))
		inAvailable := max(0, s.quantity(l.Product, l.From, cellTag{l.Lot, l.Serial, false}))
		held = min(max(0, whole.quantity-inAvailable), inHeld)
		available = whole.quantity - held
	}
	if held > 0 && s.breaches(in, whole.to) && in.Mode == ModeCommand {
		d := refuse(Held, itoa2(held, l.Product)+" of "+l.Product.Code+" at "+l.From.Ref()+" is held. Nothing was taken; ask a supervisor to release it.")
		return &d
	}
	if available > 0 {
		part := whole
		part.quantity, part.toHeld = available, whole.to.Quarantine()
		s.carry(part)
	}
	if held > 0 {
		part := whole
		part.quantity, part.fromHeld, part.toHeld = held, true, whole.to.Physical()
		if s.breaches(in, whole.to) {
			part.to, part.toHeld = s.virtual(PlaceBreach), false
			part.cause = "held goods taken"
			s.booking.raise("held_taken", "critical", itoa2(held, l.Product)+" of "+l.Product.Code+" at "+l.From.Ref()+
				" was held and has been taken by "+nameOr(in.Operator, in.Device)+"; bring it back or write it off.")
		}
		s.carry(part)
	}
	return nil
}

// breaches says whether taking held goods there breaks the hold.
func (s *State) breaches(in *Intent, to *Place) bool {
	if in.Action != ActionRemove {
		return false
	}
	switch to.Kind {
	case PlaceSupplier, PlaceScrap, PlaceLoss:
		return false
	}
	return true
}

func itoa2(quantity int64, p *Product) string { return FormatScaled(quantity, p.Decimals) }

func (s *State) virtual(kind PlaceKind) *Place { return s.placeByRef[placeKey{"", string(kind)}] }

// checkShort applies the policy for removals below zero (rule 5).
func (s *State) checkShort(in *Intent, l *StampLine) *Decision {
	if !l.From.Physical() || l.From == l.To {
		return nil
	}
	before := s.total(l.Product, l.From)
	shortfall := min(l.Quantity, l.Quantity-before)
	if shortfall <= 0 {
		return nil
	}
	policy := l.Product.Negative
	if policy == "" {
		policy = s.sites[l.From.Site].Negative
	}
	cover := leg{product: l.Product, lot: l.Lot, serial: l.Serial, to: l.From, quantity: shortfall, toHeld: l.From.Quarantine() || l.Status == HeldGoods}
	switch policy {
	case PolicyAutoAdd:
		cover.from, cover.cause = s.virtual(PlaceLoss), "auto-add"
		s.carry(cover)
	case PolicyRefuse:
		if in.Mode == ModeCommand {
			d := refuse(Short, itoa2(before, l.Product)+" of "+l.Product.Code+" left at "+l.From.Ref()+", "+itoa2(l.Quantity, l.Product)+" wanted. Nothing was taken; count the shelf.")
			return &d
		}
		cover.from, cover.cause = s.virtual(PlaceShortage), "shortage"
		s.carry(cover)
		s.booking.raise("short", "warning", itoa2(shortfall, l.Product)+" of "+l.Product.Code+" taken from "+l.From.Ref()+" was not on the books there; count the shelf.")
	}
	return nil
}

// counted returns the cells that a count asserts: those of its lot, serial or
// status, else all of the product at the place.
func (s *State) counted(l *StampLine) []*Cell {
	sh := s.shelves[keyOfShelf(l.Product.ID, l.From.ID)]
	if sh == nil {
		return nil
	}
	cells := sh.cells
	if l.Serial != "" && sh.serials != nil {
		cells = sh.serials[l.Serial]
	}
	if !l.HasAny {
		return cells
	}
	var out []*Cell
	for _, c := range cells {
		if (l.Lot == "" || c.Lot == l.Lot) && (l.Serial == "" || c.Serial == l.Serial) && (l.Status == "" || c.Status() == l.Status) {
			out = append(out, c)
		}
	}
	return out
}

// bookAbsent sends a serial that was counted as not there to loss, from the lot
// and status that it is booked under.
func (s *State) bookAbsent(in *Intent, l *StampLine) {
	other, cause := PlaceLoss, "count"
	if in.Reason == "opening" {
		other, cause = PlaceOpening, "opening"
	}
	for _, c := range s.counted(l) {
		if c.Quantity > 0 {
			s.carry(leg{product: l.Product, lot: c.Lot, serial: c.Serial, from: l.From, to: s.virtual(other), fromHeld: c.Held, quantity: c.Quantity, cause: cause})
		}
	}
}

// bookCount asserts what lies at a place: with a lot, serial or status those
// cells, else the product's sum there; the difference goes to or from loss.
func (s *State) bookCount(in *Intent, l *StampLine) {
	var sum int64
	if !l.HasAny {
		sum = s.total(l.Product, l.From)
	} else {
		for _, c := range s.counted(l) {
			sum += c.Quantity
		}
	}
	difference := l.Quantity - sum
	if difference == 0 {
		return
	}
	if difference < 0 && l.Serial != "" && l.Lot == "" {
		s.bookAbsent(in, l)
		return
	}
	other, cause := PlaceLoss, "count"
	if in.Reason == "opening" {
		other, cause = PlaceOpening, "opening"
	}
	held := l.Status == HeldGoods || (l.Status == "" && l.From.Quarantine())
	counted := leg{product: l.Product, lot: l.Lot, serial: l.Serial, from: s.virtual(other), to: l.From, toHeld: held, quantity: difference, cause: cause}
	if difference < 0 {
		counted.from, counted.to = counted.to, counted.from
		counted.fromHeld, counted.toHeld, counted.quantity = held, false, -difference
	}
	s.carry(counted)
}

// carry books one leg; where a sum would outgrow the books it books nothing and
// says so in the booking, which is then taken back as a whole.
func (s *State) carry(l leg) {
	b := &s.booking
	if l.quantity >= pow10[MaxDigits] || s.total(l.product, l.from) < l.quantity-maxSum || s.total(l.product, l.to) > maxSum-l.quantity {
		b.tooMuch = true
		return
	}
	s.touch(l.product, l.from)
	s.touch(l.product, l.to)
	b.legs = append(b.legs, l)
	s.add(l.product, l.from, cellTag{l.lot, l.serial, l.fromHeld}, -l.quantity, b.n, b.at)
	s.add(l.product, l.to, cellTag{l.lot, l.serial, l.toHeld}, l.quantity, b.n, b.at)
	s.reopen(l.product, l.to)
}

// reopen marks a deleted product or place that goods have landed on, and a
// product that moves for the first time.
func (s *State) reopen(product *Product, p *Place) {
	if !product.Moved {
		product.Moved = true
		s.changed.catalogue(EntityProduct, product.Code)
	}
	if product.Deleted && !product.Closing {
		product.Closing = true
		s.changed.catalogue(EntityProduct, product.Code)
		s.booking.raise("closing", "warning", "Goods of "+product.Code+" were moved, which was deleted; it is closing until nothing is left.")
	}
	if p.Deleted && !p.Closing {
		p.Closing = true
		s.changed.catalogue(EntityLocation, p.ref)
		s.booking.raise("closing", "warning", "Goods were brought to "+p.ref+", which was deleted; it is closing until it is empty.")
	}
}

// touch remembers what a shelf held before the entry, where it can go negative.
func (s *State) touch(product *Product, place *Place) {
	if !place.Physical() {
		return
	}
	b := &s.booking
	for i := range b.shelves {
		if b.shelves[i].product == product && b.shelves[i].place == place {
			return
		}
	}
	b.shelves = append(b.shelves, touchedShelf{product, place, s.total(product, place)})
}

// cellBefore is a cell as it was before a leg changed it.
type cellBefore struct {
	cell      *Cell
	quantity  int64
	n         uint64
	changedAt Time
}

// takeBack brings every cell that the booking changed back to what it was.
func (s *State) takeBack() {
	b := &s.booking
	for i := len(b.before) - 1; i >= 0; i-- {
		was := &b.before[i]
		c := was.cell
		s.watchAdd(c.Product, c.Place, was.quantity-c.Quantity, c.Held)
		s.shelf(c.Product, c.Place).total += was.quantity - c.Quantity
		c.Quantity, c.N, c.ChangedAt = was.quantity, was.n, was.changedAt
	}
	for i := len(b.undone) - 1; i >= 0; i-- {
		was := b.undone[i]
		if s.undone[was.id] = was.count; was.count == 0 {
			delete(s.undone, was.id)
		}
	}
	b.undone = nil
	for _, w := range b.watches {
		w.touched = false
	}
	b.legs, b.shelves, b.watches, b.before, b.exceptions = b.legs[:0], b.shelves[:0], b.watches[:0], b.before[:0], nil
}

// moves writes the booked legs as an entry shows them.
func (b *booking) moves() []Move {
	if len(b.legs) == 0 {
		return nil
	}
	out := make([]Move, len(b.legs))
	for i := range b.legs {
		l := &b.legs[i]
		out[i] = Move{Product: l.product.Code, Lot: l.lot, Serial: l.serial, From: l.from.ref, FromStatus: statusOf(l.fromHeld),
			To: l.to.ref, ToStatus: statusOf(l.toHeld), Quantity: FormatScaled(l.quantity, l.product.Decimals), Cause: l.cause}
	}
	return out
}

func statusOf(held bool) Status {
	if held {
		return HeldGoods
	}
	return Available
}
