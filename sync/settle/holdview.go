package settle

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// HoldView is a hold as it is shown.
type HoldView struct {
	ID      string
	N       uint64 // its entry
	At      ledger.Time
	Device  string
	Product *ledger.Product // nil: of a place or package
	Lot     string          // ledger.AnyLot: all of the product
	Serial  string
	Place   *ledger.Place // a location with all below it, or a package
	Open    bool
	Undone  bool

	key Key
}

// Holds returns the holds that nobody has ended, or all there ever were, in order of
// K. It only reads.
func (b *Books) Holds(all bool) (out []HoldView) {
	for _, h := range b.holds {
		if all || h.open() {
			out = append(out, h.view())
		}
	}
	slices.SortFunc(out, func(x, y HoldView) int { return x.key.Compare(&y.key) })
	return out
}

// Hold returns one hold by its id. It only reads.
func (b *Books) Hold(id string) (HoldView, bool) {
	h := b.holds[id]
	if h == nil {
		return HoldView{}, false
	}
	return h.view(), true
}

func (h *hold) view() HoldView {
	return HoldView{ID: h.id, N: h.n, At: h.key.TEff, Device: h.key.Device, Product: h.product, Lot: h.lot, Serial: h.serial, Place: h.place,
		Open: h.open(), Undone: h.out, key: h.key}
}

// ProductsOf returns the products that a hold is, or ever was, about. It only reads.
func (b *Books) ProductsOf(h *HoldView) (out []*ledger.Product) {
	if h.Product != nil {
		return []*ledger.Product{h.Product}
	}
	if h.Place == nil {
		return nil
	}
	b.state.EachProductAt(b.everWithin(h.Place), func(p *ledger.Product) { out = append(out, p) })
	return out
}

// LeftWithin is how long before a hold what left is listed with it: long enough for
// a van to be called back.
const LeftWithin = ledger.Time(24 * 3600e6)

// Left is goods that left before a hold on them.
type Left struct {
	Product     *ledger.Product
	Lot, Serial string
	Quantity    int64
	From, To    *ledger.Place
	At          ledger.Time
	Device      string
	N           uint64 // the entry of the scan that took them
}

// leftBefore says what left of a hold's goods shortly before it, as far as has come.
func (b *Books) leftBefore(h *hold) (string, error) {
	if h.product == nil || h.out {
		return "", nil
	}
	of := b.history(h.product)
	if err := b.reach(of, h.key.TEff-LeftWithin, nil); err != nil {
		return "", err
	}
	sum, count, last := int64(0), 0, (*fact)(nil)
	start, end := of.between(h.key.TEff-LeftWithin, h.key.TEff)
	for i := start; i < end; i++ {
		f := &of.facts[i]
		if f.is(flagOut) || f.Compare(&h.key) >= 0 {
			continue
		}
		for j := range f.legs {
			if l := &f.legs[j]; h.covers(l.from) && leaves(l.from.Place, l.to.Place) {
				sum, count, last = sum+l.quantity, count+1, f
			}
		}
	}
	if count == 0 {
		return "", nil
	}
	say := ledger.FormatScaled(sum, h.product.Decimals) + " of " + h.product.Code
	return "In the day before, " + say + " left in " + plural(count, "removal") + ", the last by " + last.Device + " at " + clock(last.TEff) + "; the hold lists them.", nil
}

// covers says whether a cell's goods are what a hold on goods is about.
func (h *hold) covers(c *ledger.Cell) bool {
	return h.serial != "" && c.Serial == h.serial || h.serial == "" && (h.lot == anyLot || c.Lot == h.lot)
}

// leaves says whether goods that go from one place to another leave the house.
func leaves(from, to *ledger.Place) bool {
	return from.Physical() && (to.Kind == ledger.PlaceCustomer || to.Kind == ledger.PlaceBreach)
}

// LeftSearch lists what left before a hold, from the pieces of one product's history.
type LeftSearch struct {
	hold  HoldView
	n     uint64
	state *ledger.State
	known map[Key]bool
	found []Left
}

// NewLeftSearch begins to look for what left before a hold, in facts that were
// written up to entry n.
func NewLeftSearch(h HoldView, s *ledger.State, n uint64) *LeftSearch {
	return &LeftSearch{hold: h, n: n, state: s, known: map[Key]bool{}}
}

// Search looks in a piece, all newer ones of which were given before; more says that
// older ones matter. The caller holds whatever guards the state.
func (s *LeftSearch) Search(p *ledger.Product, facts []Traced, bookedAt ledger.Time) (more bool) {
	from := s.hold.At - LeftWithin
	for i := len(facts) - 1; i >= 0; i-- {
		f := &facts[i]
		if f.Recorded > s.n || !f.Removes || f.TEff < from || f.Compare(&s.hold.key) >= 0 || s.known[f.Key] {
			continue
		}
		s.known[f.Key] = true
		for _, l := range f.Legs {
			at, _ := s.state.PlaceByID(l.From)
			to, ok := s.state.PlaceByID(l.To)
			if !ok || at == nil || !s.covers(&l, at) || !leaves(at, to) {
				continue
			}
			s.found = append(s.found, Left{Product: p, Lot: l.Lot, Serial: l.Serial, Quantity: l.Quantity, From: at, To: to, At: f.TEff, Device: f.Device, N: f.N})
		}
	}
	return bookedAt+1 >= from
}

func (s *LeftSearch) covers(l *TracedLeg, from *ledger.Place) bool {
	h := &s.hold
	switch {
	case h.Place != nil:
		return from.Within(h.Place)
	case h.Serial != "":
		return l.Serial == h.Serial
	}
	return h.Lot == anyLot || l.Lot == h.Lot
}

// Left returns what was found, the last first.
func (s *LeftSearch) Left() []Left {
	slices.SortFunc(s.found, func(x, y Left) int {
		return cmp.Or(cmp.Compare(y.At, x.At), cmp.Compare(y.N, x.N), cmp.Compare(x.Product.Code, y.Product.Code), cmp.Compare(x.Lot, y.Lot), cmp.Compare(x.Serial, y.Serial))
	})
	return s.found
}
