package handheld

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/flow"
	"bayledger/scanner/outbox"
	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Bounds.
const (
	MaxLines   = 4096 // read and not taken yet: minutes of the fastest trigger
	maxEvents  = 1024 // of the client, not shown yet
	keepWithin = 5 * time.Second
	// backoffMax is the longest pause between two tries to connect: somebody is looking at it.
	backoffMax = 5 * time.Second
	// catalogueWithin is how long the first start waits for a catalogue: as long as a person looks at
	// a device that starts.
	catalogueWithin = 5 * time.Second
	onItsWay        = 30 * time.Second // where the server is there, and the catalogue is large or the line slow
)

// Config is what a handheld is given. Dir, Device, Server and Out are required.
type Config struct {
	Dir    string // its own folder: outbox, catalogue, what is collected
	Device string
	Server string
	Key    string
	Site   string // default main
	Badge  bool   // nobody scans before saying who it is
	Places map[flow.Mode]string
	Reader *wedge.Profile // nil: the one that was learned
	Bursts bool           // the reader sends nothing behind a scan: silence ends it
	Out    io.Writer
	Draw   bool          // a screen that is drawn, not lines
	Linger time.Duration // how long the end of the input waits for the last scans to be sent
	// CatalogueWithin is how long the very first start waits for a catalogue; default 5 s.
	CatalogueWithin time.Duration
	Now             func() time.Time
	Monotonic       func() time.Duration // and BootID: those of client.Config
	BootID          string
	Log             *slog.Logger
	// Dial opens connections; default net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	TLS  *tls.Config // whom it trusts; nil: whom the machine trusts
	// KeepKey stores a new key, durably, before it is used; nil: the key is never
	// renewed.
	KeepKey func(key string) error
}

// Handheld is one. Make it with New.
type Handheld struct {
	cfg     Config
	store   *outbox.Store
	box     outbox.Box
	client  *client.Client
	machine *flow.Machine
	goods   *catalogue
	reader  wedge.Calibrator
	events  *client.Queue
	news    chan struct{} // the catalogue has changed
	view    view
	saved   string // the state as it is stored
	printer string // that the server was told of
	log     *Log   // what it remembers, for a supervisor who asks

	http     *http.Client
	key      atomic.Pointer[string]
	asking   string // whose PIN is asked for
	askScan  string // the badge that waits for it
	askAt    ledger.Moment
	read     ledger.Moment // when the line that is taken was read
	fetching sync.WaitGroup
	fetchMu  sync.Mutex // one fetches at a time
	shiftMu  sync.Mutex // guards shift
	shift    shift
}

