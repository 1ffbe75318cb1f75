package oracle

import (
	"maps"
	"math/big"
	"slices"
	"sort"
)

const (
	available = "available"
	held      = "held"
)

// holder is where goods lie: in a place, or in a package.
type holder struct{ place, pkg string }

// cell is what balances are kept of.
type cell struct {
	product string
	at      holder
	lot     string
	serial  string
	status  string
}

// fold is the books while they are folded.
type fold struct {
	places   atlas
	goods    *catalogue
	settings []Setting
	facts    []*fact

	now      *fact
	balances map[holder]map[string]map[cell]*big.Int // by holder and product
	holds    []*hold
	chains   map[Serial]cell   // where each piece is
	stands   map[string]string // where each package was last sighted
	parents  map[string]string // the package that each is inside of

	opened  map[string]int // the order of each session's first opening
	counted map[sessionSpot][]cell
	touched map[spot][]touch

	poolsPerSite bool
	pools        map[Pool]*pool
	taken        map[takenKey]*taken
	flows        map[Flow]*big.Int // value that went to virtual places
}

// Fold takes the facts in the order of their keys and books one after the other
// onto empty shelves. It fails on master data or facts that it cannot read, or
// that could not have been booked, and names the first of them.
func Fold(setup Setup, facts []Fact) (Books, error) {
	f := &fold{balances: map[holder]map[string]map[cell]*big.Int{}, chains: map[Serial]cell{}, stands: map[string]string{}, parents: map[string]string{},
		opened: map[string]int{}, counted: map[sessionSpot][]cell{}, touched: map[spot][]touch{},
		pools: map[Pool]*pool{}, taken: map[takenKey]*taken{}, flows: map[Flow]*big.Int{}}
	var err error
	if f.places, err = newAtlas(setup.Locations); err != nil {
		return Books{}, err
	}
	if f.goods, err = newCatalogue(setup); err != nil {
		return Books{}, err
	}
	f.settings = slices.Clone(setup.Settings)
	sort.SliceStable(f.settings, func(i, j int) bool { return f.settings[i].At < f.settings[j].At })
	for _, s := range f.settings {
		if s.Name == "pools" {
			f.poolsPerSite = s.Value == "site"
		}
	}
	if f.facts, err = readFacts(facts); err != nil {
		return Books{}, err
	}
	if err := f.understand(); err != nil {
		return Books{}, err
	}
	strike(f.facts)
	weigh(f.facts)
	f.gather()
	for _, ft := range f.facts {
		if !ft.out {
			f.now = ft
			f.take(ft)
		}
	}
	return f.books(), nil
}

// take books one fact.
func (f *fold) take(ft *fact) {
	switch {
	case ft.hold != nil:
		f.begin(ft.hold)
	case ft.ends:
		f.end(ft.names)
	case ft.Action == "session-open":
		f.open(ft)
	case ft.Action == "session-close":
		f.close(ft)
	case ft.Action == "count":
		for _, t := range ft.tally {
			f.count(t)
		}
	default:
		for _, l := range ft.lines {
			f.book(l)
		}
	}
}

// book books one line that moves goods.
func (f *fold) book(l *line) {
	f.meet(l)
	switch {
	case l.product == nil:
		f.whole(l)
	case l.product.NotStocked:
	case l.serial != "":
		f.piece(l)
	default:
		f.bulk(l)
	}
}

// setting gives the value of a setting that is in force for a moment.
func (f *fold) setting(name, site, product string, moment int64) (value string) {
	for _, s := range f.settings {
		if s.Name == name && s.Site == site && s.Product == product && s.At <= moment {
			value = s.Value
		}
	}
	return value
}

// place is where a holder stands.
func (f *fold) place(h holder) place {
	if h.pkg != "" {
		return f.places[f.stand(h.pkg)]
	}
	return f.places[h.place]
}

// physical tells whether goods at a holder have a status and can be short: in a
// package they do, wherever it stands.
func (f *fold) physical(h holder) bool { return h.pkg != "" || f.place(h).physical() }

func (f *fold) quarantined(h holder) bool { return f.place(h).kind == "quarantine" }

// balance is what a cell holds; never written to.
func (f *fold) balance(c cell) *big.Int {
	if quantity := f.balances[c.at][c.product][c]; quantity != nil {
		return quantity
	}
	return new(big.Int)
}

// sum adds up the cells of a product at a holder; what is not "" must match.
func (f *fold) sum(product string, at holder, lot, status string) *big.Int {
	sum := new(big.Int)
	for c, quantity := range f.balances[at][product] {
		if (lot == "" || c.lot == lot) && (status == "" || c.status == status) {
			sum.Add(sum, quantity)
		}
	}
	return sum
}

// leg moves a quantity from one cell to another.
func (f *fold) leg(l *line, from, to cell, quantity *big.Int) {
	if quantity.Sign() == 0 || from == to {
		return
	}
	f.touch(&line{product: f.goods.products[from.product], lot: from.lot, serial: from.serial}, from.at, to.at)
	f.add(from, new(big.Int).Neg(quantity))
	f.add(to, quantity)
	f.flow(l, f.goods.products[from.product], f.place(from.at), f.place(to.at), quantity)
}

func (f *fold) add(c cell, quantity *big.Int) {
	sum := new(big.Int).Add(f.balance(c), quantity)
	if f.balances[c.at] == nil {
		f.balances[c.at] = map[string]map[cell]*big.Int{}
	}
	if f.balances[c.at][c.product] == nil {
		f.balances[c.at][c.product] = map[cell]*big.Int{}
	}
	f.balances[c.at][c.product][c] = sum
}

// content is a cell and what it holds.
type content struct {
	cell
	quantity *big.Int
}

// cells lists those at a holder that hold something.
func (f *fold) cells(at holder) []content {
	var list []content
	for _, of := range f.balances[at] {
		for c, quantity := range of {
			if quantity.Sign() != 0 {
				list = append(list, content{c, quantity})
			}
		}
	}
	return list
}

// books gives the result.
func (f *fold) books() Books {
	b := Books{Balances: map[Cell]string{}, Values: map[Pool]string{}, Serials: map[Serial]string{},
		Packages: map[string]string{}, Parents: map[string]string{}, Holds: []string{},
		Layers: map[Pool][]Layer{}, Flows: map[Flow]string{}}
	for at := range f.balances {
		for _, c := range f.cells(at) {
			b.Balances[Cell{Location: f.place(c.at).id, Package: c.at.pkg, Product: c.product, Lot: c.lot,
				Serial: c.serial, Status: c.status}] = f.goods.products[c.product].text(c.quantity)
		}
	}
	for piece, at := range f.chains {
		b.Serials[piece] = f.place(at.at).id
	}
	for pkg := range f.stands {
		b.Packages[pkg] = f.stand(pkg)
	}
	maps.Copy(b.Parents, f.parents)
	for _, h := range f.holds {
		b.Holds = append(b.Holds, h.id)
	}
	slices.Sort(b.Holds)
	b.Asks = f.asks()
	f.costs(&b)
	return b
}
