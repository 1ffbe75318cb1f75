package oracle

import "math/big"

// tally is one cell as a count found it: its lines on that cell, added up.
type tally struct {
	*line
	passed   bool // another line of its session counts for it
	replaced bool // by one of its own section
}

// tallies puts the lines of a count in order, those that name a lot, serial or
// status first, and adds up those on the same cell.
func tallies(lines []*line) []*tally {
	var named, plain []*tally
	for _, l := range lines {
		list := &plain
		if l.lot != "" || l.serial != "" || l.status != "" {
			list = &named
		}
		if !merged(*list, l) {
			sum := *l
			*list = append(*list, &tally{line: &sum})
		}
	}
	return append(named, plain...)
}

func merged(list []*tally, l *line) bool {
	for _, t := range list {
		if t.cell() == l.cell() {
			t.add(l)
			return true
		}
	}
	return false
}

// cell is what a line of a count asserts; an empty name there is any.
func (l *line) cell() cell {
	c := cell{at: l.counted(), lot: l.lot, serial: l.serial, status: l.status}
	if l.product != nil {
		c.product = l.product.Code
	}
	return c
}

// counted is the holder that a count looked into.
func (l *line) counted() holder {
	if l.pkg != "" {
		return holder{pkg: l.pkg}
	}
	return holder{place: l.from}
}

// add adds what another line found, and what it says that cost; of a serial
// there is one.
func (t *tally) add(l *line) {
	if t.product == nil {
		return
	}
	t.line.quantity = new(big.Int).Add(t.quantity, l.quantity)
	if t.serial != "" {
		t.line.quantity = upTo(t.quantity, t.product.scale)
	}
	switch {
	case t.unitCost == nil && t.total == nil:
		t.line.unitCost, t.line.total = l.unitCost, l.total
	case t.total != nil && l.total != nil:
		t.line.total = new(big.Int).Add(t.total, l.total)
	}
}

// count makes a cell what it was found to be.
func (f *fold) count(t *tally) {
	f.meet(t.line)
	if t.product != nil {
		s := t.cell().spot()
		f.touched[s] = append(f.touched[s], touch{order: f.now.order, counted: true, cell: t.cell()})
	}
	switch {
	case t.product == nil || t.product.NotStocked || !f.physical(t.counted()) || t.passed:
	case t.serial != "":
		f.sight(t)
	default:
		f.assert(t)
	}
}

// assert sets the sum of the cells that a tally names. The difference falls on
// the one cell of just those names.
func (f *fold) assert(t *tally) {
	c := t.cell()
	found := new(big.Int).Sub(t.quantity, f.sum(c.product, c.at, c.lot, c.status))
	c.status = or(c.status, f.resting(c.at))
	other := cell{c.product, holder{place: f.against(t.line)}, c.lot, "", available}
	if found.Sign() < 0 {
		f.leg(t.line, c, other, found.Neg(found))
	} else {
		f.leg(t.line, other, c, found)
	}
}

// against is where the difference of a count comes from or goes to.
func (f *fold) against(l *line) string {
	if l.Reason == "opening" {
		return "opening"
	}
	return f.loss(l.product.Code, l.TEff)
}

// loss is where goods of a product are lost to and found at, at a moment: its own place,
// else the company's.
func (f *fold) loss(product string, moment int64) string {
	return or(f.setting("loss", "", product, moment), "loss")
}

// resting is the status of goods that are found at a holder.
func (f *fold) resting(h holder) string {
	if f.quarantined(h) {
		return held
	}
	return available
}
