package oracle

import (
	"math/big"
	"slices"
)

// part is what a line takes from one status of its source.
type part struct {
	status   string
	quantity *big.Int
}

// source is the holder that a line takes from: its package, unless that is
// what the goods go into.
func (l *line) source() holder {
	if l.pkg != "" && !l.fills() {
		return holder{pkg: l.pkg}
	}
	return holder{place: l.from}
}

// target is the holder that a line brings to.
func (l *line) target() holder {
	if l.pkg != "" && l.fills() {
		return holder{pkg: l.pkg}
	}
	return holder{place: l.to}
}

// fills tells whether a line's goods go into its package rather than out of it.
func (l *line) fills() bool {
	return l.Action == "pack" || l.Action == "add" || l.Action == "disassemble"
}

// bulk books a line of goods that have no serial.
func (f *fold) bulk(l *line) {
	from, to := l.source(), l.target()
	f.touch(l, from, to)
	inPlace := from == to
	if inPlace && l.Action != "isolate" && l.Action != "release" {
		return
	}
	if !inPlace {
		f.cover(l, from, cell{l.product.Code, from, l.lot, "", ""}, l.quantity)
	}
	for _, p := range f.parts(l, from) {
		source := cell{l.product.Code, from, l.lot, "", p.status}
		goal := to
		if f.breaches(l, source) {
			goal = holder{place: "breach"}
		}
		f.leg(l, source, cell{l.product.Code, goal, l.lot, "", f.arrival(l, source, goal)}, p.quantity)
	}
}

// parts says from which statuses of its source a line takes how much.
func (f *fold) parts(l *line, from holder) []part {
	all := func(status string) []part { return []part{{status, l.quantity}} }
	switch {
	case !f.physical(from):
		return all(available)
	case f.quarantined(from) || l.status == held || l.Action == "release":
		return all(held)
	case l.Action == "isolate" || l.lot == "" && from.pkg == "":
		return all(available)
	}
	// What the available cell has not is taken from the held one, as far as that
	// goes; the rest from the available one after all, below zero.
	free := upTo(f.balance(cell{l.product.Code, from, l.lot, "", available}), l.quantity)
	rest := new(big.Int).Sub(l.quantity, free)
	bound := upTo(f.balance(cell{l.product.Code, from, l.lot, "", held}), rest)
	return []part{{available, new(big.Int).Sub(l.quantity, bound)}, {held, bound}}
}

// upTo is a quantity, at least 0 and at most a limit.
func upTo(quantity, limit *big.Int) *big.Int {
	switch {
	case quantity.Sign() < 0:
		return new(big.Int)
	case quantity.Cmp(limit) > 0:
		return limit
	}
	return quantity
}

// arrival is the status in which goods from a cell come to lie at a holder.
func (f *fold) arrival(l *line, from cell, to holder) string {
	switch {
	case !f.physical(to):
		return available
	case f.quarantined(to) || l.Action == "isolate":
		return held
	case l.Action == "release":
		return available
	case from.status == held || f.leaves(l, from.at, to):
		return held
	}
	return available
}

// cover brings in what a line takes from a physical holder beyond what is there,
// where the policy is not to let it go below zero. The cell says which lot and
// serial it takes.
func (f *fold) cover(l *line, from holder, c cell, quantity *big.Int) {
	if !f.physical(from) {
		return
	}
	after := new(big.Int).Sub(f.sum(l.product.Code, from, "", ""), quantity)
	missing := upTo(after.Neg(after), quantity)
	source, ok := map[string]string{"auto-add": f.loss(l.product.Code, f.now.TEff), "refuse": "shortage"}[f.policy(l.product.Code, f.place(from).site)]
	if !ok || missing.Sign() == 0 {
		return
	}
	c.status = available
	if f.quarantined(from) || l.status == held || l.Action == "release" {
		c.status = held
	}
	// What is brought in so is nothing that the line said a cost of.
	f.leg(&line{fact: &fact{}}, cell{c.product, holder{place: source}, c.lot, c.serial, available}, c, missing)
}

// policy is what happens below zero: the product's, else the site's.
func (f *fold) policy(product, site string) string {
	return or(f.setting("negative", "", product, f.now.TEff), f.setting("negative", site, "", f.now.TEff),
		f.setting("negative", "", "", f.now.TEff))
}

// breaches tells whether goods of a cell may not leave as a line says: they are
// held, and not removed to where held goods belong.
func (f *fold) breaches(l *line, c cell) bool {
	return l.Action == "remove" && !slices.Contains([]string{"supplier", "scrap", "loss"}, f.places[l.to].kind) &&
		(c.status == held || f.isHeld(c))
}
