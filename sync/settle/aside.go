package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// Hundreds come home with thousands of scans each, and most of those bring goods from
// one shelf to another. Such a scan is booked the same whatever came before it, changes
// no cost, and where nothing that looks at balances (a count, a piece, a shortage) came
// after it in its product's history, nothing has to be taken again either. So it needs
// nothing of the history: it is booked, written there and forgotten, and a million of
// them neither read what is stored nor push what others need out of memory.

// plainly books a fact at once where it comes out the same whatever came before it, and
// nothing after it depends on it; the evaluation is nil, and nothing is booked, where
// that is not so. All of the history from h.plain on is known to depend on nothing.
func (b *Books) plainly(h *history, f *fact, asked bool) *evaluation {
	if asked || h.plain > f.TEff || f.serial != "" || f.tally != nil || f.is(flagOut|flagStep|flagCommand) || h.product.Boxed() ||
		f.act == actCount || f.act == actCountOne || f.act == actClose || b.closesAfter(f.TEff) {
		return nil
	}
	if b.state.PolicyAt(h.product, f.from, f.TEff) != ledger.PolicyAllow && f.from.Physical() {
		return nil
	}
	e, _ := b.evaluate(h, f, false) // only a command is refused
	if !e.plain || len(e.notes) > 0 {
		b.unbook(e.legs)
		return nil
	}
	return e
}

// closesAfter says whether a complete count was closed at a moment or later: it looks
// at what was there.
func (b *Books) closesAfter(t ledger.Time) bool {
	list := b.sessions.complete
	return len(list) > 0 && list[len(list)-1].key.TEff >= t
}

// aside books a fact that needs nothing of its history, and is further back than what
// of that is in memory; false where it may need something.
func (b *Books) aside(h *history, f *fact, asked bool) bool {
	if f.TEff >= h.since || f.act != actCarry || f.from == nil || f.to == nil || h.ahead != nil || h.heard(f.TEff) || b.doubted(h) ||
		len(b.openAt(f.from, f.TEff)) > 0 || len(b.openAt(f.to, f.TEff)) > 0 {
		return false
	}
	e := b.plainly(h, f, asked)
	if e == nil {
		return false
	}
	if slices.ContainsFunc(e.legs, func(l leg) bool { return b.crosses(&l) }) {
		b.unbook(e.legs)
		return false
	}
	f.legs = b.keep(e.legs)
	f.set(flagPlain, true)
	f.kin = f.kinship()
	pin(b.state, f.legs)
	b.ownLegs = append(b.ownLegs, f.legs...)
	if len(h.aside) == 0 {
		b.asides = append(b.asides, h)
	}
	h.aside = append(h.aside, *f)
	b.did = append(b.did, deed{h: h, key: f.Key, added: true, aside: true})
	return true
}

// Aside says whether a scan that brings goods of a product from shelf to shelf would
// need nothing of what is stored of it. It only reads.
func (b *Books) Aside(p *ledger.Product, t ledger.Time) bool {
	if int(p.ID) > len(b.histories) || b.histories[p.ID-1] == nil {
		return false
	}
	h := b.histories[p.ID-1]
	return h.plain <= t && !h.heard(t) && !p.Boxed() && !b.closesAfter(t) && !b.doubted(h)
}

// heard says whether a scan at a moment may have to be held against a count before it.
func (h *history) heard(t ledger.Time) bool {
	n := &h.near
	return n.since > t-recountIn || len(n.recent) > 0 && n.recent[len(n.recent)-1].TEff >= t-recountIn
}

// doubted says whether something is doubtful that a scan of the product may settle.
func (b *Books) doubted(h *history) bool {
	d := b.exceptions.doubting[h.product.ID]
	return d != nil && len(d.list) > 0
}

// depends notes of a fact whether it is booked otherwise where something before it is.
func (h *history) depends(f *fact) {
	if f.depends() {
		h.plain = max(h.plain, f.TEff+1)
	}
}

func (f *fact) depends() bool { return !f.is(flagPlain) || f.is(flagOut) || f.serial != "" }

// fact returns the fact that a deed is about; nil where it is not in memory.
func (d *deed) fact() *fact {
	for i := len(d.h.aside) - 1; d.aside && i >= 0; i-- {
		if f := &d.h.aside[i]; f.Key == d.key {
			return f
		}
	}
	if at, found := d.h.position(&d.key); found {
		return &d.h.facts[at]
	}
	return nil
}

// store lets facts go that were booked aside and are stored now. Where somebody reads
// the history, what was read may be from before, and they stay until that is over.
func (b *Books) store(durable uint64) {
	left := b.asides[:0]
	for _, h := range b.asides {
		n := 0
		for h.ahead == nil && n < len(h.aside) && h.aside[n].recorded <= durable {
			unpin(b.state, h.aside[n].legs)
			n++
		}
		if h.aside = slices.Delete(h.aside, 0, n); len(h.aside) > 0 {
			left = append(left, h)
		} else {
			h.aside = nil
		}
	}
	clear(b.asides[len(left):])
	b.asides = left
}
