package settle

import "bayledger/sync/ledger"

// Shortfall is a product that lies below zero at a place, and how that came.
type Shortfall struct {
	Product  *ledger.Product
	Place    *ledger.Place
	Quantity int64       // below zero
	Since    ledger.Time // when it went below zero, and stayed
	N        uint64      // the entry of the scan that took it there; 0 where none is known
	Device   string
	Took     int64 // what that scan took
	Before   int64 // what was there then
	Message  string
}

// Shortfalls returns what lies below zero, in the order of the balance report.
// Errors: those of reading histories.
func (b *Books) Shortfalls() ([]Shortfall, error) {
	var out []Shortfall
	var last *ledger.Cell
	for _, c := range b.state.CellsOf(func(c *ledger.Cell) bool { return c.Place.Physical() }) {
		if last != nil && last.Product == c.Product && last.Place == c.Place {
			continue
		}
		last = c
		total := b.state.Total(c.Product, c.Place)
		if total >= 0 {
			continue
		}
		s, err := b.shortfall(c.Product, c.Place, total)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// shortfall finds the fact that took a place below zero for the last time, going
// back from the newest.
func (b *Books) shortfall(p *ledger.Product, place *ledger.Place, total int64) (Shortfall, error) {
	s := Shortfall{Product: p, Place: place, Quantity: total}
	h := b.history(p)
	if err := b.reach(h, 0, nil); err != nil {
		return s, err
	}
	for i := len(h.facts) - 1; i >= 0; i-- {
		f := &h.facts[i]
		change := int64(0)
		for j := range f.legs {
			l := &f.legs[j]
			if l.to.Place == place {
				change += l.quantity
			}
			if l.from.Place == place {
				change -= l.quantity
			}
		}
		if total-change >= 0 {
			s.Since, s.N, s.Device, s.Took, s.Before = f.TEff, f.n, f.Device, -change, total-change
			break
		}
		total -= change
	}
	s.Message = s.sentence()
	return s, nil
}

func (s *Shortfall) sentence() string {
	say := func(q int64) string { return ledger.FormatScaled(q, s.Product.Decimals) }
	text := s.Place.Ref() + " holds " + say(s.Quantity) + " of " + s.Product.Code
	if s.N == 0 {
		return text + "; count the shelf."
	}
	return text + ": it went below zero at " + s.Since.String() + " because " + s.Device + " took " + say(s.Took) + " where " + say(s.Before) +
		" were on the books (entry " + itoa(s.N) + "). A late addition clears it; else count the shelf."
}
