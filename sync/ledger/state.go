package ledger

import (
	"cmp"
	"slices"
)

// State is the books in memory: master data, balances, constraints and open
// alerts. Make one with NewState; see the package comment for its contract.
type State struct {
	sites         map[string]*Site
	places        []*Place // by ID-1
	placeByRef    map[placeKey]*Place
	packages      map[string]*Place
	products      []*Product // by ID-1
	chained       []*Product // those of which a serial was ever named
	productByCode map[string]*Product
	superseded    map[string][]*Product // by the code of what took their place
	barcodes      map[string]*Barcode
	gtins         map[string]*Barcode // by GTIN-14
	meanings      map[string]Meaning  // of codes that were unknown, by Unknown.Key
	partners      map[string]*Partner
	partnerItems  map[string]*PartnerItem // by partner/code
	categories    map[string]*Category
	reasons       map[string]*Reason
	facilities    map[string]*Facility
	operators     map[string]*Operator
	rights        map[string]*Right
	constraints   map[string]*watch
	alerts        map[string]*OpenAlert
	shelves       map[shelfKey]*shelf
	cells         int
	frozenPlaces  int  // open holds on places
	approves      bool // a site wants counts approved, or once did
	asksReasons   bool // a site wants reasons, or once did
	rooms         int  // places of which somebody said how much they take
	settings      Settings
	rewritten     bool       // some barcode stood for something else once
	reader        ScanReader // nil: barcodes are codes and nothing more

	changed Changes
	spare   Changes // memory of earlier ones, see Reuse
	posting posting
}

type placeKey struct{ site, code string }

// shelfKey is a product at a holder.
type shelfKey uint64

func keyOfShelf(product ProductID, place PlaceID) shelfKey {
	return shelfKey(product)<<32 | shelfKey(place)
}

// shelf is one product at one holder: its cells, over lots, serials and
// statuses, and their sum.
type shelf struct {
	place *Place
	at    int // index in the product's shelves
	in    int // of a package: index in its shelves
	total int64
	cells []*Cell
	one   [1]*Cell // memory of cells: most shelves have one, and then it is near
	// marker is an empty cell whose row is kept: so it is known for ever which
	// products were at a place, whatever comes late from there.
	marker *Cell
	stored bool // it has a row, or will have

	posted uint64 // the posting that touched it last
	before int64  // its total before that posting
	// Only where cells are many:
	index   map[cellTag]*Cell
	serials map[string][]*Cell // by serial
	lots    map[string][]*Cell // by lot, where there is one
}

type cellTag struct {
	lot, serial string
	held        bool
}

// indexFrom is how many cells a shelf may have before looking through them is
// dearer than a map.
const indexFrom = 12

// Cell is what one product, place, lot, serial and status holds.
type Cell struct {
	Product   *Product
	Place     *Place
	Lot       string
	Serial    string
	Quantity  int64  // in units of 10^-Decimals of the product
	N         uint64 // the entry that last changed it
	ChangedAt Time
	// At is, in copies only, where it lies: Place, or where that package stands.
	At *Place

	shelf  *shelf
	posted uint64 // the posting that touched it last
	before int64  // its quantity before that posting
	at     int32  // index in the shelf's cells
	inLot  int32  // index among those of its lot, where the shelf keeps these
	pins   int32  // how many legs that somebody keeps refer to it
	dirty  bool
	Held   bool
}

// Status of the goods in the cell.
func (c *Cell) Status() Status {
	if c.Held {
		return HeldGoods
	}
	return Available
}

// NewState returns empty books: no site, no place. A new book's first entries
// are the edits of Foundation.
func NewState() *State {
	return &State{
		sites:         map[string]*Site{},
		placeByRef:    map[placeKey]*Place{},
		packages:      map[string]*Place{},
		productByCode: map[string]*Product{},
		superseded:    map[string][]*Product{},
		barcodes:      map[string]*Barcode{},
		gtins:         map[string]*Barcode{},
		meanings:      map[string]Meaning{},
		partners:      map[string]*Partner{},
		partnerItems:  map[string]*PartnerItem{},
		categories:    map[string]*Category{},
		reasons:       map[string]*Reason{},
		facilities:    map[string]*Facility{},
		operators:     map[string]*Operator{},
		rights:        map[string]*Right{},
		constraints:   map[string]*watch{},
		alerts:        map[string]*OpenAlert{},
		shelves:       map[shelfKey]*shelf{},
		changed:       newChanges(),
	}
}

