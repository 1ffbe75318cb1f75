package settle

import (
	"math/big"
	"slices"

	"bayledger/sync/ledger"
)

// said is what a fact says of costs, and what its costs are known by later. Most
// facts have none.
type said struct {
	costed    ledger.CostSaid
	unit      int64
	total     int64
	delivery  string
	reference string // of a removal to a customer, or of a return
	asset     string // that a part went into, or came out of
	assembly  bool   // it is a part of an asset, of whichever name
	out       bool   // an assembly, not a disassembly
}

func newSaid(in *ledger.Intent, l *ledger.StampLine) *said {
	s := said{delivery: l.Delivery}
	switch in.Action {
	case ledger.ActionAdd, ledger.ActionCount:
		s.costed, s.unit, s.total = l.Costed, l.UnitCost, l.TotalCost
		if in.Action == ledger.ActionAdd && (l.From.Kind == ledger.PlaceCustomer || l.Serial != "") { // a piece comes from where it is
			s.reference = in.Reference
		}
	case ledger.ActionRemove:
		if l.To.Kind == ledger.PlaceCustomer {
			s.reference = in.Reference
		}
	case ledger.ActionAssemble, ledger.ActionDisassemble:
		s.asset, s.assembly, s.out = in.Asset, true, in.Action == ledger.ActionAssemble
	}
	if s == (said{}) {
		return nil
	}
	out := s // only what is kept is memory of its own
	return &out
}

// takenKey names what went to a customer under one reference, or into one asset.
type takenKey struct {
	Place     ledger.PlaceID
	Reference string
	Asset     string
	Assembly  bool
}

// taken is what went there by a fact, all in all.
type taken struct {
	key                       Key
	quantity, value, returned int64
}

// costs are a product's costs as of its last fact, and as of some before, from
// which late facts are costed again.
type costs struct {
	valuation
	known    bool // it stands as after the last fact
	last     Key  // the last fact that was costed
	points   []point
	since    int // facts costed since the last point
	spread   int // how many there are to be between points, as long as these are
	recorded int // facts written since a point was stored
	entry    uint64
	before   accounts // as they were when the work on that entry began
	// noting says that taken has all that was ever taken. Only products of which
	// something came back need it: it is as long as their history.
	noting bool
	taken  map[takenKey][]taken
	// lineage, if not nil, is told of everything that comes in and goes out: only
	// trails have one.
	lineage *lineage
	// tell, if not nil, is told of value that goes without goods: likewise.
	tell func(from, to ledger.PlaceID, value int64)
}

// ground is what costing asks of places.
type ground interface {
	sides(l *leg) (from, to side)
	virtual(kind ledger.PlaceKind) *ledger.Place
}

// point is the costs as they stood after a fact.
type point struct {
	key Key
	valuation
}

// pointEvery is how many facts lie between two points: a late fact costs those
// before it again, and a point costs memory.
const pointEvery = 64

// cost costs a history's facts from a key on, and tells by how much each virtual
// place's value differs from before the entry.
func (b *Books) cost(h *history, from *Key) accounts {
	c := &h.costs
	start := 0
	if from.Compare(&c.last) > 0 {
		start, _ = h.position(&c.last)
		if start < len(h.facts) && h.facts[start].Compare(&c.last) == 0 {
			start++
		}
	} else {
		start = c.goBack(h, from)
	}
	b.work.Costed += uint64(len(h.facts) - start)
	c.run(b, h, start)
	return c.accounts.since(c.before)
}

// run costs the facts from one on.
func (c *costs) run(b *Books, h *history, start int) {
	for i := start; i < len(h.facts); i++ {
		f := &h.facts[i]
		for j := range f.legs {
			c.flow(b, h.product, f, &f.legs[j])
		}
		c.last = f.Key
		if c.since++; c.since >= max(h.every, c.spread) {
			c.mark()
		}
	}
}

// pointBefore says whether the costs are known at some point before a key.
func (c *costs) pointBefore(k *Key) bool { return len(c.points) > 0 && c.points[0].key.Compare(k) < 0 }

// base takes in the costs as they stood at a point, all facts after which are in
// memory.
func (c *costs) base(b *Books, h *history, p *point) {
	if len(c.points) == 0 || p.key.Compare(&c.points[0].key) < 0 {
		c.points = slices.Insert(c.points, 0, *p)
	}
	if c.known {
		return
	}
	c.known, c.last, c.valuation, c.spread = true, p.key, p.clone(), p.size()
	c.follow(b, h, p)
}

// follow costs the facts after a point.
func (c *costs) follow(b *Books, h *history, p *point) {
	at, found := h.position(&p.key)
	if found {
		at++
	}
	c.run(b, h, at)
}

// noteAll reads a product's whole history, and costs it again with a note of all
// that was taken: for what comes back, at what it cost when it left.
func (b *Books) noteAll(h *history) error {
	if err := b.readAll(h); err != nil {
		return err
	}
	b.noteRead(h)
	return nil
}

