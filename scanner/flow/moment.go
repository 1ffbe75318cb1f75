package flow

import (
	"slices"

	"bayledger/sync/ledger"
)

// waiting is a scan that waits for an answer, and when it was made.
type waiting struct {
	Scan string
	ledger.Moment
}

// as takes what was scanned at a moment of before: goods were taken then, however long somebody thought
// about an answer. Never later than now: a clock that was wrong then may be right by now.
func (m *Machine) as(then ledger.Moment, take func()) {
	was := m.when
	m.when = earlier(then, m.now)
	take()
	m.when = was
}

// earlier is the moment of before, where it is one and no later than the other.
func earlier(then, other ledger.Moment) ledger.Moment {
	if then.At == 0 || other.At != 0 && then.At > other.At {
		return other
	}
	return then
}

// lately is the moment of the last booking. What corrects one of those before is of it, too: it happened before
// then, and the server dates none before the scan in front of it.
func (m *Machine) lately() (last ledger.Moment) {
	if n := len(m.s.Done); n > 0 {
		last = m.s.Done[n-1].At
	}
	return last
}

// open keeps a thing of which something is asked for, with its moment.
func (m *Machine) open(t thing) *thing {
	t.Since = m.when
	return &t
}

// takeOpen takes a thing that was asked about.
func (m *Machine) takeOpen(t thing) {
	then := t.Since
	t.Since = ledger.Moment{}
	m.as(then, func() { m.take(t) })
}

// Waiting gives the moments of the first and the last scan that is kept and not taken: one that is asked
// about, or that waits behind a stop or a question. Both are empty where there is none.
func (m *Machine) Waiting() (first, last ledger.Moment) {
	for _, t := range [...]*thing{m.s.Need, m.s.Ask, m.s.Why} {
		if t != nil {
			first = t.Since
		}
	}
	if h := m.s.Half; h != nil {
		first = h.Since
	}
	last = first
	if n := len(m.s.Kept); n > 0 {
		if last = m.s.Kept[n-1].Moment; first.At == 0 {
			first = m.s.Kept[0].Moment
		}
	}
	return first, last
}

func scansOf(kept []waiting) (scans []string) {
	for i := range kept {
		scans = append(scans, kept[i].Scan)
	}
	return scans
}

// recall takes up the scans that wait. An earlier version keeps them without their moments, and may have
// worked on a state of this one: where it has changed them, the moments are of others and go.
func (s *state) recall() {
	if slices.Equal(s.Behind, scansOf(s.Kept)) {
		return
	}
	s.Kept = make([]waiting, len(s.Behind))
	for i, scan := range s.Behind {
		s.Kept[i].Scan = scan
	}
}