// Foundation returns the edits that every new book begins with: the site main
// with a location of each physical kind, and the company's virtual places.
func Foundation() []Patch {
	patches := []Patch{{Entity: EntitySite, Code: "main", Fields: map[string]string{"name": "Main"}}}
	for _, kind := range VirtualKinds {
		patches = append(patches, Patch{Entity: EntityLocation, Code: string(kind), Fields: map[string]string{"kind": string(kind)}})
	}
	return patches
}

// Cells returns how many cells there are, empty ones that are kept included.
func (s *State) Cells() int { return s.cells }

// Products returns how many products there are.
func (s *State) Products() int { return len(s.products) }

func (s *State) shelf(product *Product, place *Place) *shelf {
	key := keyOfShelf(product.ID, place.ID)
	sh := s.shelves[key]
	if sh == nil {
		sh = &shelf{place: place, at: len(product.shelves)}
		sh.cells = sh.one[:0]
		product.shelves = append(product.shelves, sh)
		s.shelves[key] = sh
		if place.pack {
			sh.in = len(place.shelves)
			place.shelves = append(place.shelves, sh)
			product.boxes++
		}
	}
	return sh
}

func (sh *shelf) find(tag cellTag) *Cell {
	if sh.index != nil {
		return sh.index[tag]
	}
	for _, c := range sh.cells {
		if c.Held == tag.held && c.Lot == tag.lot && c.Serial == tag.serial {
			return c
		}
	}
	return nil
}

// cell returns the cell, made if it is not there.
func (s *State) cell(sh *shelf, product *Product, place *Place, tag cellTag) *Cell {
	if c := sh.find(tag); c != nil {
		return c
	}
	c := &Cell{Product: product, Place: place, Lot: tag.lot, Serial: tag.serial, Held: tag.held, at: int32(len(sh.cells)), shelf: sh}
	sh.cells = append(sh.cells, c)
	s.cells++
	switch {
	case sh.index != nil:
		sh.remember(c)
	case len(sh.cells) > indexFrom:
		sh.index, sh.serials, sh.lots = make(map[cellTag]*Cell, 2*len(sh.cells)), map[string][]*Cell{}, map[string][]*Cell{}
		for _, known := range sh.cells {
			sh.remember(known)
		}
	}
	return c
}

// Chain is one serial number's way through the books.
type Chain struct {
	At *Cell // where the last thing that happened put it; nil where nothing has

	posted uint64 // the posting that touched it last
	before *Cell  // where it was before that posting
}

// Chain returns a serial's chain, made where it is not known yet.
func (s *State) Chain(product *Product, serial string) *Chain {
	c := product.chains[serial]
	if c == nil {
		if product.chains == nil {
			product.chains = map[string]*Chain{}
			s.chained = append(s.chained, product)
		}
		c = &Chain{}
		product.chains[serial] = c
	}
	return c
}

// isAt says whether a cell is where its serial is: its row is kept even where the
// sums say nothing, as of a piece that went back to where it came from.
func (c *Cell) isAt() bool {
	if c.Serial == "" {
		return false
	}
	chain := c.Product.chains[c.Serial]
	return chain != nil && chain.At == c
}

func (sh *shelf) remember(c *Cell) {
	sh.index[cellTag{c.Lot, c.Serial, c.Held}] = c
	if c.Serial != "" {
		sh.serials[c.Serial] = append(sh.serials[c.Serial], c)
	}
	if c.Lot != "" {
		c.inLot = int32(len(sh.lots[c.Lot]))
		sh.lots[c.Lot] = append(sh.lots[c.Lot], c)
	}
}

