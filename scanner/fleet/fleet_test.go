package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/fleet"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

type item = fleet.Item

// quick makes a configuration whose pauses suit a test.
func quick(server string, devices int, source fleet.Source) fleet.Config {
	return fleet.Config{Server: server, Devices: devices, Source: source, Key: deviceKey, Seed: 4,
		BackoffMin: 2 * time.Millisecond, BackoffMax: 50 * time.Millisecond, Patience: time.Minute}
}

// watch starts a watcher and returns what ends it.
func watch(t *testing.T, cfg fleet.WatcherConfig) *fleet.Watcher {
	t.Helper()
	cfg.Key, cfg.BackoffMin, cfg.BackoffMax = "watcher", 2*time.Millisecond, 50*time.Millisecond
	w, err := fleet.NewWatcher(cfg)
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- w.Run(context.Background()) }()
	t.Cleanup(func() {
		w.Close()
		if err := <-over; err != nil {
			t.Errorf("the watcher ended: %v", err)
		}
	})
	return w
}

// judge checks what must hold of every run: each scan booked once, nothing left.
func judge(t *testing.T, r *fleet.Report, scans int) {
	t.Helper()
	if r.Scans != uint64(scans) || r.Booked != uint64(scans) || r.Waiting != 0 || r.ConflictCount != 0 || r.Shared != 0 || r.Lost != 0 {
		t.Errorf("%d scans of %d, %d booked, %d wait, %d conflicts %v, %d shared, %d lost", r.Scans, scans, r.Booked, r.Waiting, r.ConflictCount, r.Conflicts, r.Shared, r.Lost)
	}
	entries := map[uint64]string{}
	for i := range r.Devices {
		d := &r.Devices[i]
		seq := uint64(0)
		for receipt := range d.Receipts() {
			if seq++; receipt.Seq != seq {
				t.Fatalf("%s: %d comes after %d", d.Device, receipt.Seq, seq-1)
			}
			name := fmt.Sprintf("%s/%d", d.Device, seq)
			if other := entries[receipt.Entry]; other != "" {
				t.Errorf("entry %d is %s and %s", receipt.Entry, other, name)
			}
			entries[receipt.Entry] = name
		}
		if seq != d.Booked || len(d.Hash) != 64 {
			t.Errorf("%s: %d receipts, %d booked", d.Device, seq, d.Booked)
		}
	}
}

// compare holds the watcher's balances against those added up by hand.
func compare(t *testing.T, want shelves, w *fleet.Watcher) {
	t.Helper()
	for at, units := range want {
		place, product, _ := strings.Cut(at, " ")
		if got := w.Balance(place, product); got != fmt.Sprint(units) {
			t.Errorf("%s of %q: %s, by hand %d", place, product, got, units)
		}
	}
	for _, b := range w.Report().Balances {
		if _, known := want[b.Place+" "+b.Product]; !known {
			t.Errorf("%+v comes from nowhere", b)
		}
	}
}

