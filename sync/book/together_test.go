package book_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// twins is a book of products that come in pairs: whatever is done with one of a pair
// is done with the other in the same scan. So whoever looks at all of them as of one
// entry finds them alike.
type twins struct {
	*testing.T
	book *book.Book
	rng  *rand.Rand
	seq  uint64
}

const twinPairs, twinPlaces = 200, 8

func openTwins(t *testing.T) *twins {
	b, err := book.Open(context.Background(), journal.NewMemory("e1"), book.Options{Fatal: func(err error) { t.Error(err) }, Report: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	w := &twins{T: t, book: b, rng: rand.New(rand.NewPCG(5, 5))}
	var patches []ledger.Patch
	for i := range 2 * twinPairs {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprint("P-", i)})
	}
	for i := range twinPlaces {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: fmt.Sprint("L-", i)})
	}
	if _, _, err := b.Edit(context.Background(), "ann", patches, false); err != nil {
		t.Fatal(err)
	}
	for place := range twinPlaces {
		in := ledger.Intent{Action: ledger.ActionAdd, To: fmt.Sprint("L-", place), UnitCost: ledger.NewDecimal(2, 0)}
		for i := range 2 * twinPairs {
			in.Lines = append(in.Lines, ledger.Line{Product: fmt.Sprint("P-", i), Quantity: ledger.NewDecimal(100, 0)})
		}
		w.do(in)
	}
	return w
}

func (w *twins) do(intents ...ledger.Intent) {
	w.Helper()
	var list []ledger.Received
	for _, in := range intents {
		w.seq++
		in.Device, in.Install, in.Seq = "H-1", "i", w.seq
		list = append(list, wire.Receive(in))
	}
	r, err := w.book.Do(context.Background(), book.Source{Device: "H-1", Install: "i", Transport: book.Stated, Role: "admin"}, list)
	if err != nil {
		w.Fatal(err)
	}
	for _, x := range r.Results {
		if x.Outcome == ledger.Parked || x.Outcome == ledger.Refused {
			w.Fatalf("%+v", x)
		}
	}
}

// scan makes scans of pairs until done, some with holds and packages.
func (w *twins) scan(done <-chan struct{}) {
	hold := ""
	for {
		select {
		case <-done:
			return
		default:
		}
		var list []ledger.Intent
		for range 1 + w.rng.IntN(20) {
			list = append(list, w.one())
		}
		if w.rng.IntN(20) == 0 && hold == "" {
			list = append(list, ledger.Intent{Action: ledger.ActionIsolate, From: "L-0", Reason: "recall"})
			hold = fmt.Sprint("H-1/i/", w.seq+uint64(len(list)))
		} else if w.rng.IntN(20) == 0 && hold != "" {
			list = append(list, ledger.Intent{Action: ledger.ActionRelease, Holds: []string{hold}, Reason: "fine"})
			hold = ""
		}
		w.do(list...)
	}
}

// one does the same with both of a pair.
func (w *twins) one() ledger.Intent {
	pair, place := w.rng.IntN(twinPairs), func() string { return fmt.Sprint("L-", w.rng.IntN(twinPlaces)) }
	in := ledger.Intent{Action: ledger.ActionMove, From: place(), To: place()}
	switch w.rng.IntN(6) {
	case 0:
		in.Action, in.To = ledger.ActionRemove, ""
	case 1:
		in.Action, in.To, in.Package = ledger.ActionPack, "", fmt.Sprint("BOX-", w.rng.IntN(3))
	case 2:
		if in.Package = fmt.Sprint("BOX-", w.rng.IntN(3)); in.From != in.To { // with all that is in it
			in.From = ""
			return in
		}
		in.Package = ""
	}
	for _, i := range [...]int{pair, pair + twinPairs} {
		in.Lines = append(in.Lines, ledger.Line{Product: fmt.Sprint("P-", i), Quantity: ledger.NewDecimal(int64(1+pair%3), 0)})
	}
	if in.Package != "" && in.Action == ledger.ActionPack {
		for i := range in.Lines {
			in.Lines[i].Package = in.Package
		}
		in.Package = ""
	}
	return in
}

// cellOf names a cell by its pair.
func cellOf(c *ledger.Cell) (which, pair, place string) {
	n := 0
	fmt.Sscanf(c.Product.Code, "P-%d", &n)
	return c.Product.Code, fmt.Sprint(n % twinPairs), fmt.Sprint(c.At.Ref(), " ", c.Place.PackageCode(), " ", c.Status())
}

// judge holds what somebody was shown: what all places have of a product adds up to
// nothing, and a pair lies alike.
func (w *twins) judge(how string, cells []*ledger.Cell) {
	w.Helper()
	sums, pairs := map[string]int64{}, map[string]int64{}
	for _, c := range cells {
		which, pair, place := cellOf(c)
		sums[which] += c.Quantity
		sign := int64(1)
		if which != "P-"+pair {
			sign = -1
		}
		pairs[pair+" at "+place] += sign * c.Quantity
	}
	for what, sum := range sums {
		if sum != 0 {
			w.Fatalf("%s: the places of %s add up to %d", how, what, sum)
		}
	}
	for what, difference := range pairs {
		if difference != 0 {
			w.Fatalf("%s: of pair %s, one has %d more than the other", how, what, difference)
		}
	}
}

// Whoever looks at all balances while others scan is shown them as of one entry.
func TestAllBalancesAreOfOneEntry(t *testing.T) {
	w := openTwins(t)
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { w.scan(done) })
	all := func(*ledger.Product) bool { return true }
	began, heads := time.Now(), map[uint64]bool{}
	for round := 0; round < 40 || len(heads) < 10 && time.Since(began) < time.Minute; round++ {
		cells, n, err := book.Shown(context.Background(), w.book, all, func(*ledger.State) func(*ledger.Cell) (*ledger.Cell, bool) {
			return func(c *ledger.Cell) (*ledger.Cell, bool) { return c, true }
		})
		if err != nil || n > w.book.Head() {
			t.Fatalf("as of %d, %d is stored, %v", n, w.book.Head(), err)
		}
		heads[n] = true
		w.judge(fmt.Sprint("as of ", n), cells)
		stocks, n, err := w.book.Stocks(context.Background(), all, func(_ *ledger.State, s *settle.Stock) bool { return s.Keep(func(*ledger.Place) bool { return true }) })
		if err != nil {
			t.Fatal(err)
		}
		cells, values := cells[:0], int64(0)
		for i := range stocks {
			for _, v := range stocks[i].Values() {
				cells = append(cells, v.Cell)
				values += v.Value
			}
		}
		if values != 0 {
			t.Fatalf("as of %d all values add up to %d", n, values)
		}
		w.judge(fmt.Sprint("valued as of ", n), cells)
	}
	close(done)
	group.Wait()
	if len(heads) < 10 {
		t.Errorf("balances of %d entries were looked at", len(heads))
	}
}