// drop forgets an empty cell that nobody keeps.
func (s *State) drop(c *Cell) {
	// The cell is at hand, its shelf is somewhere else in memory: it comes last.
	if c.pins > 0 || c.dirty || c.Quantity != 0 || c.isAt() {
		return
	}
	sh := c.shelf
	if sh == nil || sh.marker == c {
		return
	}
	last := len(sh.cells) - 1
	sh.cells[c.at] = sh.cells[last]
	sh.cells[c.at].at = c.at
	sh.cells[last] = nil
	sh.cells = sh.cells[:last]
	s.cells--
	c.shelf = nil
	if sh.index != nil {
		delete(sh.index, cellTag{c.Lot, c.Serial, c.Held})
		if rest := slices.DeleteFunc(sh.serials[c.Serial], func(x *Cell) bool { return x == c }); len(rest) > 0 {
			sh.serials[c.Serial] = rest
		} else {
			delete(sh.serials, c.Serial)
		}
		sh.forgetLot(c)
	}
	if len(sh.cells) == 0 {
		delete(s.shelves, keyOfShelf(c.Product.ID, c.Place.ID))
		c.Product.forget(sh)
		if sh.place.pack {
			c.Product.boxes--
			sh.place.forget(sh)
		}
	}
}

// forgetLot takes a cell out of those of its lot; the last one takes its place.
func (sh *shelf) forgetLot(c *Cell) {
	if c.Lot == "" {
		return
	}
	list := sh.lots[c.Lot]
	last := len(list) - 1
	list[c.inLot] = list[last]
	list[c.inLot].inLot = c.inLot
	list[last] = nil
	if sh.lots[c.Lot] = list[:last]; last == 0 {
		delete(sh.lots, c.Lot)
	}
}

// forget takes a shelf out of the product's list; the last one takes its place.
func (p *Product) forget(sh *shelf) {
	last := len(p.shelves) - 1
	p.shelves[sh.at] = p.shelves[last]
	p.shelves[sh.at].at = sh.at
	p.shelves[last] = nil
	p.shelves = p.shelves[:last]
}

// forget takes a shelf out of a package's list; the last one takes its place.
func (p *Place) forget(sh *shelf) {
	last := len(p.shelves) - 1
	p.shelves[sh.in] = p.shelves[last]
	p.shelves[sh.in].in = sh.in
	p.shelves[last] = nil
	p.shelves = p.shelves[:last]
}

// CellsOf returns copies of the cells that keep wants (nil: all), sorted as the
// balance report is.
func (s *State) CellsOf(keep func(*Cell) bool) []*Cell {
	out := make([]*Cell, 0, s.cells)
	for _, sh := range s.shelves {
		for _, c := range sh.cells {
			if c.Quantity != 0 && (keep == nil || keep(c)) {
				copied := *c
				copied.At = c.Place.Stand()
				out = append(out, &copied)
			}
		}
	}
	slices.SortFunc(out, CompareCells)
	return out
}

// CellsOfProduct returns copies of the cells of one product that hold something, in
// no order.
func (s *State) CellsOfProduct(p *Product) (out []*Cell) {
	for _, sh := range p.shelves {
		for _, c := range sh.cells {
			if c.Quantity != 0 {
				copied := *c
				copied.At = c.Place.Stand()
				out = append(out, &copied)
			}
		}
	}
	return out
}

// CompareCells orders copies of cells as the balance report is.
func CompareCells(a, b *Cell) int {
	return cmp.Or(
		cmp.Compare(a.At.Site, b.At.Site),
		cmp.Compare(a.At.Code, b.At.Code),
		cmp.Compare(a.Product.Code, b.Product.Code),
		cmp.Compare(a.Lot, b.Lot),
		cmp.Compare(a.Serial, b.Serial),
		cmp.Compare(a.Place.PackageCode(), b.Place.PackageCode()),
		cmp.Compare(a.Status(), b.Status()),
	)
}
