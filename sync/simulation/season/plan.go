package season

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"time"
)

// Plan is what has to be booked.
type Plan struct {
	Products   []Product
	Scans      []Scan     // in the order recorded
	Deliveries []Delivery // by time, within the time of the scans
	Trades     []Trade    // by time, behind the deliveries that they are about
}

// Read reads the files of a plan: the receipts are moved into the time of the scans,
// in their order, since they were recorded elsewhere and in other years.
func Read(products, receipts io.Reader, scans ...io.Reader) (*Plan, error) {
	p := new(Plan)
	if err := p.readProducts(products); err != nil {
		return nil, fmt.Errorf("the products: %w", err)
	}
	if len(p.Products) == 0 {
		return nil, errors.New("the products: the file has none")
	}
	for _, r := range scans {
		if err := p.readScans(r); err != nil {
			return nil, fmt.Errorf("the scans: %w", err)
		}
	}
	if len(p.Scans) == 0 {
		return nil, errors.New("the scans: the files have none")
	}
	if err := p.readReceipts(receipts); err != nil {
		return nil, fmt.Errorf("the receipts: %w", err)
	}
	slices.SortStableFunc(p.Scans, func(a, b Scan) int { return a.At.Compare(b.At) })
	p.squeeze(p.First(), p.Last())
	p.Products = append(p.Products, Product{Code: Terminal, Name: "Terminal", Serial: true, Opening: new(big.Rat)})
	p.trade()
	return p, nil
}

// First is the moment of the first scan.
func (p *Plan) First() time.Time { return p.Scans[0].At }

// Last is the moment of the last one.
func (p *Plan) Last() time.Time { return p.Scans[len(p.Scans)-1].At }

// Opened is when the opening stock is dated: a day before the first scan.
func (p *Plan) Opened() time.Time { return p.First().Add(-24 * time.Hour) }

// squeeze brings deliveries into a span, to the second and in their order.
func (p *Plan) squeeze(from, to time.Time) {
	if len(p.Deliveries) == 0 {
		return
	}
	slices.SortStableFunc(p.Deliveries, func(a, b Delivery) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Number, b.Number))
	})
	first, last := p.Deliveries[0].At, p.Deliveries[len(p.Deliveries)-1].At
	width := max(last.Sub(first).Hours(), 1)
	for i := range p.Deliveries {
		d := &p.Deliveries[i]
		part := int64(d.At.Sub(first).Hours())
		d.At = from.Add(time.Duration(int64(to.Sub(from).Seconds())*part/int64(width)) * time.Second)
	}
}

// Partners are the suppliers of the deliveries, each once.
func (p *Plan) Partners() []string {
	var codes []string
	for _, d := range p.Deliveries {
		codes = append(codes, d.Partner)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Balances is what must lie in stock at main at the end, by product, taken together from
// the files, and from the trades that follow from them.
func (p *Plan) Balances() map[string]*big.Rat {
	out := map[string]*big.Rat{}
	for _, product := range p.Products {
		out[product.Code] = new(big.Rat).Set(product.Opening)
	}
	add := func(code, quantity string, sign int64) {
		n, _ := new(big.Rat).SetString(quantity)
		if n == nil || out[code] == nil {
			return // the server tells of it: it was not applied
		}
		out[code].Add(out[code], n.Mul(n, big.NewRat(sign, 1)))
	}
	for _, d := range p.Deliveries {
		for _, l := range d.Lines {
			add(l.Product, l.Quantity, 1)
		}
	}
	for _, t := range p.Trades {
		if t.From == "stock" {
			add(t.Product, t.Quantity, -1)
		}
	}
	for _, s := range p.Scans {
		if s.Action == "remove" {
			add(s.Code, s.Quantity, -1)
		} else {
			add(s.Code, s.Quantity, 1)
		}
	}
	return out
}

// Moved is how often and how much was removed and added within a span, both ends
// within, by the scans alone.
func (p *Plan) Moved(from, to time.Time) (rows int, removed, added *big.Rat) {
	removed, added = new(big.Rat), new(big.Rat)
	for _, s := range p.Scans {
		if s.At.Before(from) || s.At.After(to) {
			continue
		}
		n, _ := new(big.Rat).SetString(s.Quantity)
		if n == nil {
			continue
		}
		rows++
		if s.Action == "remove" {
			removed.Add(removed, n)
		} else {
			added.Add(added, n)
		}
	}
	return rows, removed, added
}

// Received is what deliveries within a span cost, by the files alone.
func (p *Plan) Received(from, to time.Time) *big.Rat {
	sum := new(big.Rat)
	for _, d := range p.Deliveries {
		if d.At.Before(from) || d.At.After(to) {
			continue
		}
		for _, l := range d.Lines {
			if n, ok := new(big.Rat).SetString(l.TotalCost); ok {
				sum.Add(sum, n)
			}
		}
	}
	return sum
}
