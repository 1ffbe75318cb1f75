package fleet

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
)

// device is one handheld of the fleet: a worker that scans, and a client.
type device struct {
	fleet  *fleet
	name   outbox.Name
	key    string
	box    outbox.Box
	queue  chan scan
	rand   *rand.Rand // of the worker
	cutter cutter

	client *client.Client
	over   chan error

	moved chan struct{} // something was answered

	mu         sync.Mutex // guards what follows
	live       bool       // connected
	begin      uint64     // the first seq of this run
	first      uint64     // seq of receipts[0]
	receipts   []receipt
	epoch      string
	generation receipt              // of the epoch, see receipt
	open       int                  // scans of this run without an answer
	due        []dueScan            // of these, when they were due, by seq
	early      map[uint64]time.Time // answered before the worker knew their seq
	scans      uint64
}

type scan struct {
	intent ledger.Intent
	due    time.Time
}

type dueScan struct {
	seq uint64
	at  time.Time
}

func (f *fleet) newDevice(i int) (*device, error) {
	name := f.cfg.Name(i)
	key, err := f.cfg.Key(name)
	if err != nil {
		return nil, err
	}
	install, err := f.store.Install(name, f.cfg.NewInstall)
	if err != nil {
		return nil, err
	}
	box, err := f.store.Box(name, install)
	if err != nil {
		return nil, err
	}
	source := func(kind uint64) *rand.Rand { return rand.New(rand.NewPCG(f.cfg.Seed, uint64(i)<<1|kind)) }
	st := box.Stats()
	return &device{fleet: f, name: box.Name(), key: key, box: box, queue: make(chan scan, handed), rand: source(0),
		cutter: cutter{dial: f.cfg.Dial, mean: f.cfg.CutBytes, rand: source(1), cuts: &f.cuts},
		moved:  make(chan struct{}, 1), begin: st.Next, first: st.Acked + 1, early: map[uint64]time.Time{}}, nil
}

// start makes a client on the outbox, as a handheld that is switched on.
func (d *device) start(ctx context.Context) error {
	f := d.fleet
	c, err := client.New(client.Config{Server: f.cfg.Server, Key: d.key, Outbox: d.box, Topics: f.cfg.Topics, App: "fleet", Subprotocol: f.cfg.Subprotocol,
		Notify: d.notify, Monotonic: f.monotonic, BootID: f.boot, Dial: d.cutter.Dial, TLS: f.cfg.TLS, Log: f.cfg.Log, BackoffMin: f.cfg.BackoffMin, BackoffMax: f.cfg.BackoffMax})
	if err != nil {
		return err
	}
	d.client, d.over = c, make(chan error, 1)
	go func() {
		err := c.Run(ctx)
		if client.CodeOf(err) == client.CodeStopped {
			f.fail(d.name.Device, err)
		}
		d.over <- err
	}()
	return nil
}

func (d *device) stop() {
	d.client.Close()
	<-d.over
	d.mu.Lock()
	d.connected(false)
	d.mu.Unlock()
}

// work scans what the source hands over until it ends, then waits until every
// scan is answered.
func (d *device) work(ctx context.Context) error {
	if err := d.start(ctx); err != nil {
		return err
	}
	defer d.stop()
	batch := make([]scan, 0, scansPerCommit)
	for {
		batch = d.take(ctx, batch[:0])
		if len(batch) == 0 {
			break
		}
		if err := d.scan(ctx, batch); err != nil {
			return err
		}
		if every := d.fleet.cfg.RestartEvery; every > 0 && d.rand.ExpFloat64()*float64(every) < float64(len(batch)) {
			d.stop()
			if err := d.start(ctx); err != nil {
				return err
			}
			d.fleet.restarts.Add(1)
		}
	}
	return d.wait(ctx, func() bool {
		d.mu.Lock()
		open := d.open
		d.mu.Unlock()
		return open == 0 && d.box.Stats().Waiting == 0
	})
}

// take returns the scans that wait, at least one; none when the source has ended.
func (d *device) take(ctx context.Context, batch []scan) []scan {
	most := min(scansPerCommit, d.fleet.cfg.InFlight)
	select {
	case s, ok := <-d.queue:
		if !ok {
			return batch
		}
		batch = append(batch, s)
	case <-ctx.Done():
		return batch
	}
	for len(batch) < most {
		select {
		case s, ok := <-d.queue:
			if !ok {
				return batch
			}
			batch = append(batch, s)
		default:
			return batch
		}
	}
	return batch
}

