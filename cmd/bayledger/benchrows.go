package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"bayledger/scanner/load"
)

// benchLoad is a row of moves over the socket.
type benchLoad struct {
	name, title     string
	devices, window int
	rate            float64 // 0: as fast as acks come
}

var benchLoads = []benchLoad{
	{"1", "1 device, one in flight", 1, 1, 0},
	{"100", "100 devices, one in flight", 100, 1, 0},
	{"1000", "1,000 devices, one in flight", 1_000, 1, 0},
	{"100x16", "100 devices, 16 in flight", 100, 16, 0},
	{"open", "100 devices, 4,000 a second", 100, 1, openRate},
}

const (
	openRate  = 4_000 // a second
	benchSeed = 1
)

// sharedLoads are measured with and without the commit.
var sharedLoads = []string{"1000", "100x16"}

// benchAPI speaks to a server over REST.
func benchAPI(addr, key string) *api {
	return &api{"http://" + addr, key, &http.Client{Timeout: childStart}}
}

// furnish gives a server its catalogue and opening stock.
func (b *bench) furnish(ctx context.Context, s *benchServer) error {
	return b.furnishWith(ctx, s, b.o.products, b.o.places)
}

func (b *bench) furnishWith(ctx context.Context, s *benchServer, products, places int) error {
	var rows bytes.Buffer
	rows.WriteString("code\n")
	for i := range products {
		fmt.Fprintln(&rows, load.ProductCode(i))
	}
	if err := s.api.call(ctx, http.MethodPost, "/v1/import/products", "text/csv", rows.Bytes(), nil); err != nil {
		return fmt.Errorf("the products could not be made: %w", err)
	}
	rows.Reset()
	rows.WriteString("code,kind,site\n")
	for i := range places {
		fmt.Fprintf(&rows, "%s,stock,main\n", load.PlaceCode(i))
	}
	if err := s.api.call(ctx, http.MethodPost, "/v1/import/locations", "text/csv", rows.Bytes(), nil); err != nil {
		return fmt.Errorf("the locations could not be made: %w", err)
	}
	c := load.Config{Addr: s.addr, Key: s.key, Products: products, Places: places, Opening: s.opened}
	var err error
	s.base, err = load.Stock(ctx, c)
	return err
}

// head returns the newest entry.
func (s *benchServer) head(ctx context.Context) (uint64, error) {
	var page struct {
		Head uint64 `json:"head"`
	}
	err := s.api.get(ctx, "/v1/activity?limit=1", &page)
	return page.Head, err
}

// round measures every row once.
func (b *bench) round(ctx context.Context) error {
	for _, row := range benchLoads {
		if err := b.loads(ctx, row); err != nil {
			return err
		}
	}
	told := map[string]func(context.Context) error{
		"fanout": b.fanout, "watched": b.watched, "live": b.live, "idle": b.idleDevices, "catchup": b.catchUp,
	}
	for _, name := range benchRows {
		measure := told[name]
		if measure == nil || !b.wants(name) {
			continue
		}
		if err := measure(ctx); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil { // these rows are told: the gated ones go on without them
			b.skip(fmt.Sprintf("row %s in round %d", name, b.results.round+1), b.explain(err).Error())
		}
	}
	return nil
}

// loads measures one row on everyone who takes part, one after the other.
func (b *bench) loads(ctx context.Context, row benchLoad) error {
	own := b.wants(row.name)
	shared := b.wants("share") && slices.Contains(sharedLoads, row.name)
	if own || shared {
		s, err := b.moves(ctx, b.server, row)
		if err != nil {
			return fmt.Errorf("row %s: %w", row.name, err)
		}
		b.note(row.name, benchOurs, s)
	}
	if shared {
		s, err := b.moves(ctx, b.noCommit, row)
		if err != nil {
			return fmt.Errorf("row %s without the commit: %w", row.name, err)
		}
		b.note(row.name, benchNoCommit, s)
	}
	if own && b.peers != nil && b.peers.cluster != nil {
		if err := b.rest(ctx); err != nil {
			return err
		}
		s, err := b.peers.moves(ctx, row, b.duration())
		if err != nil {
			b.dropPeers(row.name, err)
			return ctx.Err()
		}
		b.note(row.name, benchPostgres, s)
	}
	return nil
}

