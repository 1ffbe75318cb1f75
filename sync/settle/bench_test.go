package settle

import (
	"fmt"
	"testing"

	"bayledger/sync/ledger"
)

// apart is how far scans of the hottest product are from each other: ten a second.
const apart = 100_000

// hot books that many scans of one product at one place, stored as they would be.
func hot(b testing.TB, count int, costing string) (*Books, *stored) {
	b.Helper()
	s := ledger.NewState()
	if _, _, f := s.Edit(append(ledger.Foundation(), ledger.Patch{Entity: ledger.EntityProduct, Code: "P", Fields: map[string]string{"costing": costing}}), 1, 1, false); f != nil {
		b.Fatal(f)
	}
	st := newStored()
	books := New(s, st)
	for i := range count {
		bookOne(b, books, uint64(i+2), ledger.Time(1_000+apart*i), i)
		if i%256 == 255 {
			st.take(books, uint64(i+2), ledger.Time(1_000+apart*i))
		}
	}
	st.take(books, uint64(count+2), ledger.Time(1_000+apart*count))
	return books, st
}

func bookOne(b testing.TB, books *Books, n uint64, at ledger.Time, i int) {
	in := ledger.Intent{Device: "H-1", Install: "i", Seq: n, Action: "remove", Product: "P", Quantity: ledger.NewDecimal(1, 0), Reference: ""}
	if i%2 == 0 {
		in.Action, in.UnitCost = "add", ledger.NewDecimal(int64(100+i%7), 2)
	}
	if i%1000 == 999 {
		in.Action, in.Quantity, in.UnitCost = "count", ledger.NewDecimal(5, 0), ledger.Decimal{}
	}
	if d := books.Decide(&ledger.Received{Intent: in}, ledger.Receipt{N: n, BookedAt: at, TEff: at, Arrived: at}); d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
		b.Fatal(d.Message)
	}
}

// BenchmarkInOrder is one scan that comes when it happened.
func BenchmarkInOrder(b *testing.B) {
	books, st := hot(b, 1_000, "average")
	i := 1_000
	b.ReportAllocs()
	for b.Loop() {
		i++
		bookOne(b, books, uint64(i+2), ledger.Time(1_000+apart*i), i)
		if i%256 == 255 {
			st.take(books, uint64(i+2), ledger.Time(1_000+apart*i))
		}
	}
}

// BenchmarkLate is one scan that comes late by so many facts of its own product
// and place: the hottest cell there can be. "read" says that all of these had
// been forgotten.
func BenchmarkLate(b *testing.B) {
	const count = 300_000
	for _, costing := range []string{"average", "fifo"} {
		books, st := hot(b, count, costing)
		for _, late := range []int{1, 10, 100, 1_000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/by %d facts", costing, late), func(b *testing.B) {
				n := uint64(10_000_000 + late*10_000)
				before := books.Work()
				defer func() {
					now := books.Work()
					b.ReportMetric(float64(now.Folded-before.Folded)/float64(b.N), "folded/op")
					b.ReportMetric(float64(now.Costed-before.Costed)/float64(b.N), "costed/op")
				}()
				for b.Loop() {
					n++
					at := ledger.Time(1_000+apart*(count-late)) + ledger.Time(n%7) + 1
					in := ledger.Intent{Device: "H-9", Install: "i", Seq: n, Action: "remove", Product: "P", Quantity: ledger.NewDecimal(1, 0)}
					d := books.Decide(&ledger.Received{Intent: in}, ledger.Receipt{N: n, BookedAt: ledger.Time(1_000 + apart*count), TEff: at, Arrived: at})
					if d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
						b.Fatal(d.Message)
					}
				}
				b.StopTimer()
				st.take(books, n, ledger.Time(1_000+apart*count))
			})
		}
	}
}

// BenchmarkLateLines is one intent of 1,000 lines that comes late by 20,000 facts of
// its product.
func BenchmarkLateLines(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		books, late, at := busy(b, 20_000, 1_000)
		before := books.Work()
		b.StartTimer()
		if d := books.Decide(late, at); d.Outcome == ledger.Parked {
			b.Fatal(d.Message)
		}
		b.ReportMetric(float64(books.Work().Folded-before.Folded), "folded/op")
	}
}
