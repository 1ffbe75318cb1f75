package settle

import (
	"slices"
	"testing"

	"bayledger/sync/ledger"
)

// stored keeps what the books hand out, as the journal does.
type stored struct {
	batches uint64
	watched map[string]shownRow // what those who watch were shown, by the key of the balance report
	rows    map[string][]byte
	pieces  map[string][]Piece
	intents map[ledger.Identity]*ledger.Intent
	stamps  map[ledger.Identity]struct {
		n     uint64
		stamp []byte
	}
}

func newStored() *stored {
	return &stored{watched: map[string]shownRow{}, rows: map[string][]byte{}, pieces: map[string][]Piece{}, intents: map[ledger.Identity]*ledger.Intent{}, stamps: map[ledger.Identity]struct {
		n     uint64
		stamp []byte
	}{}}
}

func (st *stored) Appended(key []byte, fn func(Piece) (bool, error)) error {
	pieces := st.pieces[string(key)]
	for i := len(pieces) - 1; i >= 0; i-- {
		if more, err := fn(pieces[i]); err != nil || !more {
			return err
		}
	}
	return nil
}

// take stores what the books changed, as one batch booked at a moment.
func (st *stored) take(b *Books, n uint64, at ledger.Time) {
	b.Seal(n, n)
	st.takeChanges(b, at)
}

func (st *stored) takeChanges(b *Books, at ledger.Time) {
	st.batches++
	changes := b.TakeChanges()
	st.watch(changes.Cells)
	for _, r := range changes.Rows {
		if st.rows[string(r.Key)] = r.Value; r.Value == nil {
			delete(st.rows, string(r.Key))
		}
	}
	for _, r := range changes.Appends {
		st.pieces[string(r.Key)] = append(st.pieces[string(r.Key)], Piece{st.batches, at, slices.Clone(r.Value)})
	}
}

// reopen makes books from what was stored.
func (st *stored) reopen(t testing.TB) *Books {
	t.Helper()
	loader, s := ledger.NewLoader()
	b := New(s, st)
	keys := make([]string, 0, len(st.rows))
	for key := range st.rows {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		load := loader.Load
		if slices.Contains([]byte(RowPrefixes), key[0]) {
			load = b.Load
		}
		if err := load([]byte(key), st.rows[key]); err != nil {
			t.Fatal(err)
		}
	}
	b.Loaded()
	if err := loader.Finish(); err != nil {
		t.Fatal(err)
	}
	return b
}

func (st *stored) stamped(id ledger.Identity) (uint64, []byte, error) {
	s := st.stamps[id]
	return s.n, s.stamp, nil
}

// decide books an intent and keeps its stamp.
func (st *stored) decide(b *Books, r *ledger.Received, at ledger.Receipt) ledger.Decision {
	at.Stamped, at.Intent = st.stamped, func(id ledger.Identity) (*ledger.Intent, error) { return st.intents[id], nil }
	in := r.Intent
	st.intents[in.Identity()] = &in
	d := b.Decide(r, at)
	s := st.stamps[r.Intent.Identity()]
	s.n, s.stamp = at.N, d.Stamp.AppendTo(nil)
	st.stamps[r.Intent.Identity()] = s
	return d
}

// checkZeroSum asserts that every product and lot adds up to zero, and that
// shelves hold what their cells hold.
func checkZeroSum(t *testing.T, s *ledger.State) {
	t.Helper()
	sums, shelves := map[string]int64{}, map[string]int64{}
	totals := map[string]int64{}
	for _, c := range s.CellsOf(nil) {
		sums[c.Product.Code+"/"+c.Lot] += c.Quantity
		key := c.Product.Code + " at " + c.Place.Ref()
		shelves[key] += c.Quantity
		totals[key] = s.Total(c.Product, c.Place)
	}
	for what, sum := range sums {
		if sum != 0 {
			t.Fatalf("%s adds up to %d", what, sum)
		}
	}
	for what, sum := range shelves {
		if totals[what] != sum {
			t.Fatalf("%s: the shelf says %d and holds %d", what, totals[what], sum)
		}
	}
}
