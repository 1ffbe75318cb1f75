package settle

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

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
	// Led are the entries that took from the place since then, and those that found it
	// below zero already, the newest first; maxLed at most.
	Led []uint64

	// The search for that scan, back from the newest:
	left  int64 // what was there after those that are not gone through yet
	found []change
	known map[Key]bool
}

// maxLed bounds how many entries are named: whoever looks wants the last ones, and the
// one that began it stands by itself.
const maxLed = 20

// change is what a fact brought to a place, or took from it.
type change struct {
	key Key
	n   uint64
	by  int64
}

// Below returns what lies below zero where want says, in the order of the balance
// report, without how it came. It only reads.
func (b *Books) Below(want func(*ledger.Product, *ledger.Place) bool) (out []Shortfall) {
	for _, p := range b.state.AllProducts() {
		p.EachHolder(func(at *ledger.Place, total int64) {
			if total < 0 && at.Physical() && want(p, at) {
				out = append(out, Shortfall{Product: p, Place: at, Quantity: total, left: total, known: map[Key]bool{}})
			}
		})
	}
	slices.SortFunc(out, func(x, y Shortfall) int {
		return cmp.Or(cmp.Compare(x.Place.Stand().Site, y.Place.Stand().Site), cmp.Compare(x.Place.Stand().Code, y.Place.Stand().Code),
			cmp.Compare(x.Product.Code, y.Product.Code), cmp.Compare(x.Place.PackageCode(), y.Place.PackageCode()))
	})
	for i := range out {
		out[i].say()
	}
	return out
}

// Search looks in a piece of the product's history, all newer ones of which were
// given before, for the scan that took the place below zero for the last time; facts
// that were written after entry n are not looked at. It says whether it was found.
func (s *Shortfall) Search(facts []Traced, bookedAt ledger.Time, n uint64) (found bool) {
	for i := len(facts) - 1; i >= 0; i-- {
		f := &facts[i]
		touches := f.touches(s.Place.ID)
		if f.Recorded > n || !touches && !f.wanders() || s.known[f.Key] {
			continue
		}
		if s.known[f.Key] = true; touches {
			s.found = append(s.found, change{f.Key, f.N, f.net(s.Place.ID)})
		}
	}
	// What older pieces have happened a microsecond after their booking at most.
	slices.SortFunc(s.found, func(x, y change) int { return x.key.Compare(&y.key) })
	return s.back(bookedAt + 1)
}

// Searched ends a search where no piece is left.
func (s *Shortfall) Searched() { s.back(-1) }

// back goes back over the changes that were found, down to a moment.
func (s *Shortfall) back(until ledger.Time) bool {
	for len(s.found) > 0 {
		last := s.found[len(s.found)-1]
		if last.key.TEff <= until {
			return false
		}
		s.found = s.found[:len(s.found)-1]
		if last.by < 0 && last.n != 0 && len(s.Led) < maxLed && !slices.Contains(s.Led, last.n) {
			s.Led = append(s.Led, last.n)
		}
		if s.left-last.by >= 0 {
			s.Since, s.N, s.Device, s.Took, s.Before = last.key.TEff, last.n, last.key.Device, -last.by, s.left-last.by
			s.say()
			return true
		}
		s.left -= last.by
	}
	return false
}

// wanders says whether the legs of a fact may be elsewhere than it says.
func (f *Traced) wanders() bool { return f.Serial != "" || f.From == 0 }

// touches says whether a fact names a place or has a leg there. A fact that was
// written again may have had one before, so what it names counts too.
func (f *Traced) touches(at ledger.PlaceID) bool {
	return f.From == at || f.To == at || slices.ContainsFunc(f.Legs, func(l TracedLeg) bool { return l.From == at || l.To == at })
}

// net is what a fact brought to a place.
func (f *Traced) net(at ledger.PlaceID) (sum int64) {
	for i := range f.Legs {
		l := &f.Legs[i]
		if l.To == at {
			sum += l.Quantity
		}
		if l.From == at {
			sum -= l.Quantity
		}
	}
	return sum
}

func (s *Shortfall) say() {
	say := func(q int64) string { return ledger.FormatScaled(q, s.Product.Decimals) }
	s.Message = s.Place.Ref() + " holds " + say(s.Quantity) + " of " + s.Product.Code
	if s.N == 0 {
		s.Message += "; count the shelf."
		return
	}
	s.Message += ": it went below zero at " + s.Since.String() + " because " + s.Device + " took " + say(s.Took) + " where " + say(s.Before) +
		" were on the books (entry " + itoa(s.N) + "). A late addition clears it; else count the shelf."
}
