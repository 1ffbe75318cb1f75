package book_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// largeBook is a book of many scans over 31 days: a tenth of them are of one product
// at one place, which is counted every day, the others of 2,000 products at 200
// places.
type largeBook struct {
	*book.Book
	now   atomic.Int64 // microseconds since 1970
	start ledger.Time
	end   ledger.Time
	seqs  map[string]uint64
}

const (
	largeDays     = 31
	largeProducts = 2_000
	largePlaces   = 200
	hotEvery      = 10 // of so many scans one is of the hottest product
)

// entriesOfBook is how many scans it has: BOOK_ENTRIES, or a million.
func entriesOfBook(b *testing.B) int {
	if text := os.Getenv("BOOK_ENTRIES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 1_000_000
}

func newLargeBook(b *testing.B, j journal.Journal, entries int) *largeBook {
	b.Helper()
	start, err := ledger.ParseTime("2026-03-02T06:00:00Z")
	if err != nil {
		b.Fatal(err)
	}
	l := &largeBook{start: start, seqs: map[string]uint64{}}
	l.now.Store(int64(start))
	if l.Book, err = book.Open(context.Background(), j, book.Options{Now: func() time.Time { return time.UnixMicro(l.now.Load()) }}); err != nil {
		b.Fatal(err)
	}
	patches := []ledger.Patch{{Entity: ledger.EntityProduct, Code: "HOT"}, {Entity: ledger.EntityLocation, Site: "main", Code: "HOT-1"}}
	for i := range largeProducts {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprint("P-", i)})
	}
	for i := range largePlaces {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: fmt.Sprint("A-", i)})
	}
	if _, _, err := l.Edit(context.Background(), "bench", patches, false); err != nil {
		b.Fatal(err)
	}
	step := int64(largeDays*24*time.Hour/time.Microsecond) / int64(entries)
	rng := rand.New(rand.NewPCG(1, 2))
	var wait []ledger.Received
	for i := range entries {
		at := start + ledger.Time(int64(i)*step)
		if wait = append(wait, l.scan(rng, i, entries, at)); len(wait) == 500 || i == entries-1 {
			l.now.Store(int64(at) + 1)
			l.give(b, wait)
			wait = wait[:0]
		}
	}
	l.end = ledger.Time(l.now.Load())
	return l
}

// scan is the scan of number i.
func (l *largeBook) scan(rng *rand.Rand, i, entries int, at ledger.Time) ledger.Received {
	in := ledger.Intent{Device: fmt.Sprint("H-", i%50), At: at, Action: ledger.ActionRemove}
	perDay := entries / hotEvery / largeDays
	switch hot := i / hotEvery; {
	case i%hotEvery != 0:
		in.Product, in.From, in.To = fmt.Sprint("P-", rng.IntN(largeProducts)), fmt.Sprint("A-", rng.IntN(largePlaces)), fmt.Sprint("A-", rng.IntN(largePlaces))
		in.Action, in.Quantity = ledger.ActionMove, ledger.NewDecimal(int64(1+rng.IntN(9)), 0)
	case perDay > 0 && hot%perDay == 0:
		in.Action, in.Product, in.From, in.Quantity = ledger.ActionCount, "HOT", "HOT-1", ledger.NewDecimal(int64(50+rng.IntN(20)), 0)
	case hot%2 == 0:
		in.Action, in.Product, in.To, in.Quantity, in.UnitCost = ledger.ActionAdd, "HOT", "HOT-1", ledger.NewDecimal(3, 0), ledger.NewDecimal(int64(200+rng.IntN(50)), 2)
	default:
		in.Product, in.From, in.Quantity = "HOT", "HOT-1", ledger.NewDecimal(3, 0)
	}
	return l.next(in)
}

func (l *largeBook) next(in ledger.Intent) ledger.Received {
	l.seqs[in.Device]++
	in.Install, in.Seq = "i", l.seqs[in.Device]
	return wire.Receive(in)
}

func (l *largeBook) give(b *testing.B, intents []ledger.Received) {
	results, err := l.Do(context.Background(), book.Source{Transport: book.Stated}, intents)
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range results.Results {
		if r.Outcome == ledger.Parked || r.Outcome == ledger.Refused {
			b.Fatal(r.Message)
		}
	}
}

// BenchmarkLateInALargeBook is one scan of the hottest product that comes late, while
// another device scans: how long it takes, how long the other waits at most, and how
// many facts are folded and costed again. first-ms is the first one so late, of
// which most of the history has to be read from the journal, and first-waits-ms how
// long the other waits at most meanwhile.
func BenchmarkLateInALargeBook(b *testing.B) {
	l := newLargeBook(b, benchJournal(b, "memory"), entriesOfBook(b))
	defer l.Close()
	i := 0
	for _, late := range []struct {
		name string
		by   time.Duration
	}{{"1 minute", time.Minute}, {"1 hour", time.Hour}, {"1 day", 24 * time.Hour}, {"7 days", 7 * 24 * time.Hour}, {"30 days", 30 * 24 * time.Hour}} {
		first, firstWait := time.Duration(0), time.Duration(0)
		b.Run("by "+late.name, func(b *testing.B) {
			if first == 0 {
				first, firstWait = l.lateOnce(b, late.by, i)
			}
			before, waited := l.Work(), time.Duration(0)
			for b.Loop() {
				i++
				_, w := l.lateOnce(b, late.by, i)
				waited = max(waited, w)
			}
			work := l.Work()
			b.ReportMetric(float64(work.Folded-before.Folded)/float64(b.N), "folded/op")
			b.ReportMetric(float64(work.Costed-before.Costed)/float64(b.N), "costed/op")
			b.ReportMetric(float64(waited.Microseconds())/1000, "other-waits-ms")
			b.ReportMetric(float64(first.Microseconds())/1000, "first-ms")
			b.ReportMetric(float64(firstWait.Microseconds())/1000, "first-waits-ms")
		})
	}
}

// lateOnce books one late scan, while another device scans all the time: how long
// the late one took, and how long a scan of the other waited at most.
func (l *largeBook) lateOnce(b *testing.B, by time.Duration, i int) (took, waited time.Duration) {
	at := l.end - ledger.Time(by.Microseconds()) + ledger.Time(i)
	late := l.next(ledger.Intent{Device: "late", At: at, Action: ledger.ActionRemove, Product: "HOT", From: "HOT-1", Quantity: ledger.NewDecimal(1, 0)})
	done := make(chan time.Duration, 1)
	l.now.Add(10)
	go func() {
		begin := time.Now()
		l.give(b, []ledger.Received{late})
		done <- time.Since(begin)
	}()
	for {
		begin := time.Now()
		l.give(b, []ledger.Received{l.next(ledger.Intent{Device: "other", At: l.end, Action: ledger.ActionMove, Product: "P-1", From: "A-1", To: "A-2", Quantity: ledger.NewDecimal(1, 0)})})
		waited = max(waited, time.Since(begin))
		select {
		case took = <-done:
			return took, waited
		default:
		}
	}
}
