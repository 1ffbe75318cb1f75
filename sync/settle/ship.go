package settle

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// ship books what a step does to the goods of one product inside its package:
// what enters a quarantine place, or leaves a held place or package, is held from
// then on; what is emptied out, or removed with the package, goes.
func (e *evaluation) ship(s *step) {
	e.plain = false
	before, after := moment{&s.key, true}, moment{key: &s.key}
	goods := e.inside(s)
	if len(goods) == 0 {
		if s.removes() {
			e.b.markHeld(s, e.h.product, false)
		}
		return
	}
	if s.kind == stepApart && s.empty {
		e.at = before
		e.empty(s, goods, before)
		e.at = after
		return
	}
	if s.parcel.at(before) != s.parcel.at(after) {
		e.along(s, goods, before, after)
		if s.act != actIsolate {
			e.arrive(s, goods, before, after)
			goods = e.inside(s)
		}
	}
	if s.empty {
		e.empty(s, goods, after)
	}
}

// inside lists the cells of the product that hold something in a step's package
// and in those inside it.
func (e *evaluation) inside(s *step) (goods []*ledger.Cell) {
	m := moment{&s.key, true}
	var look func(p *parcel)
	look = func(p *parcel) {
		e.b.state.EachCell(e.h.product, p.place, "", "", func(c *ledger.Cell) {
			if c.Quantity != 0 {
				goods = append(goods, c)
			}
		})
		for _, x := range p.inner {
			if x.at(m).parent == p {
				look(x)
			}
		}
	}
	look(s.parcel)
	slices.SortFunc(goods, func(x, y *ledger.Cell) int {
		return cmp.Or(cmp.Compare(x.Lot, y.Lot), cmp.Compare(x.Serial, y.Serial), cmp.Compare(x.Status(), y.Status()),
			cmp.Compare(x.Place.Code, y.Place.Code))
	})
	return goods
}

// along lets what is in a package that comes to another pool, or leaves all of
// them, take its value along.
func (e *evaluation) along(s *step, goods []*ledger.Cell, before, after moment) {
	from, to := e.b.stands(s.parcel.place, before), e.b.stands(s.parcel.place, after)
	for _, c := range goods {
		l := leg{from: c, to: c, quantity: c.Quantity, fromAt: from, toAt: to}
		if c.Quantity < 0 {
			l.quantity, l.fromAt, l.toAt = -c.Quantity, to, from
		}
		if e.b.crosses(&l) {
			e.legs = append(e.legs, l)
		}
	}
}

// arrive makes held what a package brings into quarantine, or out of a hold.
func (e *evaluation) arrive(s *step, goods []*ledger.Cell, before, after moment) {
	b := e.b
	enters := b.quarantined(s.parcel.place, after) && !b.quarantined(s.parcel.place, before) &&
		(s.parcel.at(before).known || !s.named.Quarantine())
	to := b.standing(s.parcel.place, after)
	leaves := func(at *ledger.Place) bool {
		return s.act == actCarry && to.Physical() && b.heldAround(at, before, func(x *hold) bool { return b.within(at, x.place, after) })
	}
	for _, c := range goods {
		if !c.Held && (enters || leaves(c.Place)) {
			e.carry(c, b.state.CellOf(e.h.product, c.Place, c.Lot, c.Serial, true), causeNone)
		}
	}
}

// empty takes everything out to where the step says, or, where it is removed and
// something of it is held, whole to breach.
func (e *evaluation) empty(s *step, goods []*ledger.Cell, m moment) {
	b, to, why := e.b, s.to, causeNone
	if s.removes() {
		held := slices.ContainsFunc(goods, func(c *ledger.Cell) bool {
			return c.Quantity > 0 && (c.Held || b.coveringAt(e.h, m, c.Place, c.Lot, c.Serial) != nil)
		})
		b.markHeld(s, e.h.product, held)
		if s.breached() {
			to, why = b.virtual(ledger.PlaceBreach), causeBreach
		}
	}
	for _, c := range goods {
		held := c.Held || s.act == actCarry && b.leavesTo(m, c.Place, to)
		switch s.act {
		case actIsolate:
			held = true
		case actRelease:
			held = false
		}
		held = (held || to.Quarantine()) && to.Physical()
		e.carry(c, b.state.CellOf(e.h.product, to, c.Lot, c.Serial, held), why)
	}
}

