package oracle

import (
	"cmp"
	"slices"
)

// stand is the id of the place where a package stands: where the one that it is
// inside of stands, else where it was last sighted.
func (f *fold) stand(pkg string) string {
	for range len(f.parents) { // nesting closes no circle, and this would end one
		parent, inside := f.parents[pkg]
		if !inside {
			break
		}
		pkg = parent
	}
	return f.stands[pkg]
}

// inside tells whether a package is another one or somewhere inside it.
func (f *fold) inside(pkg, root string) bool {
	for range len(f.parents) {
		if pkg == root {
			return true
		}
		pkg = f.parents[pkg]
	}
	return pkg == root
}

// meet takes in what a line says of its package as such: that it is there, where
// it stands, and what it is inside of.
func (f *fold) meet(l *line) {
	if l.pkg == "" {
		return
	}
	named := or(l.from, l.to)
	if l.Action == "add" || l.Action == "disassemble" {
		named = l.to
	}
	f.name(l.pkg, named)
	_, nested := f.parents[l.pkg]
	switch {
	case l.into != "":
		f.name(l.into, named)
		if !f.inside(l.into, l.pkg) {
			f.relocate(l, func() { f.parents[l.pkg] = l.into })
		}
	case l.Action == "add", l.Action == "disassemble", l.Action == "pack" && !nested:
		f.relocate(l, func() { f.stands[l.pkg] = l.to })
	case l.Action == "unpack" && !nested, l.Action == "count" && l.product == nil:
		f.relocate(l, func() { f.stands[l.pkg] = l.from })
	}
}

// name makes a package known: until it is sighted it stands where it was first
// spoken of.
func (f *fold) name(pkg, place string) {
	if _, known := f.stands[pkg]; !known {
		f.stands[pkg] = place
	}
}

// contents lists what is inside a package, and inside those inside it.
func (f *fold) contents(pkg string) []content {
	list := f.cells(holder{pkg: pkg})
	for child := range f.parents {
		if child != pkg && f.inside(child, pkg) {
			list = append(list, f.cells(holder{pkg: child})...)
		}
	}
	slices.SortFunc(list, func(a, b content) int {
		return cmp.Or(cmp.Compare(a.product, b.product), cmp.Compare(a.lot, b.lot), cmp.Compare(a.serial, b.serial),
			cmp.Compare(a.status, b.status), cmp.Compare(a.at.pkg, b.at.pkg))
	})
	return list
}

// relocate changes where a line's package stands or what it is inside of. What is
// inside stays in its cells, but is held from then on where it enters a
// quarantine place, or leaves a held location or package by a move or unpack.
func (f *fold) relocate(l *line, change func()) {
	goods := f.contents(l.pkg)
	reached := make([][]*hold, len(goods))
	for i, c := range goods {
		for _, h := range f.holds {
			if f.reaches(h, c.at) {
				reached[i] = append(reached[i], h)
			}
		}
	}
	before := f.place(holder{pkg: l.pkg})
	change()
	after := f.place(holder{pkg: l.pkg})
	for i, c := range goods {
		f.flow(&line{fact: &fact{}}, f.goods.products[c.product], before, after, c.quantity)
		leaves := after.physical() && (l.Action == "move" || l.Action == "unpack") &&
			slices.ContainsFunc(reached[i], func(h *hold) bool { return !f.reaches(h, c.at) })
		enters := after.kind == "quarantine" && before.kind != "quarantine" && l.Action != "isolate"
		if c.status == available && (leaves || enters) {
			f.carry(l, c.cell, c.at, held, c.quantity)
		}
	}
}

// whole books a line about a package and all that is in it.
func (f *fold) whole(l *line) {
	apart := func(place string) func() {
		return func() { delete(f.parents, l.pkg); f.stands[l.pkg] = place }
	}
	to := l.target()
	switch l.Action {
	case "pack", "count":
		return // the sighting was all
	case "move", "add", "disassemble":
		f.relocate(l, apart(l.to))
		return
	}
	goods := f.contents(l.pkg)
	anyHeld := slices.ContainsFunc(goods, func(c content) bool { return c.quantity.Sign() > 0 && f.breaches(l, c.cell) })
	if anyHeld || f.breaches(l, cell{at: holder{pkg: l.pkg}, status: available}) {
		to = holder{place: "breach"}
	}
	for _, c := range goods {
		f.carry(l, c.cell, to, f.arrival(l, c.cell, to), c.quantity)
	}
	if l.Action == "remove" || l.Action == "scrap" || l.Action == "assemble" {
		f.relocate(l, apart(to.place))
	}
}
