package book_test

import (
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// poisoned cannot read one scan.
type poisoned struct{}

func (poisoned) ReadScan(scan, _ string, _ int) (ledger.Scanned, bool) {
	if scan == "POISON" {
		panic("it cannot be read")
	}
	return ledger.Scanned{}, false
}

func (poisoned) CheckRules(string) string { return "" }

func (poisoned) Reserved(string) bool { return false }

// A scan that breaks what reads it is parked, also where it comes so late that its
// history is looked for before it is decided.
func TestLatePoisonIsParked(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	b, err := book.Open(t.Context(), journal.NewMemory("e1"), book.Options{Now: func() time.Time { return now }, Scans: poisoned{}, Report: func(error) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for i, scan := range []string{"FINE", "POISON"} {
		at := ledger.TimeOf(now.Add(time.Duration(-i) * 24 * time.Hour))
		in := ledger.Intent{Device: "H-1", Install: "i", Seq: uint64(i + 1), At: at, Action: "add", Scan: scan, Quantity: ledger.NewDecimal(1, 0)}
		r, err := b.Do(t.Context(), book.Source{Device: "H-1", Install: "i", Transport: book.Socket}, []ledger.Received{{Intent: in, Payload: []byte("{}")}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Results[0].Outcome != ledger.Parked {
			t.Errorf("%s: %+v", scan, r.Results[0])
		}
	}
}
