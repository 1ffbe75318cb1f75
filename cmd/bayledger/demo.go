package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/handheld"
	"bayledger/scanner/outbox"
	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// demoProduct is something the demo warehouse keeps.
type demoProduct struct {
	code, name, category string
	barcode              string
	least, opening       int
	cost                 int64 // of one, in cents
}

// The demo's catalogue: a small parts store. The barcodes have right check digits
// and begin with 20, which GS1 leaves to whoever uses it in-house.
var demoProducts = []demoProduct{
	{"BOLT-M6x20", "Hex bolt M6 × 20", "Fasteners", "2000000000015", 60, 220, 11},
	{"BOLT-M8x30", "Hex bolt M8 × 30", "Fasteners", "2000000000022", 60, 180, 19},
	{"NUT-M6", "Hex nut M6", "Fasteners", "2000000000039", 80, 300, 4},
	{"NUT-M8", "Hex nut M8", "Fasteners", "2000000000046", 80, 260, 7},
	{"WASHER-M6", "Washer M6", "Fasteners", "2000000000053", 80, 320, 3},
	{"BEARING-6204", "Ball bearing 6204-2RS", "Drives", "2000000000060", 8, 24, 485},
	{"BELT-A42", "V-belt A42", "Drives", "2000000000077", 6, 18, 640},
	{"SEAL-25x47", "Shaft seal 25 × 47 × 7", "Drives", "2000000000084", 10, 30, 310},
	{"FILTER-OIL", "Oil filter, short", "Consumables", "2000000000091", 12, 40, 590},
	{"FILTER-AIR", "Air filter, panel", "Consumables", "2000000000107", 12, 36, 1120},
	{"GREASE-400", "Grease cartridge 400 g", "Consumables", "2000000000114", 15, 48, 430},
	{"GLOVE-L", "Work glove, size L, pair", "Safety", "2000000000121", 20, 80, 265},
	{"TAPE-50", "Packing tape 50 m", "Packing", "2000000000138", 15, 60, 198},
	{"FUSE-10A", "Blade fuse 10 A", "Electrics", "2000000000145", 30, 120, 22},
	{"LAMP-H7", "Headlamp bulb H7", "Electrics", "2000000000152", 10, 34, 375},
}

// demoShelves are the demo's places, two shelves a product.
const (
	demoAisles  = "ABC"
	demoShelves = 10 // of an aisle
)

// demoHandhelds are who scans. The last one works where there is no network.
var demoHandhelds = []struct{ device, operator, job string }{
	{"H-01", "ann", "pick"}, {"H-02", "ben", "pick"}, {"H-03", "cho", "putaway"},
	{"H-04", "dee", "receive"}, {"H-05", "eli", "count"}, {"H-06", "fay", "yard"},
}

// Pace of the demo: brisk enough to watch, slow enough to read.
const (
	demoScanEvery = 1500 * time.Millisecond // a handheld, on average
	demoAway      = 25 * time.Second        // the yard's handheld without network
	demoHome      = 10 * time.Second
)

// demo is the warehouse come to life.
type demo struct {
	stopping sync.Once
	outbox   *outbox.Store
	cancel   context.CancelFunc
	group    sync.WaitGroup
}

// demoLost is the handheld that nobody plays: its operator took it into the cold store,
// beyond the wireless network, and it has not been heard since.
const demoLost = "H-07"

// demoLeft is what that handheld said last, long enough ago for a supervisor to look
// for it: so a newcomer sees what a corner without a network looks like.
func demoLeft(demo bool, now time.Time) []socket.Device {
	if !demo {
		return nil
	}
	ago := func(d time.Duration) ledger.Time { return ledger.TimeOf(now.Add(-d)) }
	return []socket.Device{{Device: demoLost, App: "bayledger demo", Heard: ago(21 * time.Minute), Pending: 14, Oldest: ago(26 * time.Minute), Battery: 34, LostFocus: 3}}
}

