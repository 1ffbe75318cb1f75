package oracle

import "math/big"

// layer is goods that came in together, with what they cost. A unit cost is in
// millionths of the currency, a value in its minor unit.
type layer struct {
	quantity *big.Int
	value    *big.Int
	unit     *big.Int
	delivery string
}

// owed is a removal that a pool did not cover: at what it was costed, and who is
// told the difference once it is covered.
type owed struct {
	quantity *big.Int
	value    *big.Int
	settle   func(difference *big.Int)
}

// pool is what a product costs in one place of costing. It has layers or owes,
// never both. An average pool keeps one layer.
type pool struct {
	product *product
	fifo    bool
	layers  []layer
	owes    []owed
	last    *big.Int // the last known unit cost
}

// worth is the exact value of a quantity at a unit cost.
func (p *product) worth(quantity, unit *big.Int) *big.Rat {
	value := new(big.Rat).SetInt(new(big.Int).Mul(quantity, unit))
	return value.Quo(value, new(big.Rat).SetInt(new(big.Int).Mul(p.scale, power10(costDecimals-moneyDecimals))))
}

// unitCost is what one costs where a quantity is worth a value.
func (p *product) unitCost(quantity, value *big.Int) *big.Int {
	unit := new(big.Int).Mul(value, new(big.Int).Mul(p.scale, power10(costDecimals-moneyDecimals)))
	return rounded(new(big.Rat).SetFrac(unit, quantity))
}

// share is what a part of a quantity takes of its value; all of it takes all.
func share(value, part, quantity *big.Int) *big.Int {
	return rounded(new(big.Rat).SetFrac(new(big.Int).Mul(value, part), quantity))
}

// current is the current, or last known, unit cost.
func (p *pool) current() *big.Int {
	if p.merge(); !p.fifo && len(p.layers) > 0 {
		return p.layers[0].unit
	}
	return p.last
}

// merge makes one layer of an average pool's.
func (p *pool) merge() {
	if p.fifo || len(p.layers) == 0 {
		return
	}
	all := layer{new(big.Int), new(big.Int), nil, ""}
	for _, l := range p.layers {
		all.quantity.Add(all.quantity, l.quantity)
		all.value.Add(all.value, l.value)
	}
	all.unit = p.product.unitCost(all.quantity, all.value)
	p.layers = []layer{all}
}

// take hands out goods with their value, oldest layers first. What the pool has
// not, it hands out at the last known cost and owes.
func (p *pool) take(quantity *big.Int, settle func(*big.Int)) []layer {
	p.last = p.current()
	var out []layer
	for quantity.Sign() > 0 && len(p.layers) > 0 {
		l := p.layers[0]
		part := upTo(quantity, l.quantity)
		value := share(l.value, part, l.quantity)
		out = append(out, layer{part, value, l.unit, l.delivery})
		quantity = new(big.Int).Sub(quantity, part)
		p.layers[0].quantity = new(big.Int).Sub(l.quantity, part)
		p.layers[0].value = new(big.Int).Sub(l.value, value)
		if p.last = l.unit; part.Cmp(l.quantity) == 0 {
			p.layers = p.layers[1:]
		}
	}
	if quantity.Sign() > 0 {
		value := rounded(p.product.worth(quantity, p.last))
		p.owes = append(p.owes, owed{quantity, value, settle})
		out = append(out, layer{quantity, value, p.last, ""})
	}
	return out
}

// put takes goods in. They cover what is owed first, the oldest first; what that
// was costed too little or too much goes where those goods went.
func (p *pool) put(in layer) {
	p.last = in.unit
	for in.quantity.Sign() > 0 && len(p.owes) > 0 {
		o := p.owes[0]
		part := upTo(in.quantity, o.quantity)
		got, was := share(in.value, part, in.quantity), share(o.value, part, o.quantity)
		in.quantity, in.value = new(big.Int).Sub(in.quantity, part), new(big.Int).Sub(in.value, got)
		p.owes[0].quantity, p.owes[0].value = new(big.Int).Sub(o.quantity, part), new(big.Int).Sub(o.value, was)
		if part.Cmp(o.quantity) == 0 {
			p.owes = p.owes[1:]
		}
		o.settle(new(big.Int).Sub(got, was))
	}
	if in.quantity.Sign() > 0 {
		p.layers = append(p.layers, in)
		p.merge()
	}
}

// adjust takes in a difference for goods that another pool handed over, on its
// youngest goods and not below zero; it returns what it cannot take.
func (p *pool) adjust(difference *big.Int) *big.Int {
	if len(p.layers) == 0 {
		return difference
	}
	youngest := &p.layers[len(p.layers)-1]
	value := new(big.Int).Add(youngest.value, difference)
	rest := new(big.Int)
	if value.Sign() < 0 {
		value, rest = rest, value
	}
	youngest.value = value
	p.merge()
	return rest
}

// value is what a pool's goods are worth; below zero what it owes.
func (p *pool) value() *big.Int {
	sum := new(big.Int)
	for _, l := range p.layers {
		sum.Add(sum, l.value)
	}
	for _, o := range p.owes {
		sum.Sub(sum, o.value)
	}
	return sum
}
