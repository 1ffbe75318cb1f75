package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"bayledger/scanner/load"
)

// Rows that are measured and told.
const (
	fanWatchers    = 1_000
	fanInFlight    = 64 // entries ahead of the watchers, as the peer's client does
	fewWatchers    = 100
	catchUpEntries = 50_000
	idleRest       = 3 * time.Second // as the peers' measure waits
)

func (b *bench) watching(s *benchServer, watchers int, latency bool) load.Watching {
	return load.Watching{Addr: s.addr, Key: s.key, Prefix: "W-", Watchers: min(watchers, b.o.most), Latency: latency}
}

// closed ends watching and returns the first thing that went wrong.
func closed(err error, w *load.Watchers) error {
	if ended := w.Close(); err == nil {
		err = ended
	}
	return err
}

// fanout lets one device's entries reach many watchers.
func (b *bench) fanout(ctx context.Context) error {
	if err := b.rest(ctx); err != nil {
		return err
	}
	w, err := load.Watch(ctx, b.watching(b.server, fanWatchers, false))
	if err != nil {
		return err
	}
	done, err := b.profiled(ctx, b.server, "fanout")
	if err != nil {
		return closed(err, w)
	}
	before := cpuSeconds(b.server.pid())
	c := b.config(b.server, benchLoad{devices: 1, window: fanInFlight})
	c.Prefix = "P-"
	r, err := load.Fan(ctx, c, w)
	cpu := cpuSeconds(b.server.pid()) - before
	done()
	if err := closed(err, w); err != nil {
		return err
	}
	s := sample{"rate": float64(r.Delivered) / r.Elapsed.Seconds(), "bytes": float64(w.Bytes()) / float64(r.Delivered)}
	if cpu > 0 {
		s["cpu"] = cpu * 1e6 / float64(r.Delivered)
	}
	b.note("fanout", benchOurs, s)
	if b.peers == nil {
		return nil
	}
	if err := b.rest(ctx); err != nil {
		return err
	}
	if s, err = b.peers.fan(ctx, b.duration()); err != nil {
		b.dropPeers("fanout", err)
		return ctx.Err()
	}
	b.note("fanout", benchNATS, s)
	return nil
}

// watched measures 100 devices without and with 100 watchers, one right after the
// other.
func (b *bench) watched(ctx context.Context) error {
	row := benchLoads[1]
	alone, err := b.moves(ctx, b.server, row)
	if err != nil {
		return err
	}
	w, err := load.Watch(ctx, b.watching(b.server, fewWatchers, false))
	if err != nil {
		return err
	}
	s, err := b.moves(ctx, b.server, row)
	if err := closed(err, w); err != nil {
		return err
	}
	s["kept"] = 100 * s["rate"] / alone["rate"]
	b.note("watched", benchOurs, s)
	return nil
}

// live measures from a scan to a watcher's socket.
func (b *bench) live(ctx context.Context) error {
	w, err := load.Watch(ctx, b.watching(b.server, 1, true))
	if err != nil {
		return err
	}
	_, err = b.moves(ctx, b.server, benchLoads[4])
	if err := closed(err, w); err != nil {
		return err
	}
	seen := w.Latency()
	b.note("live", benchOurs, sample{"p50": float64(seen.ValueAtQuantile(50)) / 1e3, "p99": float64(seen.ValueAtQuantile(99)) / 1e3})
	return nil
}

// idleDevices measures what a connected device that says nothing takes, on a
// server that has seen nothing else.
func (b *bench) idleDevices(ctx context.Context) (err error) {
	if b.idle, err = b.bare(ctx, fmt.Sprintf("idle-%d", b.results.round), false); err != nil {
		return err
	}
	defer func() {
		b.idle.kill()
		b.idle = nil
	}()
	if err := b.furnishWith(ctx, b.idle, 1, 2); err != nil {
		return err
	}
	if err := b.rest(ctx); err != nil {
		return err
	}
	if _, err := b.idle.ask(ctx, childStart, "free"); err != nil {
		return err
	}
	before := memoryOf(b.idle.pid())
	if before.RSS == 0 {
		return nil // not known on this system
	}
	c := b.config(b.idle, benchLoad{window: 1})
	c.Devices, c.Products, c.Places = b.o.idle, 1, 2
	closeAll, err := load.Idle(ctx, c)
	if err != nil {
		return err
	}
	defer closeAll()
	if err := wait(ctx, min(idleRest, b.duration())); err != nil {
		return err
	}
	after := memoryOf(b.idle.pid())
	if _, err := b.idle.ask(ctx, childStart, "free"); err != nil {
		return err
	}
	settled := memoryOf(b.idle.pid())
	if b.o.profile != "" {
		if _, err := b.idle.ask(ctx, childStart, "heap %s", filepath.Join(b.o.profile, "idle.heap.pprof")); err != nil {
			return err
		}
	}
	each := func(m procMemory) float64 { return float64(m.RSS-before.RSS) / float64(b.o.idle) / 1024 }
	b.note("idle", benchOurs, sample{"kib": each(after), "settled": each(settled)})
	return nil
}

// catchUp measures how fast a watcher reads what it has missed, from disk: the
// oldest moves that the server has.
func (b *bench) catchUp(ctx context.Context) error {
	head, err := b.server.head(ctx)
	if err != nil {
		return err
	}
	if head <= b.server.base {
		if _, err := b.moves(ctx, b.server, benchLoads[3]); err != nil {
			return err
		}
		if head, err = b.server.head(ctx); err != nil {
			return err
		}
	}
	if err := b.rest(ctx); err != nil {
		return err
	}
	before := cpuSeconds(b.server.pid())
	r, err := load.CatchUp(b.watching(b.server, 1, false), b.server.base, min(catchUpEntries, head-b.server.base))
	if err != nil {
		return err
	}
	s := sample{"rate": float64(r.Entries) / r.Elapsed.Seconds(), "entries": float64(r.Entries), "bytes": float64(r.Bytes) / float64(r.Entries)}
	if cpu := cpuSeconds(b.server.pid()) - before; cpu > 0 {
		s["cpu"] = cpu * 1e6 / float64(r.Entries)
	}
	b.note("catchup", benchOurs, s)
	return nil
}
