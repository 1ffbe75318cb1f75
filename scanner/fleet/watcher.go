package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/scanner/client"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/go-json-experiment/json"
)

// WatcherConfig is what a Watcher is given. Server and Key are required.
type WatcherConfig struct {
	Server      string
	Key         string
	Device      string      // default "watcher"; two of a name replace each other
	Since       wire.Cursor // the entry to go on from; zero: from the first
	Subprotocol string
	CutBytes    int64 // as in Config
	Seed        uint64
	Dial        func(ctx context.Context, network, address string) (net.Conn, error)
	BackoffMin  time.Duration
	BackoffMax  time.Duration
	Log         *slog.Logger
	// OnEntry gets every entry, in order; nil: nobody.
	OnEntry func(*Entry)
}

// Entry is what a Watcher reads of an entry.
type Entry struct {
	N       uint64         `json:"n"`
	Kind    ledger.Kind    `json:"kind"`
	Outcome ledger.Outcome `json:"outcome"`
	Code    ledger.Code    `json:"code"`
	Intent  struct {
		Device  string `json:"device"`
		Install string `json:"install"`
		Seq     uint64 `json:"seq"`
	} `json:"intent"`
	Moves  []ledger.Move  `json:"moves"`
	Alerts []ledger.Alert `json:"alerts"`
}

// Watcher follows the activity over cuts and restarts of the server, and proves
// that it saw every entry once and in order.
type Watcher struct {
	cfg    WatcherConfig
	client *client.Client
	cuts   atomic.Uint64

	mu     sync.Mutex // guards what follows
	moved  chan struct{}
	report WatcherReport
	tally  tally
	epoch  string
}

// WatcherReport is what a Watcher saw.
type WatcherReport struct {
	First, Last uint64 // entries, 0: none
	Entries     uint64
	Epoch       string
	Connects    uint64
	Cuts        uint64
	Kinds       map[ledger.Kind]uint64
	Outcomes    map[ledger.Outcome]uint64
	// Intents counts the entries of intents by device: by its name up to its last
	// dash (F-0001 counts as F-), so that a fleet is one.
	Intents map[string]uint64
	Alerts  map[string]uint64 // by kind/state: low/raised
	// Faults are gaps, repeats and frames out of order: none, if the server keeps
	// its word. At most 100 are named.
	Faults     []string
	FaultCount uint64
	Err        error          // the first fault, nil while the feed is gapless
	Balances   []PlaceBalance // sorted by place and product, zero ones left out
}

// PlaceBalance is what the moves that were seen leave at a place: below zero
// where more left than came.
type PlaceBalance struct {
	Place    string // site/code, virtual places by their code
	Product  string
	Quantity string
}

// NewWatcher returns a watcher that is not connected yet. Errors: those of
// client.New.
func NewWatcher(cfg WatcherConfig) (*Watcher, error) {
	cfg.Device = cmp.Or(cfg.Device, "watcher")
	if cfg.Dial == nil {
		cfg.Dial = new(net.Dialer).DialContext
	}
	w := &Watcher{cfg: cfg, moved: make(chan struct{}), tally: tally{}, epoch: cfg.Since.Epoch}
	w.report = WatcherReport{Last: cfg.Since.N, Kinds: map[ledger.Kind]uint64{}, Outcomes: map[ledger.Outcome]uint64{}, Intents: map[string]uint64{}, Alerts: map[string]uint64{}}
	cut := &cutter{dial: cfg.Dial, mean: cfg.CutBytes, rand: rand.New(rand.NewPCG(cfg.Seed, 1<<63)), cuts: &w.cuts}
	since := cfg.Since
	var err error
	w.client, err = client.New(client.Config{Server: cfg.Server, Key: cfg.Key, Device: cfg.Device, Install: "watch", App: "watcher",
		Topics: []client.Topic{{Name: wire.TopicActivity, Since: &since}}, Subprotocol: cfg.Subprotocol, Dial: cut.Dial, Log: cfg.Log,
		BackoffMin: cfg.BackoffMin, BackoffMax: cfg.BackoffMax, OnRows: w.rows, Notify: w.notify})
	return w, err
}

// Run follows until ctx ends or Close is called. Errors: those of client.Run.
func (w *Watcher) Run(ctx context.Context) error { return w.client.Run(ctx) }

