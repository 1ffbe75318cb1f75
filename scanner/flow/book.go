package flow

import (
	"strconv"

	"bayledger/sync/ledger"
)

// book makes the intent of a thing at a place; without one it is where the books put it.
func (m *Machine) book(t thing, place string) {
	if m.s.Mode == Remove && m.held(&t, place) {
		m.refuse("Held at " + shown(place) + ", and not booked: " + amountOf(&t) + ". Put it back, and ask a supervisor.")
		return
	}
	b := booked{Mode: m.s.Mode, Thing: t, Reason: m.s.Reason}
	if b.setPlace(place); b.Mode.builds() {
		b.Asset = m.s.Asset
	}
	m.emit(b)
}

// setPlace puts a booking at another place: where its goods go to, or come from.
func (b *booked) setPlace(place string) {
	if b.Mode.puts() {
		b.To = place
		return
	}
	b.From = place
}

// place is where a booking is, as people say it.
func (b *booked) place() string {
	if b.Mode.puts() {
		return b.To
	}
	return b.From
}

// puts says whether the place that is scanned is where goods go to, and not where they come from.
func (m Mode) puts() bool { return m == Add || m == Move || m == Disassemble }

func (m *Machine) bookMove(t thing, to string) {
	from := m.from()
	if t.Product == "" && t.Package != "" || t.Serial != "" {
		from = "" // the books know where it is
	}
	m.emit(booked{Mode: Move, Thing: t, From: from, To: to, Reason: m.s.Reason})
}

func (m *Machine) held(t *thing, place string) bool {
	return m.setup.Stock != nil && t.Product != "" && place != "" && m.setup.Stock.Held(m.setup.Site, place, t.Product, t.Lot)
}

// emit puts an intent out, to be undone later.
func (m *Machine) emit(b booked) {
	b.Words = b.told()
	m.put(m.intent(&b), b)
	m.s.Fresh = true
	m.say(Saved, b.Words)
}

// put puts an intent out, with the moment of what is being taken, and what it will be in Done. It goes out in
// front of what waits, and is of no later moment than that: the server dates no scan before one in front of it.
func (m *Machine) put(in ledger.Intent, b booked) {
	first, _ := m.Waiting()
	if b.At = earlier(first, m.when); b.At.At != 0 {
		in.SetMoment(b.At)
	}
	m.s.Out = append(m.s.Out, in)
	m.s.OutDone = append(m.s.OutDone, b)
}

// intent says a thing as the server takes it: the scan as it was read, and what the screen showed.
func (m *Machine) intent(b *booked) ledger.Intent {
	t := &b.Thing
	in := ledger.Intent{Action: string(b.Mode), Operator: m.s.Operator, Site: m.setup.Site, From: b.From, To: b.To, Reason: b.Reason, Asset: b.Asset,
		Scan: t.Scan, Product: t.Product, Lot: t.Lot, Serial: t.Serial, Expiry: t.Expiry, Package: t.Package}
	switch total, _ := t.total(); {
	case t.Product == "" && t.Package != "": // the package as such
	case t.Product != "" && t.Serial == "":
		in.Quantity = total
	case t.Product == "" && t.Times.IsSet() && !one(t.Times):
		if units, whole := t.Times.Scaled(0); whole {
			in.Scan, in.Lines = "", make([]ledger.Line, units)
			for i := range in.Lines {
				in.Lines[i].Scan = t.Scan
			}
		} else {
			in.Quantity = t.Times
		}
	}
	return in
}

// bookCount books what was counted at the place: it says how many there are. What nobody here knows
// is booked apart, so that only that waits for someone to say what it is.
func (m *Machine) bookCount() {
	place := m.at()
	if len(m.s.Hand) == 0 || place == "" {
		return
	}
	var known, unknown []ledger.Line
	for i := range m.s.Hand {
		if t := &m.s.Hand[i]; t.Product == "" && t.Package == "" {
			unknown = append(unknown, countLine(t))
		} else {
			known = append(known, countLine(t))
		}
	}
	m.s.Hand, m.s.Counted = nil, nil
	m.emitCount(place, known, "Counted ", "thing")
	m.emitCount(place, unknown, "Counted, and kept until someone says what it is: ", "unknown thing")
}

func countLine(t *thing) ledger.Line {
	l := ledger.Line{Scan: t.Scan, Product: t.Product, Lot: t.Lot, Serial: t.Serial, Expiry: t.Expiry, Package: t.Package}
	if l.Quantity, _ = t.total(); t.Product == "" || t.Serial != "" {
		l.Quantity = t.Times // nobody here knows what one stands for; a serial is one piece
	}
	return l
}

func (m *Machine) emitCount(place string, lines []ledger.Line, words, things string) {
	switch len(lines) {
	case 0:
		return
	case 1:
		words += "1 kind of " + things
	default:
		words += itoa(len(lines)) + " kinds of " + things + "s"
	}
	words += " at " + shown(place) + "."
	m.put(ledger.Intent{Action: string(Count), Operator: m.s.Operator, Site: m.setup.Site, From: place, Session: m.s.Session, Reason: m.s.Reason, Lines: lines},
		booked{Mode: Count, From: place, Words: words})
	m.say(Saved, words)
}

// told says in words what was booked.
func (b *booked) told() string {
	verb, machine, link := "Added ", " into ", " to "
	switch b.Mode {
	case Remove:
		verb, link = "Took ", " from "
	case Isolate:
		verb, link = "Set aside ", " from "
	case Move:
		verb = "Moved "
	case Assemble:
		verb, link = "Built ", " from "
	case Disassemble:
		verb, machine = "Took ", " out of "
	}
	words := verb + amountOf(&b.Thing)
	if b.Asset != "" {
		words += machine + shown(b.Asset)
	}
	if place := b.place(); place != "" {
		words += link + shown(place)
	}
	return words + "."
}

// amountOf is "288 TEA (12 × 24)", or "1.25 kg of HAM".
func amountOf(t *thing) string {
	if t.Product == "" && t.Package != "" {
		return "package " + shown(t.Package)
	}
	total, _ := t.total()
	number := total.String()
	if t.Product == "" {
		number = "1"
		if t.Times.IsSet() {
			number = t.Times.String()
		}
		return number + " × " + shown(t.Scan)
	}
	words := number + " " + shown(t.Product)
	if t.Unit != "" && t.Unit != "piece" && t.Unit != "each" {
		words = number + " " + shown(t.Unit) + " of " + shown(t.Product)
	}
	if t.Times.IsSet() && !one(t.Each) {
		words += " (" + t.Times.String() + " × " + t.Each.String() + ")"
	}
	if t.Package != "" {
		words += " on package " + shown(t.Package)
	}
	return words
}

func itoa(n int) string { return strconv.Itoa(n) }
