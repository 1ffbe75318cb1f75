package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/server"
	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"

	"github.com/dgraph-io/badger/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// socket stands in for the hub.
type socket struct{ drained atomic.Int32 }

func (s *socket) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }
func (s *socket) Drain(context.Context)                            { s.drained.Add(1) }

// start opens a server on a real listener, and returns its key and address, and
// where Serve's result comes.
func start(t *testing.T, ctx context.Context) (s *server.Server, hub *socket, key, base string, served chan error) {
	t.Helper()
	b, err := book.Open(t.Context(), journal.NewMemory("e1"), book.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil).WithMetricsEnabled(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	keys, err := store.Open(db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if key, err = keys.Pair(store.Request{Device: "boss", Role: access.Admin}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hub = &socket{}
	s = server.New(server.Options{Book: b, Store: keys, Sync: hub, Version: "test"})
	served = make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	return s, hub, key, "http://" + l.Addr().String(), served
}

func client(t *testing.T) *http.Client {
	tr := &http.Transport{ExpectContinueTimeout: time.Minute}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func TestServeAndDrain(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s, hub, key, base, served := start(t, ctx)
	c := client(t)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/openapi.json": 200, "/favicon.ico": 200, "/v1/sync": http.StatusTeapot, "/v1/balances": 401, "/nothing": 404} {
		res, err := c.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	// One follows, and one is in the middle of sending.
	follow, err := http.NewRequest("GET", base+"/v1/activity", nil)
	if err != nil {
		t.Fatal(err)
	}
	follow.Header.Set("Authorization", "Bearer "+key)
	follow.Header.Set("Accept", "text/event-stream")
	events, err := c.Do(follow)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	lines := bufio.NewReader(events.Body)
	if _, err := lines.ReadString('\n'); err != nil { // it follows
		t.Fatal(err)
	}
	body, write := io.Pipe()
	send, err := http.NewRequest("POST", base+"/v1/intents", body)
	if err != nil {
		t.Fatal(err)
	}
	send.Header.Set("Authorization", "Bearer "+key)
	send.Header.Set("Expect", "100-continue")
	reading := make(chan struct{}) // closed when the handler begins to read
	send = send.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }}))
	answered := make(chan string, 1)
	go func() {
		res, err := c.Do(send)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		answered <- string(b)
	}()
	<-reading
	if _, err := io.WriteString(write, `{"device":"H-1","seq":1,`); err != nil {
		t.Fatal(err)
	}

	stop()
	rest, err := io.ReadAll(lines)
	if err != nil || !strings.Contains(string(rest), "event: drain") {
		t.Errorf("the follower read %q, %v", rest, err)
	}
	if _, err := io.WriteString(write, `"action":"undo","reference":"x/y"}`); err != nil {
		t.Fatal(err)
	}
	write.Close()
	if got := <-answered; !strings.Contains(got, `"outcome":"parked"`) {
		t.Errorf("what was under way was answered %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if hub.drained.Load() != 1 {
		t.Errorf("the socket was drained %d times", hub.drained.Load())
	}
	s.Drain(t.Context()) // once more does no harm
	if _, err := c.Get(base + "/healthz"); err == nil {
		t.Error("the server still listens")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), l); !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("serving again: %v", err)
	}
}

// A drain whose time is up cuts who is left.
func TestDrainHasAnEnd(t *testing.T) {
	s, _, key, base, served := start(t, t.Context())
	body, write := io.Pipe()
	defer write.Close()
	r, err := http.NewRequest("POST", base+"/v1/intents", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	failed := make(chan error, 1)
	c := client(t)
	go func() {
		res, err := c.Do(r)
		if err == nil {
			res.Body.Close()
		}
		failed <- err
	}()
	if _, err := io.WriteString(write, "{"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s.Drain(ctx)
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	write.CloseWithError(io.ErrUnexpectedEOF)
	if err := <-failed; err == nil {
		t.Error("who never ends its request was answered")
	}
}

func TestAListenerThatFailsIsTold(t *testing.T) {
	s, _, _, _, served := start(t, t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := s.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
	s.Drain(t.Context())
	// The first Serve may not have begun when the drain came.
	if err := <-served; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}
