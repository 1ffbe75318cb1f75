package fleet

import (
	"fmt"
	"math/rand/v2"

	"bayledger/sync/ledger"
)

// Traffic says what generated scans are like. The zero value of each field has a
// default.
type Traffic struct {
	Devices  int // default 1
	Scans    int // 0: without end
	Seed     uint64
	Products []string // default P-0001 … P-0100
	Places   []string // shelves to move between; none: only stock
}

// defaultProducts is how many products generated traffic has.
const defaultProducts = 100

// Generated makes traffic like a small warehouse's: of ten scans five pick, three
// receive, and two move goods between shelves where there are some. Products are
// picked unevenly: a few are scanned all day. The same seed makes the same scans.
func Generated(t Traffic) Source {
	products := t.Products
	for i := len(products); len(t.Products) == 0 && i < defaultProducts; i++ {
		products = append(products, fmt.Sprintf("P-%04d", i+1))
	}
	devices := max(1, t.Devices)
	return func(yield func(Item, error) bool) {
		r := rand.New(rand.NewPCG(t.Seed, 0))
		popular := rand.NewZipf(r, 1.2, 8, uint64(len(products)-1))
		for n := 0; t.Scans == 0 || n < t.Scans; n++ {
			in := ledger.Intent{Product: products[popular.Uint64()], Quantity: ledger.NewDecimal(1+r.Int64N(6), 0)}
			switch kind := r.IntN(10); {
			case kind < 5:
				in.Action = ledger.ActionRemove
			case kind < 8 || len(t.Places) < 2:
				in.Action = ledger.ActionAdd
			default:
				from := r.IntN(len(t.Places))
				in.Action, in.From, in.To = ledger.ActionMove, t.Places[from], t.Places[(from+1+r.IntN(len(t.Places)-1))%len(t.Places)]
			}
			if !yield(Item{Device: r.IntN(devices), Intent: in}, nil) {
				return
			}
		}
	}
}
