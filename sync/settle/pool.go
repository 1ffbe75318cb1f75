package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// pool is what goods of a product cost that lie on shelves or are on their way
// between them (rule 8). It holds layers, or owes for what was taken beyond them,
// and never both; by average it holds one layer.
type pool struct {
	layers []layer
	owed   []debt
	last   int64 // unit cost of the last receipt or removal, or of the layer last touched
}

// layer is what came in together and has not left.
type layer struct {
	Quantity, Value int64
	Unit            int64 // unit cost, 6 decimals
	Delivery        string
	origin          *Origin // in trails only: what it came with
}

// debt is a removal that no receipt has covered yet.
type debt struct {
	Quantity, Value int64
	Place           ledger.PlaceID // the virtual place that the goods went to; 0: another pool
	Home            ledger.PlaceID // of that pool
	Taken           takenKey       // what its returns will refer to, if anything
	use             *Use           // in trails only: the removal
}

func (p *pool) clone() pool {
	return pool{layers: slices.Clone(p.layers), owed: slices.Clone(p.owed), last: p.last}
}

// value is what the pool is worth, below zero what it owes.
func (p *pool) value() (sum int64) {
	for i := range p.layers {
		sum += p.layers[i].Value
	}
	for i := range p.owed {
		sum -= p.owed[i].Value
	}
	return sum
}

// quantity is how much the pool has, below zero what it owes.
func (p *pool) quantity() (sum int64) {
	for i := range p.layers {
		sum += p.layers[i].Quantity
	}
	for i := range p.owed {
		sum -= p.owed[i].Quantity
	}
	return sum
}

// current is what one of the product costs now.
func (p *pool) current(product *ledger.Product, fifo bool) int64 {
	if !fifo && len(p.layers) > 0 {
		quantity, value := int64(0), int64(0)
		for i := range p.layers {
			quantity += p.layers[i].Quantity
			value += p.layers[i].Value
		}
		return unitOf(product, quantity, value)
	}
	return p.last
}

// merge makes one layer of all, for an average. Its unit cost is kept for the time
// when costs are kept by layers.
func (p *pool) merge(product *ledger.Product) {
	if len(p.layers) == 0 {
		return
	}
	one := layer{Unit: p.current(product, false)}
	for i := range p.layers {
		one.Quantity += p.layers[i].Quantity
		one.Value += p.layers[i].Value
	}
	p.layers = append(p.layers[:0], one)
}

// put takes a receipt in: what is owed is covered first, the oldest first, and
// settle is told by how much each differs from what it was owed at.
func (p *pool) put(product *ledger.Product, in layer, fifo bool, settle func(d *debt, difference int64)) {
	p.last = in.Unit
	for len(p.owed) > 0 && in.Quantity > 0 {
		d := &p.owed[0]
		quantity := min(d.Quantity, in.Quantity)
		paid, owed := part(in.Value, quantity, in.Quantity), part(d.Value, quantity, d.Quantity)
		in.Quantity -= quantity
		in.Value -= paid
		d.Quantity -= quantity
		d.Value -= owed
		settle(d, paid-owed)
		if d.Quantity == 0 {
			p.owed = p.owed[1:]
		}
	}
	if in.Quantity == 0 {
		return
	}
	p.layers = append(p.layers, in)
	if !fifo {
		p.merge(product)
	}
}

// adjust takes in a difference for goods that another pool handed over, on the
// youngest goods and not below zero, and returns what it cannot take.
func (p *pool) adjust(product *ledger.Product, difference int64, fifo bool) (rest int64) {
	if len(p.layers) == 0 {
		return difference
	}
	youngest := &p.layers[len(p.layers)-1]
	if youngest.Value += difference; youngest.Value < 0 {
		youngest.Value, rest = 0, youngest.Value
	}
	if !fifo {
		p.merge(product)
	}
	return rest
}

// take takes a quantity out and returns what it is worth. What the pool has not is
// worth the current cost, and owed as the debt says. Each part is handed out, if
// anybody wants it.
func (p *pool) take(product *ledger.Product, quantity int64, fifo bool, owe debt, hand func(layer)) (value int64) {
	if !fifo {
		p.last = p.current(product, false)
		p.merge(product)
	}
	for quantity > 0 && len(p.layers) > 0 {
		l := &p.layers[0]
		out := min(quantity, l.Quantity)
		worth := part(l.Value, out, l.Quantity)
		if fifo {
			p.last = l.Unit
		}
		l.Quantity -= out
		l.Value -= worth
		quantity -= out
		value += worth
		if hand != nil {
			hand(layer{Quantity: out, Value: worth, Unit: l.Unit, Delivery: l.Delivery, origin: l.origin})
		}
		if l.Quantity == 0 {
			p.layers = p.layers[1:]
		}
	}
	if quantity > 0 {
		beyond := worth(product, quantity, p.last)
		value += beyond
		owe.Quantity, owe.Value = quantity, beyond
		p.owed = append(p.owed, owe)
		if hand != nil {
			hand(layer{Quantity: quantity, Value: beyond, Unit: p.last})
		}
	}
	return value
}
