package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/rest"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/dgraph-io/badger/v4"
)

// shelves is a book on disk of many scans over 31 days, as a warehouse has them: a tenth
// of them are of one product, the others of 5,000; goods are received with prices and
// delivery numbers, moved, sold, counted; every fourth product is costed by layers; one
// scan in fifty comes some hours late.
type shelves struct {
	book    *book.Book
	api     *rest.API
	key     string
	now     atomic.Int64 // microseconds since 1970
	start   ledger.Time
	end     ledger.Time
	entries int
	seqs    map[string]uint64
	rng     *rand.Rand
	others  int // who scanned meanwhile, so far
}

const (
	shelvesDays     = 31
	shelvesProducts = 5_000
	shelvesPlaces   = 200
	shelvesEach     = 5 // on so many places a product lies
)

// newShelves makes the book and opens it anew, so that nothing is in memory that a start
// does not bring; in the folder that REPORTS_DIR names, where it is kept for next time.
func newShelves(b *testing.B) *shelves {
	b.Helper()
	x := &shelves{entries: 1_000_000, seqs: map[string]uint64{}, rng: rand.New(rand.NewPCG(1, 2))}
	if text := os.Getenv("BOOK_ENTRIES"); text != "" {
		n, err := strconv.Atoi(text)
		x.must(b, err)
		x.entries = n
	}
	var err error
	x.start, err = ledger.ParseTime("2026-03-02T06:00:00Z")
	x.must(b, err)
	x.end = x.start + ledger.Time(shelvesDays*24*time.Hour/time.Microsecond)
	dir := os.Getenv("REPORTS_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	dir = filepath.Join(dir, fmt.Sprint("shelves-", x.entries))
	if _, err := os.Stat(dir); err != nil {
		x.must(b, os.MkdirAll(dir, 0o700))
		x.now.Store(int64(x.start))
		shut := x.open(b, dir)
		x.fill(b)
		shut()
	}
	x.now.Store(int64(x.end) + int64(time.Hour/time.Microsecond))
	b.Cleanup(x.open(b, dir))
	x.serve(b)
	return x
}

func (x *shelves) must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (x *shelves) open(b *testing.B, dir string) (shut func()) {
	b.Helper()
	o := journal.Options{NewEpoch: func() string { return "e1" }}
	db, err := journal.OpenDB(dir, o)
	x.must(b, err)
	j, err := journal.Open(db, o)
	x.must(b, err)
	x.book, err = book.Open(context.Background(), j, book.Options{Now: func() time.Time { return time.UnixMicro(x.now.Load()) }})
	x.must(b, err)
	return func() {
		x.book.Close()
		x.must(b, db.Close())
	}
}

func (x *shelves) serve(b *testing.B) {
	b.Helper()
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil).WithMetricsEnabled(false))
	x.must(b, err)
	b.Cleanup(func() { db.Close() })
	keys, err := store.Open(db, store.Options{})
	x.must(b, err)
	x.key, err = keys.Pair(store.Request{Device: "boss", Role: access.Admin})
	x.must(b, err)
	x.api = rest.New(rest.Options{Book: x.book, Store: keys, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
}

func (x *shelves) fill(b *testing.B) {
	b.Helper()
	patches := []ledger.Patch{{Entity: ledger.EntityProduct, Code: "HOT"}}
	for i := range shelvesProducts {
		p := ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprintf("P-%04d", i), Fields: map[string]string{"category": fmt.Sprint("C", i%20)}}
		if i%4 == 0 {
			p.Fields["costing"] = "fifo"
		}
		patches = append(patches, p)
	}
	for i := range shelvesPlaces {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: fmt.Sprint("A-", i)})
	}
	_, _, err := x.book.Edit(context.Background(), "bench", patches, false)
	x.must(b, err)
	step := int64(x.end-x.start) / int64(x.entries)
	var wait []ledger.Received
	for i := range x.entries {
		at := x.start + ledger.Time(int64(i)*step)
		if wait = append(wait, x.scan(i, at)); len(wait) == 500 || i == x.entries-1 {
			x.now.Store(int64(at) + 1)
			x.give(b, wait)
			wait = wait[:0]
		}
	}
}

