package client_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
)

// handheld is a client with what a test wants to know of it.
type handheld struct {
	*client.Client
	t      testing.TB
	box    outbox.Box
	mu     sync.Mutex
	events []client.Event
	moved  chan struct{}
	over   chan error
	cancel context.CancelFunc
	// patience is how long until waits: hours on synctest's clock.
	patience time.Duration
}

// memory is an outbox folder in memory with one device's box.
type memory struct {
	t     testing.TB
	m     *outbox.Memory
	opts  outbox.Options
	store *outbox.Store
}

func newMemory(t testing.TB, opts outbox.Options) *memory {
	opts.Now = time.Now
	m := &memory{t: t, m: outbox.NewMemory(), opts: opts}
	m.open()
	t.Cleanup(m.close)
	return m
}

func (m *memory) open() {
	var err error
	if m.store, err = m.m.Open(m.opts); err != nil {
		m.t.Fatal(err)
	}
}

func (m *memory) close() {
	if err := m.store.Close(); err != nil {
		m.t.Error(err)
	}
}

func (m *memory) box() outbox.Box {
	b, err := m.store.Box("H-1", "i1")
	if err != nil {
		m.t.Fatal(err)
	}
	return b
}

// start makes a client on a box and runs it; change adapts its configuration.
func (s *server) start(box outbox.Box, change func(*client.Config)) *handheld {
	h := newHandheld(s.t, box, func(cfg *client.Config) {
		cfg.Dial, cfg.Now = s.dial, now
		if change != nil {
			change(cfg)
		}
	})
	h.patience = 24 * time.Hour
	h.run()
	return h
}

// now is synctest's clock, moved out of the year 2000, which no device believes.
func now() time.Time { return time.Now().AddDate(26, 0, 0) }

func newHandheld(t testing.TB, box outbox.Box, change func(*client.Config)) *handheld {
	t.Helper()
	h := &handheld{t: t, box: box, moved: make(chan struct{}), over: make(chan error, 1), patience: time.Minute}
	boot := time.Now()
	cfg := client.Config{Server: "ws://dock.test", Key: "key-H-1", Outbox: box, Notify: h.notify, BootID: "boot-1",
		Monotonic: func() time.Duration { return time.Since(boot) }, Rand: func() float64 { return 0.5 }}
	change(&cfg)
	rows := cfg.OnRows
	cfg.OnRows = func(r client.Rows) {
		if rows != nil {
			rows(r)
		}
		h.stir()
	}
	var err error
	if h.Client, err = client.New(cfg); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *handheld) run() {
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel = cancel
	go func() { h.over <- h.Run(ctx) }()
	h.t.Cleanup(func() { cancel(); h.Close() })
}

func (h *handheld) notify(e client.Event) {
	h.mu.Lock()
	h.events = append(h.events, e)
	h.mu.Unlock()
	h.stir()
}

// stir lets until look again.
func (h *handheld) stir() {
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.moved)
	h.moved = make(chan struct{})
}

// until waits for a condition that some event makes true.
func (h *handheld) until(what string, ok func() bool) {
	h.t.Helper()
	limit := time.NewTimer(h.patience)
	defer limit.Stop()
	for {
		h.mu.Lock()
		moved := h.moved
		h.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-moved:
		case <-limit.C:
			h.t.Fatalf("waited in vain until %s; outbox %+v; last events %+v", what, h.box.Stats(), h.tail(5))
		}
	}
}

func (h *handheld) tail(n int) []client.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events[max(0, len(h.events)-n):])
}

func (h *handheld) count(kind client.EventKind) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, e := range h.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func (h *handheld) untilEmpty() {
	h.t.Helper()
	h.until("everything is booked", func() bool { return h.box.Stats().Waiting == 0 })
}

func (h *handheld) scan(n int) {
	h.t.Helper()
	for range n {
		if _, err := h.Scan(context.Background(), add("BOLT")); err != nil {
			h.t.Fatal(err)
		}
	}
}

func add(product string) ledger.Intent {
	return ledger.Intent{Action: ledger.ActionAdd, Product: product, Quantity: ledger.NewDecimal(1, 0)}
}
