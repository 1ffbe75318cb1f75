package ledger

import "testing"

// TestClosed: what was deleted is closing from when goods land there until the last
// of them has gone, whoever takes it, and whatever else it held.
func TestClosed(t *testing.T) {
	deleted := map[string]string{"deleted": "true"}
	s := world(t, Patch{Entity: EntityProduct, Code: "BOLT", Fields: deleted}, Patch{Entity: EntityLocation, Site: "main", Code: "B-01", Fields: deleted})
	bolt, _ := s.Product("BOLT")
	place, _ := s.Place("main", "B-01")
	n := uint64(10)
	step := func(product string, quantity int64, want, wantProduct bool) {
		t.Helper()
		n++
		bring(s, n, product, quantity, "B-01")
		if place.Closing != want || bolt.Closing != wantProduct {
			t.Errorf("after %d of %s: place closing %t, product closing %t", quantity, product, place.Closing, bolt.Closing)
		}
	}
	step("BOLT", 3, true, true)
	step("OIL", 2, true, true)
	step("BOLT", -3, true, false)
	step("OIL", -1, true, false)
	step("OIL", -1, false, false)
	step("BOLT", 1, true, true)
	step("BOLT", -2, true, true) // one too few is not nothing
	step("BOLT", 1, false, false)
	s.Begin(n+1, Time(n+1))
	from, _ := s.Place("", "supplier")
	s.Shift(s.CellOf(bolt, from, "", "", false), s.CellOf(bolt, place, "", "", false), 4)
	s.TakeBack()
	if place.filled != 0 {
		t.Errorf("%d products are left after what was taken back", place.filled)
	}
}
