package flow

import (
	"strconv"

	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
)

// undo takes the last scan back: what is open or collected first, then what was booked.
func (m *Machine) undo() {
	switch n := len(m.s.Hand); {
	case m.s.Run != nil || m.s.Complete:
		m.s.Run, m.s.Complete = nil, false
		m.say(Ready, "Nothing was changed.")
	case m.s.Ask != nil, m.s.Why != nil, m.s.Need != nil, m.s.Half != nil:
		m.s.Ask, m.s.Why, m.s.Need, m.s.Half = nil, nil, nil, nil
		m.say(Ready, "Undone: it was not booked.")
	case n > 0 && m.s.Mode == Count:
		m.uncount()
	case n > 0:
		t := m.s.Hand[n-1]
		m.s.Hand = m.s.Hand[:n-1]
		m.say(Ready, "Undone: "+amountOf(&t)+".")
	default:
		m.undoBooked()
	}
	m.forward()
}

// uncount takes the last scan of a count back.
func (m *Machine) uncount() {
	n := len(m.s.Counted)
	if n == 0 {
		m.say(Check, "What was counted longer ago cannot be undone scan by scan: book it with DONE, then UNDO.")
		return
	}
	last := m.s.Counted[n-1]
	m.s.Counted = m.s.Counted[:n-1]
	if t := &m.s.Hand[last.At]; last.Was.IsSet() {
		t.Times = last.Was
		m.show(*t)
		m.say(Ready, "Undone: "+amountOf(t)+" again.")
		return
	}
	t := m.s.Hand[last.At]
	m.s.Hand = m.s.Hand[:last.At]
	m.say(Ready, "Undone: "+amountOf(&t)+".")
}

func (m *Machine) undoBooked() {
	last := -1
	for i := range m.s.Done {
		if d := &m.s.Done[i]; d.Undo == 0 && !d.Gone {
			last = i
		}
	}
	if last >= 0 && m.s.Done[last].Run != 0 { // a correction is taken back as it was made: as one
		m.turnRun(m.s.Done[last].Run, false)
		return
	}
	if !m.takeBack(func(*booked) bool { return true }) {
		m.say(Check, "There is nothing to undo on this handheld.")
	}
}

// undoSeq takes one scan back, whatever was booked since.
func (m *Machine) undoSeq(number string) {
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil || !m.takeBack(func(d *booked) bool { return d.Seq == seq }) {
		m.say(Check, "#"+shown(number)+" is none of the last scans of this handheld that can be undone. Nothing was done; ask a supervisor.")
	}
}

// takeBack undoes the last scan that is meant and was not undone.
func (m *Machine) takeBack(meant func(*booked) bool) bool {
	for i := len(m.s.Done) - 1; i >= 0; i-- {
		if d := &m.s.Done[i]; d.Undo == 0 && !d.Gone && meant(d) {
			d.Gone = true
			m.reverse(d.Seq, "Undone: "+d.Words)
			return true
		}
	}
	return false
}

// redo undoes the last undo, where nothing was booked since.
func (m *Machine) redo() {
	n := len(m.s.Done)
	if n == 0 || m.s.Done[n-1].Undo == 0 || m.s.Done[n-1].Gone {
		m.say(Check, "There is nothing to book again.")
		return
	}
	last := &m.s.Done[n-1]
	if last.Run != 0 {
		m.turnRun(last.Run, true)
		return
	}
	last.Gone = true
	for i := range m.s.Done {
		if d := &m.s.Done[i]; d.Seq == last.Undo {
			d.Gone = false
			m.reverse(last.Seq, "Booked again: "+d.Words)
			m.s.OutDone[len(m.s.OutDone)-1].Gone = true // it is no undo of a scan
			return
		}
	}
	m.reverse(last.Seq, "Booked again.")
	m.s.OutDone[len(m.s.OutDone)-1].Gone = true
}

// reverse puts out an undo of what has a seq.
func (m *Machine) reverse(seq uint64, words string) {
	m.put(ledger.Intent{Action: ledger.ActionUndo, Operator: m.s.Operator, Reference: strconv.FormatUint(seq, 10)}, booked{Undo: seq, Words: words})
	m.say(Saved, words)
}

// correct books the last thing again, of another number.
func (m *Machine) correct(text string) {
	d, err := ledger.ParseDecimal(text)
	n := len(m.s.Done)
	switch {
	case err != nil || d.Sign() <= 0:
		m.stop("This is no number above 0: " + shown(text) + ". Nothing was done.")
		return
	case n == 0 || m.s.Done[n-1].Undo != 0 || m.s.Done[n-1].Gone || codeOf(m.s.Done[n-1].Thing) == "" || len(m.s.Hand) > 0:
		m.say(Check, "There is nothing to correct: key the number in, then scan.")
		return
	}
	last := m.s.Done[n-1]
	t := last.Thing
	if t.Times = d; t.Serial != "" && !one(d) {
		m.stop("A serial number is one piece. Nothing was changed.")
		return
	}
	if _, fits := t.total(); !fits || !t.few() && t.Product == "" {
		m.stop("That is more than can be booked. Nothing was changed.")
		return
	}
	m.as(m.lately(), func() { m.again(last, t) })
}

// again undoes what was booked and books a thing in its place.
func (m *Machine) again(last booked, t thing) {
	m.s.Done[len(m.s.Done)-1].Gone = true
	m.reverse(last.Seq, "Corrected.")
	m.s.OutDone[len(m.s.OutDone)-1].Run = last.Run
	m.show(t)
	m.emit(booked{Mode: last.Mode, Thing: t, From: last.From, To: last.To, Reason: last.Reason, Asset: last.Asset, Run: last.Run})
}

// bookAgain takes a scan back and books it as it was meant, read by what is known now.
func (m *Machine) bookAgain(number string) {
	if m.asks() || m.s.Need != nil || m.s.Half != nil {
		m.say(Check, "Answer the question first.")
		return
	}
	seq, err := strconv.ParseUint(number, 10, 64)
	d := m.doneAt(seq)
	if err != nil || d == nil || !d.corrigible() {
		m.say(Check, "#"+shown(number)+" is none of the last scans of this handheld that can be booked again. Nothing was done; ask a supervisor.")
		return
	}
	t, was := d.Thing, &d.Thing
	if was.Product == "" && was.Package == "" {
		c := m.context()
		c.Expect = meaning.Goods
		t = m.thingOf(meaning.Read(was.Scan, c))
		t.Times, t.Asked = was.Times, true
	}
	if _, fits := t.total(); !fits {
		m.stop("That is more than can be booked. Nothing was changed.")
		return
	}
	b := booked{Mode: d.Mode, Thing: t, From: d.From, To: d.To, Reason: d.Reason, Asset: d.Asset, Run: d.Run}
	m.as(m.lately(), func() {
		d.Gone = true
		m.back(seq, d.Run)
		m.show(t)
		m.emit(b)
	})
}
