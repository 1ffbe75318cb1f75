package load_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/scanner/load"
	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

const (
	products = 3
	places   = 5
)

// open starts a server on a book in memory, with catalogue and opening stock,
// and returns its address and the last entry.
func open(t *testing.T) (addr string, bk *book.Book) {
	t.Helper()
	ctx := context.Background()
	bk, err := book.Open(ctx, journal.NewMemory("e1"), book.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hub, err := socket.New(bk, socket.Options{Authenticate: func(key string) (access.Principal, bool) {
		return access.Principal{Role: access.Admin}, key == "secret"
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(hub)
	t.Cleanup(func() {
		within, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		hub.Drain(within)
		server.Close()
		bk.Close()
	})
	var patches []ledger.Patch
	for i := range products {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: load.ProductCode(i)})
	}
	for i := range places {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: load.PlaceCode(i)})
	}
	if _, _, err := bk.Edit(ctx, "test", patches, false); err != nil {
		t.Fatal(err)
	}
	addr = strings.TrimPrefix(server.URL, "http://")
	last, err := load.Stock(ctx, config(addr))
	if err != nil {
		t.Fatal(err)
	}
	if last != bk.Head() {
		t.Fatalf("the opening stock ended at entry %d, the book at %d", last, bk.Head())
	}
	return addr, bk
}

func config(addr string) load.Config {
	return load.Config{Addr: addr, Key: "secret", Prefix: "H-", Devices: 4, Window: 3, Duration: 500 * time.Millisecond, Products: products, Places: places, Seed: 1}
}

// What a run counts is in the book, in closed and in open loop, and again after
// another run.
func TestRun(t *testing.T) {
	addr, bk := open(t)
	for _, rate := range []float64{0, 1_000, 0} {
		c := config(addr)
		var booked atomic.Uint64
		c.Rate, c.Booked = rate, &booked
		before := bk.Head()
		r, err := load.Run(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		if n := bk.Head() - before; r.Intents == 0 || n != r.Intents || booked.Load() != n {
			t.Errorf("rate %v: %d intents counted, %d on the way, %d entries in the book", rate, r.Intents, booked.Load(), n)
		}
		if r.Latency.TotalCount() != int64(r.Intents) || r.PerSecond() <= 0 {
			t.Errorf("rate %v: %d latencies of %d intents, %v a second", rate, r.Latency.TotalCount(), r.Intents, r.PerSecond())
		}
	}
}

// Watchers get every entry, and know how old it is.
func TestWatch(t *testing.T) {
	addr, bk := open(t)
	for _, latency := range []bool{false, true} {
		w, err := load.Watch(context.Background(), load.Watching{Addr: addr, Key: "secret", Prefix: "W-", Watchers: 5, Latency: latency})
		if err != nil {
			t.Fatal(err)
		}
		c := config(addr)
		c.Devices, c.Prefix = 1, "P-"
		before := bk.Head()
		r, err := load.Fan(context.Background(), c, w)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if n := bk.Head() - before; r.Entries != n || r.Delivered != 5*n || n == 0 || w.Bytes() == 0 {
			t.Errorf("%d entries sent, %d delivered to 5 watchers, %d in the book", r.Entries, r.Delivered, n)
		}
		if seen := w.Latency(); latency != (seen.TotalCount() == int64(r.Delivered)) || !latency && seen.TotalCount() != 0 {
			t.Errorf("latency %t: %d measured of %d", latency, seen.TotalCount(), r.Delivered)
		}
	}
}

// A watcher that comes late catches up from where it says.
func TestCatchUp(t *testing.T) {
	addr, bk := open(t)
	if _, err := load.Run(context.Background(), config(addr)); err != nil {
		t.Fatal(err)
	}
	w := load.Watching{Addr: addr, Key: "secret", Prefix: "W-"}
	for _, since := range []uint64{0, bk.Head() / 2} {
		got, err := load.CatchUp(w, since, bk.Head()-since)
		if err != nil {
			t.Fatal(err)
		}
		if got.Entries != bk.Head()-since || got.Bytes == 0 {
			t.Errorf("since %d: %+v, the head is %d", since, got, bk.Head())
		}
	}
}

func TestIdle(t *testing.T) {
	addr, bk := open(t)
	before := bk.Head()
	closeAll, err := load.Idle(context.Background(), config(addr))
	if err != nil {
		t.Fatal(err)
	}
	closeAll()
	if n := bk.Head() - before; n != 4 {
		t.Errorf("%d entries of 4 devices that scan once", n)
	}
}

// Whatever goes wrong is said, and ends the load.
func TestFaults(t *testing.T) {
	addr, _ := open(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name   string
		change func(*load.Config)
		ctx    context.Context
		want   string
	}{
		{"a wrong key", func(c *load.Config) { c.Key = "other" }, context.Background(), "bad_key"},
		{"nobody there", func(c *load.Config) { c.Addr = "127.0.0.1:1" }, context.Background(), "device 1 of 4"},
		{"products that are not", func(c *load.Config) { c.Products = 1_000_000 }, context.Background(), "not booked"},
		{"an end before the start", func(*load.Config) {}, ended, context.Canceled.Error()},
	} {
		config := config(addr)
		c.change(&config)
		if _, err := load.Run(c.ctx, config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := load.Watch(ended, load.Watching{Addr: addr, Key: "secret", Watchers: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("watching after the end: %v", err)
	}
	if _, err := load.Watch(context.Background(), load.Watching{Addr: addr, Key: "other", Watchers: 2}); err == nil {
		t.Error("watching with a wrong key went well")
	}
}
