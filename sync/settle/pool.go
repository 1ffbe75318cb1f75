package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// pool is what all goods of a product cost that lie on shelves or are on their way
// between them (rule 8). It holds layers, or owes for what was taken beyond them,
// and never both; by average it holds one layer.
type pool struct {
	layers   []layer
	owed     []debt
	last     int64 // unit cost of the last receipt or removal, or of the layer last touched
	accounts []account
}

// layer is what came in together and has not left.
type layer struct {
	Quantity, Value int64
	Unit            int64 // unit cost, 6 decimals
	Delivery        string
}

// debt is a removal that no receipt has covered yet.
type debt struct {
	Quantity, Value int64
	Place           ledger.PlaceID // where the goods went
	Taken           takenKey       // what its returns will refer to, if anything
}

// account is the value that went to a virtual place.
type account struct {
	Place ledger.PlaceID
	Value int64
}

func (p *pool) clone() pool {
	return pool{layers: slices.Clone(p.layers), owed: slices.Clone(p.owed), last: p.last, accounts: slices.Clone(p.accounts)}
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

// account adds to the value that went to a virtual place.
func (p *pool) account(place ledger.PlaceID, value int64) {
	if value == 0 {
		return
	}
	for i := range p.accounts {
		if p.accounts[i].Place == place {
			p.accounts[i].Value += value
			return
		}
	}
	p.accounts = append(p.accounts, account{place, value})
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

// merge makes one layer of all, for an average.
func (p *pool) merge() {
	if len(p.layers) < 2 {
		return
	}
	one := layer{}
	for i := range p.layers {
		one.Quantity += p.layers[i].Quantity
		one.Value += p.layers[i].Value
	}
	p.layers = append(p.layers[:0], one)
}

// put takes a receipt in: what is owed is covered first, the oldest first, and
// settle is told by how much each differs from what it was owed at.
func (p *pool) put(in layer, fifo bool, settle func(d *debt, difference int64)) {
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
		p.merge()
	}
}

// take takes a quantity out and returns what it is worth. What the pool has not is
// worth the current cost, and owed.
func (p *pool) take(product *ledger.Product, quantity int64, fifo bool, place ledger.PlaceID, taken takenKey) (value int64) {
	if !fifo {
		p.last = p.current(product, false)
		p.merge()
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
		if l.Quantity == 0 {
			p.layers = p.layers[1:]
		}
	}
	if quantity > 0 {
		beyond := worth(product, quantity, p.last)
		value += beyond
		p.owed = append(p.owed, debt{Quantity: quantity, Value: beyond, Place: place, Taken: taken})
	}
	return value
}
