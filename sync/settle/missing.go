package settle

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// Missing is a piece that a count did not find where the books had it (S5). It is on
// the list for as long as it is at loss: an earlier sighting elsewhere that comes
// late takes it off, and so does a later one.
type Missing struct {
	Product     *ledger.Product
	Lot, Serial string
	From        *ledger.Place // where the books had it
	At          ledger.Time   // when it was counted as missing
	Device      string
	N           uint64 // the entry of that count, or of the closing of its session
	Session     string

	key   Key
	found bool
}

// MissingSearch finds, in the pieces of one product's history, which counts took its
// pieces for missing.
type MissingSearch struct {
	n      uint64
	books  *Books
	pieces map[string]*Missing
	known  map[Key]bool
}

// Missing returns, by product, the pieces that are at loss now. It only reads.
func (b *Books) Missing(n uint64) (products []*ledger.Product, searches []*MissingSearch) {
	for _, p := range b.state.AllProducts() {
		var s *MissingSearch
		p.EachPiece(func(serial string, at *ledger.Cell) {
			if at.Place.Kind != ledger.PlaceLoss {
				return
			}
			if s == nil {
				s = &MissingSearch{n: n, books: b, pieces: map[string]*Missing{}, known: map[Key]bool{}}
				products, searches = append(products, p), append(searches, s)
			}
			s.pieces[serial] = &Missing{Product: p, Serial: serial, Lot: at.Lot}
		})
	}
	return products, searches
}

// Search looks in a piece of the history, all newer ones of which were given before;
// more says that older ones may matter. The caller holds whatever guards the books.
func (s *MissingSearch) Search(facts []Traced, bookedAt ledger.Time) (more bool) {
	for i := len(facts) - 1; i >= 0; i-- {
		f := &facts[i]
		if f.Recorded > s.n || s.known[f.Key] {
			continue
		}
		for _, l := range f.Legs {
			if m := s.pieces[l.Serial]; l.Serial != "" && m != nil {
				s.leg(m, f, &l)
			}
		}
		if f.Serial != "" || f.From == 0 || f.Closes {
			s.known[f.Key] = true // where it was written before does not count
		}
	}
	for _, m := range s.pieces {
		if !m.found || m.At <= bookedAt+1 {
			return true
		}
	}
	return false
}

func (s *MissingSearch) leg(m *Missing, f *Traced, l *TracedLeg) {
	if m.found && f.Compare(&m.key) <= 0 {
		return
	}
	from, ok := s.books.state.PlaceByID(l.From)
	if !ok {
		return
	}
	m.found, m.key, m.From, m.At, m.Device, m.N, m.Session = true, f.Key, from, f.TEff, f.Device, f.N, f.Session
	if c := s.books.sessions.byKey[f.Key]; c != nil && f.Closes {
		m.Session = c.session.name
	}
}

// Found returns the pieces, the last that was missed first.
func (s *MissingSearch) Found() (out []Missing) {
	for _, m := range s.pieces {
		if m.found {
			out = append(out, *m)
		}
	}
	slices.SortFunc(out, func(x, y Missing) int { return cmp.Or(cmp.Compare(y.At, x.At), cmp.Compare(x.Serial, y.Serial)) })
	return out
}