// scan stores a batch once its window has room.
func (d *device) scan(ctx context.Context, batch []scan) error {
	err := d.wait(ctx, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.open+len(batch) <= d.fleet.cfg.InFlight
	})
	if err != nil {
		return err
	}
	intents := make([]ledger.Intent, len(batch))
	for i := range batch {
		intents[i] = batch[i].intent
	}
	d.mu.Lock()
	d.opened(len(batch))
	d.mu.Unlock()
	first, err := d.client.ScanAll(ctx, intents)
	if err != nil {
		return err
	}
	d.fleet.scans.Add(uint64(len(batch)))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.scans += uint64(len(batch))
	for i := range batch {
		seq := first + uint64(i)
		if at, ok := d.early[seq]; ok {
			delete(d.early, seq)
			d.opened(-1)
			d.fleet.whole(at.Sub(batch[i].due))
			continue
		}
		d.due = append(d.due, dueScan{seq, batch[i].due})
	}
	return nil
}

// look is how often a wait looks again by itself: rows that an outbox has lost
// end without an answer.
const look = 500 * time.Millisecond

// wait returns when ok says so; it looks again whenever something was answered.
func (d *device) wait(ctx context.Context, ok func() bool) error {
	if ok() {
		return nil
	}
	again := time.NewTicker(look)
	defer again.Stop()
	for !ok() {
		select {
		case <-d.moved:
		case <-again.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// notify hears the client's events.
func (d *device) notify(e client.Event) {
	f := d.fleet
	d.mu.Lock()
	defer d.mu.Unlock()
	switch e.Kind {
	case client.Booked, client.NeedsYou:
		d.answered(&e)
		select {
		case d.moved <- struct{}{}:
		default:
		}
	case client.Connected:
		d.connected(true)
		if e.Epoch != d.epoch {
			d.epoch, d.generation = e.Epoch, f.generation(e.Epoch)
		}
		f.connects.Add(1)
	case client.Disconnected:
		d.connected(false)
		f.reconnects.Add(1)
	case client.Lost:
		f.lost.Add(e.Through - e.Seq + 1)
	}
}

// connected counts the fleet's open connections; mu is held.
func (d *device) connected(now bool) {
	if now != d.live {
		d.live = now
		if now {
			d.fleet.live.Add(1)
		} else {
			d.fleet.live.Add(-1)
		}
	}
}

// answered notes what the device was told of one scan; mu is held.
func (d *device) answered(e *client.Event) {
	f, r := d.fleet, &e.Result
	if r.Repeat {
		f.repeats.Add(1)
	}
	if r.Seq < d.first {
		return // answered before this run; a restored server asked for it again
	}
	i := r.Seq - d.first
	for uint64(len(d.receipts)) <= i {
		d.receipts = append(d.receipts, 0)
	}
	had, now := d.receipts[i], newReceipt(r, d.generation)
	d.receipts[i] = now
	switch {
	case had == 0:
		f.booked.Add(1)
		f.tally(e)
		d.close(r.Seq)
	case had != now && had.generation() == now.generation():
		f.conflict(Conflict{d.name.Device, r.Seq, had.entry(), now.entry()})
	}
}

// opened counts scans of this run without an answer; mu is held.
func (d *device) opened(n int) {
	d.open += n
	d.fleet.open.Add(int64(n))
}

// close takes a scan of this run off those that are open; mu is held.
func (d *device) close(seq uint64) {
	if seq < d.begin {
		return
	}
	for i := range d.due { // nearly always the first
		if d.due[i].seq == seq {
			d.fleet.whole(time.Since(d.due[i].at))
			d.due = append(d.due[:i], d.due[i+1:]...)
			d.opened(-1)
			return
		}
	}
	d.early[seq] = time.Now()
}

// report tells what became of the device's scans.
func (d *device) report() DeviceReport {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := DeviceReport{Device: d.name.Device, Install: d.name.Install, Scans: d.scans, first: d.first, receipts: d.receipts}
	r.seal()
	return r
}