// carry takes all of a cell, what is below zero too, to another one.
func (e *evaluation) carry(from, to *ledger.Cell, why cause) {
	s := e.b.state
	if from.Quantity < 0 {
		e.book(to, from, -from.Quantity, why)
		return
	}
	e.book(from, to, from.Quantity, why)
	if from.Serial == "" {
		return
	}
	if chain := s.Chain(e.h.product, from.Serial); chain.At == from {
		s.Sight(chain, to)
	}
}

// markHeld notes whether anything held of a product went with a removed package.
func (b *Books) markHeld(s *step, p *ledger.Product, held bool) {
	i, found := slices.BinarySearch(s.heldOf, p.ID)
	if found == held {
		return
	}
	was := s.heldOf
	b.back = append(b.back, func() { s.heldOf = was })
	if held {
		s.heldOf = slices.Insert(slices.Clone(was), i, p.ID)
	} else {
		s.heldOf = slices.Delete(slices.Clone(was), i, i+1)
	}
	b.rows.step(s)
	if s.breached() != s.found.breach {
		b.dirty = append(b.dirty, s)
	}
}

// follow takes the goods in packages again whose whereabouts a step changed, and
// those that it empties; but for the history of the step's own line, which has
// been.
func (b *Books) follow(s *step, changed []*parcel, own *history) *ledger.Decision {
	if len(changed) > 0 || s.empty {
		if s.empty && !slices.Contains(changed, s.parcel) {
			changed = append(changed, s.parcel)
		}
		if d := b.revisit(b.productsIn(changed, !b.stepsAfter(&s.key)), &s.key, own); d != nil {
			return d
		}
	}
	return b.settleDirty()
}

