package ledger

import (
	"cmp"
	"slices"
)

// A package is a place of its own kind: it belongs to the company, its number
// comes from the same table as those of all places, and goods lie in it as on a
// shelf. Its Parent is the location where it stands, or the package that it is
// inside of, as the last thing that happened left it.

// IsPackage says whether the place is a package.
func (p *Place) IsPackage() bool { return p.pack }

// Stand is the location where a package stands; of any other place itself. A
// package of which nothing is known any more stands in itself.
func (p *Place) Stand() *Place {
	for p.pack && p.Parent != nil {
		p = p.Parent
	}
	return p
}

// PackageCode is the code of a package, "" for any other place.
func (p *Place) PackageCode() string {
	if p.pack {
		return p.Code
	}
	return ""
}

// Inside returns the packages directly inside a package, in no order. It is only
// to be read.
func (p *Place) Inside() []*Place { return p.inside }

// EachProduct calls fn with every product that ever was in a package, in the
// order of their numbers.
func (p *Place) EachProduct(fn func(*Product)) {
	for _, sh := range p.byProduct() {
		fn(sh.cells[0].Product)
	}
}

// Boxed says whether any of the product ever was in a package.
func (p *Product) Boxed() bool { return p.boxes > 0 }

// EachPackageWith calls fn with every package in which there is any of a product
// now, below zero too, in no order.
func (p *Product) EachPackageWith(fn func(*Place)) {
	for _, sh := range p.shelves {
		if sh.place.pack && slices.ContainsFunc(sh.cells, func(c *Cell) bool { return c.Quantity != 0 }) {
			fn(sh.place)
		}
	}
}

// EachHolder calls fn with the holders where the product ever was, in no order, and
// what each holds of it.
func (p *Product) EachHolder(fn func(at *Place, total int64)) {
	for _, sh := range p.shelves {
		fn(sh.place, sh.total)
	}
}

// Package finds a package by its code.
func (s *State) Package(code string) (*Place, bool) {
	p, ok := s.packages[code]
	return p, ok
}

// makePackage returns a package, made within the posting where it is new; nil
// where there are too many.
func (s *State) makePackage(code string) *Place {
	if p, ok := s.packages[code]; ok {
		return p
	}
	if len(s.places) >= maxProducts {
		return nil
	}
	p := &Place{Code: code, Kind: PlacePackage, ID: PlaceID(len(s.places) + 1), ref: code, pack: true}
	s.places = append(s.places, p)
	s.packages[code] = p
	s.posting.made = append(s.posting.made, p)
	s.markPackage(p)
	return p
}

func (s *State) markPackage(p *Place) {
	if !p.dirty {
		p.dirty = true
		s.changed.packages = append(s.changed.packages, p)
	}
}

// PutPackage says where a package stands, or which one it is inside of; nil is
// nowhere. Of several the callers take out first what is to go elsewhere, so that
// they are never inside of each other.
func (s *State) PutPackage(p, in *Place) {
	if p.Parent == in {
		return
	}
	if p.posted != s.posting.id {
		p.posted, p.before = s.posting.id, p.Parent
		s.posting.stood = append(s.posting.stood, p)
	}
	p.put(in)
	s.markPackage(p)
}

func (p *Place) put(in *Place) {
	if was := p.Parent; was != nil && was.pack {
		was.inside = slices.DeleteFunc(was.inside, func(x *Place) bool { return x == p })
	}
	if p.Parent = in; in != nil && in.pack {
		in.inside = append(in.inside, p)
	}
}

// Moved is a package that stands elsewhere than before the posting.
type Moved struct{ Package, From, To *Place }

// Moved lists the packages that stand elsewhere than before the posting, those
// too that are inside of one that was moved.
func (s *State) Moved() []Moved {
	if len(s.posting.stood) == 0 {
		return nil
	}
	var out []Moved
	seen := map[*Place]bool{}
	var add func(p *Place)
	add = func(p *Place) {
		if seen[p] {
			return
		}
		seen[p] = true
		if from, to := s.stood(p), p.Stand(); from != to {
			out = append(out, Moved{p, from, to})
		}
		for _, inner := range p.inside {
			add(inner)
		}
	}
	for _, p := range s.posting.stood {
		if p.Parent != p.before {
			add(p)
		}
	}
	slices.SortFunc(out, func(a, b Moved) int { return cmp.Compare(a.Package.ID, b.Package.ID) })
	return out
}

// stood is where a package stood before the posting.
func (s *State) stood(p *Place) *Place {
	for p.pack {
		up := p.Parent
		if p.posted == s.posting.id {
			up = p.before
		}
		if up == nil {
			break
		}
		p = up
	}
	return p
}

// byProduct returns the shelves of a package in the order of their products'
// numbers: not of their making, which a restart does not know.
func (p *Place) byProduct() []*shelf {
	sorted := slices.Clone(p.shelves)
	slices.SortFunc(sorted, func(a, b *shelf) int { return compareProducts(a.cells[0].Product, b.cells[0].Product) })
	return sorted
}

