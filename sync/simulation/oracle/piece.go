package oracle

import "math/big"

// lastSeen gives the cell in which a piece is by what is known so far. Before
// anything is known of it, it comes from where such a chain begins.
func (f *fold) lastSeen(l *line) (at cell, begun bool) {
	if at, begun = f.chains[Serial{l.product.Code, l.serial}]; begun {
		return at, true
	}
	origin := holder{place: "shortage"}
	switch {
	case l.Action == "add" && !f.physical(l.source()):
		origin = l.source() // of a shelf that never had it, there is nothing to take
	case l.Action == "count" && l.Reason == "opening":
		origin = holder{place: "opening"}
	}
	return cell{l.product.Code, origin, l.lot, l.serial, available}, false
}

// piece books a line about one serial: it goes from where it really was,
// whatever the line claims. A piece is never short: it is there, and a cover would
// put it in two places.
func (f *fold) piece(l *line) {
	from, _ := f.lastSeen(l)
	to := l.target()
	f.touch(l, from.at, to)
	restates := l.Action == "isolate" || l.Action == "release"
	if from.at == to && !restates {
		return
	}
	if f.breaches(l, from) {
		to = holder{place: "breach"}
	}
	if from.at == to && !restates {
		return
	}
	f.carry(l, from, to, f.arrival(l, from, to), l.product.scale)
}

// carry brings goods of a cell to a holder; a piece is there from then on.
func (f *fold) carry(l *line, from cell, to holder, status string, quantity *big.Int) {
	goal := from
	goal.at, goal.status = to, status
	f.leg(l, from, goal, quantity)
	piece := Serial{from.product, from.serial}
	if last, begun := f.chains[piece]; from.serial != "" && (!begun || last == from) {
		f.chains[piece] = goal
	}
}

// sight books a count of a piece: 1 is where it is, 0 that it is not there.
func (f *fold) sight(t *tally) {
	from, begun := f.lastSeen(t.line)
	here := t.counted()
	if t.quantity.Sign() == 0 {
		if begun && from.at == here && (t.status == "" || t.status == from.status) {
			f.carry(t.line, from, holder{place: f.against(t.line)}, available, t.product.scale)
		}
		return
	}
	if from.at == here && t.status == "" {
		return
	}
	status := f.resting(here)
	if from.status == held {
		status = held
	}
	f.carry(t.line, from, here, or(t.status, status), t.product.scale)
}