// New opens a handheld's folder and takes up its work where it was. Errors: those of the outbox and
// the client, and of the folder.
func New(cfg Config) (h *Handheld, err error) {
	cfg.Site = cmp.Or(cfg.Site, "main")
	cfg.CatalogueWithin = cmp.Or(cfg.CatalogueWithin, catalogueWithin)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	kept := NewLog(cfg.Now)
	cfg.Log = slog.New(kept.Tee(cfg.Log.Handler()))
	h = &Handheld{cfg: cfg, log: kept, events: client.NewQueue(maxEvents), news: make(chan struct{}, 1)}
	defer func() {
		if err != nil && h.store != nil {
			err = errors.Join(err, h.store.Close())
		}
	}()
	h.begin()
	if err = h.open(); err != nil {
		return nil, err
	}
	h.key.Store(&cfg.Key)
	h.http = &http.Client{Transport: &http.Transport{DialContext: cfg.Dial, TLSClientConfig: cfg.TLS, DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.loadShift()
	topics := []client.Topic{{Name: wire.TopicCatalog}, {Name: wire.TopicBalances, Site: cfg.Site}}
	if h.client, err = client.New(client.Config{Server: cfg.Server, Key: cfg.Key, KeyNow: func() string { return *h.key.Load() }, Outbox: h.box, Topics: topics, App: "bayledger scan", Notify: h.events.Put,
		OnRows: h.rows, BackoffMax: backoffMax, Now: cfg.Now, Monotonic: cfg.Monotonic, BootID: cfg.BootID, Dial: cfg.Dial, TLS: cfg.TLS, Log: cfg.Log}); err != nil {
		return nil, err
	}
	h.goods = newCatalogue(h.client.Copy(), cfg.Site)
	if err := h.goods.load(h.catalogueFile()); err != nil {
		cfg.Log.Warn("the catalogue that was kept cannot be read", "error", err)
	}
	h.view = newView(&h.cfg, h.client, h.box)
	return h, h.restore()
}

// open opens the folder: the outbox, and the profile of the reader.
func (h *Handheld) open() (err error) {
	if h.store, err = outbox.Open(filepath.Join(h.cfg.Dir, "outbox"), outbox.Options{Now: h.cfg.Now, Log: h.cfg.Log}); err != nil {
		return err
	}
	install, err := h.store.Install(h.cfg.Device, func() string { return strings.ToLower(rand.Text()[:12]) })
	if err != nil {
		return err
	}
	if h.box, err = h.store.Box(h.cfg.Device, install); err != nil {
		return err
	}
	return h.openReader()
}

// restore takes up the machine as it was saved, and stores what a crash kept from being stored.
func (h *Handheld) restore() error {
	data, err := os.ReadFile(h.stateFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	setup := flow.Setup{Catalogue: h.goods, Stock: h.goods, Site: h.cfg.Site, Rules: h.goods.rules(), Reasons: h.goods.reasons(), Install: h.box.Name().Install, Badge: h.cfg.Badge, Places: h.cfg.Places}
	if h.machine, err = flow.Restore(setup, data, h.box.Stats().Next); err != nil {
		return errors.New("what was collected on this handheld cannot be read (" + err.Error() + "); what was booked is in the outbox. Move the file " + h.stateFile() + " away and start again")
	}
	_, last := h.machine.Waiting()
	h.client.NotBefore(last)
	if out := h.machine.Outgoing(); len(out) > 0 {
		first, err := h.client.ScanAll(context.Background(), out)
		if err != nil {
			return err
		}
		h.machine.Stored(first)
		h.client.NotBefore(out[len(out)-1].Moment())
	}
	return nil
}

// Close stops the client and closes the folder. What waits stays in the outbox.
func (h *Handheld) Close() error {
	h.client.Close()
	return errors.Join(h.goods.keep(h.catalogueFile()), h.store.Close())
}

// line takes one line; true ends the work.
func (h *Handheld) line(ctx context.Context, l line) (quit bool) {
	line := l.text
	h.read = l.at
	defer func() { h.read = ledger.Moment{} }()
	if h.asking != "" {
		h.pin(ctx, line)
		return false
	}
	if typed, ok := strings.CutPrefix(line, "/"); ok && !strings.HasPrefix(typed, "/") && !h.goods.has(line) {
		return h.typed(ctx, typed)
	}
	if strings.HasPrefix(line, "//") {
		line = line[1:]
	}
	if line == "" {
		h.event(ctx, flow.Event{Key: "Enter"})
		return false
	}
	if words, ours := h.reader.Take(line); ours {
		h.view.say(words...)
		h.keepReader()
		return false
	}
	r := h.reader.Profile.Read(line)
	if _, lost := wedge.LostSeparator(r.Scan); lost {
		h.view.say(wedge.Advice)
	}
	if !h.badge(r.Sent) {
		h.event(ctx, flow.Event{Scan: r.Sent})
	}
	return false
}

// event takes a scan, key or tap, and what waited behind a stop that it cleared, as much at a time
// as the outbox takes.
func (h *Handheld) event(ctx context.Context, e flow.Event) {
	if e.Moment == (ledger.Moment{}) {
		e.Moment = h.read
	}
	if e.Moment == (ledger.Moment{}) {
		e.Moment = h.client.Moment()
	}
	for step := h.step(ctx, e); len(step.Intents) > 0 && step.Screen.Behind > 0 && step.Screen.State != flow.Stop; {
		step = h.step(ctx, flow.Event{Moment: e.Moment})
	}
}

// step is all that a handheld does with an event: ask the machine what it means, save what is
// collected, store the intents, and only then show it.
func (h *Handheld) step(ctx context.Context, e flow.Event) flow.Step {
	step := h.machine.Take(e, h.cfg.Now().Format(time.DateOnly))
	first, err := h.keep(ctx, step.Intents)
	if err != nil {
		step = h.machine.Failed(sentence(err))
		if err := h.saveState(); err != nil { // else a restart would store what nobody was told of
			h.cfg.Log.Error("what is collected could not be kept", "error", err)
		}
	}
	h.choose(step.Screen.Printer)
	h.view.show(step.Screen, first)
	return step
}

// choose tells the server which printer this handheld's labels come out of, where that has changed.
func (h *Handheld) choose(printer string) {
	if printer == h.printer {
		return
	}
	h.printer = printer
	if err := h.client.Print(wire.Print{Job: "printer-" + rand.Text(), Printer: printer}); err != nil {
		h.view.say(sentence(err))
	}
}

// keep makes a step durable: first the state, with the seqs that its intents will get, then these.
func (h *Handheld) keep(ctx context.Context, intents []ledger.Intent) (first uint64, err error) {
	if err := h.saveState(); err != nil || len(intents) == 0 {
		return 0, err
	}
	if first, err = h.client.ScanAll(ctx, intents); err != nil {
		return 0, err
	}
	h.machine.Stored(first)
	return first, nil
}

// sentence is an error as people are to read it.
func sentence(err error) string {
	text := strings.TrimSuffix(err.Error(), ".") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

// rows hears of the catalogue, on the client's goroutine.
func (h *Handheld) rows(r client.Rows) {
	h.goods.heard(&r)
	if r.Topic == wire.TopicCatalog {
		select {
		case h.news <- struct{}{}:
		default:
		}
	}
}