// startDemo lays out the warehouse where the book has none, and starts its
// handhelds: real clients over the loopback socket, with an outbox on disk.
func startDemo(ctx context.Context, n *node, url string, secure *tls.Config, log *slog.Logger) (*demo, error) {
	if err := layDemo(ctx, n); err != nil {
		return nil, fmt.Errorf("the demo's warehouse could not be laid out: %w", err)
	}
	boxes, err := outbox.Open(filepath.Join(n.dir, "demo-handhelds"), outbox.Options{Now: time.Now, Log: log})
	if err != nil {
		return nil, fmt.Errorf("the demo's handhelds could not be opened: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	d := &demo{outbox: boxes, cancel: cancel}
	if _, err := n.store.Pair(store.Request{Device: demoLost, Role: access.Floor, Site: "main", Label: "Demo handheld left in the cold store", By: "demo"}); err != nil {
		d.stop()
		return nil, err
	}
	for i, who := range demoHandhelds {
		install, err := boxes.Install(who.device, func() string { return strings.ToLower(rand.Text()[:8]) })
		if err != nil {
			d.stop()
			return nil, err
		}
		box, err := boxes.Box(who.device, install)
		if err != nil {
			d.stop()
			return nil, err
		}
		key, err := n.store.Pair(store.Request{Device: who.device, Role: access.Floor, Site: "main", Label: "Demo handheld of " + who.operator, By: "demo"})
		if err != nil {
			d.stop()
			return nil, err
		}
		kept := handheld.NewLog(time.Now)
		h := &demoHandheld{box: box, config: client.Config{Server: url, Key: key, TLS: secure, Outbox: box, App: "bayledger demo", Log: slog.New(kept.Tee(log.Handler())), Notify: d.tells(ctx, kept, url, key, secure), Battery: demoBattery(time.Now(), 96-7*i)},
			stock: demoStock(ctx, n.book), operator: who.operator, job: who.job, rng: mathrand.New(mathrand.NewPCG(uint64(time.Now().UnixNano()), uint64(i)))}
		d.group.Go(func() { h.live(ctx, log) })
	}
	return d, nil
}

// demoBattery is a charge that runs down by a percent in five minutes, as far as it goes.
func demoBattery(began time.Time, charge int) func() int {
	return func() int { return max(1, charge-int(time.Since(began)/(5*time.Minute))) }
}

// tells has a handheld keep a log of its line, and hand it in where somebody asks.
func (d *demo) tells(ctx context.Context, kept *handheld.Log, url, key string, secure *tls.Config) func(client.Event) {
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: secure, DisableKeepAlives: true}}
	return func(e client.Event) {
		if kept.Heard(e); e.Kind != client.Notice || e.Code != "log" || ctx.Err() != nil {
			return
		}
		d.group.Go(func() {
			if err := kept.HandIn(ctx, c, url, key); err != nil {
				kept.Note("the log could not be handed in:", err.Error())
			}
		})
	}
}

// stop sends the workers home. It may be called more than once.
func (d *demo) stop() {
	d.stopping.Do(func() {
		d.cancel()
		d.group.Wait()
		_ = d.outbox.Close()
	})
}

// layDemo makes the catalogue, the shelves, the constraints and an opening stock.
// Doing it again changes nothing.
func layDemo(ctx context.Context, n *node) error {
	var patches []ledger.Patch
	for _, aisle := range demoAisles {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: string(aisle), Fields: map[string]string{"name": "Aisle " + string(aisle), "parent": "stock"}})
		for s := range demoShelves {
			patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: shelfCode(aisle, s), Fields: map[string]string{"parent": string(aisle)}})
		}
	}
	for _, p := range demoProducts {
		patches = append(patches,
			ledger.Patch{Entity: ledger.EntityProduct, Code: p.code, Fields: map[string]string{"name": p.name, "category": p.category, "unit": "piece"}},
			ledger.Patch{Entity: ledger.EntityBarcode, Code: p.barcode, Fields: map[string]string{"product": p.code}},
			ledger.Patch{Entity: ledger.EntityConstraint, Code: p.code, Site: "main", Fields: map[string]string{"min": fmt.Sprint(p.least)}})
	}
	if _, _, err := n.book.Edit(ctx, "demo", patches, false); err != nil {
		return err
	}
	var opening []ledger.Intent
	for i, p := range demoProducts {
		opening = append(opening, ledger.Intent{Device: "demo-opening", Install: "-", Seq: uint64(len(opening) + 1), Action: ledger.ActionCount, Reason: "opening",
			Product: p.code, Quantity: ledger.NewDecimal(int64(p.opening), 0), From: "incoming", UnitCost: ledger.NewDecimal(p.cost, 2)})
		for which := range 2 {
			opening = append(opening, ledger.Intent{Device: "demo-opening", Install: "-", Seq: uint64(len(opening) + 1), Action: ledger.ActionCount, Reason: "opening",
				Product: p.code, Quantity: ledger.NewDecimal(int64(p.opening), 0), From: demoShelf(i, which), UnitCost: ledger.NewDecimal(p.cost, 2)})
		}
	}
	return bookIntents(ctx, n, opening)
}

func shelfCode(aisle rune, shelf int) string { return fmt.Sprintf("%c-%02d", aisle, shelf+1) }

// demoShelf is one of the two shelves of a product.
func demoShelf(product, which int) string {
	at := (2*product + which) % (len(demoAisles) * demoShelves)
	return shelfCode(rune(demoAisles[at/demoShelves]), at%demoShelves)
}

// demoHandheld is one worker with a handheld.
type demoHandheld struct {
	box      outbox.Box
	config   client.Config
	stock    func(shelf, product string) int64
	operator string
	job      string
	rng      *mathrand.Rand
	turn     int
}

