package settle

import "bayledger/sync/ledger"

// Two people may scan one thing: their scans are booked both, and a supervisor
// hears of it (Q1). And one piece cannot be at two places at once (S3). Both are
// found by looking at what came shortly before in the same product's history.
//
// What is looked at is in memory, or is read because the history is read all the
// same; nothing is read for this alone. So a scan misses its like only where some
// maxFacts others were booked between the two, or where one of the two comes so late
// that it is booked aside.

// Bounds of what is looked for.
const (
	// alikeWithin is how long after another scan the same one is doubtful.
	alikeWithin = ledger.Time(120e6)
	// apartWithin is how fast no piece goes from one place to another.
	apartWithin = ledger.Time(60e6)
	// maxNear is how many facts of a product are looked back at, at most: where more
	// come in two minutes, the same is done all the time. What follows for goods in a
	// package that was moved is no scan of theirs; so many of it are passed over.
	maxNear   = 16
	maxPassed = 4 * maxNear
	// maxAlike is how many scans alike say that this is how people work there: many
	// pick one by one from the same shelf.
	maxAlike = 4
)

// alikeSince is the moment from which facts are wanted in memory for one at t:
// earlier ones only where the history has to be read all the same.
func (h *history) alikeSince(t ledger.Time) ledger.Time {
	if h.costs.known && h.since <= t {
		return t
	}
	return max(0, t-alikeWithin)
}

// lookNear looks again at the facts of which those shortly before are others now.
func (b *Books) lookNear() {
	for i := range b.did {
		d := &b.did[i]
		if !d.added && !d.turned || d.aside {
			continue
		}
		at, _ := d.h.position(&d.key)
		left := maxNear + 1
		for j := at; j < len(d.h.facts) && left > 0 && j-at <= maxPassed && d.h.facts[j].TEff-d.key.TEff <= alikeWithin; j++ {
			if d.h.facts[j].act != actShip {
				b.lookAt(d.h, j, d.added && j == at)
				left--
			}
		}
	}
}

func (b *Books) lookAt(h *history, at int, isNew bool) {
	f := &h.facts[at]
	where := foundAt{f.Key, fromNear}
	note, any := h.doubtful(at)
	switch {
	case any:
		b.replace(where, []ledger.Note{note}, func(x *exception) {
			x.row.Product, x.row.Entry = h.product.Code, f.n
			x.at(b.seenAt(f.from, f.to, &f.Key))
		})
	case !isNew && len(b.exceptions.found) > 0 && len(b.exceptions.found[where]) > 0:
		b.replace(where, nil, nil)
	}
}

// doubtful finds what is doubtful about a fact because of those before it.
func (h *history) doubtful(at int) (note ledger.Note, any bool) {
	f := &h.facts[at]
	if f.kin == 0 || f.is(flagOut) || f.act == actBring {
		return note, false
	}
	var like *fact
	count, left := 0, maxNear
	for i := at - 1; i >= 0 && left > 0 && at-i <= maxPassed && f.TEff-h.facts[i].TEff <= alikeWithin; i-- {
		o := &h.facts[i]
		if o.act == actShip {
			continue
		}
		left--
		switch {
		case o.kin != f.kin:
		case o.is(flagOut) || o.serial != f.serial:
		case f.serial != "":
			return f.apart(o, h.product)
		case f.alike(o):
			if count++; count >= maxAlike {
				return note, false
			}
			if like == nil && o.Device != f.Device {
				like = o
			}
		}
	}
	if like == nil {
		return note, false
	}
	return ledger.Note{Kind: kindDoubleScan, Severity: ledger.Info, Message: f.Device + " brought " + ledger.FormatScaled(f.quantity, h.product.Decimals) + " of " + h.product.Code +
		" from " + f.from.Ref() + " to " + f.to.Ref() + " at " + clock(f.TEff) + ", and " + like.Device + " just the same at " + clock(like.TEff) + ". If both scanned one thing, undo one of the two."}, true
}

// kinship is the same for all facts that are alike, and for all of one piece; 0 for
// those that are like no other. It saves most comparing of what happens all the time.
func (f *fact) kinship() uint32 {
	const prime = 0x9e3779b1 // spreads what differs little
	if f.serial != "" {
		k := uint32(len(f.serial))
		for i := range len(f.serial) {
			k = k*prime + uint32(f.serial[i])
		}
		return k | 1
	}
	if f.act == actCount || f.act == actCountOne || f.from == nil || f.to == nil {
		return 0
	}
	k := uint32(f.act)
	for _, part := range [...]uint32{uint32(f.quantity), uint32(f.from.ID), uint32(f.to.ID), uint32(len(f.lot))} {
		k = k*prime + part
	}
	return k&^1 | 2
}

// alike says whether two facts do the same with the same goods, for no different
// orders or deliveries that they name.
func (f *fact) alike(o *fact) bool {
	if f.act != o.act || f.quantity != o.quantity || f.from != o.from || f.to != o.to || f.lot != o.lot || f.act == actCount || f.act == actCountOne || f.from == nil || f.to == nil {
		return false
	}
	var mine, others said
	if f.said != nil {
		mine = *f.said
	}
	if o.said != nil {
		others = *o.said
	}
	return mine.reference == others.reference && mine.delivery == others.delivery && mine.asset == others.asset
}

// apart says whether a piece was seen where it cannot be, so soon after another
// device left it elsewhere.
func (f *fact) apart(o *fact, p *ledger.Product) (note ledger.Note, any bool) {
	left, seen := o.to, f.sightedAt()
	if o.act == actCountOne {
		left = o.from
	}
	counted0 := o.act == actCountOne && o.quantity == 0 || f.act == actCountOne && f.quantity == 0
	moved := f.from == nil // it says where it brought the piece, not where it found it
	if o.Device == f.Device || f.TEff-o.TEff > apartWithin || counted0 || moved || left == nil || left == seen || !left.Physical() || !seen.Physical() || left.IsPackage() || seen.IsPackage() {
		return note, false
	}
	return ledger.Note{Kind: kindTwoPlaces, Severity: ledger.Warning, Message: "The serial " + f.serial + " of " + p.Code + " was left at " + left.Ref() + " by " + o.Device + " at " + clock(o.TEff) +
		", and seen at " + seen.Ref() + " by " + f.Device + " within a minute. Look whether two pieces have one number, or one of the clocks is wrong."}, true
}
