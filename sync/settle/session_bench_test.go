package settle

import (
	"fmt"
	"testing"

	"bayledger/sync/ledger"
)

// counting is books with a session that counted so many lots of one product at one
// place, and with so many other sessions open there.
func counting(b *testing.B, lots, sessions int) (*Books, uint64, func(in ledger.Intent, at ledger.Time)) {
	b.Helper()
	s := ledger.NewState()
	if _, _, f := s.Edit(append(ledger.Foundation(), ledger.Patch{Entity: ledger.EntityProduct, Code: "P", Fields: map[string]string{}}), 1, 1, false); f != nil {
		b.Fatal(f)
	}
	st := newStored()
	books := New(s, st)
	n := uint64(1)
	say := func(in ledger.Intent, at ledger.Time) {
		n++
		in.Install, in.Seq = "i", n
		if in.Device == "" {
			in.Device = "H-1"
		}
		if d := books.Decide(&ledger.Received{Intent: in}, ledger.Receipt{N: n, BookedAt: at, TEff: at}); d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
			b.Fatal(d.Message)
		}
		if n%256 == 0 {
			st.take(books, n, at)
		}
	}
	const minute = 60_000_000
	for i := range lots {
		say(ledger.Intent{Action: "add", Product: "P", Lot: fmt.Sprint("L", i), Quantity: ledger.NewDecimal(3, 0)}, ledger.Time(minute+i))
	}
	for i := range sessions {
		name := fmt.Sprint("s-", i)
		say(ledger.Intent{Action: "session-open", Session: name}, ledger.Time(10*minute+i))
		say(ledger.Intent{Action: "count", Session: name, Product: "P", Lot: "L0", Quantity: ledger.NewDecimal(3, 0)}, ledger.Time(11*minute+i))
	}
	for i := range lots {
		say(ledger.Intent{Action: "count", Session: "s-0", Product: "P", Lot: fmt.Sprint("L", i), Quantity: ledger.NewDecimal(2, 0)}, ledger.Time(12*minute+i))
	}
	say(ledger.Intent{Action: "session-close", Session: "s-0", Complete: true}, 20*minute)
	return books, n, say
}

// BenchmarkBeforeASession is a scan from before a session that counted 10,000 lots
// of its product at its place.
func BenchmarkBeforeASession(b *testing.B) {
	_, _, say := counting(b, 10_000, 1)
	at := ledger.Time(30_000_000)
	for b.Loop() {
		at++
		say(ledger.Intent{Device: "H-9", Action: "remove", Product: "P", Lot: "L5", Quantity: ledger.NewDecimal(1, 0)}, at)
	}
}

// BenchmarkAmongSessions is a scan in order where 1,000 sessions are open.
func BenchmarkAmongSessions(b *testing.B) {
	_, _, say := counting(b, 10, 1_000)
	at := ledger.Time(30 * 60_000_000)
	for b.Loop() {
		at++
		say(ledger.Intent{Device: "H-9", Action: "remove", Product: "P", Lot: "L5", Quantity: ledger.NewDecimal(1, 0)}, at)
	}
}
