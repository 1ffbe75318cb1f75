package ledger

import (
	"cmp"
	"slices"
)

// posting is the work on one entry: what it has touched, so that it can be
// judged by its end and taken back as a whole. Within it cells may go up and down
// as often as settling needs; only what differs at the end counts as changed.
type posting struct {
	id       uint64
	n        uint64
	at       Time
	cells    []*Cell // touched, in the order of the first touch
	shelves  []*shelf
	watches  []*watch
	chains   []*Chain
	opened   []opened
	made     []*Place    // packages that are new
	stood    []*Place    // packages that were put elsewhere
	lines    []StampLine // memory for what its intents mean
	demandAt string      // the site whose removals the entry's are
	demandOn Time        // and when
	tooMuch  bool
	recount  bool     // an edit changed which places count
	rooms    []*Place // of which what lies there changed, where somebody said how much they take
}

// opened is a deleted product or place on which goods have landed, or a product
// that moved for the first time; one of the two is set.
type opened struct {
	product *Product
	moved   bool // else it was the closing that was noted
	place   *Place
}

// Begin starts the work on entry n, booked at a moment. It ends with Post or
// TakeBack.
func (s *State) Begin(n uint64, at Time) {
	p := &s.posting
	*p = posting{id: p.id + 1, n: n, at: at, cells: p.cells[:0], shelves: p.shelves[:0], watches: p.watches[:0], chains: p.chains[:0], opened: p.opened[:0],
		made: p.made[:0], stood: p.stood[:0], lines: p.lines[:0], rooms: p.rooms[:0]}
}

// sharedLines is how many lines of stamps the posting keeps memory for; most
// entries have one.
const sharedLines = 64

// room returns memory for the lines of a stamp, valid until the next Begin.
func (p *posting) room(count int) []StampLine {
	start := len(p.lines)
	if start+count > cap(p.lines) {
		if p.lines != nil {
			return make([]StampLine, 0, count)
		}
		p.lines = make([]StampLine, 0, sharedLines)
		return p.room(count)
	}
	p.lines = p.lines[:start+count]
	return p.lines[start : start : start+count]
}

// CellOf returns a cell of the books, made empty if it is not there.
func (s *State) CellOf(product *Product, holder *Place, lot, serial string, held bool) *Cell {
	sh := s.shelf(product, holder)
	return s.cell(sh, product, holder, cellTag{lot, serial, held})
}

// Quantity returns what one cell holds.
func (s *State) Quantity(product *Product, holder *Place, lot, serial string, held bool) int64 {
	if sh := s.shelves[keyOfShelf(product.ID, holder.ID)]; sh != nil {
		if c := sh.find(cellTag{lot, serial, held}); c != nil {
			return c.Quantity
		}
	}
	return 0
}

// Total returns what a product holds at a holder, over lots, serials and statuses.
func (s *State) Total(product *Product, holder *Place) int64 {
	if sh := s.shelves[keyOfShelf(product.ID, holder.ID)]; sh != nil {
		return sh.total
	}
	return 0
}

// TotalBefore is Total as it was before the posting began.
func (s *State) TotalBefore(product *Product, holder *Place) int64 {
	sh := s.shelves[keyOfShelf(product.ID, holder.ID)]
	switch {
	case sh == nil:
		return 0
	case sh.posted == s.posting.id:
		return sh.before
	}
	return sh.total
}

// EachProductAt calls fn with every product that ever was at one of the places
// that in says, in the order of their numbers.
func (s *State) EachProductAt(in func(*Place) bool, fn func(*Product)) {
	var found []*Product
	for key, sh := range s.shelves {
		if len(sh.cells) > 0 && in(sh.place) {
			found = append(found, s.products[ProductID(key>>32)-1])
		}
	}
	slices.SortFunc(found, compareProducts)
	for _, p := range slices.Compact(found) {
		fn(p)
	}
}

func compareProducts(a, b *Product) int { return cmp.Compare(a.ID, b.ID) }

// PlaceByID returns a place by its number.
func (s *State) PlaceByID(id PlaceID) (*Place, bool) {
	if id == 0 || int(id) > len(s.places) {
		return nil, false
	}
	return s.places[id-1], true
}

// EachCell calls fn with the cells of a product at a holder, empty ones too, in
// no order; with a serial only those of it, else with a lot only those of that.
func (s *State) EachCell(product *Product, holder *Place, lot, serial string, fn func(*Cell)) {
	sh := s.shelves[keyOfShelf(product.ID, holder.ID)]
	if sh == nil {
		return
	}
	cells := sh.cells
	switch {
	case sh.index == nil:
	case serial != "":
		cells = sh.serials[serial]
	case lot != "":
		cells = sh.lots[lot]
	}
	for _, c := range cells {
		if serial != "" && c.Serial == serial || serial == "" && (lot == "" || c.Lot == lot) {
			fn(c)
		}
	}
}

// Shift moves a quantity, which may be below zero, between two cells of one
// product. It returns false, and moves nothing, where a sum would have more
// digits than the books can hold.
func (s *State) Shift(from, to *Cell, quantity int64) bool {
	if quantity >= pow10[MaxDigits] || quantity <= -pow10[MaxDigits] ||
		!from.shelf.takes(-quantity) || !to.shelf.takes(quantity) {
		s.posting.tooMuch = true
		return false
	}
	s.shift(from, -quantity)
	s.shift(to, quantity)
	return true
}

func (sh *shelf) takes(quantity int64) bool {
	sum := sh.total + quantity
	return -maxSum <= sum && sum <= maxSum
}

