package flow

import "bayledger/sync/ledger"

// place takes a place: it books what was collected, or is where the next things belong.
func (m *Machine) place(code string) {
	known := m.setup.Catalogue.Place(m.setup.Site, code)
	switch {
	case len(code) > ledger.MaxCode || !known:
		m.stop(noPlace(code))
	case m.s.Mode == Move:
		m.moveTo(code)
	case m.s.Mode == Count:
		m.bookCount()
		m.s.Place = code
		m.placed()
	case m.s.Mode == Lookup:
		m.s.Last = &Card{Code: shown(code)}
		m.say(Ready, "A place.")
	default:
		m.s.Place = code
		m.bookHand(code)
	}
}

func noPlace(code string) string {
	return "There is no place " + shown(code) + " here. Nothing was booked; scan another place."
}

// placed counts what was collected before its place was scanned.
func (m *Machine) placed() {
	if n := len(m.s.Hand); n > 0 {
		m.say(Saved, itoa(n)+" counted at "+shown(m.s.Place)+".")
	}
}

// bookHand books all that was collected, at a place or, without one, where the books put it.
func (m *Machine) bookHand(place string) {
	hand := m.s.Hand
	m.s.Hand = nil
	for _, t := range hand {
		m.book(t, place)
	}
}

// carry collects a thing that is moved, or books it where both places are known.
func (m *Machine) carry(t thing) {
	if m.from() != "" && m.s.To != "" {
		m.bookMove(t, m.s.To)
		return
	}
	m.hand(t)
}

// hand puts a thing into someone's hand.
func (m *Machine) hand(t thing) {
	m.s.Hand = append(m.s.Hand, t)
	m.s.Handed = true
	m.say(Saved, "")
}

// from is where a move takes things.
func (m *Machine) from() string { return pick(m.s.Place, m.setup.Places[Move]) }

// moveTo takes a place of a move. With things in hand it is where they go, unless nobody knows yet
// where they come from; without, the first is where they come from and the second where they go.
func (m *Machine) moveTo(code string) {
	switch {
	case len(m.s.Hand) > 0 && m.from() == "" && m.needsFrom():
		m.s.Place = code
	case len(m.s.Hand) > 0 && m.from() == code:
		m.say(Check, "They come from "+shown(code)+": scan where they go.")
	case len(m.s.Hand) > 0:
		hand := m.s.Hand
		m.s.Hand = nil
		for _, t := range hand {
			m.bookMove(t, code)
		}
	case m.s.Place == "" && m.setup.Places[Move] == "" || m.s.To != "":
		m.s.Place, m.s.To = code, ""
	case m.from() == code:
		m.say(Check, "Things are taken from "+shown(code)+" already: scan where they go.")
	default:
		m.s.To = code
	}
}

// needsFrom says whether something in hand must be told where it comes from: all but packages and
// serials, which the books know.
func (m *Machine) needsFrom() bool {
	for _, t := range m.s.Hand {
		if t.Serial == "" && (t.Package == "" || t.Product != "") {
			return true
		}
	}
	return false
}

// tally counts a thing: once more, or as often as was keyed in.
func (m *Machine) tally(t thing) {
	if !t.Times.IsSet() {
		t.Times = ledger.NewDecimal(1, 0)
	}
	for i := range m.s.Hand {
		h := &m.s.Hand[i]
		if !h.same(&t) {
			continue
		}
		if t.Serial != "" || t.Product == "" && t.Package != "" {
			m.show(*h)
			m.say(Check, shown(codeOf(t))+" is counted already: it is one.")
			return
		}
		sum, ok := plus(h.Times, t.Times)
		if t.Times.Sign() == 0 {
			sum = t.Times // none after all
		}
		all := thing{Each: h.Each, Times: sum}
		if _, fits := all.total(); !ok || !fits {
			m.stop("There are more digits than can be counted. It was not taken; DONE books what is counted so far.")
			return
		}
		m.note(counted{i, h.Times, t.Times})
		h.Times = sum
		m.s.Handed = true
		m.show(*h)
		m.say(Saved, "")
		return
	}
	m.note(counted{At: len(m.s.Hand), Times: t.Times})
	m.s.Hand = append(m.s.Hand, t)
	m.s.Handed = true
	m.show(t)
	m.say(Saved, "")
}

// note keeps how a count came to be, as far back as it can be undone.
func (m *Machine) note(c counted) {
	if m.s.Counted = append(m.s.Counted, c); len(m.s.Counted) > MaxDone {
		m.s.Counted = m.s.Counted[1:]
	}
}

// same says whether two scans count one and the same.
func (t *thing) same(o *thing) bool {
	if t.Product == "" && t.Scan != o.Scan {
		return false
	}
	return t.Product == o.Product && t.Each == o.Each && t.Lot == o.Lot && t.Serial == o.Serial && t.Package == o.Package
}

// plus adds two numbers of things.
func plus(a, b ledger.Decimal) (ledger.Decimal, bool) {
	const decimals = 6
	x, ok := a.Scaled(decimals)
	y, fits := b.Scaled(decimals)
	if !ok || !fits {
		return a, false
	}
	return ledger.NewDecimal(x+y, decimals), true
}
