package oracle

import "math/big"

// transit is the kind of places that a pool reaches beyond the shelves, and with
// pools per site the site of the pool of what is between them.
const transit = "transit"

// taken is what went to a customer under one reference, or into one asset.
type taken struct {
	quantity *big.Int
	value    *big.Int
	returned *big.Int
}

// takenKey names it; exactly one of place with reference, and asset, is said.
type takenKey struct{ product, place, reference, asset string }

// pool finds the pool of a product that a place belongs to, if to any.
func (f *fold) pool(p *product, at place) *pool {
	if !at.physical() && at.kind != transit {
		return nil
	}
	of := Pool{Product: p.Code}
	if f.poolsPerSite {
		of.Site = or(at.site, transit)
	}
	if f.pools[of] == nil {
		f.pools[of] = &pool{product: p, last: new(big.Int)}
	}
	f.pools[of].fifo = or(f.setting("costing", "", p.Code, f.now.TEff), p.Costing) == "fifo"
	return f.pools[of]
}

// flow lets value follow goods that go from one place to another.
func (f *fold) flow(l *line, p *product, from, to place, quantity *big.Int) {
	if quantity.Sign() < 0 {
		from, to, quantity = to, from, new(big.Int).Neg(quantity)
	}
	source, goal := f.pool(p, from), f.pool(p, to)
	switch {
	case source == goal: // inside one pool, or outside of all
	case goal == nil:
		f.spend(l, source, to, quantity)
	case source == nil:
		in := f.receipt(l, goal, from, quantity)
		f.account(p, from.id, new(big.Int).Neg(in.value))
		goal.put(in)
	default:
		settle := func(difference *big.Int) { f.account(p, "loss", f.pool(p, to).adjust(difference)) } // by layers or not, as it is then
		for _, out := range source.take(quantity, settle) {
			goal.put(out)
		}
	}
}

// spend takes goods out of a pool to a virtual place.
func (f *fold) spend(l *line, source *pool, to place, quantity *big.Int) {
	record := &taken{new(big.Int), new(big.Int), new(big.Int)}
	if key := l.record(source.product, to); key != (takenKey{}) {
		if f.taken[key] == nil {
			f.taken[key] = record
		}
		record = f.taken[key]
	}
	record.quantity = new(big.Int).Add(record.quantity, quantity)
	cost := func(value *big.Int) {
		f.account(source.product, to.id, value)
		record.value = new(big.Int).Add(record.value, value)
	}
	for _, out := range source.take(quantity, cost) {
		cost(out.value)
	}
}

// record names what later returns of goods that a line takes out will refer to.
func (l *line) record(p *product, to place) takenKey {
	switch {
	case l.Action == "remove" && to.kind == "customer" && l.Reference != "":
		return takenKey{product: p.Code, place: to.id, reference: l.Reference}
	case l.Action == "assemble":
		return takenKey{product: p.Code, asset: "asset " + l.Asset}
	}
	return takenKey{}
}

// receipt says what goods cost that come in from a virtual place: what the line
// says, else what they cost when they left, else the current cost.
func (f *fold) receipt(l *line, goal *pool, from place, quantity *big.Int) layer {
	p := goal.product
	in := layer{quantity: quantity, unit: goal.current(), delivery: l.delivery}
	priced := l.product != nil && (l.Action == "add" || l.Action == "count")
	var value *big.Rat
	switch {
	case priced && l.unitCost != nil:
		in.unit = l.unitCost
	case priced && l.total != nil && l.quantity.Sign() > 0:
		value = new(big.Rat).SetFrac(new(big.Int).Mul(l.total, quantity), l.quantity)
	case l.Action == "add" && from.kind == "customer" && l.Reference != "":
		value = f.taken[takenKey{product: p.Code, place: from.id, reference: l.Reference}].back(p, quantity, in.unit)
	case l.Action == "disassemble":
		if part := f.taken[takenKey{product: p.Code, asset: "asset " + l.Asset}]; part != nil {
			value = new(big.Rat).SetFrac(new(big.Int).Mul(part.value, quantity), part.quantity)
		}
	}
	if value == nil {
		in.value = rounded(p.worth(quantity, in.unit))
		return in
	}
	in.value = rounded(value)
	in.unit = p.unitCost(quantity, in.value)
	return in
}

// back is what goods are worth that come back: the average at which they went,
// up to their quantity; the rest at a unit cost. It is nil if none of them went.
func (t *taken) back(p *product, quantity, unit *big.Int) *big.Rat {
	if t == nil {
		return nil
	}
	part := upTo(new(big.Int).Sub(t.quantity, t.returned), quantity)
	if part.Sign() == 0 {
		return nil
	}
	t.returned = new(big.Int).Add(t.returned, part)
	value := p.worth(new(big.Int).Sub(quantity, part), unit)
	return value.Add(value, new(big.Rat).SetFrac(new(big.Int).Mul(t.value, part), t.quantity))
}

// account adds to the value that went to a virtual place.
func (f *fold) account(p *product, at string, value *big.Int) {
	key := Flow{p.Code, at}
	if f.flows[key] == nil {
		f.flows[key] = new(big.Int)
	}
	f.flows[key].Add(f.flows[key], value)
}

// costs gives the result of the costing.
func (f *fold) costs(b *Books) {
	for of, p := range f.pools {
		if value := p.value(); value.Sign() != 0 {
			b.Values[of] = value.String()
		}
		for _, l := range p.layers {
			b.Layers[of] = append(b.Layers[of], Layer{l.delivery, p.product.text(l.quantity), l.value.String()})
		}
	}
	for at, value := range f.flows {
		if value.Sign() != 0 {
			b.Flows[at] = value.String()
		}
	}
}
