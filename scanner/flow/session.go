package flow

import (
	"bayledger/scanner/gs1"
	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
)

// asset takes the machine that parts go into or come out of: its serial, or its number as it is.
func (m *Machine) asset(t thing, r meaning.Meaning) {
	way := "go into"
	if m.s.Mode == Disassemble {
		way = "come out of"
	}
	code := r.Says.Serial
	if msg, fault := gs1.Decode(r.Scan); fault == nil && code == "" {
		code = first(msg, "8004")
	}
	if code == "" && r.Kind == meaning.Unknown {
		code = meaning.PlainOf(r.Scan)
	}
	switch {
	case code == "":
		m.stop(shown(codeOf(t)) + " is a part, and no machine. It was not taken; scan the machine that parts " + way + " first.")
	case len(code) > ledger.MaxCode:
		m.stop("The machine's number is too long. It was not taken; scan another code of it.")
	default:
		m.s.Asset = code
		m.s.Last = &Card{Code: shown(code)}
		m.say(Ready, "Parts "+way+" "+shown(code)+".")
	}
}

// joinCount counts together with others from here on, under the name that they share.
func (m *Machine) joinCount(name string) {
	switch {
	case !m.settled("SESSION-" + name):
		return
	case m.s.Mode != Count && len(m.s.Hand) > 0:
		m.stop(m.modeStays())
		return
	case m.s.Session == name:
		m.say(Check, "You count in "+shown(name)+" already.")
		return
	}
	if m.s.Mode != Count {
		m.mode(Count)
	}
	m.s.Session = name
	m.session(ledger.Intent{Action: ledger.ActionSessionOpen, Session: name}, booked{Gone: true, Words: "You count in " + shown(name) + " now."})
}

// leave counts alone again. What was counted is booked as it was meant.
func (m *Machine) leave() {
	if m.s.Session == "" {
		m.say(Check, "You count alone.")
		return
	}
	if !m.settled("LEAVE") {
		return
	}
	if n := len(m.s.Hand); n > 0 {
		m.say(Check, things(n)+" not booked yet: scan the place.")
		return
	}
	m.s.Session = ""
	m.say(Ready, "You count alone again.")
}

// allCounted asks whether all that is at a place was counted in the session.
func (m *Machine) allCounted() {
	if m.s.Mode != Count || m.s.Session == "" || m.at() == "" {
		m.say(Check, "Only a place that is counted in a session can be complete.")
		return
	}
	if m.settled("COMPLETE") {
		m.s.Complete = true
	}
}

// closeSession says that what nobody scanned at the place is not there.
func (m *Machine) closeSession() {
	place := m.at()
	m.s.Complete = false
	m.session(ledger.Intent{Action: ledger.ActionSessionClose, Session: m.s.Session, From: place, Complete: true},
		booked{Mode: Count, From: place, Words: "All of " + shown(place) + " is counted in " + shown(m.s.Session) + "."})
	m.clear()
	m.forward()
}

// session puts out what opens or closes a session.
func (m *Machine) session(in ledger.Intent, b booked) {
	in.Operator, in.Site = m.s.Operator, m.setup.Site
	m.put(in, b)
	m.say(Saved, b.Words)
}

// end ends a shift: nobody scans any more, and nobody undoes what somebody else has booked.
func (m *Machine) end() {
	if !m.settled("END") {
		return
	}
	if n := len(m.s.Hand); n > 0 {
		m.say(Check, things(n)+" not booked yet: scan the place, or UNDO. Your shift goes on.")
		return
	}
	m.clear()
	m.s.Operator, m.s.Session, m.s.Reason, m.s.Last, m.s.Done = "", "", "", nil, nil
	for i := range m.s.OutDone {
		m.s.OutDone[i].Gone = true
	}
	m.say(Ready, "Your shift is over.")
}
