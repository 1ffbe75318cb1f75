package season

import (
	"math/big"
	"slices"
	"time"
)

// Branch is the site that goods are sent to from main.
const Branch = "branch"

// Terminal is a product whose pieces are known by their serials; no file has it.
const Terminal = "SEASON-TERMINAL"

// Trade is what happens to goods of a delivery behind it: part of it goes back to the
// vendor, part to the branch by way of transit, and a piece with a serial is sold. No
// recorded file has these; they follow from the deliveries alone.
type Trade struct {
	At                    time.Time
	Action, Site          string // of From
	From, To              string // places; of the branch with its site
	Product, Quantity     string
	Lot, Serial           string
	Number, Order, Vendor string // of the delivery
}

// Which deliveries are traded how: often enough that each is met many times in a year,
// apart from each other so that each is met alone too.
const (
	lotEvery     = 3  // its goods bear a lot
	returnEvery  = 5  // a tenth of its first line goes back
	sendEvery    = 4  // a quarter of it goes to the branch
	strandEvery  = 40 // of which some never arrives
	serialEvery  = 20 // it brings a terminal
	terminalCost = "100.00"
)

// trade adds lots, terminals and trades to the deliveries.
func (p *Plan) trade() {
	for i := range p.Deliveries {
		d := &p.Deliveries[i]
		if i%lotEvery == 0 {
			for n := range d.Lines {
				d.Lines[n].Lot = "L-" + d.Number
			}
		}
		l := d.Lines[0]
		if part := share(l.Quantity, 10); i%returnEvery == 0 && part != "0" {
			p.add(d, l, part, time.Hour, "remove", "stock", "supplier")
		}
		if part := share(l.Quantity, 4); i%sendEvery == 1 && part != "0" {
			p.send(d, l, part, i%strandEvery != 1)
		}
		if i%serialEvery == 0 {
			p.terminal(d, i/serialEvery)
		}
	}
	slices.SortStableFunc(p.Trades, func(a, b Trade) int { return a.At.Compare(b.At) })
}

// terminal brings a piece, which stays, goes back, is sold or is sent on.
func (p *Plan) terminal(d *Delivery, n int) {
	l := DeliveryLine{Product: Terminal, Quantity: "1", TotalCost: terminalCost, Serial: "T-" + d.Number}
	d.Lines = append(d.Lines, l)
	switch n % 4 {
	case 1:
		p.add(d, l, "1", time.Hour, "remove", "stock", "supplier")
	case 2:
		p.add(d, l, "1", 3*time.Hour, "remove", "stock", "customer")
	case 3:
		p.send(d, l, "1", true)
	}
}

// send sends goods to the branch, where they arrive a day later.
func (p *Plan) send(d *Delivery, l DeliveryLine, quantity string, arrives bool) {
	p.add(d, l, quantity, 2*time.Hour, "move", "stock", "transit")
	if arrives {
		p.add(d, l, quantity, 26*time.Hour, "move", "transit", Branch+"/stock")
	}
}

func (p *Plan) add(d *Delivery, l DeliveryLine, quantity string, behind time.Duration, action, from, to string) {
	p.Trades = append(p.Trades, Trade{At: d.At.Add(behind), Action: action, From: from, To: to, Product: l.Product, Quantity: quantity, Lot: l.Lot, Serial: l.Serial,
		Number: d.Number, Order: d.Order, Vendor: d.Partner})
}

// share is a whole part of a quantity.
func share(quantity string, of int64) string {
	n, ok := new(big.Rat).SetString(quantity)
	if !ok {
		return "0"
	}
	n.Quo(n, big.NewRat(of, 1))
	return new(big.Int).Quo(n.Num(), n.Denom()).String()
}

// Paths are how much of a lot went from where to where, by the plan alone: keys are
// from, an arrow and to.
func (p *Plan) Paths(lot string) map[string]*big.Rat {
	out := map[string]*big.Rat{}
	add := func(from, to, quantity string) {
		n, ok := new(big.Rat).SetString(quantity)
		if !ok {
			return
		}
		key := from + " → " + to
		if out[key] == nil {
			out[key] = new(big.Rat)
		}
		out[key].Add(out[key], n)
	}
	for _, d := range p.Deliveries {
		for _, l := range d.Lines {
			if l.Lot == lot {
				add("supplier", mainStock, l.Quantity)
			}
		}
	}
	for _, t := range p.Trades {
		if t.Lot == lot {
			add(refOf(t.From), refOf(t.To), t.Quantity)
		}
	}
	return out
}

// mainStock is where everything lies that is not said to lie elsewhere.
const mainStock = "main/stock"

func refOf(place string) string {
	if place == "stock" {
		return mainStock
	}
	return place
}

// Serials are where each piece is at last, by the plan alone.
func (p *Plan) Serials() map[string]string {
	out := map[string]string{}
	for _, d := range p.Deliveries {
		for _, l := range d.Lines {
			if l.Serial != "" {
				out[l.Serial] = mainStock
			}
		}
	}
	for _, t := range p.Trades { // by time
		if t.Serial != "" {
			out[t.Serial] = refOf(t.To)
		}
	}
	return out
}
