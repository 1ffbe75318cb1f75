package settle

import (
	"slices"
	"sort"
	"strings"

	"bayledger/sync/ledger"
)

// View says as of when the past is told.
type View struct {
	// At, where not 0, is a moment: what happened later is left out, and where the
	// books were closed through it, what reached them after that too.
	At ledger.Time
	// Entry, where not 0, is an entry: what was booked after it is left out.
	Entry uint64
}

// Inquiry says of which histories somebody wants to know, and as of when.
type Inquiry struct {
	View
	Want func(*ledger.Product) bool // of which products; nil: all
	// Text, where not empty, stands in what is looked for (a lot, a serial, a reference,
	// an asset): histories in which it does not stand may be passed over.
	Text string
	Done func(n, of int) // told how many products of how many were looked at; may be nil
}

// Wants says whether a product is one of those.
func (q *Inquiry) Wants(p *ledger.Product) bool { return q.Want == nil || q.Want(p) }

// last is the last entry whose writing of a fact counts.
func (v *View) last(closings Closings, head uint64) uint64 {
	if v.Entry != 0 {
		head = min(head, v.Entry)
	}
	if before := closings.Before(v.At); v.At != 0 && before != 0 {
		head = min(head, before-1)
	}
	return head
}

// Trail is a product's settled history as of a view, in order of K: what moved from
// where to where, and what it was worth. It is nobody else's, and costs it again from
// its first fact on, so that whoever reads it holds nobody up.
type Trail struct {
	Product *ledger.Product
	facts   []fact
	ground  ground
	site    func(home ledger.PlaceID) string
	place   func(ledger.PlaceID) *ledger.Place
	perSite bool
	held    func(*ledger.Cell) bool // whether a hold covers goods at the view's moment; nil: none does
}

// Line is a leg of a fact as it is settled: goods that went from one place to
// another. Where Quantity is 0 only value went; then From or To is nil where that was
// to or from a pool.
type Line struct {
	Key
	N                uint64
	From, To         *ledger.Place
	FromPool, ToPool string // the pools of these; see Pool.Site
	Pools            bool   // value went: one of the two is in a pool that the other is not in
	FromHeld, ToHeld bool
	Lot, Serial      string
	Quantity, Value  int64
	Cause            string
	Delivery         string
	Reference        string
	Asset            string
	Counts           bool
}

// Walked is what a trail comes to.
type Walked struct {
	Product  *ledger.Product
	Last     ledger.Time // the moment of its last fact
	Pools    []Pool      // in order of their sites
	Layers   []Layer
	Origins  []*Origin // in order of K
	Uses     []*Use    // those that were asked for, in order of K
	Accounts map[*ledger.Place]int64

	cells   map[*ledger.Cell]*sumOf
	order   []*ledger.Cell
	perSite bool
	held    func(*ledger.Cell) bool
}

type sumOf struct {
	quantity int64
	n        uint64
	at       ledger.Time
}

// Layer is what a pool holds of one receipt.
type Layer struct {
	Site     string
	Origin   *Origin // nil: not known
	Quantity int64   // below zero: taken before it came
	Value    int64
	Unit     int64
	Costed   bool // the pool is costed by layers; else this is an order of arrival, and the value its part of the average
}

// Leaving is a removal, as who asks for some knows them.
type Leaving struct {
	At               ledger.Time
	Reference, Asset string
}

// Walk goes through a trail in order of K. see, which may be nil, gets each line; keep,
// which may be nil, says which removals are wanted in Uses. lines and removals are the
// caller's.
func (t *Trail) Walk(see func(*Line), keep func(Leaving) bool) *Walked {
	g := &lineage{site: t.site, stocks: map[ledger.PlaceID]*strands{}}
	if keep != nil {
		g.keep = func(f *fact) bool {
			is := Leaving{At: f.TEff}
			if f.said != nil {
				is.Reference, is.Asset = f.said.reference, f.said.asset
			}
			return keep(is)
		}
	}
	return t.walk(see, g)
}

// Sum is Walk for who asks only what lies where and what it is worth: of receipts and
// removals nothing is noted, which takes a third of the time. It has no Layers, Origins
// and Uses.
func (t *Trail) Sum(see func(*Line)) *Walked { return t.walk(see, nil) }

// Before is the part of a trail that happened before a moment.
func (t *Trail) Before(at ledger.Time) *Trail {
	out := *t
	n := sort.Search(len(t.facts), func(i int) bool { return t.facts[i].TEff >= at })
	out.facts = t.facts[:n:n]
	return &out
}

func (t *Trail) walk(see func(*Line), g *lineage) *Walked {
	w := &Walked{Product: t.Product, cells: map[*ledger.Cell]*sumOf{}, perSite: t.perSite, held: t.held}
	c := &costs{lineage: g, known: true}
	for i := range t.facts {
		c.noting = c.noting || looksBack(t.ground, &t.facts[i])
	}
	for i := range t.facts {
		f := &t.facts[i]
		var told []Line
		if see != nil {
			c.tell = func(from, to ledger.PlaceID, value int64) { told = append(told, t.valueOnly(f, from, to, value)) }
		}
		for j := range f.legs {
			l := f.legs[j]
			c.flow(t.ground, t.Product, f, &l)
			w.add(f, &l)
			if see != nil {
				line := t.line(f, &l)
				see(&line)
			}
		}
		for j := range told {
			see(&told[j])
		}
		w.Last = f.TEff
	}
	t.finish(w, c)
	return w
}

func (w *Walked) add(f *fact, l *leg) {
	if l.within() {
		return
	}
	w.sum(f, l.from, -l.quantity)
	w.sum(f, l.to, l.quantity)
}

