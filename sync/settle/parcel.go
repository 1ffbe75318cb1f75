package settle

import (
	"slices"
	"sort"
	"strings"

	"bayledger/sync/ledger"
)

// parcel is a package as the fold sees it: what was ever said of it, in the order
// of the keys. Where it stood, and what it was inside of, is known for each key.
type parcel struct {
	place *ledger.Place
	steps []*step
	outer []*parcel // those that it was ever put into, each once
	inner []*parcel // those that were ever put into it, each once
}

// step is what one line says of a package as such.
type step struct {
	key     Key
	n       uint64 // its entry
	seen    uint64
	parcel  *parcel
	kind    stepKind
	act     act
	out     bool          // undone: takes no part
	named   *ledger.Place // where the package stands if nothing of it is known before
	at      *ledger.Place // where it is seen or put
	into    *parcel
	empty   bool          // all that is inside goes to another place
	to      *ledger.Place // which
	said    *said         // of costs of what is emptied out
	session string        // of a count, in which it was scanned

	// What the fold makes of it:
	found     finding
	underHold bool               // of a removal: the package is under a hold
	heldOf    []ledger.ProductID // of a removal: the products of which something held is inside, sorted
	main      bool               // its line is about this package
	gone      bool               // it was taken back
}

// stepKind is what a step does. Numbers reach the disk; the list only grows.
type stepKind byte

const (
	stepNamed   stepKind = iota // it is spoken of
	stepSighted                 // it is seen, unless it is inside another one
	stepNested                  // it is put into another one
	stepApart                   // it is put down by itself
)

// spot is where a package is.
type spot struct {
	known  bool
	stand  *ledger.Place // where it was last by itself
	parent *parcel
}

// finding is what the fold makes of a step: where its package is from then on.
type finding struct {
	spot
	circle bool // of a nesting: it would close one, and is passed over
	breach bool // of a removal: something held went with it
}

// moment is a place in the fold: just before a key, or with it.
type moment struct {
	key    *Key
	before bool
}

// shelving is what the folds of all products share of packages.
type shelving struct {
	parcels map[*ledger.Place]*parcel
	steps   []*step       // of all packages, in order of the keys
	main    map[Key]*step // the one that a line is about
	dirty   []*step       // removals that came out otherwise for one of the products inside
	stale   bool          // steps have been loaded and not been judged yet
}

func newShelving() shelving {
	return shelving{parcels: map[*ledger.Place]*parcel{}, main: map[Key]*step{}}
}

func (b *Books) parcel(p *ledger.Place) *parcel {
	x := b.parcels[p]
	if x == nil {
		x = &parcel{place: p}
		b.parcels[p] = x
	}
	return x
}

// at is where the package is at a moment.
func (p *parcel) at(m moment) spot {
	if p == nil {
		return spot{}
	}
	i := sort.Search(len(p.steps), func(i int) bool {
		c := p.steps[i].key.Compare(m.key)
		return c > 0 || c == 0 && m.before
	})
	if i == 0 {
		return spot{}
	}
	return p.steps[i-1].found.spot
}

// now is where the package is after all that is known.
func (p *parcel) now() spot {
	if p == nil || len(p.steps) == 0 {
		return spot{}
	}
	return p.steps[len(p.steps)-1].found.spot
}

// standing is the location where a holder is at a moment: of a package where the
// outermost one stands, nil where that is not known.
func (b *Books) standing(p *ledger.Place, m moment) *ledger.Place {
	if !p.IsPackage() {
		return p
	}
	for x := b.parcels[p]; ; {
		is := x.at(m)
		if is.parent == nil {
			return is.stand
		}
		x = is.parent
	}
}

// quarantined says whether what comes to a holder at a moment becomes held.
func (b *Books) quarantined(p *ledger.Place, m moment) bool {
	if p.IsPackage() {
		p = b.standing(p, m)
	}
	return p != nil && p.Quarantine()
}

// within says whether a holder is, at a moment, in the tree below a location, or
// inside a package.
func (b *Books) within(p, top *ledger.Place, m moment) bool {
	if p.IsPackage() {
		for x := b.parcels[p]; ; {
			if x == nil || x.place == top {
				return x != nil
			}
			is := x.at(m)
			if is.parent == nil {
				p = is.stand
				break
			}
			x = is.parent
		}
	}
	return p != nil && !top.IsPackage() && p.Within(top)
}

