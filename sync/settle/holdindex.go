package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// holdIndex finds holds by what they cover. Holds are kept for ever, for what comes
// late; a scan looks at those on its own goods and at the places around them, so
// that it does not become slower with every hold there ever was.
type holdIndex[of comparable] map[of][]*hold

// add puts a hold in its place by K, and returns how to take it out again.
func (x *holdIndex[of]) add(what of, h *hold) (back func()) {
	if *x == nil {
		*x = holdIndex[of]{}
	}
	list := (*x)[what]
	at, _ := slices.BinarySearchFunc(list, h, func(x, y *hold) int { return x.key.Compare(&y.key) })
	(*x)[what] = slices.Insert(list, at, h)
	return func() {
		rest := slices.DeleteFunc((*x)[what], func(o *hold) bool { return o == h })
		if (*x)[what] = rest; len(rest) == 0 {
			delete(*x, what)
		}
	}
}

// goodsIndex is that of the holds on one product.
type goodsIndex struct {
	lots    holdIndex[string] // anyLot: on all of them
	serials holdIndex[string]
}

func (g *goodsIndex) add(h *hold) (back func()) {
	if h.serial != "" {
		return g.serials.add(h.serial, h)
	}
	return g.lots.add(h.lot, h)
}

// first returns the one of the lowest K that is in force, nil where none is.
func (g *goodsIndex) first(k *Key, lot, serial string) (found *hold) {
	for _, list := range [...][]*hold{g.lots[lot], g.lots[anyLot], g.serials[serial]} {
		for _, h := range list {
			if h.openAt(k) {
				if found == nil || h.key.Compare(&found.key) < 0 {
					found = h
				}
				break
			}
		}
	}
	return found
}

// around calls fn with a holder, the packages around it, and the location where it
// stands with those above, until fn wants no more; true where it did not.
func (b *Books) around(p *ledger.Place, m moment, fn func(*ledger.Place) (more bool)) bool {
	if p.IsPackage() {
		x := b.parcels[p]
		for p = nil; x != nil; {
			if !fn(x.place) {
				return true
			}
			is := x.at(m)
			if is.parent == nil {
				p = is.stand
				break
			}
			x = is.parent
		}
	}
	for ; p != nil; p = p.Parent {
		if !fn(p) {
			return true
		}
	}
	return false
}

// heldAround calls fn with the holds in force on a holder and what is around it,
// until it wants no more; true where it did not.
func (b *Books) heldAround(p *ledger.Place, m moment, fn func(*hold) (more bool)) bool {
	if len(b.placeHolds) == 0 {
		return false
	}
	return b.around(p, m, func(top *ledger.Place) bool {
		for _, h := range b.holdsAt[top] {
			if h.openAt(m.key) && !fn(h) {
				return false
			}
		}
		return true
	})
}
