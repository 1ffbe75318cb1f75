package ledger

// Scope is what an open hold covers: a lot of a product (AnyLot: all of it), or,
// without a product, a place with all below it.
type Scope struct {
	Product *Product
	Lot     string
	Serial  string // of the product; then no lot counts
	Place   *Place
}

// AnyLot as a scope's lot stands for all lots of the product.
const AnyLot = "*"

// Freeze notes that one more hold, or with by below zero one less, is open on a
// scope. What lies in it is not available from then on; the constraints that this
// touches are judged by the Post of the entry.
func (s *State) Freeze(scope Scope, by int) {
	s.recastScope(&scope)
	p := scope.Product
	if p == nil {
		scope.Place.frozen += by
		s.frozenPlaces += by
		for _, key := range sortedKeys(s.constraints) {
			s.recountLater(s.constraints[key])
		}
		return
	}
	if p.frozen == nil {
		p.frozen = map[string]int{}
	}
	key := scope.Lot
	if scope.Serial != "" {
		key = serialKey(scope.Serial)
	}
	if p.frozen[key] += by; p.frozen[key] == 0 {
		delete(p.frozen, key)
	}
	for _, w := range p.watches {
		s.recountLater(w)
	}
}

// recountLater has a watch's sums taken anew by the posting's end: its cells may
// still change.
func (s *State) recountLater(w *watch) {
	w.stale = true
	if !w.touched {
		w.touched = true
		s.posting.watches = append(s.posting.watches, w)
	}
}

// serialKey keeps serials apart from lots.
func serialKey(serial string) string { return "\x00" + serial }

// UnderHold says whether what lies in a cell lies under an open hold.
func (s *State) UnderHold(c *Cell) bool {
	p, at := c.Product, c.Place
	if len(p.frozen) > 0 && (p.frozen[c.Lot] > 0 || p.frozen[AnyLot] > 0 || c.Serial != "" && p.frozen[serialKey(c.Serial)] > 0) {
		return true
	}
	if s.frozenPlaces > 0 {
		for ; at != nil; at = at.Parent {
			if at.frozen > 0 {
				return true
			}
		}
	}
	return false
}
