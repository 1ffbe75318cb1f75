package settle

import (
	"testing"

	"bayledger/sync/ledger"
)

// BenchmarkReadHistory reads 100,000 facts of a product back, as the first scan that
// comes a month late has to.
func BenchmarkReadHistory(b *testing.B) {
	const count = 100_000
	books, st := hot(b, count, "average")
	h := books.histories[0]
	n := uint64(10_000_000)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		books.maxFacts = 1
		books.forget(n)
		books.maxFacts = maxFacts
		b.StartTimer()
		n++
		in := ledger.Intent{Device: "H-9", Install: "i", Seq: n, Action: "remove", Product: "P", Quantity: ledger.NewDecimal(1, 0)}
		if d := books.Decide(&ledger.Received{Intent: in}, ledger.Receipt{N: n, BookedAt: ledger.Time(1_000 + apart*count), TEff: ledger.Time(1_000) + ledger.Time(n%7) + 1}); d.Outcome == ledger.Parked {
			b.Fatal(d.Message)
		}
		b.StopTimer()
		st.take(books, n, ledger.Time(1_000+apart*count))
		b.StartTimer()
	}
	_ = h
}
