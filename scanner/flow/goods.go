package flow

import (
	"bayledger/scanner/gs1"
	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
)

// times takes the number that was keyed in; it holds for one thing.
func (m *Machine) times() ledger.Decimal {
	d := m.s.Times
	m.s.Times = ledger.Decimal{}
	return d
}

// thingOf makes a thing of a meaning.
func (m *Machine) thingOf(r meaning.Meaning) thing {
	t := thing{Scan: r.Scan, Package: r.Says.Package, Lot: r.Says.Lot, Expiry: r.Says.Expiry, Count: r.Says.Count.IsSet()}
	switch r.Kind {
	case meaning.Package:
		t.Package = r.Code
	case meaning.Product:
		t.Product, t.Name, t.Unit, t.Each, t.Tracking = r.Item.Code, r.Item.Name, r.Item.Unit, r.Quantity, r.Item.Tracking
	}
	if t.Product != "" && (t.Tracking == "serial" || one(t.Each) && !t.Count && (one(m.s.Times) || m.s.Times.Sign() == 0)) {
		t.Serial = r.Says.Serial // not that of a case, and not one for many
	}
	return t
}

func one(d ledger.Decimal) bool {
	units, whole := d.Scaled(0)
	return !d.IsSet() || whole && units == 1
}

// goods takes a thing that was scanned.
func (m *Machine) goods(t thing, r meaning.Meaning) {
	if m.s.Mode.builds() && m.s.Asset == "" {
		m.asset(t, r)
		return
	}
	t.Times = m.times()
	if t.Serial != "" && !one(t.Times) && !(m.s.Mode == Count && t.Times.Sign() == 0) {
		m.stop("A serial number is one piece. It was not taken; scan it once for each piece.")
		return
	}
	if t.Product == "" && t.Package != "" && !one(t.Times) && t.Times.Sign() != 0 {
		m.stop("A package is one. It was not taken; scan each package.")
		return
	}
	if m.s.Mode == Lookup {
		m.look(t, r)
		return
	}
	m.doubts(t, r)
	if t.Tracking == "lot" && t.Lot == "" || t.Tracking == "serial" && t.Serial == "" {
		m.show(t)
		m.s.Need = m.open(t)
		return
	}
	m.take(t)
}

// doubts says what somebody should look at; nothing of it keeps a scan from being booked.
func (m *Machine) doubts(t thing, r meaning.Meaning) {
	switch {
	case r.Fault != nil && r.Kind == meaning.Unknown:
		m.say(Check, "The barcode breaks a rule: "+r.Fault.Error()+".")
	case r.Kind == meaning.Unknown && m.s.Mode == Lookup:
		m.say(Check, "Nobody here knows "+shown(codeOf(t))+".")
	case r.Kind == meaning.Unknown:
		m.say(Check, "Nobody here knows "+shown(codeOf(t))+". It is kept, and someone will say what it is.")
	}
	if t.Expiry != "" && m.today != "" && t.Expiry < m.today {
		m.say(Check, "Expired on "+t.Expiry+".")
	}
	if m.s.Mode == Isolate && m.s.Reason == "" && !m.wantsReason() {
		m.say(Check, "Say why it is set aside.")
	}
}

// look only shows.
func (m *Machine) look(t thing, r meaning.Meaning) {
	m.show(t)
	if r.Kind == meaning.Unknown {
		m.doubts(t, r)
		return
	}
	m.say(Ready, "Only looked up.")
}

// take books a thing, or keeps it until its place is known.
func (m *Machine) take(t thing) {
	m.show(t)
	total, fits := t.total()
	switch {
	case m.s.Mode == Lookup: // half a label
		return
	case !fits:
		m.stop("There are more digits than can be booked. It was not taken; scan it in smaller parts.")
		return
	case t.Product != "" && t.Times.IsSet() && !t.Asked && above(total): // what a barcode says itself is no slip
		m.s.Ask = m.open(t)
		return
	case m.wantsReason() && m.s.Reason == "":
		m.s.Why = m.open(t)
		return
	case t.Product == "" && t.Package == "" && !t.few():
		m.stop("So many of a code that nobody knows cannot be kept. It was not taken; scan " + itoa(maxLines) + " at most.")
		return
	case len(m.s.Hand) >= MaxPending || m.handBytes()+t.bytes() > maxBytes:
		m.stop("There are too many things in your hands. It was not taken; scan the place first.")
		return
	}
	switch m.s.Mode {
	case Count:
		m.tally(t)
	case Move:
		m.carry(t)
	default:
		if m.at() == "" {
			m.hand(t)
			return
		}
		m.book(t, m.at())
	}
}

// total is the quantity in the product's unit.
func (t *thing) total() (ledger.Decimal, bool) {
	each := t.Each
	if !each.IsSet() {
		each = ledger.NewDecimal(1, 0)
	}
	if !t.Times.IsSet() {
		return each, true
	}
	return each.Mul(t.Times)
}

// few says whether a number of pieces of an unknown code can be written as lines.
func (t *thing) few() bool {
	units, whole := t.Times.Scaled(0)
	return !t.Times.IsSet() || whole && units <= maxLines && units*int64(len(t.Scan)+lineRoom) <= maxBytes
}

// bytes is about what a thing takes in an intent.
func (t *thing) bytes() int {
	const fields = 512
	n := len(t.Scan) + len(t.Lot) + len(t.Serial) + len(t.Package) + fields
	if units, whole := t.Times.Scaled(0); whole && t.Product == "" && t.Package == "" {
		n += int(min(units, maxLines)) * (len(t.Scan) + lineRoom)
	}
	return n
}

func (m *Machine) handBytes() (n int) {
	for i := range m.s.Hand {
		n += m.s.Hand[i].bytes()
	}
	return n
}

// lineRoom is what a line takes as JSON besides its scan.
const lineRoom = 16

// above says whether a quantity is asked about.
func above(d ledger.Decimal) bool {
	units, whole := d.Scaled(6)
	return !whole || units > AskAbove*1_000_000
}

// show makes a thing the last one.
func (m *Machine) show(t thing) {
	c := &Card{Code: shown(codeOf(t)), Name: shown(t.Name), Unit: shown(t.Unit), Lot: shown(t.Lot), Serial: shown(t.Serial), Expiry: t.Expiry, Package: shown(t.Package)}
	if total, ok := t.total(); ok && t.Product != "" {
		c.Quantity = total.String()
		if t.Times.IsSet() && !one(t.Each) {
			c.Sum = t.Times.String() + " × " + t.Each.String() + " = " + c.Quantity
		}
	} else if t.Product == "" && t.Times.IsSet() {
		c.Quantity = t.Times.String()
	}
	m.s.Last = c
}

func codeOf(t thing) string {
	switch {
	case t.Product != "":
		return t.Product
	case t.Package != "":
		return t.Package
	}
	return t.Scan
}

func first(msg gs1.Message, ai string) string {
	v, _ := msg.Value(ai)
	return v
}

func pick(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func nameOfPart(t *thing) string {
	if t.Tracking == "serial" {
		return "serial"
	}
	return "lot"
}