// Cuts, restarts of devices, and a server that dies twice: every scan is booked
// once, the feed is gapless, the balances are right.
func TestFleet(t *testing.T) {
	for _, protocol := range []string{wire.SubprotocolJSON, wire.SubprotocolCBOR} {
		t.Run(protocol, func(t *testing.T) {
			h := openHouse(t)
			const scans, devices = 2_000, 20
			want := shelves{}
			w := watch(t, fleet.WatcherConfig{Server: h.url(), CutBytes: 600_000, Seed: 1, Subprotocol: protocol})
			cfg := quick(h.url(), devices, want.tapped(fleet.Generated(fleet.Traffic{Devices: devices, Scans: scans, Seed: 5, Places: []string{"A-1", "B-1", "C-1"}})))
			cfg.CutBytes, cfg.RestartEvery, cfg.Subprotocol = 20_000, 100, protocol
			var last fleet.Progress
			cfg.Progress = func(p fleet.Progress) { last = p }
			n := 0
			cfg.Source = tap(cfg.Source, func() {
				if n++; n == scans/3 || n == 2*scans/3 {
					until(t, w, uint64(n/10)) // everybody has met the server that dies
					h.kill()
					h.open()
				}
			})
			r, err := fleet.Run(context.Background(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d scans in %s: %d cuts, %d restarts, %d repeats; ack %+v", r.Scans, r.Elapsed, r.Cuts, r.Restarts, r.Repeats, r.Ack)
			judge(t, r, scans)
			if r.Cuts < 10 || r.Restarts < 5 || r.Reconnects < r.Cuts/2 || r.Outcomes["applied"] != scans || r.Ack.Count != scans || r.Whole.Count != scans || r.Ack.P50 <= 0 || r.Ack.Max < r.Ack.P99 {
				t.Errorf("%d cuts, %d restarts, %d reconnects, %v, %+v %+v", r.Cuts, r.Restarts, r.Reconnects, r.Outcomes, r.Ack, r.Whole)
			}
			if !last.Done || last.Booked != scans || last.Connected != 0 {
				t.Errorf("%+v", last)
			}
			until(t, w, h.book.Head())
			seen := w.Report()
			if seen.Err != nil || seen.First != 1 || seen.Entries != h.book.Head() || seen.Intents["F-"] != scans || seen.Connects < 2 || seen.Alerts["low/raised"] == 0 {
				seen.Balances = nil
				t.Errorf("%+v", seen)
			}
			compare(t, want, w)
		})
	}
}

// tap calls f for each item that passes.
func tap(source fleet.Source, f func()) fleet.Source {
	return func(yield func(item, error) bool) {
		for it, err := range source {
			f()
			if !yield(it, err) {
				return
			}
		}
	}
}

// kill -9 of a server process on a real journal, with the outboxes on disk.
func TestServerProcessKilled(t *testing.T) {
	p := &process{T: t, dir: t.TempDir(), address: "127.0.0.1:0"}
	p.start()
	defer p.kill()
	store, err := outbox.Open(t.TempDir(), outbox.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	const scans, devices = 3_000, 20
	want := shelves{}
	w := watch(t, fleet.WatcherConfig{Server: "http://" + p.address, Seed: 2})
	cfg := quick("http://"+p.address, devices, nil)
	cfg.Store, cfg.CutBytes, cfg.InFlight = store, 40_000, 50
	n := 0
	cfg.Source = tap(want.tapped(fleet.Generated(fleet.Traffic{Devices: devices, Scans: scans, Seed: 6})), func() {
		if n++; n == scans/3 || n == 2*scans/3 {
			p.kill()
			p.start()
		}
	})
	r, err := fleet.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, r, scans)
	until(t, w, p.head())
	if seen := w.Report(); seen.Err != nil || seen.Intents["F-"] != scans || seen.Entries != seen.Last {
		seen.Balances = nil
		t.Errorf("%+v", seen)
	}
	compare(t, want, w)
}

// The recorded sample: the same balances as the file added up by hand.
func TestRecordedThroughTheServer(t *testing.T) {
	h := openHouse(t)
	want := shelves{}
	w := watch(t, fleet.WatcherConfig{Server: h.url()})
	cfg := quick(h.url(), 4, want.tapped(fleet.Recorded(strings.NewReader(sample(t)), 4)))
	r, err := fleet.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, r, 12)
	until(t, w, h.book.Head())
	compare(t, want, w)
}

// A run that is broken off goes on from its outboxes.
func TestSecondRunOnTheSameOutboxes(t *testing.T) {
	h := openHouse(t)
	store, err := outbox.NewMemory().Open(outbox.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	cfg := quick(h.url(), 5, nil)
	cfg.Store = store
	h.kill() // nobody answers
	ctx, cancel := context.WithCancel(context.Background())
	traffic := fleet.Traffic{Devices: 5, Scans: 200, Seed: 7}
	n := 0
	cfg.Source = tap(fleet.Generated(traffic), func() {
		if n++; n == 150 {
			cancel()
		}
	})
	first, err := fleet.Run(ctx, cfg)
	if !errors.Is(err, context.Canceled) || first.Booked != 0 || first.Waiting != first.Scans {
		t.Fatalf("%+v, %v", first, err)
	}
	h.open()
	traffic.Seed, traffic.Scans = 8, 100
	cfg.Source = fleet.Generated(traffic)
	second, err := fleet.Run(context.Background(), cfg)
	if err != nil || second.Scans != 100 || second.Booked != 100+first.Waiting || second.Waiting != 0 {
		t.Fatalf("%+v, %v", second, err)
	}
	for _, d := range second.Devices {
		for receipt := range d.Receipts() {
			if receipt.Seq == 0 || receipt.Entry == 0 {
				t.Errorf("%s: %+v", d.Device, receipt)
			}
		}
	}
}

// What ends a run, and what it says.
func TestRunsThatFail(t *testing.T) {
	h := openHouse(t)
	generated := func() fleet.Source { return fleet.Generated(fleet.Traffic{Devices: 2, Scans: 20, Seed: 1}) }
	broken := func(yield func(item, error) bool) {
		_ = yield(item{Intent: ledger.Intent{Action: "add", Product: "P-0001"}}, nil) && yield(item{}, errors.New("the tape broke"))
	}
	for _, row := range []struct {
		name   string
		change func(*fleet.Config)
		want   string
	}{
		{"no devices", func(c *fleet.Config) { c.Devices = 0 }, "1 to"},
		{"no source", func(c *fleet.Config) { c.Source = nil }, "needs a server"},
		{"a negative rate", func(c *fleet.Config) { c.Rate = -1 }, "negative"},
		{"no keys", func(c *fleet.Config) { c.Key = func(string) (string, error) { return "", errors.New("no keys left") } }, "no keys left"},
		{"a wrong key", func(c *fleet.Config) { c.Key = func(string) (string, error) { return "nonsense", nil } }, "pair the device again"},
		{"no address", func(c *fleet.Config) { c.Server = "nowhere" }, "no address"},
		{"a broken source", func(c *fleet.Config) { c.Source = broken }, "scan 2: the tape broke"},
		{"too many devices", func(c *fleet.Config) { c.Source = fleet.Generated(fleet.Traffic{Devices: 50, Scans: 20, Seed: 1}) }, "it names device"},
		{"no intent", func(c *fleet.Config) {
			c.Source = func(yield func(item, error) bool) { yield(item{Intent: ledger.Intent{Action: "dance"}}, nil) }
		}, "dance"},
		{"two of a name", func(c *fleet.Config) { c.Name = func(int) string { return "F" } }, "two of the name F"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cfg := quick(h.url(), 2, generated())
			row.change(&cfg)
			r, err := fleet.Run(context.Background(), cfg)
			if r == nil || err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("nobody answers", func(t *testing.T) {
		cfg := quick("http://127.0.0.1:1", 2, generated())
		cfg.Patience = 500 * time.Millisecond
		r, err := fleet.Run(context.Background(), cfg)
		if !errors.Is(err, fleet.ErrStuck) || r.Waiting != 20 || r.Reconnects == 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// The rate is kept, and a device with one in flight waits for each answer.
func TestRateAndInFlight(t *testing.T) {
	h := openHouse(t)
	cfg := quick(h.url(), 4, fleet.Generated(fleet.Traffic{Devices: 4, Scans: 100, Seed: 2}))
	cfg.Rate, cfg.InFlight = 200, 1
	cfg.Topics = []client.Topic{{Name: wire.TopicAlerts}}
	r, err := fleet.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, r, 100)
	if r.Elapsed < 490*time.Millisecond {
		t.Errorf("100 scans at 200 a second took %s", r.Elapsed)
	}
}

// A watcher notices what is wrong with a feed.
func TestWatcherNoticesFaults(t *testing.T) {
	h := openHouse(t)
	for _, row := range []struct {
		name  string
		since wire.Cursor
		want  string
	}{
		{"another epoch", wire.Cursor{Epoch: "e0", N: 3}, "epoch changed"},
		{"a cursor of the future", wire.Cursor{Epoch: "e1", N: 1 << 40}, "snapshot"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := watch(t, fleet.WatcherConfig{Server: h.url(), Since: row.since})
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := w.Wait(ctx, 1<<50); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v", err)
			}
			if w.Err() == nil || w.Report().FaultCount == 0 {
				t.Error("the fault is not reported")
			}
		})
	}
}
