package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/labels/printer"
	"bayledger/server/access"
	"bayledger/server/documents"
	"bayledger/server/labels"
	"bayledger/server/outbound"
	"bayledger/server/rest"
	"bayledger/server/signin"
	"bayledger/server/store"
	"bayledger/server/web"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// world is a server on a real book in memory, with a key of each role.
type world struct {
	t        *testing.T
	book     *book.Book
	store    *store.Store
	api      *rest.API
	server   *httptest.Server
	keys     map[access.Role]string
	logs     *lockedBuffer
	labels   *labels.Service
	outbound *outbound.Service // not running
	folder   string            // of layouts of one's own
	clock    atomic.Int64      // microseconds
	full     atomic.Bool
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func (w *world) now() time.Time { return time.UnixMicro(w.clock.Load()).UTC() }

// pass moves the clock on.
func (w *world) pass(d time.Duration) { w.clock.Add(d.Microseconds()) }

// quick are times for printers on loopback: they answer at once, but on a busy machine.
var quick = printer.Times{Dial: 30 * time.Second, Answer: 30 * time.Second, Write: 30 * time.Second, Poll: 2 * time.Millisecond}

func newWorld(t *testing.T, change ...func(*rest.Options)) *world {
	return newWorldRing(t, 0, change...)
}

func newWorldRing(t *testing.T, ring int, change ...func(*rest.Options)) *world {
	t.Helper()
	w := &world{t: t, keys: map[access.Role]string{}, logs: &lockedBuffer{}}
	w.clock.Store(noon.UnixMicro())
	room := func() error {
		if w.full.Load() {
			return fmt.Errorf("the disk is nearly full: nothing was stored, reading goes on; free some space and send again")
		}
		return nil
	}
	var err error
	w.book, err = book.Open(t.Context(), journal.NewMemory("e1"), book.Options{Now: w.now, Room: room, RingBytes: ring,
		Fatal: func(err error) { t.Errorf("the book failed: %v", err) }, Report: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil).WithMetricsEnabled(false))
	if err != nil {
		t.Fatal(err)
	}
	if w.store, err = store.Open(db, store.Options{Now: w.now}); err != nil {
		t.Fatal(err)
	}
	for _, role := range access.Roles() {
		if w.keys[role], err = w.store.Pair(store.Request{Device: string(role), Role: role, By: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	w.folder = filepath.Join(t.TempDir(), "labels")
	w.labels, err = labels.New(labels.Options{Book: w.book, Store: w.store, Dir: w.folder, Open: func(p printer.Profile) printer.Driver { return printer.Open(p, quick) }})
	if err != nil {
		t.Fatal(err)
	}
	w.outbound, err = outbound.Open(outbound.Options{Book: w.book, Disk: w.store.Outbound(), People: w.store, Now: w.now, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	disk, err := w.store.Documents()
	if err != nil {
		t.Fatal(err)
	}
	docs := documents.New(documents.Options{Book: w.book, Disk: disk, Now: w.now})
	o := rest.Options{Book: w.book, Store: w.store, Outbound: w.outbound, Labels: w.labels, Documents: docs, Version: "test", Now: w.now, Room: room, Registry: prometheus.NewRegistry(),
		Log: slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})), Page: web.Handler(), PagePaths: web.Paths(), SignIn: signin.Handler(),
		Backup: func(_ context.Context, after uint64, pieces bool, to io.Writer) error {
			_, err := fmt.Fprintf(to, "after %d, pieces %t", after, pieces)
			return err
		},
		Sync: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTeapot) })}
	for _, fn := range change {
		fn(&o)
	}
	w.api = rest.New(o)
	w.server = httptest.NewServer(w.api.Handler())
	t.Cleanup(func() {
		w.api.Drain()
		w.server.Close()
		w.labels.Close(context.Background())
		w.book.Close()
		db.Close()
		for _, key := range w.keys {
			if strings.Contains(w.logs.String(), key) {
				t.Error("a key stands in the log")
			}
		}
	})
	return w
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) text() string { return string(a.body) }

func (a answer) json(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal(a.body, into); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
}

type problem struct {
	Title, Detail, Code, Message, Field string
	Status, Line                        int
	Request                             string `json:"request_id"`
	Retry                               int    `json:"retry_after"`
}

func (w *world) request(method, path, key, body string, headers ...string) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (w *world) do(method, path, key, body string, headers ...string) answer {
	w.t.Helper()
	r := w.request(method, path, key, body, headers...)
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) answer {
	w.t.Helper()
	res, err := w.server.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// as sends a request with a role's key.
func (w *world) as(role access.Role, method, path, body string) answer {
	w.t.Helper()
	return w.do(method, path, w.keys[role], body)
}

// ok sends one as admin that must succeed.
func (w *world) ok(method, path, body string) answer {
	w.t.Helper()
	a := w.as(access.Admin, method, path, body)
	if a.status >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
	}
	return a
}

// fails says that an answer is a problem of a code, in our shape.
func (w *world) fails(a answer, status int, code string) problem {
	w.t.Helper()
	var p problem
	a.json(w.t, &p)
	if a.status != status || p.Code != code || p.Status != status {
		w.t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		w.t.Errorf("a problem has the type %q", got)
	}
	if p.Message == "" || p.Message != p.Detail || p.Title == "" || p.Request == "" || p.Request != a.header.Get("X-Request-Id") {
		w.t.Errorf("a problem lacks something: %s", a.body)
	}
	return p
}

type outcome struct {
	Seq, Entry    uint64
	Outcome, Code string
	Message       string
	Repeat        bool
}

type outcomes struct {
	Outcomes []outcome
	Head     uint64
	Epoch    string
}

func (w *world) post(role access.Role, body string) outcomes {
	w.t.Helper()
	a := w.as(role, "POST", "/v1/intents", body)
	if a.status != 200 {
		w.t.Fatalf("%d %s", a.status, a.body)
	}
	var o outcomes
	a.json(w.t, &o)
	return o
}

// codes shows outcomes shortly: applied, refused/bad_json, …
func (o outcomes) codes() string {
	var list []string
	for _, x := range o.Outcomes {
		s := x.Outcome
		if x.Code != "" {
			s += "/" + x.Code
		}
		if x.Repeat {
			s += "*"
		}
		list = append(list, s)
	}
	return strings.Join(list, " ")
}

// goods makes two products and two shelves, the one in the other.
func (w *world) goods() {
	w.t.Helper()
	w.ok("PUT", "/v1/products/BOLT", `{"name":"Bolt","decimals":2}`)
	w.ok("PUT", "/v1/products/NUT", `{"name":"Nut","tracking":"lot"}`)
	w.ok("PUT", "/v1/locations/A", `{"name":"Aisle A"}`)
	w.ok("PUT", "/v1/locations/A-01", `{"parent":"A"}`)
}

// add books goods by the admin, at a moment.
func (w *world) intent(seq int, fields string) string {
	return fmt.Sprintf(`{"device":"H-1","seq":%d,%s}`, seq, fields)
}

// view looks at the book.
func (w *world) head() uint64 {
	var n uint64
	if err := w.book.View(context.Background(), func(_ *ledger.State, head uint64) { n = head }); err != nil {
		w.t.Fatal(err)
	}
	return n
}