// productsIn lists the products that ever were in packages or in those that are,
// or else ever were, inside them; by number.
func (b *Books) productsIn(packages []*parcel, now bool) (out []*ledger.Product) {
	seen, known := map[*parcel]bool{}, map[ledger.ProductID]bool{}
	var look func(p *parcel)
	look = func(p *parcel) {
		if seen[p] {
			return
		}
		seen[p] = true
		p.place.EachProduct(func(x *ledger.Product) {
			if !known[x.ID] {
				known[x.ID] = true
				out = append(out, x)
			}
		})
		for _, x := range p.inner {
			if !now || x.now().parent == p {
				look(x)
			}
		}
	}
	for _, p := range packages {
		look(p)
	}
	slices.SortFunc(out, func(x, y *ledger.Product) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

func (b *Books) revisit(products []*ledger.Product, k *Key, own *history) *ledger.Decision {
	for _, p := range products {
		if own != nil && own.product == p {
			continue
		}
		if err := b.retake(b.history(p), k); err != nil {
			d := unreadable(p, err)
			return &d
		}
	}
	return nil
}

// settleDirty judges removals again that went to breach and had nothing held, or
// the other way round: the lowest key first, for what follows depends on it.
func (b *Books) settleDirty() *ledger.Decision {
	for len(b.dirty) > 0 {
		first := 0
		for i, s := range b.dirty {
			if s.key.Compare(&b.dirty[first].key) < 0 {
				first = i
			}
		}
		s := b.dirty[first]
		b.dirty = slices.Delete(b.dirty, first, first+1)
		if s.out || s.breached() == s.found.breach {
			continue
		}
		changed := b.judgeFrom(&s.key, s.parcel)
		if d := b.revisit(b.productsIn(append(changed, s.parcel), false), &s.key, nil); d != nil {
			return d
		}
	}
	return nil
}

// walk gives the steps that matter to one product, in order of the keys: those of
// packages in which there is any of it, and of packages around them.
type walk struct {
	b     *Books
	from  Key
	todo  []*step
	known map[*parcel]bool
}

// walk begins after a key, or with it.
func (b *Books) walk(p *ledger.Product, from *Key, with bool) *walk {
	w := &walk{b: b, from: *from}
	if !b.stepsAfter(from) && !(with && b.main[*from] != nil) {
		return w
	}
	w.known = map[*parcel]bool{}
	p.EachPackageWith(func(place *ledger.Place) { w.add(b.parcels[place], with) })
	w.sort()
	return w
}

func (w *walk) add(p *parcel, with bool) {
	if w.known == nil || p == nil || len(p.outer) == 0 && p.quietAfter(&w.from) || w.known[p] {
		return
	}
	w.known[p] = true
	for i := len(p.steps) - 1; i >= 0; i-- {
		s := p.steps[i]
		if c := s.key.Compare(&w.from); c < 0 || c == 0 && !with {
			break
		}
		if s.moves() {
			w.todo = append(w.todo, s)
		}
	}
	for _, x := range p.outer {
		w.add(x, with)
	}
}

// quietAfter says whether nothing was said of the package at a key or after it.
func (p *parcel) quietAfter(k *Key) bool {
	last := len(p.steps) - 1
	return last < 0 || p.steps[last].key.Compare(k) < 0
}

func (w *walk) sort() {
	slices.SortFunc(w.todo, func(x, y *step) int { return x.key.Compare(&y.key) })
}

// next is the first step that has not been passed.
func (w *walk) next() *step {
	if len(w.todo) == 0 {
		return nil
	}
	return w.todo[0]
}

// pass goes on to a key: steps up to it have been taken, and packages into which
// legs brought goods matter from there on.
func (w *walk) pass(k *Key, legs []leg) {
	for len(w.todo) > 0 && w.todo[0].key.Compare(k) <= 0 {
		w.todo = w.todo[1:]
	}
	w.from = *k
	more := len(w.known)
	for i := range legs {
		for _, at := range [...]*ledger.Place{legs[i].from.Place, legs[i].to.Place} {
			if at.IsPackage() {
				w.add(w.b.parcels[at], false)
			}
		}
	}
	if len(w.known) > more {
		w.sort()
	}
}

// ghost is what a step does to the goods of a product, as a fact of its history.
func ghost(s *step) fact {
	f := fact{Key: s.key, n: s.n, recorded: s.n, seen: s.seen, act: actShip, said: s.said}
	f.set(flagStep, true)
	return f
}

// redoPacked takes a history again of goods that are in packages: all its facts,
// and what happened to the packages meanwhile.
func (r *refold) redoPacked() {
	b, h := r.b, r.h
	w := b.walk(h.product, &r.from, r.with)
	for i := r.start; ; i++ {
		s := w.next()
		if i < len(h.facts) && (s == nil || h.facts[i].Key.Compare(&s.key) <= 0) {
			f := &h.facts[i]
			if f.is(flagOut) {
				b.finds(h, f, nil)
				b.change(h, f, nil, false)
			} else {
				e, _ := b.evaluate(h, f, false)
				b.finds(h, f, e.notes)
				b.change(h, f, e.legs, e.plain)
			}
			w.pass(&f.Key, f.legs)
			continue
		}
		if s == nil {
			return
		}
		if b.shipped(h, i, ghost(s)) {
			w.pass(&s.key, h.facts[i].legs)
		} else {
			w.pass(&s.key, nil)
			i--
		}
	}
}

// shipped books what a step does to the goods of a product, where it does
// anything.
func (b *Books) shipped(h *history, at int, f fact) bool {
	e, _ := b.evaluate(h, &f, false)
	if len(e.legs) == 0 {
		return false
	}
	f.recorded = b.n
	b.put(h, at, f, e)
	return true
}
