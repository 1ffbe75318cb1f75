package settle

import (
	"testing"

	"bayledger/sync/ledger"
)

// counted counts how often histories are read.
type counted struct {
	*stored
	reads int
}

func (c *counted) Appended(key []byte, fn func(Piece) (bool, error)) error {
	c.reads++
	return c.stored.Appended(key, fn)
}

// A scan that is late by less than what is in memory reads nothing that was
// stored, however long its product's history is: also where goods only moved
// between shelves, and one device is far ahead of the others.
func TestALittleLateReadsNothing(t *testing.T) {
	for _, action := range []string{"move", "add"} {
		t.Run(action, func(t *testing.T) {
			s := ledger.NewState()
			patches := append(ledger.Foundation(), ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: "A"})
			const products, memory, scans = 4, 400, 4_000
			names := []string{"P0", "P1", "P2", "P3"}
			for _, name := range names {
				patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: name})
			}
			if _, _, f := s.Edit(patches, 1, 1, false); f != nil {
				t.Fatal(f)
			}
			past := &counted{stored: newStored()}
			books := New(s, past)
			books.maxFacts = memory
			book := func(i int, at ledger.Time) {
				in := ledger.Intent{Device: "H-1", Install: "i", Seq: uint64(i + 1), Action: action, Product: names[i%products], Quantity: ledger.NewDecimal(1, 0), To: "A"}
				if action == "move" {
					in.From = "stock"
				}
				d := past.decide(books, &ledger.Received{Intent: in}, ledger.Receipt{N: uint64(i + 2), BookedAt: 1_000_000 + ledger.Time(i), TEff: at, Arrived: 1_000_000 + ledger.Time(i)})
				if d.Outcome != ledger.Applied {
					t.Fatal(d.Message)
				}
				if i%16 == 15 {
					past.take(books, uint64(i+2), 1_000_000+ledger.Time(i))
				}
			}
			warm := 0
			for i := range scans {
				at := ledger.Time(100 + 10*i)
				switch {
				case i == scans/4: // by then the first are forgotten
					warm = past.reads
				case i%97 == 0:
					at += 4_000 // far ahead
				case i%3 == 0:
					at -= 35 // a little behind
				}
				book(i, at)
			}
			if past.reads != warm {
				t.Errorf("histories were read %d times", past.reads-warm)
			}
		})
	}
}