// readAll reads a product's whole history.
func (b *Books) readAll(h *history) error {
	c := &h.costs
	if h.since <= 0 && c.known && len(c.points) > 0 && c.points[0].key == (Key{}) {
		return nil
	}
	c.noting = true // load must not note anything now
	err := b.load(h, 0, &Key{TEff: 1})
	c.noting = false
	return err
}

func (b *Books) noteRead(h *history) {
	c := &h.costs
	c.noting, c.taken = true, map[takenKey][]taken{}
	c.valuation, c.last, c.points, c.spread = valuation{}, Key{}, append(c.points[:0], point{}), 0
	c.run(b, h, 0)
}

// looksBack says whether a fact is worth what goods were when they left.
func (b *Books) looksBack(f *fact) bool { return looksBack(b, f) }

func looksBack(b ground, f *fact) bool {
	switch {
	case f.said == nil:
		return false
	case f.act == actAdd && f.said.reference != "":
		return slices.ContainsFunc(f.legs, func(l leg) bool {
			from, _ := b.sides(&l)
			return !l.within() && from.customer()
		})
	}
	return f.said.assembly && !f.said.out
}

// anyLooksBack says whether one of some facts does.
func (b *Books) anyLooksBack(facts []fact) bool {
	for i := range facts {
		if b.looksBack(&facts[i]) {
			return true
		}
	}
	return false
}

// pass goes by the first fact in memory, which is about to be forgotten: points
// before it can no longer be gone on from. Unless another stands before the next
// fact, the last of them goes on to stand after this one: without it the history
// would be read again for whatever comes late.
func (c *costs) pass(b *Books, h *history) {
	f, n := &h.facts[0], 0
	for n < len(c.points) && c.points[n].key.Compare(&f.Key) < 0 {
		n++
	}
	needed := n == len(c.points) || len(h.facts) > 1 && c.points[n].key.Compare(&h.facts[1].Key) > 0
	if needed && n > 0 && !b.looksBack(f) {
		n--
		at := costs{valuation: c.points[n].valuation}
		for i := range f.legs {
			l := f.legs[i]
			at.flow(b, h.product, f, &l)
		}
		c.points[n] = point{f.Key, at.valuation}
	}
	c.points = slices.Delete(c.points, 0, n)
}

// mark remembers the costs as they stand.
func (c *costs) mark() {
	c.since, c.spread = 0, c.size()
	c.points = append(c.points, point{c.last, c.clone()})
}

// goBack takes the costs back to the last point before a key and returns the
// first fact to cost again.
func (c *costs) goBack(h *history, from *Key) int {
	i := len(c.points) - 1
	for c.points[i].key.Compare(from) >= 0 {
		i--
	}
	c.points = c.points[:i+1]
	p := &c.points[i]
	c.valuation, c.last, c.since, c.spread = p.clone(), p.key, 0, p.size()
	for key, list := range c.taken {
		n := len(list)
		for n > 0 && list[n-1].key.Compare(&p.key) > 0 {
			n--
		}
		c.taken[key] = list[:n]
	}
	at, found := h.position(&p.key)
	if found {
		at++
	}
	return at
}

// flow lets value follow goods into a pool, out of one, or from one to another.
func (c *costs) flow(b ground, p *ledger.Product, f *fact, l *leg) {
	l.value = 0
	from, to := b.sides(l)
	if from == to || from.virtual != nil && to.virtual != nil {
		return
	}
	fifo := p.FIFOAt(f.TEff)
	switch {
	case to.virtual != nil:
		owe := debt{Place: to.account(), Taken: f.takes(l, to)}
		var hand func(layer)
		if c.lineage != nil {
			owe.use, hand = c.lineage.taking(f, l, from.home, to)
		}
		l.value = c.of(from.home).take(p, l.quantity, fifo, owe, hand)
		c.lineage.took(owe.use, l.value)
		c.note(f, owe.Taken, l.quantity, l.value)
	case from.virtual != nil:
		in := c.receipt(p, f, l, from, to.home, fifo)
		l.value = in.Value
		if c.lineage != nil {
			in.origin = c.lineage.coming(f, l, from, to.home, &in)
		}
		c.put(b, p, f, to.home, in, fifo)
	default:
		c.of(to.home) // made first: what it made would move the others
		var parts []layer
		l.value = c.of(from.home).take(p, l.quantity, fifo, debt{Home: to.home}, func(part layer) { parts = append(parts, part) })
		for _, part := range parts {
			c.put(b, p, f, to.home, part, fifo)
		}
		if c.lineage != nil {
			c.lineage.crossing(from.home, to.home, l.quantity)
		}
	}
	c.accounts.add(from.account(), -l.value)
	c.accounts.add(to.account(), l.value)
}

