package settle

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// shown is a cell as entries show it: a package's with where that stands.
type shown struct {
	*ledger.Cell
	stand *ledger.Place
}

// show gives a cell as it is shown now.
func show(c *ledger.Cell) shown { return shown{c, c.Place.Stand()} }

// shift is a quantity that goes from one shown cell to another.
type shift struct {
	from, to shown
	quantity int64
	value    int64 // that goes with it, in minor units
}

// differences are what cells gain and lose, before it is said as moves.
type differences struct {
	of    map[shown]int64
	cells []shown // each once
}

func (d *differences) add(c shown, quantity int64) {
	if d.of == nil {
		d.of = map[shown]int64{}
	}
	if _, known := d.of[c]; !known {
		d.cells = append(d.cells, c)
	}
	d.of[c] += quantity
}

func (d *differences) legs(legs []leg, sign int64) {
	for i := range legs {
		d.add(show(legs[i].from), -sign*legs[i].quantity)
		d.add(show(legs[i].to), sign*legs[i].quantity)
	}
}

// moved adds what lies in packages that stand elsewhere than before the entry.
func (d *differences) moved(s *ledger.State, packages []ledger.Moved) {
	for _, m := range packages {
		s.EachCellBefore(m.Package, func(c *ledger.Cell, before int64) {
			d.add(shown{c, m.From}, -before)
			d.add(shown{c, m.To}, before)
		})
	}
}

func compareShown(a, b shown) int {
	return cmp.Or(cmp.Compare(a.Product.Code, b.Product.Code), cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Serial, b.Serial),
		cmp.Compare(a.stand.Ref(), b.stand.Ref()), cmp.Compare(a.Place.PackageCode(), b.Place.PackageCode()), cmp.Compare(a.Status(), b.Status()))
}

func sameGoods(a, b shown) bool {
	return a.Product == b.Product && a.Lot == b.Lot && a.Serial == b.Serial
}

// net says the differences with as few legs as it takes: what a place only holds
// otherwise stays there, the rest goes from what lost to what gained, in the order
// of the balance report.
func (d *differences) net() (out []shift) {
	slices.SortFunc(d.cells, compareShown)
	for start := 0; start < len(d.cells); {
		end := start + 1
		for end < len(d.cells) && sameGoods(d.cells[start], d.cells[end]) {
			end++
		}
		group := d.cells[start:end]
		out = d.pair(out, group, func(a, b shown) bool { return a.Place == b.Place && a.stand == b.stand })
		if slices.ContainsFunc(group, func(c shown) bool { return c.Place.IsPackage() }) {
			out = d.pair(out, group, func(a, b shown) bool { return a.Place == b.Place && a.Held == b.Held })
			out = d.pair(out, group, func(a, b shown) bool { return a.Place == b.Place })
		}
		out = d.pair(out, group, nil)
		start = end
	}
	return out
}

// pair goes from cells that lost to those that gained; fit, if not nil, says which
// belong together.
func (d *differences) pair(out []shift, group []shown, fit func(a, b shown) bool) []shift {
	for _, from := range group {
		for _, to := range group {
			lost, gained := -d.of[from], d.of[to]
			if lost <= 0 {
				break
			}
			if gained <= 0 || fit != nil && !fit(from, to) {
				continue
			}
			quantity := min(lost, gained)
			out = append(out, shift{from: from, to: to, quantity: quantity})
			d.of[from] += quantity
			d.of[to] -= quantity
		}
	}
	return out
}

// moves writes shifts as an entry shows them.
func moves(shifts []shift, why string) []ledger.Move {
	if len(shifts) == 0 {
		return nil
	}
	out := make([]ledger.Move, len(shifts))
	for i := range shifts {
		out[i] = move(shifts[i].from, shifts[i].to, shifts[i].quantity, why)
		out[i].Value = ledger.FormatScaled(shifts[i].value, ledger.MoneyDecimals)
	}
	return out
}

func move(from, to shown, quantity int64, why string) ledger.Move {
	return ledger.Move{Product: from.Product.Code, Lot: from.Lot, Serial: from.Serial,
		From: from.stand.Ref(), FromPackage: from.Place.PackageCode(), FromStatus: from.Status(),
		To: to.stand.Ref(), ToPackage: to.Place.PackageCode(), ToStatus: to.Status(),
		Quantity: ledger.FormatScaled(quantity, from.Product.Decimals), Cause: why}
}

// movesOf writes legs as an entry shows them, into memory that the next entry uses
// again; why is the cause of those that have none of their own.
func (b *Books) movesOf(legs []leg, why string) []ledger.Move {
	if len(legs) == 0 {
		return nil
	}
	b.moves = b.moves[:0]
	for i := range legs {
		l := &legs[i]
		m := move(show(l.from), show(l.to), l.quantity, why)
		m.Value = ledger.FormatScaled(l.value, ledger.MoneyDecimals)
		if l.cause != causeNone {
			m.Cause = l.cause.String()
		}
		b.moves = append(b.moves, m)
	}
	return b.moves[:len(b.moves):len(b.moves)]
}

