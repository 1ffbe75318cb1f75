package settle

import (
	"cmp"
	"math"
	"slices"

	"bayledger/sync/ledger"
)

// A complete closing stands as a fact of its own in the history of each product
// for which it does something, or once did: what nobody saw goes to loss there.
// Whatever changes what lies at its place before it puts it into histories that do
// not have it (zeroMore), so that no history has to have it for nothing.

// fact is the closing as a fact of a product's history.
func (c *sessionClosing) fact(recorded uint64) fact {
	return fact{Key: c.key, n: c.n, recorded: recorded, act: actClose, from: c.place}
}

// endOfTime is above all keys.
var endOfTime = Key{TEff: math.MaxInt64}

// zero books what a complete closing takes as not there.
func (e *evaluation) zero() {
	c := e.b.sessions.byKey[e.f.Key]
	if c == nil || !c.place.Physical() || !e.h.product.StockedAt(e.f.TEff) {
		return
	}
	for _, cell := range e.b.unseen(e.h, c.session, c.place, &c.key) {
		e.carry(cell, e.b.state.CellOf(e.h.product, e.loss(), cell.Lot, cell.Serial, false), causeCount)
	}
}

// unseen lists the cells of a product at a place that are not empty, that no line
// of the session covers, and about which nothing was scanned from its opening to a
// key. Without an opening before that there is none.
func (b *Books) unseen(h *history, s *session, at *ledger.Place, until *Key) (cells []*ledger.Cell) {
	open := s.opened()
	if open == nil || open.key.Compare(until) >= 0 {
		return nil
	}
	b.state.EachCell(h.product, at, "", "", func(c *ledger.Cell) {
		if c.Quantity != 0 {
			cells = append(cells, c)
		}
	})
	slices.SortFunc(cells, func(x, y *ledger.Cell) int {
		return cmp.Or(cmp.Compare(x.Lot, y.Lot), cmp.Compare(x.Serial, y.Serial), cmp.Compare(x.Status(), y.Status()))
	})
	left := newUnseen(cells)
	start, end := h.between(s.since(), max(s.high, until.TEff))
	for i := start; i < end && left.count > 0; i++ {
		f := &h.facts[i]
		if f.is(flagOut) {
			continue
		}
		covers := f.tally != nil && f.tally.session == s && f.from == at
		inside := f.Compare(&open.key) > 0 && f.Compare(until) < 0
		if covers || inside {
			left.strike(f, at, func(c *ledger.Cell) bool { return covers && f.matches(c) || inside && f.about(c) })
		}
	}
	return left.list()
}

// since is the moment from which on facts matter to a session: that of its first
// line or of its opening.
func (s *session) since() ledger.Time {
	t := s.low
	if o := s.opened(); o != nil && (t == 0 || o.key.TEff < t) {
		t = o.key.TEff
	}
	return t
}

// about says whether a fact is about a cell: whether it counted it, names its
// goods as coming from there or going there, or brought some there or away. A
// piece's lot is what it came with, so that none is named.
func (f *fact) about(c *ledger.Cell) bool {
	switch {
	case f.act == actClose:
	case f.counts():
		if f.from == c.Place && f.matches(c) {
			return true
		}
	case f.from != c.Place && f.to != c.Place:
	case f.serial != "":
		if f.serial == c.Serial {
			return true
		}
	case f.act != actShip && f.lot == c.Lot && c.Serial == "":
		return true
	}
	touches := func(x *ledger.Cell) bool { return x.Place == c.Place && x.Lot == c.Lot && x.Serial == c.Serial }
	return slices.ContainsFunc(f.legs, func(l leg) bool { return touches(l.from) || touches(l.to) })
}

func hasPieces(legs []leg) bool {
	return slices.ContainsFunc(legs, func(l leg) bool { return l.from.Serial != "" })
}

// zeroAll books a complete closing anew in the histories of all products that ever
// were at its place.
func (b *Books) zeroAll(c *sessionClosing) *ledger.Decision {
	var products []*ledger.Product
	b.state.EachProductAt(func(p *ledger.Place) bool { return p == c.place }, func(p *ledger.Product) { products = append(products, p) })
	if len(products) > maxClosed {
		d := park(ledger.TooLarge, "More than 100,000 products were at "+c.place.Ref()+". The intent is kept and changes no stock; close the session place by place.")
		return &d
	}
	for _, p := range products {
		if err := b.zeroOne(b.history(p), c); err != nil {
			d := unreadable(p, err)
			return &d
		}
	}
	return nil
}

// zeroOne books a complete closing anew in the history of a product: what it does
// there depends on scans before it and after it.
func (b *Books) zeroOne(h *history, c *sessionClosing) error {
	if err := b.reach(h, c.key.TEff, nil); err != nil {
		return err
	}
	at, found := h.position(&c.key)
	switch {
	case found && h.facts[at].is(flagOut) != c.out:
		return b.turn(h, &c.key, c.out)
	case c.out:
		return nil
	case !found && at == len(h.facts) && !(h.product.Boxed() && b.stepsAfter(&c.key)):
		f := c.fact(b.n)
		if e, _ := b.evaluate(h, &f, false); len(e.legs) > 0 {
			h.insert(at, f)
			b.did = append(b.did, deed{h: h, key: f.Key, added: true, act: actClose})
			b.change(h, &h.facts[at], e.legs, e.plain)
		}
		return nil
	}
	return b.takeAgain(h, &c.key, c.place, h.product.Boxed(), func(r *refold) {
		if _, found := h.position(&c.key); !found {
			r.add(c.fact(b.n))
		}
	})
}

// zeroMore puts complete closings into the histories of products of which the work
// on this entry changed something before them, at their places.
func (b *Books) zeroMore() *ledger.Decision {
	if len(b.sessions.complete) == 0 {
		return nil
	}
	for i := 0; i < len(b.did); i++ {
		d := b.did[i]
		at, found := d.h.position(&d.key)
		if !found {
			continue
		}
		f := &d.h.facts[at]
		places := []*ledger.Place{f.from, f.to}
		for _, legs := range [...][]leg{f.legs, d.before} {
			for j := range legs {
				places = append(places, legs[j].from.Place, legs[j].to.Place)
			}
		}
		for j, place := range places {
			if place == nil || !place.Physical() || slices.Contains(places[:j], place) {
				continue
			}
			if err := b.zeroAfter(d.h, place, &d.key); err != nil {
				refused := unreadable(d.h.product, err)
				return &refused
			}
		}
	}
	return nil
}

// zeroAfter puts the complete closings of a place after a key into a history.
func (b *Books) zeroAfter(h *history, place *ledger.Place, k *Key) error {
	list := b.sessions.at[place.ID]
	for i := len(list) - 1; i >= 0 && list[i].key.Compare(k) > 0; i-- {
		c := list[i]
		if c.out {
			continue
		}
		if _, found := h.position(&c.key); found {
			continue
		}
		if err := b.zeroOne(h, c); err != nil {
			return err
		}
	}
	return nil
}

// from says from which moment on the facts of a history are needed to take it
// again from a moment on: a closing looks back to the opening of its session.
func (b *Books) from(h *history, t ledger.Time) ledger.Time {
	if t == nothingRead {
		return t
	}
	from := t
	if h.since == nothingRead {
		from = t - recountIn // for what counts just before make people look at
	}
	list := b.sessions.complete
	for i := len(list) - 1; i >= 0 && list[i].key.TEff >= t; i-- {
		known := false
		b.state.EachCell(h.product, list[i].place, "", "", func(*ledger.Cell) { known = true })
		if known {
			from = min(from, list[i].session.since())
		}
	}
	return from
}
