package flow

import (
	"slices"
	"strings"

	"bayledger/scanner/meaning"
)

// arrive takes a scan behind those that wait already.
func (m *Machine) arrive(scan string) {
	if name, _ := commandIn(scan); len(m.s.Kept) == 0 || m.answers(name) || !m.free() {
		m.scan(scan)
		return
	}
	m.behind(scan)
	m.forward()
}

// asks says whether a question is open: of a quantity, a reason, a correction, the end of a count.
func (m *Machine) asks() bool {
	return m.s.Ask != nil || m.s.Why != nil || m.s.Run != nil || m.s.Complete
}

// answers says whether a command may be given while a question is open.
func (m *Machine) answers(name string) bool {
	return name == "CONFIRM" || name == "CANCEL" || name == "UNDO" || name == "OK" || m.s.Why != nil && strings.HasPrefix(name, "REASON-")
}

// answer says whether a scan answers the question that is open: the same thing again, or the place of
// a correction.
func (m *Machine) answer(scan string) bool {
	if m.s.Ask != nil {
		return scan == m.s.Ask.Scan
	}
	return m.s.Run != nil && meaning.Read(scan, m.context()).Kind == meaning.Place
}

// behind keeps a scan for later.
func (m *Machine) behind(scan string) {
	bytes := len(scan)
	for i := range m.s.Kept {
		bytes += len(m.s.Kept[i].Scan)
	}
	if len(m.s.Kept) >= MaxBehind || bytes > maxBytes {
		m.stopToo("Too many scans wait. The last one was not taken; press OK first.")
		return
	}
	m.s.Kept = append(m.s.Kept, waiting{scan, m.when})
	if m.asks() {
		m.say(Check, "Kept for later: answer the question first.")
	}
}

// retake takes a scan again once what was open has been booked. Where that has to be answered or
// stored first it waits, in front of all others.
func (m *Machine) retake(scan string) {
	if m.free() && !m.early(scan) {
		m.turn()
		m.scan(scan)
		return
	}
	m.s.Kept = slices.Insert(m.s.Kept, 0, waiting{scan, m.when})
}

// forward takes the scans that waited, until one stops again.
func (m *Machine) forward() {
	for first := len(m.s.Out) == 0; len(m.s.Kept) > 0 && m.free() && len(m.s.Out) < MaxPending && bytesOf(m.s.OutDone) < maxBytes; first = false {
		w := m.s.Kept[0]
		if m.early(w.Scan) {
			return
		}
		if m.s.Kept = m.s.Kept[1:]; !first {
			m.turn()
		}
		m.as(w.Moment, func() { m.scan(w.Scan) })
	}
}

// early says whether a scan is about one that was booked in this step and has no seq yet: to undo it,
// or to complete its label. It is taken in the next step.
func (m *Machine) early(scan string) bool {
	if len(m.s.Out) == 0 {
		return false
	}
	if name, ok := commandIn(scan); ok {
		return name == "UNDO" || name == "REDO"
	}
	return m.s.Fresh && m.s.Half == nil && m.s.Need == nil && meaning.Read(scan, m.context()).Kind == meaning.Half
}

// bytesOf is about what intents take.
func bytesOf(done []booked) (n int) {
	for i := range done {
		n += done[i].Thing.bytes()
	}
	return n
}

// free says whether nothing has to be answered before the next scan.
func (m *Machine) free() bool {
	return m.s.Stop == "" && !m.asks() && !m.nobody()
}

// nobody says whether a badge has to be scanned first.
func (m *Machine) nobody() bool { return m.setup.Badge && m.s.Operator == "" }
