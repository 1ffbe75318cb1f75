package settle

import (
	"slices"
	"sort"

	"bayledger/sync/ledger"
)

// judgeFrom finds again, from a key on, where packages are of which something was
// said, and those that were ever inside of them: where others are does not depend on
// these. It returns those that are elsewhere for a while than was found before.
func (b *Books) judgeFrom(k *Key, about ...*parcel) (changed []*parcel) {
	var steps []*step
	for _, p := range withInner(about) {
		at := sort.Search(len(p.steps), func(i int) bool { return p.steps[i].key.Compare(k) >= 0 })
		steps = append(steps, p.steps[at:]...)
	}
	slices.SortStableFunc(steps, func(x, y *step) int { return x.key.Compare(&y.key) })
	return b.judgeAll(steps)
}

// judgeHolds does the same where holds came or ended: on a package for those inside
// of it, on a location for all that were removed. A hold on goods says nothing of
// packages.
func (b *Books) judgeHolds(k *Key, holds []*hold) (changed []*parcel) {
	var about []*parcel
	for _, h := range holds {
		switch {
		case h.place == nil:
		case h.place.IsPackage():
			if p := b.parcels[h.place]; p != nil {
				about = append(about, p)
			}
		default:
			return b.judgeRemovals(k)
		}
	}
	return b.judgeFrom(k, about...)
}

func (b *Books) judgeRemovals(k *Key) []*parcel {
	from := sort.Search(len(b.steps), func(i int) bool { return b.steps[i].key.Compare(k) >= 0 })
	steps := slices.Clone(b.steps[from:])
	first := slices.IndexFunc(steps, (*step).removes)
	if first < 0 {
		return nil
	}
	return b.judgeAll(steps[first:])
}

// withInner returns packages and all that were ever inside of them.
func withInner(about []*parcel) (all []*parcel) {
	known := map[*parcel]bool{}
	var add func(p *parcel)
	add = func(p *parcel) {
		if known[p] {
			return
		}
		known[p] = true
		all = append(all, p)
		for _, x := range p.inner {
			add(x)
		}
	}
	for _, p := range about {
		add(p)
	}
	return all
}

// judgeAll judges steps, in order of the keys.
func (b *Books) judgeAll(steps []*step) (changed []*parcel) {
	for _, s := range steps {
		found, under := b.judge(s)
		if found == s.found && under == s.underHold {
			continue
		}
		was, wasUnder := s.found, s.underHold
		b.back = append(b.back, func() { s.found, s.underHold = was, wasUnder })
		s.found, s.underHold = found, under
		b.noteFound(s, &was)
		if !slices.Contains(changed, s.parcel) {
			changed = append(changed, s.parcel)
		}
	}
	b.putAll(changed)
	return changed
}

// judge finds where a step leaves its package, given what was found before it.
func (b *Books) judge(s *step) (found finding, underHold bool) {
	m := moment{&s.key, true}
	is := s.parcel.at(m)
	if s.out {
		return finding{spot: is}, false
	}
	if !is.known {
		is = spot{known: true, stand: s.named}
	}
	switch s.kind {
	case stepSighted:
		if is.parent == nil {
			is.stand = s.at
		}
	case stepNested:
		if b.contains(s.parcel, s.into, m) {
			found.circle = true
		} else {
			is.parent = s.into
		}
	case stepApart:
		stood := is
		is.parent, is.stand = nil, s.at
		if s.removes() {
			underHold = b.underHold(s.parcel.place, m) || stood.parent == nil && b.underHold(stood.stand, m)
			if found.breach = underHold || len(s.heldOf) > 0; found.breach {
				is.stand = b.virtual(ledger.PlaceBreach)
			}
		}
	}
	found.spot = is
	return found, underHold
}

// contains says whether an outer package is a given one, or inside it.
func (b *Books) contains(p, outer *parcel, m moment) bool {
	for x := outer; x != nil; x = x.at(m).parent {
		if x == p {
			return true
		}
	}
	return false
}

// underHold says whether a hold on a holder, on its place, or on a package around
// it, is in force.
func (b *Books) underHold(p *ledger.Place, m moment) bool {
	return b.heldAround(p, m, func(*hold) bool { return false })
}

// noteFound tells a supervisor of what a step turned out to be.
func (b *Books) noteFound(s *step, was *finding) {
	if b.quiet {
		return
	}
	if s.found.circle == was.circle && s.found.breach == was.breach {
		return
	}
	var notes []ledger.Note
	if s.found.circle {
		notes = append(notes, ledger.Note{Kind: "package_circle", Severity: ledger.Warning, Message: "Package " + s.parcel.place.Code + " was packed into " + s.into.place.Code +
			" by " + s.key.Device + " at " + clock(s.key.TEff) + ", which is inside it; that was passed over. Look how they stand, and scan it again."})
	}
	if s.found.breach {
		notes = append(notes, ledger.Note{Kind: kindHeldTaken, Severity: ledger.Critical, Message: "Package " + s.parcel.place.Code + " was held, or something in it, and taken by " +
			s.key.Device + " at " + clock(s.key.TEff) + "; bring it back or write it off."})
	}
	b.findsStep(s, notes)
}

// putAll puts packages where they are now; what is to go elsewhere is taken out
// first, so that none is ever inside itself.
func (b *Books) putAll(changed []*parcel) {
	for _, p := range changed {
		if p.place.Parent != p.now().in() {
			b.state.PutPackage(p.place, nil)
		}
	}
	for _, p := range changed {
		b.state.PutPackage(p.place, p.now().in())
	}
}

// in is the place that a package is in: another one, or where it stands.
func (s spot) in() *ledger.Place {
	if s.parent != nil {
		return s.parent.place
	}
	return s.stand
}

// judgeLoaded judges the steps that were loaded, once all of them and all holds
// are there.
func (b *Books) judgeLoaded() {
	if !b.stale {
		return
	}
	b.stale, b.quiet = false, true
	slices.SortStableFunc(b.steps, func(x, y *step) int { return x.key.Compare(&y.key) })
	for _, p := range b.parcels {
		slices.SortStableFunc(p.steps, func(x, y *step) int { return x.key.Compare(&y.key) })
	}
	for _, s := range b.steps {
		s.found, s.underHold = b.judge(s)
	}
	b.quiet = false
}