// put takes goods into a pool. What they cover was owed at another cost: the
// difference goes where those goods went.
func (c *costs) put(b ground, p *ledger.Product, f *fact, home ledger.PlaceID, in layer, fifo bool) {
	c.of(home).put(p, in, fifo, func(d *debt, difference int64) {
		c.accounts.add(home, -difference)
		if d.Place != 0 {
			d.use.covered(difference)
			c.adjusts(home, d.Place, difference)
			c.accounts.add(d.Place, difference)
			c.note(f, d.Taken, 0, difference)
			return
		}
		rest := c.of(d.Home).adjust(p, difference, fifo)
		c.accounts.add(d.Home, difference-rest)
		loss := b.virtual(ledger.PlaceLoss).ID
		c.accounts.add(loss, rest)
		c.adjusts(home, d.Home, difference-rest)
		c.adjusts(home, loss, rest)
	})
}

func (c *costs) adjusts(from, to ledger.PlaceID, value int64) {
	if c.tell != nil && value != 0 {
		c.tell(from, to, value)
	}
}

// takes names what later returns of goods that a leg takes out will refer to.
func (f *fact) takes(l *leg, to side) takenKey {
	switch {
	case f.said == nil || l.within():
	case f.said.assembly && f.said.out:
		return takenKey{Asset: f.said.asset, Assembly: true}
	case (f.act == actRemove || f.act == actShip) && f.said.reference != "" && to.customer():
		return takenKey{Place: to.account(), Reference: f.said.reference}
	}
	return takenKey{}
}

// note adds to what was taken under a key.
func (c *costs) note(f *fact, key takenKey, quantity, value int64) {
	if key == (takenKey{}) || !c.noting {
		return
	}
	t := c.at(f, key)
	t.quantity += quantity
	t.value += value
}

// at returns what was taken under a key, to be changed by a fact.
func (c *costs) at(f *fact, key takenKey) *taken {
	list := c.taken[key]
	if n := len(list); n == 0 || list[n-1].key != f.Key {
		t := taken{key: f.Key}
		if n > 0 {
			t = list[n-1]
			t.key = f.Key
		}
		list = append(list, t)
	}
	if c.taken == nil {
		c.taken = map[takenKey][]taken{}
	}
	c.taken[key] = list
	return &list[len(list)-1]
}

// receipt says what goods cost that come in: what the fact says, else what they
// cost when they left, else the current cost.
func (c *costs) receipt(p *ledger.Product, f *fact, l *leg, from side, home ledger.PlaceID, fifo bool) layer {
	in := layer{Quantity: l.quantity, Unit: c.of(home).current(p, fifo)}
	s := f.said
	// A cover is not what the fact speaks of, nor what comes along in its package.
	if s == nil || l.cause == causeAutoAdd || l.cause == causeShortage || l.within() {
		in.Value = worth(p, l.quantity, in.Unit)
		return in
	}
	in.Delivery = s.delivery
	switch {
	case s.costed == ledger.CostUnit:
		in.Unit = s.unit
		in.Value = worth(p, l.quantity, in.Unit)
		return in
	case s.costed == ledger.CostTotal && f.quantity > 0:
		in.Value = part(s.total, l.quantity, f.quantity)
	case f.act == actAdd && s.reference != "" && from.customer() && c.back(p, f, from, &in):
	case s.assembly && !s.out && c.fromAsset(f, &in):
	default:
		in.Value = worth(p, l.quantity, in.Unit)
		return in
	}
	in.Unit = unitOf(p, in.Quantity, in.Value)
	return in
}

// back values a return at what the goods cost when they left, as far as they did;
// false where none of them did.
func (c *costs) back(p *ledger.Product, f *fact, from side, in *layer) bool {
	key := takenKey{Place: from.account(), Reference: f.said.reference}
	list := c.taken[key]
	if len(list) == 0 {
		return false
	}
	was := list[len(list)-1]
	returned := min(was.quantity-was.returned, in.Quantity)
	if returned <= 0 {
		return false
	}
	// Rounded once, the part that comes back and the part that never left.
	value := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(was.value), big.NewInt(returned)), big.NewInt(was.quantity))
	rest := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(in.Quantity-returned), big.NewInt(in.Unit)), big.NewInt(perUnit(p)))
	in.Value = halfUp(value.Add(value, rest))
	c.at(f, key).returned += returned
	return true
}

// fromAsset values a part at the average at which its asset took such parts;
// false where it took none.
func (c *costs) fromAsset(f *fact, in *layer) bool {
	list := c.taken[takenKey{Asset: f.said.asset, Assembly: true}]
	if len(list) == 0 || list[len(list)-1].quantity == 0 {
		return false
	}
	was := list[len(list)-1]
	in.Value = halfUp(new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(was.value), big.NewInt(in.Quantity)), big.NewInt(was.quantity)))
	return true
}

func halfUp(r *big.Rat) int64 {
	double := new(big.Int).Lsh(r.Num(), 1)
	double.Add(double, r.Denom())
	return double.Div(double, new(big.Int).Lsh(r.Denom(), 1)).Int64()
}
