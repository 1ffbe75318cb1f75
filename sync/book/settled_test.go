package book_test

import (
	"strings"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// A late removal is absorbed by the count after it, across batches and a restart,
// and a late hold is told in one correction.
func TestLateScansAreSettled(t *testing.T) {
	j := journal.NewMemory("e1")
	open := func() *book.Book {
		b, err := book.Open(t.Context(), j, book.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := open()
	if _, _, err := b.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT"}}, false); err != nil {
		t.Fatal(err)
	}
	scan := func(seq uint64, at ledger.Time, text ledger.Intent) ledger.Result {
		t.Helper()
		text.Device, text.Install, text.Seq, text.At, text.Product = "H-1", "i", seq, at, "BOLT"
		r, err := b.Do(t.Context(), book.Source{Transport: book.Stated, Role: "admin"}, []ledger.Received{wire.Receive(text)})
		if err != nil {
			t.Fatal(err)
		}
		return r.Results[0]
	}
	quantity := func(n int64) ledger.Decimal { return ledger.NewDecimal(n, 0) }
	scan(1, 9, ledger.Intent{Action: "add", Quantity: quantity(5), Lot: "L", UnitCost: quantity(2)})
	scan(2, 11, ledger.Intent{Action: "count", Quantity: quantity(3), Lot: "L"})
	scan(3, 12, ledger.Intent{Action: "remove", Quantity: quantity(1), Lot: "L"})
	b.Close()
	b = open()
	if r := scan(4, 10, ledger.Intent{Action: "remove", Quantity: quantity(2), Lot: "L"}); r.Outcome != ledger.Absorbed {
		t.Errorf("%+v", r)
	}
	if r := scan(5, 11, ledger.Intent{Action: "isolate", Lot: "L", Reason: "recall"}); r.Outcome != ledger.Exception {
		t.Errorf("%+v", r)
	}
	b.Close()
	b = open()
	defer b.Close()
	if err := book.Verify(t.Context(), j, nil); err != nil {
		t.Error(err)
	}
	var last string
	err := j.Read(t.Context(), j.Head().N, func(block *journal.Block) (bool, error) {
		last = string(block.Entry(block.Last))
		return false, nil
	})
	if err != nil || !strings.Contains(last, `"kind":"correction"`) || !strings.Contains(last, `"from":"customer"`) || !strings.Contains(last, `"to":"breach"`) {
		t.Errorf("the last entry is %s, %v", last, err)
	}
	err = b.Settled(t.Context(), func(s *settle.Books) error {
		worths, err := s.Worths()
		if err != nil || len(worths) != 1 || len(worths[0].Pools) != 1 || worths[0].Pools[0].Value != 400 || worths[0].Accounts["breach"] != 200 {
			t.Errorf("%+v, %v", worths, err)
		}
		if holds := s.OpenHolds(); len(holds) != 1 || holds[0] != "H-1/i/5" {
			t.Errorf("open holds: %q", holds)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
