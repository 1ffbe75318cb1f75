package flow

import (
	"strings"

	"bayledger/scanner/gs1"
	"bayledger/sync/ledger"
)

var modeOf = map[string]Mode{"ADD": Add, "REMOVE": Remove, "MOVE": Move, "ISOLATE": Isolate, "COUNT": Count, "ASSEMBLE": Assemble, "DISASSEMBLE": Disassemble, "LOOKUP": Lookup}

// command does what a command, or the button of its name, says.
func (m *Machine) command(name string) {
	if name == "OK" {
		m.ok()
		return
	}
	if m.s.Stop != "" {
		return // it stays until OK
	}
	if m.asks() && !m.answers(name) {
		m.say(Check, "Answer the question first.")
		return
	}
	if m.nobody() && len(m.s.Kept) > 0 {
		m.say(Check, "Scan your badge first.")
		return
	}
	if mode, ok := modeOf[name]; ok {
		m.mode(mode)
		return
	}
	switch name {
	case "CONFIRM":
		m.confirm()
	case "CANCEL":
		m.cancel()
	case "UNDO":
		m.undo()
	case "REDO":
		m.redo()
	case "DONE":
		m.done()
	case "COMPLETE":
		m.allCounted()
	case "LEAVE":
		m.leave()
	case "END":
		m.end()
	default:
		m.other(name)
	}
}

// other are commands with something behind their name.
func (m *Machine) other(name string) {
	if _, fault := gs1.Decode(gs1.CommandPrefix + name); fault != nil {
		m.stop("There is no command " + shown(name) + ". Nothing was done.")
		return
	}
	if printer, ok := strings.CutPrefix(name, "PRINTER-"); ok {
		m.s.Printer = printer
		m.say(Ready, "Labels come out of "+printer+".")
		return
	}
	if code, ok := strings.CutPrefix(name, "REASON-"); ok {
		m.reason(code)
		return
	}
	if session, ok := strings.CutPrefix(name, "SESSION-"); ok {
		m.joinCount(session)
		return
	}
	m.number(name[len("X"):])
}

func (m *Machine) ok() {
	m.s.Stop = ""
	m.forward()
}

// number says how many the next scan is of.
func (m *Machine) number(text string) {
	d, err := ledger.ParseDecimal(text)
	switch {
	case err != nil || !d.IsSet() || d.Sign() < 0:
		m.stop("This is no number: " + shown(text) + ". Nothing was done.")
		return
	case d.Sign() == 0 && m.s.Mode != Count:
		m.stop("None of a thing can only be counted. Nothing was done.")
		return
	}
	m.s.Times = d
}

// mode changes what is done. What was counted is booked; what is in someone's hands must go somewhere.
// Who turns from putting parts in to taking them out stays at the machine, and not at the place.
func (m *Machine) mode(to Mode) {
	if !m.settled(strings.ToUpper(string(to))) {
		return
	}
	if len(m.s.Hand) > 0 {
		m.stop(m.modeStays())
		return
	}
	asset := ""
	if m.s.Mode.builds() && to.builds() {
		asset = m.s.Asset
	}
	m.s.Mode, m.s.Reason = to, ""
	m.clear()
	m.s.Asset = asset
}

// settled books what is open and what was counted; false: something has to be answered first, and the command
// waits for that, in front of what comes behind it and is meant after it.
func (m *Machine) settled(command string) bool {
	m.settleOpen()
	if m.s.Mode == Count {
		m.bookCount()
	}
	if m.s.Stop == "" && !m.asks() {
		return true
	}
	m.retake(gs1.CommandPrefix + command)
	return false
}

func (m *Machine) modeStays() string {
	return things(len(m.s.Hand)) + " not booked yet: scan the place, or UNDO. The mode is still " + string(m.s.Mode) + "."
}

// confirm answers yes.
func (m *Machine) confirm() {
	switch {
	case m.s.Ask != nil:
		t := *m.s.Ask
		m.s.Ask, t.Asked = nil, true
		m.takeOpen(t)
		m.forward()
	case m.s.Why != nil:
		m.say(Check, "Say why first.")
	case m.s.Run != nil:
		m.correctRun()
	case m.s.Complete:
		m.closeSession()
	case m.s.Need != nil || m.s.Half != nil:
		m.settleOpen()
	case m.s.Mode == Count && len(m.s.Hand) > 0 && m.at() != "":
		m.bookCount()
	case len(m.s.Hand) > 0 && m.s.Mode != Move && m.s.Mode != Count:
		m.bookHand("")
	default:
		m.say(Check, "There is nothing to confirm.")
	}
}

// cancel answers no. Nothing that was scanned goes by it but what was asked about.
func (m *Machine) cancel() {
	switch {
	case m.s.Ask != nil || m.s.Why != nil:
		m.s.Ask, m.s.Why = nil, nil
		m.say(Check, "Not booked.")
	case m.s.Run != nil || m.s.Complete:
		m.s.Run, m.s.Complete = nil, false
		m.say(Check, "Nothing was changed.")
	case m.s.Need != nil || m.s.Half != nil:
		m.s.Need, m.s.Half = nil, nil
		m.say(Check, "Not booked.")
	case m.s.Times.IsSet():
		m.s.Times = ledger.Decimal{}
	case len(m.s.Hand) > 0:
		m.say(Check, things(len(m.s.Hand))+" not booked yet: scan the place, or UNDO.")
	default:
		m.s.Place, m.s.To, m.s.Asset = "", "", ""
	}
	m.forward()
}

// done ends the work at a place.
func (m *Machine) done() {
	if !m.settled("DONE") {
		return
	}
	if len(m.s.Hand) > 0 {
		m.say(Check, things(len(m.s.Hand))+" not booked yet: scan the place.")
		return
	}
	m.clear()
}

// clear forgets the place, and what goes with it.
func (m *Machine) clear() {
	m.s.Place, m.s.To, m.s.Asset, m.s.Times = "", "", "", ledger.Decimal{}
}

// settleOpen books what waits for its lot or its other barcode as it is.
func (m *Machine) settleOpen() {
	if t := m.s.Need; t != nil {
		m.s.Need = nil
		m.say(Check, "Without "+nameOfPart(t)+".")
		t.Tracking = ""
		m.takeOpen(*t)
	}
	if h := m.s.Half; h != nil {
		m.s.Half = nil
		m.say(Check, "Only one barcode of the label: someone will have to say what it is.")
		m.takeOpen(thing{Scan: h.Scan, Times: m.times(), Since: h.Since})
	}
}

func things(n int) string {
	if n == 1 {
		return "1 thing is"
	}
	return itoa(n) + " things are"
}
