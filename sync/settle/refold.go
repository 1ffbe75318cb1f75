package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// place puts a new fact into its history and books it. Where it comes in order it
// meets the cells as they are; a late one meets them as they were, and the facts
// after it that it touches are taken again.
func (b *Books) place(h *history, f *fact, asked bool) (*ledger.Decision, error) {
	if err := b.reach(h, h.alikeSince(f.TEff), nil); err != nil {
		return nil, err
	}
	at, found := h.position(&f.Key)
	if found {
		return nil, errTwice
	}
	packed := h.product.Boxed() || f.is(flagStep)
	if at == len(h.facts) && !(packed && b.stepsAfter(&f.Key)) {
		return b.insert(h, at, f, asked), nil
	}
	if err := b.reach(h, h.alikeSince(f.TEff), &f.Key); err != nil {
		return nil, err
	}
	at, _ = h.position(&f.Key)
	if e := b.plainly(h, f, asked); e != nil {
		b.put(h, at, *f, e)
		return nil, nil
	}
	r := b.refold(h, at, f.serial != "" || packed)
	r.from, r.with = f.Key, false
	r.reaches(f.from)
	r.reaches(f.to)
	r.lift()
	refused := b.insert(h, at, f, asked)
	if refused == nil {
		r.start++
		r.redo()
	}
	return refused, nil
}

// insert books a fact where the cells stand as before it.
func (b *Books) insert(h *history, at int, f *fact, asked bool) *ledger.Decision {
	if !f.is(flagOut) {
		e, refused := b.evaluate(h, f, asked)
		if refused != nil {
			return refused
		}
		b.put(h, at, *f, e)
		return nil
	}
	h.insert(at, *f)
	b.did = append(b.did, deed{h: h, key: f.Key, added: true})
	return nil
}

// put puts a fact that has been decided into its history.
func (b *Books) put(h *history, at int, f fact, e *evaluation) {
	f.legs = b.keep(e.legs)
	f.set(flagPlain, e.plain)
	pin(b.state, f.legs)
	b.ownLegs = append(b.ownLegs, f.legs...)
	h.insert(at, f)
	b.finds(h, &h.facts[at], e.notes)
	b.did = append(b.did, deed{h: h, key: f.Key, added: true})
}

// refold is the taking again of a history from a fact on. Only facts that touch a
// place where something differs matter: the others find their shelves as they
// found them before, and are left alone.
type refold struct {
	b      *Books
	h      *history
	start  int             // the first fact that is taken again
	all    bool            // all of them are: pieces go from place to place
	places []*ledger.Place // where something may differ
	lifted []bool          // by fact from start on: its legs are out of the cells
	from   Key             // where it begins
	with   bool            // and takes what happened to packages at that key
}

func (b *Books) refold(h *history, start int, all bool) *refold {
	r := &b.again
	count := len(h.facts) - start
	*r = refold{b: b, h: h, start: start, all: all, places: r.places[:0], lifted: append(r.lifted[:0], make([]bool, count)...)}
	return r
}

// reaches adds a place, where goods really lie, to those that may differ; false
// where it is known or virtual.
func (r *refold) reaches(p *ledger.Place) bool {
	if p == nil || !p.Physical() || slices.Contains(r.places, p) {
		return false
	}
	r.places = append(r.places, p)
	return true
}

// lift takes the legs of all facts that matter out of the cells, so that these
// stand as they stood before the first of them.
func (r *refold) lift() {
	for i := len(r.lifted) - 1; i >= 0; i-- {
		f := &r.h.facts[r.start+i]
		if r.lifted[i] || !r.all && !slices.Contains(r.places, f.from) && !slices.Contains(r.places, f.to) && f.serial == "" {
			continue
		}
		if f.serial != "" && !r.all || f.act == actClose && !r.all && hasPieces(f.legs) {
			if f.serial != "" && !r.touchesPiece(f) {
				continue
			}
			// A piece's legs must come out in the order of its chain: take all.
			r.all = true
			r.lift()
			return
		}
		r.lifted[i] = true
		r.b.work.Folded++
		r.b.unbook(f.legs)
	}
}

func (r *refold) touchesPiece(f *fact) bool {
	return slices.Contains(r.places, f.from) || slices.Contains(r.places, f.to) ||
		slices.ContainsFunc(f.legs, func(l leg) bool {
			return slices.Contains(r.places, l.from.Place) || slices.Contains(r.places, l.to.Place)
		})
}

func (b *Books) unbook(legs []leg) {
	for i := len(legs) - 1; i >= 0; i-- {
		l := &legs[i]
		if l.within() {
			continue
		}
		b.state.Shift(l.from, l.to, -l.quantity)
		if l.from.Serial != "" {
			at := l.from
			if l.begins {
				at = nil
			}
			b.state.Sight(b.state.Chain(l.from.Product, l.from.Serial), at)
		}
	}
}

