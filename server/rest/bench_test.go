package rest_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/rest"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"

	"github.com/dgraph-io/badger/v4"
)

// bench is a server without a socket: requests go straight to its handler.
type bench struct {
	b    *testing.B
	http http.Handler
	key  string
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

func newBench(b *testing.B) *bench {
	bk, err := book.Open(b.Context(), journal.NewMemory("e1"), book.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(bk.Close)
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil).WithMetricsEnabled(false))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	keys, err := store.Open(db, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	key, err := keys.Pair(store.Request{Device: "boss", Role: access.Admin})
	if err != nil {
		b.Fatal(err)
	}
	x := &bench{b: b, key: key, http: rest.New(rest.Options{Book: bk, Store: keys, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}).Handler()}
	x.do("PUT", "/v1/products/BOLT", `{}`)
	return x
}

func (x *bench) do(method, path, body string) {
	r, err := http.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	if err != nil {
		x.b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+x.key)
	d := &discard{header: http.Header{}}
	if x.http.ServeHTTP(d, r); d.status != 200 {
		x.b.Fatalf("%s %s: %d", method, path, d.status)
	}
}

func (x *bench) book(device string, n int) {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, `{"device":%q,"seq":%d,"action":"add","product":"BOLT","quantity":"1","operator":"ann"}`+"\n", device, i)
		if i%1000 == 0 || i == n {
			x.do("POST", "/v1/intents", b.String())
			b.Reset()
		}
	}
}

func BenchmarkIntents(b *testing.B) {
	x := newBench(b)
	for i := 0; b.Loop(); i++ {
		x.book(fmt.Sprint("d", i), 1000)
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "intents/s")
}

func BenchmarkReads(b *testing.B) {
	x := newBench(b)
	x.book("H-1", 20_000)
	for name, path := range map[string]string{
		"activity 10000":              "/v1/activity?limit=10000",
		"activity filtered, 20000":    "/v1/activity?limit=10000&product=NUT",
		"balances":                    "/v1/balances",
		"balances as booked at 20000": "/v1/balances?entry=20000",
		"transactions 20000":          "/v1/transactions",
		"health":                      "/healthz",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				x.do("GET", path, "")
			}
		})
	}
}