func (s *State) shift(c *Cell, quantity int64) {
	p, sh := &s.posting, c.shelf
	if c.posted != p.id {
		c.posted, c.before = p.id, c.Quantity
		p.cells = append(p.cells, c)
	}
	if sh.posted != p.id {
		sh.posted, sh.before = p.id, sh.total
		p.shelves = append(p.shelves, sh)
	}
	c.Quantity += quantity
	sh.hold(sh.total + quantity)
}

// hold sets what a product comes to at a holder.
func (sh *shelf) hold(total int64) {
	if (total == 0) != (sh.total == 0) {
		if total == 0 {
			sh.place.filled--
		} else {
			sh.place.filled++
		}
	}
	sh.total = total
}

// Sight puts a serial where a cell is, nil for nowhere.
func (s *State) Sight(c *Chain, at *Cell) {
	p := &s.posting
	if c.posted != p.id {
		c.posted, c.before = p.id, c.At
		p.chains = append(p.chains, c)
	}
	c.At = at
}

// TooMuch says whether a Shift of this posting was refused.
func (s *State) TooMuch() bool { return s.posting.tooMuch }

// Changed says by how much a cell differs from before the posting.
func (s *State) Changed(c *Cell) int64 {
	if c.posted != s.posting.id {
		return 0
	}
	return c.Quantity - c.before
}

// Pin keeps a cell while it is empty, for legs that refer to it.
func (s *State) Pin(c *Cell) { c.pins++ }

// Unpin lets a cell go once nobody refers to it and it is empty.
func (s *State) Unpin(c *Cell) {
	if c.pins--; c.pins == 0 {
		s.drop(c)
	}
}

// Post ends the work on an entry: what differs is marked as changed by it, and
// judged (rule 9).
func (s *State) Post() []Alert {
	p := &s.posting
	if len(p.stood) > 0 {
		s.carried(s.Moved())
	}
	for _, c := range p.cells {
		if c.Quantity == c.before {
			if !c.shelf.stored && c.Place.Physical() {
				s.mark(c) // goods were here, if only in passing
			}
			continue
		}
		c.N, c.ChangedAt = p.n, p.at
		s.mark(c)
		s.watchAdd(c, c.Quantity-c.before)
		if s.rooms > 0 {
			s.fill(c.Place.Stand(), c.Product, c.Quantity-c.before)
		}
		if demands(c.Place.Kind) {
			s.demanded(c.Product, c.Quantity-c.before)
		}
	}
	for _, c := range p.chains {
		if c.At != c.before {
			s.markAt(c.before)
			s.markAt(c.At)
		}
	}
	alerts := s.judge(p.n, p.at)
	for _, sh := range p.shelves {
		if (sh.before < 0) != (sh.total < 0) && sh.place.Physical() {
			product := sh.cells[0].Product
			alerts = s.cross(alerts, p.n, p.at, alertParts{kind: "negative", product: product, site: sh.place.Site, place: sh.place, quantity: sh.total}, sh.total < 0)
		}
	}
	alerts = s.clearLots(alerts)
	s.closed()
	p.cells, p.shelves, p.chains, p.made, p.stood = p.cells[:0], p.shelves[:0], p.chains[:0], p.made[:0], p.stood[:0]
	return alerts
}

func (s *State) markAt(c *Cell) {
	if c != nil && c.shelf != nil {
		s.mark(c)
	}
}

func (s *State) mark(c *Cell) {
	c.shelf.stored = true
	if !c.dirty {
		c.dirty = true
		s.changed.Cells = append(s.changed.Cells, c)
	}
}

// Renumber names the entry that changed a cell, where a later entry of the same
// batch tells of it.
func (s *State) Renumber(c *Cell, n uint64) {
	c.N = n
	s.mark(c)
}

// TakeBack brings everything back to what it was before Begin.
func (s *State) TakeBack() {
	p := &s.posting
	for _, c := range p.cells {
		c.Quantity = c.before
	}
	for _, sh := range p.shelves {
		sh.hold(sh.before)
	}
	for _, o := range p.opened {
		switch {
		case o.moved:
			o.product.Moved = false
		case o.product != nil:
			o.product.Closing = false
		default:
			o.place.Closing = false
		}
	}
	for _, c := range p.chains {
		c.At = c.before
	}
	for _, w := range p.watches {
		if w.touched = false; w.stale {
			s.recount(w)
		}
	}
	s.takeBackPackages()
	p.cells, p.shelves, p.watches, p.chains, p.opened = p.cells[:0], p.shelves[:0], p.watches[:0], p.chains[:0], p.opened[:0]
	p.made, p.stood = p.made[:0], p.stood[:0]
}

// Landed notes that goods of a product came to a place: a deleted one is closing
// from then on. It returns what a supervisor should hear of that.
func (s *State) Landed(product *Product, place *Place) (said []string) {
	p := &s.posting
	if !product.Moved {
		product.Moved = true
		p.opened = append(p.opened, opened{product: product, moved: true})
		s.changed.catalogue(EntityProduct, product.Code)
	}
	if product.Deleted && !product.Closing {
		product.Closing = true
		p.opened = append(p.opened, opened{product: product})
		s.changed.catalogue(EntityProduct, product.Code)
		said = append(said, "Goods of "+product.Code+" were moved, which was deleted; it is closing until nothing is left.")
	}
	if place.Deleted && !place.Closing {
		place.Closing = true
		p.opened = append(p.opened, opened{place: place})
		s.changed.catalogue(EntityLocation, place.ref)
		said = append(said, "Goods were brought to "+place.ref+", which was deleted; it is closing until it is empty.")
	}
	return said
}