// scan is the scan of number i.
func (x *shelves) scan(i int, at ledger.Time) ledger.Received {
	if i%50 == 49 {
		at = max(x.start, at-ledger.Time(x.rng.Int64N(int64(8*time.Hour/time.Microsecond))))
	}
	in := ledger.Intent{Device: fmt.Sprint("H-", i%50), Operator: fmt.Sprint("op", i%70), At: at, Product: "HOT", Quantity: ledger.NewDecimal(int64(1+x.rng.IntN(4)), 0)}
	lies := 0
	if i%10 != 0 {
		lies = x.rng.IntN(shelvesProducts)
		in.Product = fmt.Sprintf("P-%04d", lies)
	}
	shelf := func() string { return fmt.Sprint("A-", (lies+x.rng.IntN(shelvesEach))%shelvesPlaces) }
	switch what := x.rng.IntN(100); {
	case what < 12:
		in.Action, in.To, in.Quantity, in.UnitCost = ledger.ActionAdd, shelf(), ledger.NewDecimal(int64(10+x.rng.IntN(20)), 0), ledger.NewDecimal(int64(200+x.rng.IntN(50)), 2)
		in.Delivery = fmt.Sprint("D-", i/1000)
	case what < 60:
		in.Action, in.From, in.Reference = ledger.ActionRemove, shelf(), fmt.Sprint("SO-", i/5)
	case what < 97:
		in.Action, in.From, in.To = ledger.ActionMove, shelf(), shelf()
	default:
		in.Action, in.From = ledger.ActionCount, shelf()
	}
	return x.next(in)
}

func (x *shelves) next(in ledger.Intent) ledger.Received {
	x.seqs[in.Device]++
	in.Install, in.Seq = "i", x.seqs[in.Device]
	return wire.Receive(in)
}

func (x *shelves) give(b *testing.B, intents []ledger.Received) {
	results, err := x.book.Do(context.Background(), book.Source{Transport: book.Stated}, intents)
	x.must(b, err)
	for _, r := range results.Results {
		if r.Outcome == ledger.Parked || r.Outcome == ledger.Refused {
			b.Fatal(r.Message)
		}
	}
}

// watch is an answer that notes when its first row came, and throws all away.
type watch struct {
	header http.Header
	status int
	begin  time.Time
	first  time.Duration
	total  time.Duration
	spent  time.Duration // of processors, by the whole process
	bytes  int
	rows   int
	head   []byte
}

func (w *watch) Header() http.Header    { return w.header }
func (w *watch) WriteHeader(status int) { w.status = status }
func (w *watch) Flush()                 {}

func (w *watch) Write(p []byte) (int, error) {
	row := []byte(`{"`)
	if w.first == 0 {
		w.head = append(w.head, bytes.TrimSpace(p)...)
		if at := bytes.TrimPrefix(bytes.TrimPrefix(w.head, []byte(`{"rows":[`)), []byte(`{"entries":[`)); bytes.Contains(at, row) {
			w.first = time.Since(w.begin)
		}
	}
	w.bytes += len(p)
	w.rows += bytes.Count(p, []byte(`{"`))
	return len(p), nil
}

// reportPaths are the reports; {at} is a moment in the middle of the month, {entry} an
// entry there.
var reportPaths = []struct{ name, path string }{
	{"balance", "/v1/balances"},
	{"balance at", "/v1/balances?at={at}"},
	{"balance entry", "/v1/balances?entry={entry}"},
	{"balance by category", "/v1/balances/summary?by=category"},
	{"fifo", "/v1/fifo"},
	{"fifo at", "/v1/fifo?at={at}"},
	{"fifo entry", "/v1/fifo?entry={entry}"},
	{"fifo taken", "/v1/fifo/taken"},
	{"valuation", "/v1/valuation"},
	{"valuation by product", "/v1/valuation?by=product"},
	{"valuation at", "/v1/valuation?at={at}"},
	{"valuation entry", "/v1/valuation?entry={entry}"},
	{"valuation over a week", "/v1/valuation/span?from={from}&to={at}"},
	{"negative", "/v1/negative"},
	{"transactions", "/v1/transactions"},
	{"transactions over a week", "/v1/transactions?from={from}&to={at}"},
	{"transactions of a product", "/v1/transactions?product=P-0003"},
	{"activity", "/v1/activity?limit=10000"},
	{"activity of a reference", "/v1/activity?limit=10000&reference=SO-100000"},
	{"trace of a reference", "/v1/trace?reference=SO-100000"},
	{"constraints", "/v1/constraints"},
	{"exceptions", "/v1/exceptions?limit=1000"},
}

