package outbound

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// people are who has rights in a test.
type people struct {
	mu sync.Mutex
	of map[string]access.Principal
}

func (p *people) Standing(name string) (access.Principal, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, ok := p.of[name]
	return who, ok
}

func (p *people) set(name, roles string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil {
		p.of = map[string]access.Principal{}
	}
	if delete(p.of, name); roles == "" {
		return
	}
	grants, _ := ledger.ParseGrants(roles)
	p.of[name] = access.Principal{Kind: access.Person, Name: name, Role: access.HighestRole(grants), Grants: grants}
}

// world is a book, somebody with rights, and a disk that can fail.
type world struct {
	t      *testing.T
	book   *book.Book
	disk   *MemoryDisk
	people *people
	seq    uint64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, disk: &MemoryDisk{}, people: &people{}}
	w.people.set("boss", "admin")
	var err error
	w.book, err = book.Open(t.Context(), journal.NewMemory("e1"), book.Options{Fatal: func(err error) { t.Error(err) }, Report: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	w.edit(ledger.Patch{Entity: ledger.EntitySite, Code: "north", Fields: map[string]string{}},
		ledger.Patch{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{"unit": "piece"}},
		ledger.Patch{Entity: ledger.EntityProduct, Code: "NUT", Fields: map[string]string{}})
	return w
}

func (w *world) edit(patches ...ledger.Patch) {
	w.t.Helper()
	if _, _, err := w.book.Edit(w.t.Context(), "test", patches, false); err != nil {
		w.t.Fatal(err)
	}
}

// scan books "action product quantity site"; costs 9.87 each.
func (w *world) scan(text string) {
	w.t.Helper()
	f := strings.Fields(text)
	w.seq++
	quantity, _ := ledger.ParseDecimal(f[2])
	cost, _ := ledger.ParseDecimal("9.87")
	in := ledger.Intent{Device: "H-" + f[3], Install: "-", Seq: w.seq, Action: f[0], Product: f[1], Quantity: quantity, Site: f[3], Reason: "test"}
	if f[0] == "add" {
		in.UnitCost = cost
	}
	payload, _ := ledger.AppendIntent(nil, &in)
	r, err := w.book.Do(w.t.Context(), book.Source{Role: "admin", Transport: book.Stated}, []ledger.Received{{Intent: in, Payload: payload, Hash: [16]byte{byte(w.seq)}}})
	if err != nil || r.Results[0].Outcome != ledger.Applied {
		w.t.Fatal(r, err)
	}
}

// loopback is where receivers of tests are.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// open opens the service on the world's disk and runs it; stop waits for its end.
func (w *world) open(change ...func(*Options)) (s *Service, stop func()) {
	w.t.Helper()
	o := Options{Book: w.book, Disk: w.disk, People: w.people, Allow: loopback}
	for _, fn := range change {
		fn(&o)
	}
	s, err := Open(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return s, s.go_(w.t)
}

func (s *Service) go_(t *testing.T) (stop func()) {
	ctx, end := withCancel(t)
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	return sync.OnceFunc(func() { end(); <-ended })
}

// got is one request as a receiver got it.
type got struct {
	id, timestamp, signature string
	body                     []byte
}

// receiver is an HTTPS server that keeps what it got and answers as it is told.
type receiver struct {
	*httptest.Server
	got    chan got
	answer func(w http.ResponseWriter, r *http.Request, n int)
	n      int
	mu     sync.Mutex
}

func newReceiver(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int)) *receiver {
	r := &receiver{got: make(chan got, 1_000), answer: answer}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.n++
		n := r.n
		r.mu.Unlock()
		r.got <- got{q.Header.Get("webhook-id"), q.Header.Get("webhook-timestamp"), q.Header.Get("webhook-signature"), body}
		if r.answer != nil {
			r.answer(w, q, n)
		}
	}))
	r.Config.ErrorLog = nil
	t.Cleanup(r.Close)
	return r
}

// trust are the roots by which a receiver is known.
func (r *receiver) trust(o *Options) {
	pool := x509.NewCertPool()
	pool.AddCert(r.Certificate())
	o.TLS = &tls.Config{RootCAs: pool}
}

// next waits for the next request.
func (r *receiver) next(t *testing.T) got {
	t.Helper()
	select {
	case g := <-r.got:
		return g
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came")
		return got{}
	}
}

// verify judges a signature as a receiver would that has read the specification alone:
// the secret without its prefix is base64; HMAC-SHA256 over "id.timestamp.body".
func verify(secret string, g got) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < 24 || len(key) > 64 {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(g.id + "." + g.timestamp + "." + string(g.body)))
	want := mac.Sum(nil)
	for _, part := range strings.Split(g.signature, " ") {
		version, text, _ := strings.Cut(part, ",")
		sum, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(sum, want) {
			return true
		}
	}
	return false
}

// what is a message read back.
type what struct {
	Type string
	Data struct {
		From, To uint64
		Entries  []struct {
			N     uint64
			Moves []struct{ Product, To, Value string }
		}
		Alerts     []struct{ Kind, State, Product, Site string }
		Exceptions []struct{ Kind string }
		Products   []struct {
			Product, Available, Level string
			Seq                       uint64
		}
	}
}

func read(t *testing.T, g got) (w what) {
	t.Helper()
	if err := json.Unmarshal(g.body, &w); err != nil {
		t.Fatalf("%v: %s", err, g.body)
	}
	return w
}

// words says what is told of products: "BOLT=5#1 …".
func (w *what) words() string {
	var out []string
	for _, p := range w.Data.Products {
		out = append(out, fmt.Sprintf("%s=%s%s#%d", p.Product, p.Available, p.Level, p.Seq))
	}
	return strings.Join(out, " ")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// trustOf are the roots by which a receiver is known, or is not.
func trustOf(r *receiver, stranger bool) *tls.Config {
	o := Options{TLS: &tls.Config{RootCAs: x509.NewCertPool()}}
	if !stranger {
		r.trust(&o)
	}
	return o.TLS
}