// tell says what the entry books: its own legs, or, where facts after it came out
// differently, its net effect. What it changed in others beyond that waits for the
// batch's correction.
func (b *Books) tell(d *ledger.Decision) {
	packages := b.state.Moved()
	changed := len(packages) > 0
	for i := range b.did {
		changed = changed || !b.did[i].added
	}
	if !changed && !slices.ContainsFunc(b.ownLegs, b.elsewhere) {
		legs := b.bookedNow()
		d.Moves = b.movesOf(legs, b.why)
		for i := range b.worths {
			w := &b.worths[i]
			rest := w.rest(legs)
			if w.late {
				b.sealed.values(w, rest, b.n)
			} else {
				d.Moves = append(d.Moves, w.moves(rest, "covered by entry "+itoa(b.n))...)
			}
		}
		return
	}
	var own differences
	own.moved(b.state, packages)
	own.legs(b.ownLegs, 1)
	why, count, others := b.why, uint64(0), false
	for i := range b.did {
		g := &b.did[i]
		if g.added || g.turned || g.was != nil {
			continue
		}
		mine := b.turnedNow(g)
		for _, part := range [...]struct {
			legs []leg
			sign int64
		}{{g.before, -1}, {g.after, 1}} {
			for j := range part.legs {
				l := part.legs[j : j+1]
				if mine || l[0].cause.own() || l[0].from.Serial != "" {
					own.legs(l, part.sign)
					if (l[0].cause == causeCount || l[0].cause == causeOpening) && count == 0 && !mine {
						count = g.n
					}
				} else {
					b.sealed.legs(b.state, l, part.sign)
					others = true
				}
			}
		}
	}
	if others {
		b.sealed.because(b.n)
	}
	if why == "" && count > 0 {
		why = "count of entry " + itoa(count)
	}
	shifts := own.net()
	for i := range b.worths {
		w := &b.worths[i]
		b.sealed.values(w, w.assign(shifts), b.n)
	}
	d.Moves = moves(shifts, why)
	if count > 0 && len(b.ownLegs) > 0 && !touchesShelf(shifts) {
		d.Outcome = ledger.Absorbed
		if d.Message != "" {
			d.Message += " "
		}
		d.Message += "The count of entry " + itoa(count) + " came later and covers it; no balance on the shelves changed."
	}
}

func touchesShelf(shifts []shift) bool {
	return slices.ContainsFunc(shifts, func(l shift) bool { return l.from.Place.Physical() || l.to.Place.Physical() })
}

// turnedNow says whether a change is that of a fact which this entry brings, undoes
// or brings back, or one that counts for something else in its session.
func (b *Books) turnedNow(g *deed) bool {
	return slices.ContainsFunc(b.did, func(t deed) bool {
		return (t.turned || t.was != nil || t.added && t.act != actClose) && t.h == g.h && t.key == g.key
	})
}

// correction joins what the late facts of a batch changed in others.
type correction struct {
	differences
	causes []uint64 // entries, each once
	pinned []leg    // what the cells of the differences are kept by
	worths []worths // what is worth otherwise than was told, by product
}

func (c *correction) legs(s *ledger.State, legs []leg, sign int64) {
	pin(s, legs) // until it is told
	c.differences.legs(legs, sign)
	c.pinned = append(c.pinned, legs...)
}

func (c *correction) because(n uint64) {
	if len(c.causes) == 0 || c.causes[len(c.causes)-1] != n {
		c.causes = append(c.causes, n)
	}
}

func (c *correction) cause() string {
	const most = 3
	text := "settled after entry "
	for i, n := range c.causes {
		if i == most {
			return text + " and " + itoa(uint64(len(c.causes)-most)) + " more"
		}
		if i > 0 {
			text += ", "
		}
		text += itoa(n)
	}
	return text
}

// Seal ends a batch: it returns what its late facts changed in others, joined, to
// be told in entry n, and lets go of facts that are durable and old. It returns
// nothing where nothing changed.
func (b *Books) Seal(n uint64, durable uint64) []ledger.Move {
	b.forget(durable)
	c := b.sealed
	if len(c.causes) == 0 {
		return nil
	}
	b.sealed = correction{}
	shifts := c.net()
	for i := range c.worths {
		c.worths[i].accounts = c.worths[i].assign(shifts)
	}
	out := moves(shifts, c.cause())
	for i := range shifts {
		b.state.Renumber(shifts[i].from.Cell, n)
		b.state.Renumber(shifts[i].to.Cell, n)
		b.history(shifts[i].from.Product).touched = n
	}
	unpin(b.state, c.pinned)
	for i := range c.worths {
		w := &c.worths[i]
		out = append(out, w.moves(w.accounts, c.cause())...)
	}
	return out
}