// EachCellBefore calls fn with the cells in a package that held something before
// the posting, and what they held, product by product.
func (s *State) EachCellBefore(p *Place, fn func(c *Cell, before int64)) {
	for _, sh := range p.byProduct() {
		for _, c := range sh.cells {
			if before := c.Quantity - s.Changed(c); before != 0 {
				fn(c, before)
			}
		}
	}
}

// carried tells of what lies in packages that were moved: their goods count for
// other constraints, and are shown elsewhere.
func (s *State) carried(moved []Moved) {
	p := &s.posting
	for _, m := range moved {
		for _, sh := range m.Package.byProduct() {
			for _, c := range sh.cells {
				before := c.Quantity - s.Changed(c)
				if before == 0 {
					continue
				}
				s.rewatch(c, before, m)
				if s.rooms > 0 {
					s.fill(m.From, c.Product, -before)
					s.fill(m.To, c.Product, before)
				}
				left := *c
				left.At, left.Quantity, left.N, left.ChangedAt, left.shelf = m.From, 0, p.n, p.at, nil
				s.changed.left = append(s.changed.left, &left)
				c.N, c.ChangedAt = p.n, p.at
				s.mark(c)
			}
		}
	}
}

// rewatch takes goods that a package carried out of the sums of constraints that
// reach to where it was, and into those where it is.
func (s *State) rewatch(c *Cell, quantity int64, m Moved) {
	held := c.Held || s.UnderHold(c)
	for _, w := range c.Product.watches {
		was, is := w.covers(m.From), w.covers(m.To)
		if s.frozenPlaces > 0 {
			s.recountLater(w) // it may have come into a held place, or left one
			continue
		}
		if was {
			w.count(m.From, -quantity, held)
		}
		if is {
			w.count(m.To, quantity, held)
		}
		if (was || is) && !w.touched {
			w.touched = true
			s.posting.watches = append(s.posting.watches, w)
		}
	}
}

// takeBackPackages undoes what the posting did to packages.
func (s *State) takeBackPackages() {
	p := &s.posting
	for i := len(p.stood) - 1; i >= 0; i-- {
		p.stood[i].put(nil)
	}
	for i := len(p.stood) - 1; i >= 0; i-- {
		p.stood[i].put(p.stood[i].before)
	}
	for i := len(p.made) - 1; i >= 0; i-- {
		made := p.made[i]
		for _, sh := range made.shelves {
			product := sh.cells[0].Product
			s.cells -= len(sh.cells)
			for _, c := range sh.cells {
				c.shelf = nil
			}
			delete(s.shelves, keyOfShelf(product.ID, made.ID))
			product.boxes--
			product.forget(sh)
		}
		delete(s.packages, made.Code)
		s.places = s.places[:made.ID-1]
	}
}

// packageRow is a package as stored. Its parent is a package, or the place of a
// site, or a virtual one.
type packageRow struct {
	ID      PlaceID
	Code    string
	Package string `json:",omitempty"`
	Site    string `json:",omitempty"`
	Place   string `json:",omitempty"`
}

func packageRowOf(p *Place) Row {
	row := packageRow{ID: p.ID, Code: p.Code}
	switch {
	case p.Parent == nil:
	case p.Parent.pack:
		row.Package = p.Parent.Code
	default:
		row.Site, row.Place = p.Parent.Site, p.Parent.Code
	}
	return Row{append([]byte{rowPackage}, p.Code...), mustJSON(row)}
}

// SerialKnown says whether a serial that is scanned by itself has its product.
func (s *State) SerialKnown(serial string) bool {
	p, _ := s.knownOf(serial)
	return p != nil || s.meanings[UnknownSerial(serial).Key()].Product != nil
}

// knownOf finds the product that a serial is known of; more says that there are
// several.
func (s *State) knownOf(serial string) (found *Product, more bool) {
	for _, p := range s.chained {
		if c := p.chains[serial]; c != nil && c.At != nil {
			if found != nil {
				return nil, true
			}
			found = p
		}
	}
	return found, false
}

// PieceAt finds the one product that has a serial, and where that piece stands; ok is
// false where none has it, or several have. It only reads.
func (s *State) PieceAt(serial string) (p *Product, at *Place, ok bool) {
	if p, _ = s.knownOf(serial); p == nil {
		return nil, nil, false
	}
	return p, p.chains[serial].At.Place.Stand(), true
}

// EachPiece calls fn with the serials of a product and where each is, in no order.
func (p *Product) EachPiece(fn func(serial string, at *Cell)) {
	for serial, c := range p.chains {
		if c.At != nil {
			fn(serial, c.At)
		}
	}
}

// HasPackages says whether any package was ever named.
func (s *State) HasPackages() bool { return len(s.packages) > 0 }