func (w *Walked) sum(f *fact, c *ledger.Cell, quantity int64) {
	s := w.cells[c]
	if s == nil {
		s = &sumOf{}
		w.cells[c] = s
		w.order = append(w.order, c)
	}
	s.quantity += quantity
	s.n, s.at = f.n, f.TEff
}

func (t *Trail) line(f *fact, l *leg) Line {
	from, to := t.ground.sides(l)
	line := Line{Key: f.Key, N: f.n, From: l.from.Place, To: l.to.Place, Pools: from != to && (from.virtual == nil || to.virtual == nil),
		FromHeld: l.from.Held, ToHeld: l.to.Held, Lot: l.from.Lot, Serial: l.from.Serial, Quantity: l.quantity, Value: l.value, Cause: l.cause.String(), Counts: f.counts()}
	if from.virtual == nil {
		line.FromPool = t.site(from.home)
	}
	if to.virtual == nil {
		line.ToPool = t.site(to.home)
	}
	if s := f.said; s != nil {
		line.Delivery, line.Reference, line.Asset = s.delivery, s.reference, s.asset
	}
	return line
}

// valueOnly tells of value that a receipt paid for goods that had left before.
func (t *Trail) valueOnly(f *fact, from, to ledger.PlaceID, value int64) Line {
	line := Line{Key: f.Key, N: f.n, Value: value, Pools: true, Cause: "cover"}
	for _, side := range [...]struct {
		id   ledger.PlaceID
		at   **ledger.Place
		pool *string
	}{{from, &line.From, &line.FromPool}, {to, &line.To, &line.ToPool}} {
		if p := t.place(side.id); p != nil && !p.Physical() {
			*side.at = p
		} else {
			*side.pool = t.site(side.id)
		}
	}
	return line
}

// finish tells of pools, layers and accounts after the last fact.
func (t *Trail) finish(w *Walked, c *costs) {
	fifo := t.Product.FIFOAt(w.Last)
	add := func(home ledger.PlaceID, p *pool) {
		if len(p.layers) == 0 && len(p.owed) == 0 && p.last == 0 {
			return
		}
		site := t.site(home)
		w.Pools = append(w.Pools, Pool{Product: t.Product, Site: site, Quantity: p.quantity(), Value: p.value(), Cost: p.current(t.Product, fifo)})
		if c.lineage != nil {
			w.Layers = append(w.Layers, t.layers(site, p, c.lineage.of(home), fifo)...)
		}
	}
	add(0, &c.pool)
	for i := range c.sites {
		add(c.sites[i].home, &c.sites[i].pool)
	}
	slices.SortFunc(w.Pools, func(x, y Pool) int { return strings.Compare(x.Site, y.Site) })
	slices.SortStableFunc(w.Layers, func(x, y Layer) int { return strings.Compare(x.Site, y.Site) })
	if c.lineage != nil {
		w.Origins, w.Uses = c.lineage.origin, c.lineage.uses
	}
	w.Accounts = map[*ledger.Place]int64{}
	for _, a := range c.accounts {
		if p := t.place(a.Place); p != nil && !p.Physical() && a.Value != 0 {
			w.Accounts[p] = a.Value
		}
	}
}

// layers are a pool's own where it is costed by them; else what is left of each
// receipt by order of arrival, with its part of what the pool is worth.
func (t *Trail) layers(site string, p *pool, s *strands, fifo bool) (out []Layer) {
	if fifo && !slices.ContainsFunc(p.layers, func(l layer) bool { return l.origin == nil }) {
		for i := range p.layers {
			l := &p.layers[i]
			out = append(out, Layer{site, l.origin, l.Quantity, l.Value, l.Unit, true})
		}
	} else if len(p.layers) > 0 {
		whole := purse{quantity: p.quantity(), value: p.value(), cost: p.current(t.Product, fifo)}
		for _, part := range s.parts[s.first:] {
			out = append(out, Layer{site, part.Origin, part.Quantity, whole.next(t.Product, part.Quantity), whole.average(t.Product), false})
		}
	}
	for i := range p.owed {
		d := &p.owed[i]
		out = append(out, Layer{site, nil, -d.Quantity, -d.Value, unitOf(t.Product, d.Quantity, d.Value), fifo})
	}
	return out
}

// Stock is what lies where, and what it is worth.
func (w *Walked) Stock() Stock {
	s := Stock{Product: w.Product, purses: map[purseKey]*purse{}}
	for i := range w.Pools {
		s.purses[purseKey{true, w.Pools[i].Site}] = &purse{value: w.Pools[i].Value, cost: w.Pools[i].Cost}
	}
	for at, value := range w.Accounts {
		s.purses[purseKey{false, at.Ref()}] = &purse{value: value, at: at}
	}
	for _, c := range w.order {
		sum := w.cells[c]
		if sum.quantity == 0 {
			continue
		}
		shown := *c
		shown.Quantity, shown.N, shown.ChangedAt, shown.At = sum.quantity, sum.n, sum.at, c.Place.Stand()
		key := w.purseOf(shown.At)
		if s.purses[key] == nil {
			s.purses[key] = &purse{}
		}
		s.purses[key].quantity += sum.quantity
		s.cells = append(s.cells, stocked{Cell: &shown, of: key})
	}
	return s
}

// purseOf names what goods at a place are worth a part of, as Books.purseOf does.
func (w *Walked) purseOf(at *ledger.Place) purseKey {
	switch {
	case !at.Physical() && at.Kind != ledger.PlaceTransit:
		return purseKey{false, at.Ref()}
	case !w.perSite:
		return purseKey{pool: true}
	case at.Site == "":
		return purseKey{true, string(ledger.PlaceTransit)}
	}
	return purseKey{true, at.Site}
}

// Any says whether anything happened in it.
func (t *Trail) Any() bool { return len(t.facts) > 0 }