// note keeps a sample and reports it.
func (b *bench) note(row, who string, s sample) {
	b.results.add(row, who, s)
	b.say("round %d, %s, %s: %s", b.results.round+1, row, who, s)
}

// config is the load of a row on a server.
func (b *bench) config(s *benchServer, row benchLoad) load.Config {
	return load.Config{Addr: s.addr, Key: s.key, Prefix: "H-", Devices: min(row.devices, b.o.most), Window: row.window, Rate: row.rate,
		Duration: b.duration(), Products: b.o.products, Places: b.o.places, Seed: benchSeed}
}

// moves runs one row on one of our servers.
func (b *bench) moves(ctx context.Context, s *benchServer, row benchLoad) (sample, error) {
	if err := b.rest(ctx); err != nil {
		return nil, err
	}
	done, err := b.profiled(ctx, s, row.name)
	if err != nil {
		return nil, err
	}
	defer done()
	before, c := 0.0, b.config(s, row)
	c.Started = func() { before = cpuSeconds(s.pid()) } // opening the sockets is no intent's cost
	r, err := load.Run(ctx, c)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return sampleOf(r, cpuSeconds(s.pid())-before), nil
}

func sampleOf(r *load.Result, cpu float64) sample {
	s := sample{"rate": r.PerSecond(), "p50": float64(r.Latency.ValueAtQuantile(50)) / 1e3, "p99": float64(r.Latency.ValueAtQuantile(99)) / 1e3}
	if cpu > 0 && r.Intents > 0 {
		s["cpu"] = cpu * 1e6 / float64(r.Intents)
	}
	return s
}

// profiled takes a profile of the server until the function is called, where one
// was asked for.
func (b *bench) profiled(ctx context.Context, s *benchServer, row string) (func(), error) {
	if b.o.profile == "" || s != b.server {
		return func() {}, nil
	}
	if _, err := s.ask(ctx, childStart, "profile %s", filepath.Join(b.o.profile, row+".pprof")); err != nil {
		return nil, err
	}
	return func() {
		if _, err := s.ask(ctx, childStart, "profiled"); err != nil {
			b.say("no profile of %s: %v", row, err)
		}
	}, nil
}

// Bounds of resting.
const (
	restStep = 300 * time.Millisecond
	restMost = 8 * time.Second
	restCPU  = 0.05 // of a core: one tick of the clock, nobody works any more
)

// rest lets the servers finish what they put off, such as merging tables or
// vacuuming, so that nobody is measured while another one tidies up. It waits in
// vain for servers that never rest, but not long.
func (b *bench) rest(ctx context.Context) error { return restOf(ctx, b.working, restMost) }

// restOf waits until what works uses no more CPU seconds, or for so long.
func restOf(ctx context.Context, working func() float64, most time.Duration) error {
	last := working()
	for end := time.Now().Add(most); time.Now().Before(end); {
		if err := wait(ctx, restStep); err != nil {
			return err
		}
		now := working()
		if now-last < restCPU*restStep.Seconds() {
			return nil
		}
		last = now
	}
	return nil
}

// working returns the CPU seconds that all servers have used so far.
func (b *bench) working() (sum float64) {
	for _, s := range []*benchServer{b.server, b.noCommit, b.idle} {
		if s != nil {
			sum += cpuSeconds(s.pid())
		}
	}
	if b.peers != nil && b.peers.server != nil {
		sum += cpuSeconds(b.peers.server.pid()) + familyCPU(b.peers.postmaster())
	}
	return sum
}

// wait returns after a while, or when ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
