package settle

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bayledger/sync/ledger"
)

// A history that is read before it is needed, a piece at a time, with scans of others
// in between, is what it would have been had it been read at once: the same cells,
// the same costs, whatever came late meanwhile.
func TestHistoriesReadAheadAreTheSame(t *testing.T) {
	const count = 1_500
	for seed := range uint64(10) {
		var want string
		for _, warm := range []bool{false, true} {
			rng := rand.New(rand.NewPCG(seed, 1))
			b, st := hot(t, count, []string{"average", "fifo"}[seed%2])
			end := ledger.Time(1_000 + apart*count)
			n := uint64(count + 10)
			late := func(back int, q int64) {
				n++
				in := ledger.Intent{Device: "H-9", Install: "i", Seq: n, Action: "add", Product: "P", Quantity: ledger.NewDecimal(q, 0), UnitCost: ledger.NewDecimal(q*7, 1)}
				if q%2 == 0 {
					in.Action, in.UnitCost = "remove", ledger.Decimal{}
				}
				at := end - apart*ledger.Time(back) + ledger.Time(n%50)
				if d := b.Decide(&ledger.Received{Intent: in}, ledger.Receipt{N: n, BookedAt: end + ledger.Time(n), TEff: at, Arrived: end + ledger.Time(n)}); d.Outcome == ledger.Parked {
					t.Fatal(d.Message)
				}
				st.take(b, n, end+ledger.Time(n))
			}
			for range 12 {
				back := 1 + rng.IntN(count-100)
				if rng.IntN(3) == 0 { // a restart, or all forgotten
					b = st.reopen(t)
				}
				b.maxFacts, b.warmPieces, b.warmBack = 1+rng.IntN(400), 1, ledger.Time(rng.IntN(3))*50*apart
				b.Seal(n, n)
				p, _ := b.state.Product("P")
				at := end - apart*ledger.Time(back)
				others := rng.IntN(4)
				stop := rng.IntN(20)
				cold, told := warm && b.Cold(p, at), 0
				for i, more := 0, cold; more && i < 5+stop; i++ { // sometimes not to its end
					var err error
					if more, err = b.Warm(p, at, i == 0); err != nil {
						t.Fatal(err)
					}
					if told < others {
						late(1+told*700%(count-100), int64(2+told))
						told++
					}
				}
				for ; told < others; told++ {
					late(1+told*700%(count-100), int64(2+told))
				}
				if late(back, int64(1+back%5)); cold {
					b.Cool(p)
				}
			}
			worths, err := b.Worths()
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(stock(b.state), worths[0].Pools[0].Quantity, worths[0].Pools[0].Value, worths[0].Accounts)
			if want == "" {
				want = got
			} else if got != want {
				t.Fatalf("seed %d:\n%s\nread when it must be\n%s", seed, got, want)
			}
		}
	}
}