// newStep reads what a line says of its package: design.md §3.
func (b *Books) newStep(in *ledger.Intent, at *ledger.Receipt, l *ledger.StampLine, line int) *step {
	s := &step{key: Key{TEff: at.TEff, Device: in.Device, Install: in.Install, Seq: in.Seq, Line: line}, n: at.N, seen: in.Seen,
		parcel: b.parcel(l.Package), act: acts[in.Action], named: l.From}
	if s.named == nil {
		s.named = l.To
	}
	whole := l.Product == nil
	switch in.Action {
	case ledger.ActionAdd, ledger.ActionDisassemble:
		s.kind, s.named, s.at = stepSighted, l.To, l.To
		if whole {
			s.kind = stepApart
		}
	case ledger.ActionPack:
		s.kind, s.at = stepSighted, l.To
		if l.Into != nil {
			s.kind, s.at, s.into = stepNested, nil, b.parcel(l.Into)
		}
	case ledger.ActionUnpack:
		s.kind, s.at, s.empty, s.to = stepSighted, l.From, whole, l.To
	case ledger.ActionCount:
		if s.session = b.name(in.Session); whole {
			s.kind, s.at = stepSighted, l.From
		}
	case ledger.ActionMove:
		if whole {
			s.kind, s.at = stepApart, l.To
		}
	case ledger.ActionIsolate, ledger.ActionRelease:
		s.empty, s.to = whole, l.To
	default: // remove, scrap, assemble
		if whole {
			s.kind, s.at, s.empty, s.to = stepApart, l.To, true, l.To
		}
	}
	if s.empty {
		s.said = newSaid(in, l)
	}
	return s
}

// moves says whether the step can do anything to goods inside.
func (s *step) moves() bool { return s.kind != stepNamed || s.empty }

// removes says whether held goods inside make it a breach.
func (s *step) removes() bool { return s.empty && s.act == actRemove && breachable(s.to) }

// breached says whether they do.
func (s *step) breached() bool { return s.underHold || len(s.heldOf) > 0 }

// addStep puts a step, and the naming of the package that it goes into, in their
// places, and judges what follows from them. It returns the packages that are
// elsewhere for a while.
func (b *Books) addStep(s *step) []*parcel {
	if s.into != nil && s.into != s.parcel {
		b.insertStep(&step{key: s.key, n: s.n, parcel: s.into, act: s.act, out: s.out, named: s.named})
		b.nest(s.parcel, s.into)
	}
	s.main = true
	b.insertStep(s)
	b.main[s.key] = s
	b.back = append(b.back, func() { delete(b.main, s.key) })
	return b.judgeFrom(&s.key, s.about()...)
}

// about are the packages of which the line of a step says something.
func (s *step) about() []*parcel {
	if s.into != nil {
		return []*parcel{s.parcel, s.into}
	}
	return []*parcel{s.parcel}
}

func (b *Books) insertStep(s *step) {
	p := s.parcel
	s.found.spot = p.at(moment{key: &s.key})
	p.steps = insertByKey(p.steps, s)
	b.steps = insertByKey(b.steps, s)
	b.rows.step(s)
	b.back = append(b.back, func() {
		s.gone = true
		p.steps = without(p.steps, s)
		b.steps = without(b.steps, s)
	})
}

func (b *Books) nest(inner, outer *parcel) {
	if slices.Contains(inner.outer, outer) {
		return
	}
	inner.outer, outer.inner = append(inner.outer, outer), append(outer.inner, inner)
	b.back = append(b.back, func() {
		inner.outer, outer.inner = inner.outer[:len(inner.outer)-1], outer.inner[:len(outer.inner)-1]
	})
}

func insertByKey(list []*step, s *step) []*step {
	if last := len(list) - 1; last < 0 || list[last].key.Compare(&s.key) <= 0 {
		return append(list, s)
	}
	at := sort.Search(len(list), func(i int) bool { return list[i].key.Compare(&s.key) > 0 })
	return slices.Insert(list, at, s)
}

// without takes a step out again; what is taken back is mostly the last.
func without(list []*step, s *step) []*step {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == s {
			return slices.Delete(list, i, i+1)
		}
	}
	return list
}

// stepsAfter says whether anything was said of packages after a key.
func (b *Books) stepsAfter(k *Key) bool {
	last := len(b.steps) - 1
	return last >= 0 && b.steps[last].key.Compare(k) > 0
}

// turnStep takes what a line said of its package out of the fold, or puts it back.
func (b *Books) turnStep(k *Key, out bool) (s *step, changed []*parcel) {
	s = b.main[*k]
	if s == nil || s.out == out {
		return nil, nil
	}
	for _, x := range b.stepsOf(s) {
		x.out = out
		b.rows.step(x)
		b.back = append(b.back, func() { x.out = !out })
	}
	return s, b.judgeFrom(k, s.about()...)
}

// stepsOf returns a line's step and the naming that goes with it.
func (b *Books) stepsOf(s *step) []*step {
	out := []*step{s}
	if s.into != nil && s.into != s.parcel {
		for _, x := range s.into.steps {
			if x.key == s.key {
				out = append(out, x)
			}
		}
	}
	return out
}

// Package is a package as the books have it.
type Package struct {
	Code   string
	Place  string // where it stands, as Place.Ref
	Parent string // the package that it is inside of
}

// Packages returns all packages of which anything is known, sorted.
func (b *Books) Packages() []Package {
	b.judgeLoaded()
	var out []Package
	for place, p := range b.parcels {
		is := p.now()
		if !is.known {
			continue
		}
		view := Package{Code: place.Code, Place: place.Stand().Ref()}
		if is.parent != nil {
			view.Parent = is.parent.place.Code
		}
		out = append(out, view)
	}
	slices.SortFunc(out, func(x, y Package) int { return strings.Compare(x.Code, y.Code) })
	return out
}