// BenchmarkReports makes each report over a million entries, on a book that was opened
// just now, while somebody scans: when its first row came and how long it took, the best
// of as many times as -benchtime says (1x is the first time, when nothing is known yet),
// and how long a scan waited for its commit at most meanwhile (waits-ms).
//
//	REPORTS_DIR=/tmp/shelves go test ./server/rest -run '^$' -bench 'Reports' -benchtime 1x
func BenchmarkReports(b *testing.B) {
	x := newShelves(b)
	middle := x.start + (x.end-x.start)/2
	fill := func(path string) string {
		for name, v := range map[string]string{"{at}": middle.String(), "{from}": (middle - ledger.Time(7*24*time.Hour/time.Microsecond)).String(), "{entry}": strconv.Itoa(x.entries / 2)} {
			path = string(bytes.ReplaceAll([]byte(path), []byte(name), []byte(v)))
		}
		return path
	}
	b.Run("nothing", func(b *testing.B) {
		stop := x.scanOn(b)
		time.Sleep(2 * time.Second)
		b.ReportMetric(stop(), "waits-ms")
	})
	for _, r := range reportPaths {
		b.Run(r.name, func(b *testing.B) {
			stop := x.scanOn(b)
			var best *watch
			for range b.N {
				if w := x.ask(b, fill(r.path)); best == nil || w.total < best.total {
					best = w
				}
			}
			b.ReportMetric(stop(), "waits-ms")
			b.ReportMetric(float64(best.first.Microseconds())/1000, "first-row-ms")
			b.ReportMetric(float64(best.total.Microseconds())/1000, "total-ms")
			b.ReportMetric(float64(best.spent.Microseconds())/1000, "cpu-ms")
			b.ReportMetric(float64(best.bytes)/1e6, "MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// ask asks for a report, and notes how long it took.
func (x *shelves) ask(b *testing.B, path string) *watch {
	b.Helper()
	w := &watch{header: http.Header{}, begin: time.Now()}
	spent := processTime(b)
	q, err := http.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	x.must(b, err)
	q.Header.Set("Authorization", "Bearer "+x.key)
	x.api.Handler().ServeHTTP(w, q)
	w.total, w.spent = time.Since(w.begin), processTime(b)-spent
	if w.status != 0 && w.status != http.StatusOK {
		b.Fatalf("%s: %d %s", path, w.status, w.head)
	}
	return w
}

// processTime is what the process has taken of processors so far: on a machine that
// others use too it says more than a clock.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// scanOn has somebody scan every few milliseconds until stop, which says how many
// milliseconds a scan waited at most.
func (x *shelves) scanOn(b *testing.B) (stop func() float64) {
	quit, done := make(chan struct{}), make(chan []time.Duration, 1)
	x.others++
	device := fmt.Sprint("other-", x.others, "-", time.Now().UnixNano())
	go func() {
		var waits []time.Duration
		defer func() { done <- waits }()
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			begin := time.Now()
			if _, err := x.book.Do(context.Background(), book.Source{Transport: book.Stated}, []ledger.Received{x.next(ledger.Intent{Device: device, At: ledger.Time(x.now.Add(10)), Action: ledger.ActionMove,
				Product: "P-0001", From: "A-1", To: "A-2", Quantity: ledger.NewDecimal(1, 0)})}); err != nil {
				b.Error(err)
				return
			}
			waits = append(waits, time.Since(begin))
		}
	}()
	return func() float64 {
		close(quit)
		waits := <-done
		if len(waits) == 0 {
			return 0
		}
		return float64(slices.Max(waits).Microseconds()) / 1000
	}
}
