package flow

// screen is what is shown after an event.
func (m *Machine) screen() Screen {
	s := Screen{Mode: m.s.Mode, State: m.shown, Words: m.words, Place: shown(m.at()), To: shown(m.s.To), Last: m.s.Last,
		InHand: len(m.s.Hand), Behind: len(m.s.Kept), Operator: shown(m.s.Operator), Printer: shown(m.s.Printer),
		Asset: shown(m.s.Asset), Session: shown(m.s.Session), Reason: shown(m.s.Reason), Run: m.changes()}
	if m.s.Run != nil {
		s.RunTo = shown(m.s.Run.To)
	}
	if m.s.Times.IsSet() {
		s.Times = m.s.Times.String()
	}
	if s.State == "" {
		s.State = Ready
	}
	if m.s.Stop != "" {
		s.State, s.Words, s.Prompt = Stop, m.s.Stop, "Read this, then press OK or scan OK."
		return s
	}
	if m.asks() && s.State == Ready {
		s.State = Check // a question is not to be overlooked
	}
	s.Prompt = m.prompt()
	return s
}

// prompt is the one next step.
func (m *Machine) prompt() string {
	switch {
	case m.s.Ask != nil:
		return "Really " + amountOf(m.s.Ask) + "? Scan it again or CONFIRM; CANCEL if not."
	case m.s.Why != nil:
		return "Say why: choose a reason, or key one in; CANCEL if not."
	case m.s.Run != nil:
		return m.promptRun()
	case m.s.Complete:
		return "Is all of " + shown(m.at()) + " counted? What was not scanned is not there then. CONFIRM; CANCEL if not."
	case m.nobody():
		return "Scan your badge."
	case m.s.Need != nil:
		return "Scan the " + nameOfPart(m.s.Need) + " of " + shown(codeOf(*m.s.Need)) + ", or CONFIRM without it."
	case m.s.Half != nil:
		return "Scan the other barcode of this label."
	case m.s.Times.IsSet():
		return "× " + m.s.Times.String() + ": scan the thing."
	}
	if m.s.Mode == Move {
		return m.promptMove()
	}
	at := shown(m.at())
	switch {
	case m.s.Mode.builds() && (m.s.Asset == "" || at != "" || len(m.s.Hand) == 0):
		return m.promptPart(at)
	case m.s.Mode == Lookup:
		return "Scan anything: nothing is booked."
	case len(m.s.Hand) > 0 && at == "":
		return "Scan the place, or more things."
	case at == "":
		return "Scan a place or a thing."
	case m.s.Mode == Add:
		return "Scan a thing for " + at + "."
	case m.s.Mode == Count && m.s.Session != "":
		return "Scan each thing at " + at + "; DONE for the next place, COMPLETE when nothing is left."
	case m.s.Mode == Count && len(m.s.Hand) > 0:
		return "Scan each thing at " + at + "; DONE when all are counted."
	case m.s.Mode == Count:
		return "Scan each thing at " + at + "."
	case m.s.Mode == Isolate && m.s.Reason == "":
		return "Key in the reason, then scan a thing at " + at + "."
	case m.s.Mode == Isolate:
		return "Scan a thing to set aside from " + at + "."
	}
	return "Scan a thing from " + at + "."
}

// promptPart is the next step where parts go into a machine, or come out of it.
func (m *Machine) promptPart(at string) string {
	asset := shown(m.s.Asset)
	out := m.s.Mode == Disassemble
	switch {
	case asset == "" && out:
		return "Scan the machine that parts come out of."
	case asset == "":
		return "Scan the machine that parts go into."
	case at == "" && out:
		return "Scan a part out of " + asset + ", or the place that it goes to."
	case at == "":
		return "Scan a part for " + asset + ", or the place that it comes from."
	case out:
		return "Scan a part out of " + asset + " for " + at + "."
	}
	return "Scan a part for " + asset + " from " + at + "."
}

func (m *Machine) promptMove() string {
	from, to := shown(m.from()), shown(m.s.To)
	switch {
	case len(m.s.Hand) > 0 && from == "" && m.needsFrom():
		return "Scan the place that they come from."
	case len(m.s.Hand) > 0:
		return "Scan where they go, or more things."
	case from == "":
		return "Scan the place to take from, or a package."
	case to == "":
		return "Scan a thing at " + from + ", or where things go."
	}
	return "Scan a thing: from " + from + " to " + to + "."
}