// Close ends Run and waits for it.
func (w *Watcher) Close() { w.client.Close() }

// Wait returns when entry n has been seen. Errors: that of ctx; a fault of the
// feed, at once.
func (w *Watcher) Wait(ctx context.Context, n uint64) error {
	for {
		w.mu.Lock()
		last, moved := w.report.Last, w.moved
		err := w.fault()
		w.mu.Unlock()
		if err != nil || last >= n {
			return err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Err returns the first fault of the feed, nil while it is gapless.
func (w *Watcher) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fault()
}

func (w *Watcher) fault() error {
	if len(w.report.Faults) == 0 {
		return nil
	}
	return errors.New("the feed is not gapless: " + w.report.Faults[0])
}

// Report returns what was seen so far.
func (w *Watcher) Report() WatcherReport {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.report
	r.Cuts, r.Epoch = w.cuts.Load(), w.epoch
	r.Kinds, r.Outcomes, r.Alerts = copyOf(r.Kinds), copyOf(r.Outcomes), copyOf(r.Alerts)
	r.Intents, r.Err = copyOf(r.Intents), w.fault()
	r.Faults = append([]string(nil), r.Faults...)
	r.Balances = w.tally.balances()
	return r
}

func copyOf[K comparable](m map[K]uint64) map[K]uint64 {
	out := make(map[K]uint64, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// Balance returns what the moves that were seen leave of a product at a place.
func (w *Watcher) Balance(place, product string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tally[placed{place, product}].String()
}

func (w *Watcher) notify(e client.Event) {
	if e.Kind != client.Connected {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.report.Connects++
	if w.epoch != "" && w.epoch != e.Epoch {
		w.wrong("the epoch changed from %s to %s after entry %d: the server was restored", w.epoch, e.Epoch, w.report.Last)
	}
	w.epoch = e.Epoch
}

func (w *Watcher) wrong(format string, args ...any) {
	w.report.FaultCount++
	if len(w.report.Faults) < mostConflicts {
		w.report.Faults = append(w.report.Faults, fmt.Sprintf(format, args...))
	}
}

// rows takes a message of the feed as it came.
func (w *Watcher) rows(m client.Rows) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer func() {
		close(w.moved)
		w.moved = make(chan struct{})
	}()
	if m.Snapshot {
		w.wrong("after entry %d the server sent a snapshot as of %d instead of what is between", w.report.Last, m.To)
		w.report.Last = m.To
		return
	}
	if m.From != w.report.Last {
		w.wrong("(%d, %d] came after entry %d", m.From, m.To, w.report.Last)
	}
	for _, raw := range m.Rows {
		var e Entry
		if err := json.Unmarshal(raw, &e); err != nil {
			w.wrong("an entry after %d could not be read: %v", w.report.Last, err)
			continue
		}
		w.entry(&e)
	}
	if w.report.Last != m.To {
		w.wrong("(%d, %d] ended with entry %d", m.From, m.To, w.report.Last)
		w.report.Last = max(w.report.Last, m.To)
	}
}

func (w *Watcher) entry(e *Entry) {
	r := &w.report
	if e.N != r.Last+1 {
		w.wrong("entry %d came after %d", e.N, r.Last)
		if e.N <= r.Last {
			return // seen before: it counts once
		}
	}
	if r.First == 0 {
		r.First = e.N
	}
	r.Last = e.N
	r.Entries++
	r.Kinds[e.Kind]++
	r.Outcomes[e.Outcome]++
	if device := e.Intent.Device; (e.Kind == ledger.KindIntent || e.Kind == ledger.KindDecision) && device != "" {
		group := device[:strings.LastIndexByte(device, '-')+1]
		if _, known := r.Intents[cmp.Or(group, device)]; known || len(r.Intents) < mostGroups {
			r.Intents[cmp.Or(group, device)]++
		}
	}
	for i := range e.Moves {
		if err := w.tally.move(&e.Moves[i]); err != nil {
			w.wrong("entry %d: %v", e.N, err)
		}
	}
	for i := range e.Alerts {
		r.Alerts[e.Alerts[i].Kind+"/"+e.Alerts[i].State]++
	}
	if w.cfg.OnEntry != nil {
		w.cfg.OnEntry(e)
	}
}