// redo takes the lifted facts again, in order. What is booked otherwise than
// before is a change, and what it reaches is lifted too.
func (r *refold) redo() {
	if r.all && (r.h.product.Boxed() || slices.ContainsFunc(r.h.facts[r.start:], func(f fact) bool { return f.is(flagStep) })) {
		r.redoPacked()
		return
	}
	b := r.b
	held := len(r.h.holds) > 0 || len(b.placeHolds) > 0
	for i := range r.lifted {
		f := &r.h.facts[r.start+i]
		switch {
		case !r.lifted[i]:
		case f.is(flagOut):
			b.finds(r.h, f, nil)
			r.changed(i, f, nil, false)
		case len(f.legs) > 0 && f.serial == "" && !r.all && (!slices.Contains(r.places, f.from) || f.is(flagPlain) && !held):
			for j := range f.legs {
				b.state.Shift(f.legs[j].from, f.legs[j].to, f.legs[j].quantity)
			}
		case r.all && f.is(flagPlain) && !held && len(f.legs) > 0:
			for j := range f.legs {
				b.state.Shift(f.legs[j].from, f.legs[j].to, f.legs[j].quantity)
			}
		default:
			e, _ := b.evaluate(r.h, f, false)
			b.finds(r.h, f, e.notes)
			r.changed(i, f, e.legs, e.plain)
		}
	}
}

// changed books a fact as these legs from now on. Where they differ from those
// before, the facts behind it that lie where these reach are lifted.
func (r *refold) changed(i int, f *fact, legs []leg, plain bool) bool {
	if !r.b.change(r.h, f, legs, plain) {
		return false
	}
	if r.all {
		return true
	}
	more := r.reaches(f.from)
	more = r.reaches(f.to) || more
	if more {
		behind := refold{b: r.b, h: r.h, start: r.start + i + 1, places: r.places, lifted: r.lifted[i+1:]}
		behind.lift()
		r.all = behind.all
	}
	return true
}

// change notes that a fact is booked as these legs now; false where it was before.
func (b *Books) change(h *history, f *fact, legs []leg, plain bool) bool {
	f.set(flagPlain, plain)
	h.depends(f)
	if sameLegs(f.legs, legs) {
		return false
	}
	d := deed{h: h, key: f.Key, before: f.legs, n: f.n, act: f.act, recorded: f.recorded}
	f.legs = b.keep(legs)
	f.recorded = b.n
	pin(b.state, f.legs)
	d.after = f.legs
	b.did = append(b.did, d)
	return true
}

// deed is a change of a history within the work on one entry: it can be taken
// back, is told of, and is written to the history.
type deed struct {
	h             *history
	key           Key
	added         bool // the fact is new
	turned        bool // it takes part no longer, or again
	aside         bool // it is new, and not among the facts in memory
	before, after []leg
	n             uint64 // the fact's entry
	recorded      uint64
	act           act
	was           *share // what it counted for in its session
}

// keep copies legs into memory that many facts share.
func (b *Books) keep(legs []leg) []leg {
	const chunk = 256
	if len(legs) == 0 {
		return nil
	}
	if len(b.arena)+len(legs) > cap(b.arena) {
		b.arena = make([]leg, 0, max(chunk, len(legs)))
	}
	start := len(b.arena)
	b.arena = append(b.arena, legs...)
	return b.arena[start:len(b.arena):len(b.arena)]
}

// turn takes a fact out of the fold, or puts it back, and takes what came after it
// again.
func (b *Books) turn(h *history, k *Key, out bool) error {
	if err := b.reach(h, h.alikeSince(k.TEff), k); err != nil {
		return err
	}
	at, found := h.position(k)
	if !found {
		return errGone
	}
	f := &h.facts[at]
	if f.is(flagOut) == out {
		return nil
	}
	if f.tally != nil {
		return b.turnTally(h, *k, out)
	}
	r := b.refold(h, at, f.serial != "" || f.is(flagStep) || h.product.Boxed())
	r.from, r.with = *k, true
	r.reaches(f.from)
	r.reaches(f.to)
	r.lift()
	b.flip(h, at, out)
	if !r.lifted[0] { // it has only virtual places
		r.lifted[0] = true
		b.unbook(f.legs)
	}
	r.redo()
	return nil
}

// retake takes the facts of a history from a key on again, because what covers
// them changed.
func (b *Books) retake(h *history, k *Key) error {
	if err := b.reach(h, k.TEff, k); err != nil {
		return err
	}
	at, found := h.position(k)
	if s := b.main[*k]; at == len(h.facts) && !found && !b.stepsAfter(k) {
		if s != nil && h.product.Boxed() {
			b.shipped(h, at, ghost(s))
		}
		return nil
	}
	r := b.refold(h, at, true)
	r.from, r.with = *k, true
	r.lift()
	r.redo()
	return nil
}

// takeBack leaves histories and cells as they were before the work began.
func (b *Books) takeBack() {
	for i := len(b.did) - 1; i >= 0; i-- {
		d := &b.did[i]
		if d.aside {
			unpin(b.state, d.fact().legs)
			d.h.aside = d.h.aside[:len(d.h.aside)-1]
			continue
		}
		at, found := d.h.position(&d.key)
		if !found {
			continue
		}
		f := &d.h.facts[at]
		switch {
		case d.added:
			unpin(b.state, f.legs)
			d.h.remove(at)
		case d.turned:
			f.set(flagOut, !f.is(flagOut))
			f.recorded = d.recorded
			d.h.heed(f)
		case d.was != nil:
			f.count(d.was)
			d.h.heed(f)
			f.recorded = d.recorded
		default:
			unpin(b.state, f.legs)
			f.legs, f.recorded = d.before, d.recorded
		}
	}
	b.env.takeBack()
	b.exceptionsBack()
	b.state.TakeBack()
}

func (h *history) remove(at int) {
	if h.facts[at].counts() {
		h.near.since = nothingRead // what it stood before is not remembered
	}
	last := len(h.facts) - 1
	copy(h.facts[at:], h.facts[at+1:])
	h.facts[last] = fact{}
	h.facts = h.facts[:last]
}