// live scans until ctx ends. The yard's handheld loses its network again and
// again, and scans on.
func (h *demoHandheld) live(ctx context.Context, log *slog.Logger) {
	c, err := client.New(h.config)
	if err != nil {
		log.Error("a demo handheld could not start", "device", h.config.Device, "error", err)
		return
	}
	defer func() { c.Close() }()
	online := make(chan error, 1)
	go func() { online <- c.Run(ctx) }()
	away := h.job == "yard"
	next := time.Now().Add(demoHome)
	for {
		pause := time.Duration(float64(demoScanEvery) * (0.3 + 1.4*h.rng.Float64()))
		select {
		case <-ctx.Done():
			c.Close()
			<-online
			return
		case <-time.After(pause):
		}
		if _, err := c.Scan(ctx, h.next()); err != nil && ctx.Err() == nil {
			log.Warn("a demo scan could not be kept", "device", h.config.Device, "error", err)
		}
		if !away || time.Now().Before(next) {
			continue
		}
		next = h.network(ctx, &c, online, log)
	}
}

// network takes the handheld out of reach, or brings it home.
func (h *demoHandheld) network(ctx context.Context, c **client.Client, online chan error, log *slog.Logger) time.Time {
	h.turn++
	(*c).Close()
	if err := <-online; err != nil && ctx.Err() == nil {
		log.Debug("a demo handheld went offline", "device", h.config.Device, "error", err)
	}
	fresh, err := client.New(h.config)
	if err != nil {
		log.Error("a demo handheld could not start again", "error", err)
		online <- nil
		return time.Now().Add(demoHome)
	}
	*c = fresh
	if h.turn%2 == 1 {
		online <- nil // out of reach: it is not run, only scanned with
		return time.Now().Add(demoAway)
	}
	go func() { online <- fresh.Run(ctx) }()
	return time.Now().Add(demoHome)
}

// next makes up the worker's next scan.
func (h *demoHandheld) next() ledger.Intent {
	i := h.rng.IntN(len(demoProducts))
	p := demoProducts[i]
	in := ledger.Intent{Operator: h.operator, Site: "main", Scan: "]E0" + p.barcode}
	few := func(most int) ledger.Decimal { return ledger.NewDecimal(int64(1+h.rng.IntN(most)), 0) }
	batch := max(2, p.opening/12)
	switch {
	case h.job == "receive":
		in.Action, in.To, in.Quantity, in.Reference = ledger.ActionAdd, "incoming", ledger.NewDecimal(int64(2*batch+h.rng.IntN(4*batch)), 0), fmt.Sprintf("PO-%d", 4000+h.rng.IntN(200))
		in.UnitCost = ledger.NewDecimal(p.cost*int64(95+h.rng.IntN(11)), 4) // it is not bought at one price
		in.Partner, in.Delivery = "ACME", fmt.Sprintf("PK-%d", 800+h.rng.IntN(100))
	case h.job == "putaway" && h.rng.IntN(8) > 0:
		in.Action, in.From, in.To, in.Quantity = ledger.ActionMove, "incoming", demoShelf(i, h.rng.IntN(2)), few(batch)
	case h.job == "count" && h.rng.IntN(3) == 0:
		in.Action, in.From = ledger.ActionCount, demoShelf(i, h.rng.IntN(2))
		in.Quantity = ledger.NewDecimal(h.counted(h.stock(in.From, p.code)), 0)
	case h.job == "count":
		in.Action, in.From, in.Quantity, in.Reason = ledger.ActionIsolate, demoShelf(i, 0), few(2), [...]string{"damaged", "wrong label", "wet box"}[h.rng.IntN(3)]
	case h.rng.IntN(40) == 0:
		in.Scan, in.Action, in.From = "]E02999999999991", ledger.ActionRemove, demoShelf(i, 0) // nobody knows it: parked
	default:
		in.Action, in.From, in.Quantity, in.Reference = ledger.ActionRemove, demoShelf(i, h.rng.IntN(2)), few(batch), fmt.Sprintf("SO-%d", 7000+h.rng.IntN(900))
	}
	return in
}

// counted is what a worker finds where so much is: most of the time all of it.
func (h *demoHandheld) counted(there int64) int64 {
	const oneIn = 8 // counts is off: something is lost or broken
	if h.rng.IntN(oneIn) == 0 {
		there -= 1 + h.rng.Int64N(3)
	}
	return max(0, there)
}

// demoStock tells what is on a shelf, as a worker sees it who stands before it.
func demoStock(ctx context.Context, b *book.Book) func(shelf, product string) int64 {
	return func(shelf, product string) (there int64) {
		_ = b.View(ctx, func(s *ledger.State, _ uint64) { // it ends: nothing more is counted
			if c, ok := s.CellAt(product, "main/"+shelf, "", "", ledger.Available); ok {
				there = c.Quantity
			}
		})
		return there
	}
}
