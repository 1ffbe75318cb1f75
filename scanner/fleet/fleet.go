package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// fleet is one run.
type fleet struct {
	cfg       Config
	store     *outbox.Store
	monotonic func() time.Duration
	boot      string
	began     time.Time
	devices   []*device
	cancel    context.CancelCauseFunc

	scans, booked, repeats, lost         atomic.Uint64
	connects, reconnects, cuts, restarts atomic.Uint64
	live                                 atomic.Int64
	open                                 atomic.Int64 // scans of this run without an answer
	fed                                  atomic.Bool  // the source has ended

	mu            sync.Mutex // guards what follows
	outcomes      map[string]uint64
	epochs        []string
	conflicts     []Conflict
	conflictCount uint64
	acks, wholes  *hdrhistogram.Histogram
}

// ErrStuck tells that nothing moved for Config.Patience.
var ErrStuck = errors.New("nothing was answered for too long")

// Run lets a fleet make all scans of the source and returns when each is
// answered. The report is there with an error, too: it says how far the run came.
// Errors: those of the configuration, the source, the keys and the outboxes;
// ErrStuck; that of ctx; a device that the server turned away.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	if err := cfg.complete(); err != nil {
		return &Report{}, err
	}
	f := &fleet{cfg: cfg, store: cfg.Store, began: time.Now(), outcomes: map[string]uint64{}, acks: newHistogram(), wholes: newHistogram()}
	f.monotonic, f.boot = client.HostClock()
	if f.store == nil {
		store, err := outbox.NewMemory().Open(outbox.Options{Now: time.Now, Log: cfg.Log})
		if err != nil {
			return &Report{}, err
		}
		defer store.Close() // memory: there is nothing to lose
		f.store = store
	}
	names := map[string]bool{}
	for i := range cfg.Devices {
		d, err := f.newDevice(i)
		if err == nil && names[d.name.Device] {
			err = fmt.Errorf("there are two of the name %s", d.name.Device)
		}
		if err != nil {
			return &Report{}, fmt.Errorf("device %d could not be set up: %w", i, err)
		}
		names[d.name.Device] = true
		f.devices = append(f.devices, d)
	}
	err := f.run(ctx)
	return f.report(), err
}

func (f *fleet) run(ctx context.Context) error {
	ctx, f.cancel = context.WithCancelCause(ctx)
	defer f.cancel(nil)
	var working, watching sync.WaitGroup
	for _, d := range f.devices {
		working.Go(func() {
			if err := d.work(ctx); err != nil {
				f.fail(d.name.Device, err)
			}
		})
	}
	over := make(chan struct{})
	watching.Go(func() { f.watch(over) })
	f.feed(ctx)
	f.fed.Store(true)
	working.Wait()
	err := context.Cause(ctx)
	close(over)
	watching.Wait()
	return err
}

// fail ends the run; the first failure counts.
func (f *fleet) fail(device string, err error) {
	if !errors.Is(err, context.Canceled) && !errors.Is(err, ErrStuck) {
		f.cancel(fmt.Errorf("%s: %w", device, err))
	}
}

// feed hands the source's scans to their devices, as fast as the rate says.
func (f *fleet) feed(ctx context.Context) {
	defer func() {
		for _, d := range f.devices {
			close(d.queue)
		}
	}()
	pace := time.NewTimer(0)
	defer pace.Stop()
	n := 0
	for item, err := range f.cfg.Source {
		if err == nil && (item.Device < 0 || item.Device >= len(f.devices)) {
			err = fmt.Errorf("it names device %d of %d", item.Device, len(f.devices))
		}
		if err != nil {
			f.cancel(fmt.Errorf("the source failed at scan %d: %w", n+1, err))
			return
		}
		due := time.Now()
		if f.cfg.Rate > 0 {
			due = f.began.Add(time.Duration(float64(n) / f.cfg.Rate * float64(time.Second)))
			if wait := time.Until(due); wait > 0 {
				pace.Reset(wait)
				select {
				case <-pace.C:
				case <-ctx.Done():
					return
				}
			}
		}
		select {
		case f.devices[item.Device].queue <- scan{item.Intent, due}:
		case <-ctx.Done():
			return
		}
		n++
	}
}

// watch tells the progress and ends a run in which nothing moves.
func (f *fleet) watch(over <-chan struct{}) {
	tick := time.NewTicker(ProgressEvery)
	defer tick.Stop()
	moved, seen := time.Now(), uint64(0)
	for {
		select {
		case <-over:
			p := f.progress()
			p.Done = true
			f.cfg.Progress(p)
			return
		case <-tick.C:
		}
		p := f.progress()
		f.cfg.Progress(p)
		if sum := p.Booked + p.Scans; sum != seen || f.open.Load() == 0 && !f.fed.Load() {
			moved, seen = time.Now(), sum
		}
		if time.Since(moved) > f.cfg.Patience {
			f.cancel(fmt.Errorf("%w (%s): %d scans are stored, %d answered, %d devices connected", ErrStuck, f.cfg.Patience, p.Scans, p.Booked, p.Connected))
		}
	}
}

func (f *fleet) progress() Progress {
	return Progress{Elapsed: time.Since(f.began), Scans: f.scans.Load(), Booked: f.booked.Load(), Connected: int(f.live.Load()),
		Reconnects: f.reconnects.Load(), Cuts: f.cuts.Load()}
}

// tally counts a first answer.
func (f *fleet) tally(e *client.Event) {
	key := string(e.Result.Outcome)
	if e.Result.Code != "" {
		key += "/" + string(e.Result.Code)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outcomes[key]++
	record(f.acks, e.Took)
}

func (f *fleet) whole(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	record(f.wholes, d)
}

// generation numbers the epochs as they appear.
func (f *fleet) generation(epoch string) receipt {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, e := range f.epochs {
		if e == epoch {
			return receipt(i % mostEpochs)
		}
	}
	f.epochs = append(f.epochs, epoch)
	return receipt((len(f.epochs) - 1) % mostEpochs)
}

func (f *fleet) conflict(c Conflict) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conflictCount++
	if len(f.conflicts) < mostConflicts {
		f.conflicts = append(f.conflicts, c)
	}
}

func (f *fleet) report() *Report {
	r := &Report{Elapsed: time.Since(f.began), Scans: f.scans.Load(), Booked: f.booked.Load(), Repeats: f.repeats.Load(), Lost: f.lost.Load(),
		Connects: f.connects.Load(), Reconnects: f.reconnects.Load(), Cuts: f.cuts.Load(), Restarts: f.restarts.Load()}
	for _, d := range f.devices {
		r.Devices = append(r.Devices, d.report())
		r.Waiting += uint64(d.box.Stats().Waiting)
	}
	r.share()
	f.mu.Lock()
	defer f.mu.Unlock()
	r.Outcomes, r.Epochs, r.Conflicts, r.ConflictCount = f.outcomes, f.epochs, f.conflicts, f.conflictCount
	r.Ack, r.Whole = latency(f.acks), latency(f.wholes)
	return r
}
