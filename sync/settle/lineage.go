package settle

import "bayledger/sync/ledger"

// Origin is a receipt: goods that came into a pool together, by one leg.
type Origin struct {
	Key
	N         uint64 // its entry
	Delivery  string
	Reference string
	From      *ledger.Place // the virtual place that they came from
	Site      string        // of the pool that they came into; "" where that is the company's
	Lot       string
	Serial    string
	Quantity  int64 // as received
	Value     int64 // likewise
	Unit      int64 // unit cost, 6 decimals
	Left      int64 // by order of arrival: the oldest goods leave first
}

// Use is a removal out of the house: goods that a leg took from a pool, and which
// receipts they came with, by order of arrival.
type Use struct {
	Key
	N           uint64
	To          *ledger.Place
	Site        string // of the pool
	Lot, Serial string
	Reference   string
	Asset       string
	Cause       string
	Quantity    int64
	Value       int64 // with what the receipts that covered it came to pay
	Parts       []UsePart

	latest int // the part that was covered last
}

// UsePart is what a removal took of one receipt: nil where goods were taken before
// anything came, or came from another site's pool, which had not got them yet.
type UsePart struct {
	Origin   *Origin
	Quantity int64
	Value    int64
}

// lineage follows receipts through pools in order of arrival, whatever costs are kept
// by. For products costed by layers it is those layers; for averaged ones it is the
// order in which a shelf is emptied from the front, and says nothing of costs. A nil
// lineage follows nothing.
type lineage struct {
	site   func(home ledger.PlaceID) string
	keep   func(f *fact) bool // whose uses are kept; nil: none
	stocks map[ledger.PlaceID]*strands
	uses   []*Use
	origin []*Origin
	handed []layer // what the pool handed out for the use under way
}

// strands are what a pool holds by receipts, or what it lacks.
type strands struct {
	parts []UsePart // the oldest first; their values are not kept
	gaps  []gap     // removals that took what was not there, the oldest first
	first int       // parts before it are used up
	held  int64     // all of the parts
}

// gap is a part of a removal that no receipt has covered.
type gap struct {
	use  *Use
	part int // of its parts
}

func (g *lineage) of(home ledger.PlaceID) *strands {
	s := g.stocks[home]
	if s == nil {
		s = &strands{}
		g.stocks[home] = s
	}
	return s
}

// coming notes a receipt.
func (g *lineage) coming(f *fact, l *leg, from side, home ledger.PlaceID, in *layer) *Origin {
	o := &Origin{Key: f.Key, N: f.n, Delivery: in.Delivery, From: from.virtual, Site: g.site(home), Lot: l.from.Lot, Serial: l.from.Serial,
		Quantity: in.Quantity, Value: in.Value, Unit: in.Unit, Left: in.Quantity}
	if f.said != nil {
		o.Reference = f.said.reference
	}
	g.origin = append(g.origin, o)
	g.of(home).put(UsePart{Origin: o, Quantity: in.Quantity})
	return o
}

// taking notes a removal, and returns what hears of the costs of its parts; nil of one
// that nobody wants to know of.
func (g *lineage) taking(f *fact, l *leg, home ledger.PlaceID, to side) (*Use, func(layer)) {
	if (g.keep == nil || !g.keep(f)) && g.of(home).passes(l.quantity) {
		return nil, nil
	}
	u := &Use{Key: f.Key, N: f.n, To: to.virtual, Site: g.site(home), Lot: l.from.Lot, Serial: l.from.Serial, Cause: l.cause.String(), Quantity: l.quantity}
	if f.said != nil {
		u.Reference, u.Asset = f.said.reference, f.said.asset
	}
	s := g.of(home)
	s.take(l.quantity, func(p UsePart, there bool) {
		if p.Origin != nil {
			p.Origin.Left -= p.Quantity
		}
		if !there {
			s.gaps = append(s.gaps, gap{u, len(u.Parts)})
		}
		u.Parts = append(u.Parts, p)
	})
	if g.keep != nil && g.keep(f) {
		g.uses = append(g.uses, u)
	}
	g.handed = g.handed[:0]
	return u, func(part layer) { g.handed = append(g.handed, part) }
}

// passes takes a quantity out of which nobody wants to know, where all of it is there.
func (s *strands) passes(quantity int64) bool {
	if s.held < quantity {
		return false
	}
	s.take(quantity, func(p UsePart, _ bool) {
		if p.Origin != nil {
			p.Origin.Left -= p.Quantity
		}
	})
	return true
}

// took shares out what a removal was worth over its parts: as the pool handed them
// out where it kept the same ones, else by quantity, the last taking the rest.
func (g *lineage) took(u *Use, value int64) {
	if g == nil || u == nil {
		return
	}
	u.Value = value
	same := len(g.handed) == len(u.Parts)
	for i := range g.handed {
		same = same && g.handed[i].Quantity == u.Parts[i].Quantity
	}
	passed, given := int64(0), int64(0)
	for i := range u.Parts {
		p := &u.Parts[i]
		if same {
			p.Value = g.handed[i].Value
			continue
		}
		passed += p.Quantity
		upTo := rounded(passed, value, u.Quantity)
		p.Value, given = upTo-given, upTo
	}
}

// crossing notes goods that go from one pool to another.
func (g *lineage) crossing(from, to ledger.PlaceID, quantity int64) {
	out, in := g.of(from), g.of(to)
	out.take(quantity, func(p UsePart, there bool) {
		if !there { // what covers them later went on long ago
			out.gaps = append(out.gaps, gap{&Use{Parts: []UsePart{p}}, 0})
		}
		in.put(p)
	})
}

// covered adds what the receipt that covered a removal just now paid more than was
// thought.
func (u *Use) covered(difference int64) {
	if u == nil {
		return
	}
	u.Value += difference
	u.Parts[u.latest].Value += difference
}

// put takes goods of a receipt in, and covers with them what was taken before.
func (s *strands) put(p UsePart) {
	for len(s.gaps) > 0 && p.Quantity > 0 {
		g := &s.gaps[0]
		open := &g.use.Parts[g.part]
		g.use.latest = g.part
		quantity := min(open.Quantity, p.Quantity)
		value := part(open.Value, quantity, open.Quantity)
		if p.Quantity -= quantity; p.Origin != nil {
			p.Origin.Left -= quantity
		}
		if open.Quantity -= quantity; open.Quantity == 0 {
			open.Origin, open.Quantity = p.Origin, quantity
			s.gaps = s.gaps[1:]
			continue
		}
		open.Value -= value
		rest := *open // stays the last part, and open
		*open = UsePart{Origin: p.Origin, Quantity: quantity, Value: value}
		g.use.Parts, g.part = append(g.use.Parts, rest), len(g.use.Parts)
	}
	if p.Quantity > 0 {
		s.parts = append(s.parts, p)
		s.held += p.Quantity
	}
}

// take hands goods out, the oldest first; what is not there has no origin.
func (s *strands) take(quantity int64, hand func(p UsePart, there bool)) {
	for quantity > 0 && s.first < len(s.parts) {
		p := &s.parts[s.first]
		out := min(quantity, p.Quantity)
		p.Quantity -= out
		s.held -= out
		quantity -= out
		hand(UsePart{Origin: p.Origin, Quantity: out}, true)
		if p.Quantity == 0 {
			s.first++
		}
	}
	if 2*s.first > len(s.parts) {
		s.parts = append(s.parts[:0], s.parts[s.first:]...)
		s.first = 0
	}
	if quantity > 0 {
		hand(UsePart{Quantity: quantity}, false)
	}
}
