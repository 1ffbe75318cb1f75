package flow

import (
	"bayledger/scanner/gs1"
	"bayledger/scanner/meaning"
)

// complete adds the lot or serial that was asked for. Any other scan books the thing without it.
func (m *Machine) complete(r meaning.Meaning) {
	t := *m.s.Need
	switch r.Kind {
	case meaning.Lot, meaning.Serial:
		m.s.Need = nil
		if t.Lot = pick(t.Lot, pick(first(r.Message, "10"), part(r, meaning.Lot))); t.Expiry == "" {
			if d, ok := r.Message.Expiry(yearOf(m.today)); ok {
				t.Expiry = d.String()
			}
		}
		t.Serial = pick(t.Serial, pick(first(r.Message, "21"), part(r, meaning.Serial)))
		m.takeOpen(t)
	default:
		m.settleOpen()
		m.retake(r.Scan)
	}
}

func part(r meaning.Meaning, kind meaning.Kind) string {
	if r.Kind == kind {
		return r.Code
	}
	return ""
}

// half takes one barcode of a label that has two. Where the other one was scanned just before, what
// that booked or put into someone's hand is completed by it.
func (m *Machine) half(r meaning.Meaning) {
	if first(r.Message, "02") == "" && (m.fresh && m.completeBooked(r) || m.handed && m.completeHand(r)) {
		return
	}
	m.s.Half = &half{Scan: r.Scan, Elements: r.Message.Elements, Since: m.when}
	m.s.Last = &Card{Code: shown(r.Scan)}
}

// completed is a thing with the lot and expiry of its second barcode; false where that adds nothing.
func (m *Machine) completed(t thing, r meaning.Meaning) (thing, bool) {
	before := t
	if t.Product == "" || t.Lot != "" {
		return t, false
	}
	t.Lot = first(r.Message, "10")
	if d, ok := r.Message.Expiry(yearOf(m.today)); ok && t.Expiry == "" {
		t.Expiry = d.String()
	}
	return t, t != before
}

func (m *Machine) completeBooked(r meaning.Meaning) bool {
	n := len(m.s.Done)
	if n == 0 || m.s.Done[n-1].Gone {
		return false
	}
	t, ok := m.completed(m.s.Done[n-1].Thing, r)
	if ok {
		m.as(m.lately(), func() { m.again(m.s.Done[n-1], t) })
	}
	return ok
}

func (m *Machine) completeHand(r meaning.Meaning) bool {
	at := len(m.s.Hand) - 1
	if n := len(m.s.Counted); m.s.Mode == Count && n > 0 {
		at = m.s.Counted[n-1].At
	}
	if at < 0 {
		return false
	}
	t, ok := m.completed(m.s.Hand[at], r)
	switch {
	case !ok:
		return false
	case m.s.Mode == Count:
		t.Times = m.s.Counted[len(m.s.Counted)-1].Times
		m.uncount()
		m.words = ""
		m.tally(t)
	default:
		m.s.Hand[at] = t
		m.show(t)
	}
	m.s.Handed = false // it has its lot now
	m.say(Saved, "The lot belongs to the last one.")
	return true
}

// join reads a scan as the other barcode of a label. Where they do not go together each is one.
func (m *Machine) join(scan string, c meaning.Context) {
	h := *m.s.Half
	other, fault := gs1.DecodePart(scan)
	if fault == nil && len(other.Elements) > 0 {
		var both gs1.Message
		if both, fault = gs1.Join(gs1.Message{Elements: h.Elements}, other); fault == nil {
			m.s.Half = nil
			with := scan
			if other.GTIN() == "" {
				with = h.Scan
			}
			r := meaning.ReadLabel(with, both, c)
			m.as(h.Since, func() { m.goods(m.thingOf(r), r) }) // it lay there with its first barcode
			return
		}
	}
	m.settleOpen()
	m.retake(scan)
}
