package settle

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// Part is goods that went into an asset, a genealogy query and no booking (K2): what
// is recalled may be in there, whether it was held when it was built in or is held
// since.
type Part struct {
	Asset       string
	Product     *ledger.Product
	Lot, Serial string
	Quantity    int64 // what was built in and not taken out again
	Out         int64 // what was taken out again
	First, Last ledger.Time
	Device      string // that built in the last of it
	N           uint64 // the entry of that scan
	Held        bool   // some of it was under the hold then
	Via         string // the asset that is itself a part of this one; "" where the goods are
}

// PartSearch lists the assets that goods went into, from the pieces of histories.
type PartSearch struct {
	n     uint64
	state *ledger.State
	lot   string // of the goods; anyLot: all
	piece string // their serial
	from  *ledger.Place
	since *Key // of the hold; nil where none is asked about
	known map[Key]bool
	parts map[partKey]*Part
}

type partKey struct {
	asset, lot, serial string
	product            ledger.ProductID
}

// NewPartSearch begins to look for what goods went into, in facts that were written
// up to entry n: those of a lot (ledger.AnyLot: of all), or one piece.
func NewPartSearch(lot, serial string, s *ledger.State, n uint64) *PartSearch {
	return &PartSearch{n: n, state: s, lot: lot, piece: serial, known: map[Key]bool{}, parts: map[partKey]*Part{}}
}

// OfHold asks about the goods of a hold. Of a place or a package only what was used
// under the hold matters.
func (s *PartSearch) OfHold(h *HoldView) {
	s.since, s.from, s.lot, s.piece = &h.key, h.Place, h.Lot, h.Serial
	if h.Place != nil {
		s.lot = anyLot
	}
}

// Search looks in a piece, all newer ones of which were given before. The caller
// holds whatever guards the state.
func (s *PartSearch) Search(p *ledger.Product, facts []Traced) {
	for i := len(facts) - 1; i >= 0; i-- {
		f := &facts[i]
		if f.Recorded > s.n || !f.Built || s.known[f.Key] {
			continue
		}
		s.known[f.Key] = true
		for _, l := range f.Legs {
			if s.piece != "" && l.Serial != s.piece || s.piece == "" && s.lot != anyLot && l.Lot != s.lot {
				continue
			}
			s.leg(p, f, &l)
		}
	}
}

func (s *PartSearch) leg(p *ledger.Product, f *Traced, l *TracedLeg) {
	from, ok := s.state.PlaceByID(l.From)
	to, there := s.state.PlaceByID(l.To)
	if !ok || !there || f.Asset == "" {
		return
	}
	in, out := to.Kind == ledger.PlaceAsset, from.Kind == ledger.PlaceAsset
	held := s.since != nil && f.Compare(s.since) > 0
	if in == out || in && s.from != nil && !(held && from.Within(s.from)) {
		return
	}
	key := partKey{f.Asset, l.Lot, l.Serial, p.ID}
	part := s.parts[key]
	if part == nil {
		part = &Part{Asset: f.Asset, Product: p, Lot: l.Lot, Serial: l.Serial}
		s.parts[key] = part
	}
	if out {
		part.Quantity, part.Out = part.Quantity-l.Quantity, part.Out+l.Quantity
		return
	}
	part.Quantity, part.Held = part.Quantity+l.Quantity, part.Held || held
	if part.First == 0 || f.TEff < part.First {
		part.First = f.TEff
	}
	if f.TEff >= part.Last {
		part.Last, part.Device, part.N = f.TEff, f.Device, f.N
	}
}

// Parts returns what was built in and is there still, and what was taken out again.
func (s *PartSearch) Parts() (out []Part) {
	for _, p := range s.parts {
		if p.First != 0 {
			out = append(out, *p)
		}
	}
	slices.SortFunc(out, func(x, y Part) int {
		return cmp.Or(cmp.Compare(x.Asset, y.Asset), cmp.Compare(x.Product.Code, y.Product.Code), cmp.Compare(x.Lot, y.Lot), cmp.Compare(x.Serial, y.Serial))
	})
	return out
}
