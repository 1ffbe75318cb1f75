package fleet_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"go.uber.org/goleak"
)

// serverVariable makes a test binary a server on the data folder it names.
const serverVariable = "BAYLEDGER_FLEET_TEST_SERVER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serverVariable); dir != "" {
		if err := serveFolder(dir, os.Getenv(serverVariable+"_ADDRESS")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func authenticate(key string) (access.Principal, bool) {
	device, ok := strings.CutPrefix(key, "key-")
	if key == "watcher" {
		return access.Principal{Role: access.Supervisor}, true
	}
	return access.Principal{Device: device, Role: access.Floor}, ok
}

func deviceKey(device string) (string, error) { return "key-" + device, nil }

// stock is the master data that generated and recorded scans are about.
func stock() []ledger.Patch {
	var out []ledger.Patch
	for i := range 100 {
		out = append(out, ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprintf("P-%04d", i+1)})
	}
	for _, code := range []string{"ART-1", "ART-2", "art-1", "ART-3", "ART-4", "ART-5 "} {
		out = append(out, ledger.Patch{Entity: ledger.EntityProduct, Code: code})
	}
	for _, code := range []string{"A-1", "B-1", "C-1"} {
		out = append(out, ledger.Patch{Entity: ledger.EntityLocation, Code: code, Site: "main", Fields: map[string]string{"kind": "stock"}})
	}
	return append(out, ledger.Patch{Entity: ledger.EntityConstraint, Code: "P-0001", Site: "main", Fields: map[string]string{"min": "5"}})
}

// house is a real server on a journal in memory that can die and come back.
type house struct {
	testing.TB
	journal *journal.Memory
	address string

	mu    sync.Mutex
	book  *book.Book
	hub   *socket.Hub
	http  *http.Server
	conns map[net.Conn]struct{}
	gone  chan struct{}
}

func openHouse(t testing.TB) *house {
	h := &house{TB: t, journal: journal.NewMemory("e1"), address: "127.0.0.1:0"}
	h.open()
	if _, _, err := h.book.Edit(context.Background(), "test", stock(), false); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.kill)
	return h
}

func (h *house) url() string { return "http://" + h.address }

func (h *house) open() {
	b, err := book.Open(context.Background(), h.journal, book.Options{RingBytes: 50_000})
	if err != nil {
		h.Fatal(err)
	}
	hub, err := socket.New(b, socket.Options{Authenticate: authenticate})
	if err != nil {
		h.Fatal(err)
	}
	listener, err := net.Listen("tcp", h.address)
	if err != nil {
		h.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.address = listener.Addr().String()
	h.book, h.hub, h.conns, h.gone = b, hub, map[net.Conn]struct{}{}, make(chan struct{})
	h.http = &http.Server{Handler: hub, ConnContext: func(ctx context.Context, c net.Conn) context.Context {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.conns[c] = struct{}{}
		return ctx
	}}
	go func(s *http.Server, gone chan struct{}) {
		_ = s.Serve(listener) // it ends with the listener
		close(gone)
	}(h.http, h.gone)
}

// kill cuts every socket at once, as the end of a process does, and then takes
// the server down. What the book had taken, but told nobody of, it still commits.
func (h *house) kill() {
	h.mu.Lock()
	conns := h.conns
	h.mu.Unlock()
	_ = h.http.Close()
	<-h.gone
	for c := range conns {
		_ = c.Close()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h.hub.Drain(ctx)
	h.book.Close()
}

// serveFolder is a whole server on a folder; it never ends by itself.
func serveFolder(dir, address string) error {
	options := journal.Options{NewEpoch: func() string { return "e1" }, Reserve: 1 << 20}
	db, err := journal.OpenDB(dir, options)
	if err != nil {
		return err
	}
	j, err := journal.Open(db, options)
	if err != nil {
		return err
	}
	b, err := book.Open(context.Background(), j, book.Options{Fatal: func(err error) { fmt.Fprintln(os.Stderr, err); os.Exit(1) }})
	if err != nil {
		return err
	}
	if _, _, err := b.Edit(context.Background(), "test", stock(), false); err != nil {
		return err
	}
	hub, err := socket.New(b, socket.Options{Authenticate: authenticate})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println("ready", listener.Addr())
	mux := http.NewServeMux()
	mux.Handle("/v1/sync", hub)
	mux.HandleFunc("/head", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, b.Head()) })
	return http.Serve(listener, mux)
}

// process is a server in a process of its own.
type process struct {
	*testing.T
	dir, address string
	cmd          *exec.Cmd
}

func (p *process) start() {
	p.Helper()
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), serverVariable+"="+p.dir, serverVariable+"_ADDRESS="+p.address)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.Fatal(err)
	}
	p.address = strings.TrimSpace(strings.TrimPrefix(line, "ready "))
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		p.Error(err)
	}
}

func (p *process) head() (n uint64) {
	p.Helper()
	resp, err := http.Get("http://" + p.address + "/head")
	if err != nil {
		p.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := fmt.Fscan(resp.Body, &n); err != nil {
		p.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	return n
}

// shelves adds up scans by hand: what the books must hold in the end.
type shelves map[string]int64

func (s shelves) take(in *ledger.Intent) {
	units, _ := in.Quantity.Scaled(0)
	from, to := "main/"+in.From, "main/"+in.To
	switch in.Action {
	case ledger.ActionAdd:
		from, to = "supplier", "main/stock"
	case ledger.ActionRemove:
		from, to = "main/stock", "customer"
	}
	s[from+" "+in.Product] -= units
	s[to+" "+in.Product] += units
}

// tapped passes a source on and adds it up on the way.
func (s shelves) tapped(source func(func(item, error) bool)) func(func(item, error) bool) {
	return func(yield func(item, error) bool) {
		for it, err := range source {
			if err == nil {
				s.take(&it.Intent)
			}
			if !yield(it, err) {
				return
			}
		}
	}
}

// until waits for the watcher to have seen everything.
func until(t *testing.T, w interface {
	Wait(context.Context, uint64) error
}, n uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := w.Wait(ctx, n); err != nil {
		t.Fatalf("entry %d: %v", n, err)
	}
}
