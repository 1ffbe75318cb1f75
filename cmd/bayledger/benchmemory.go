package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// The long measurement.
const (
	longFactor   = 10     // 10,000,000 entries after 1,000,000
	fewEntries   = 10_000 // what an intent costs on a young book
	costParts    = 10     // a cost is taken over a tenth of the entries
	feedWithin   = 30 * time.Minute
	feedStep     = 1_000_000     // between words of progress
	amidFeed     = time.Second   // into a feeding that is killed
	longRest     = time.Minute   // until Badger has merged what it put off
	longRestarts = "restart-10M" // row of the restart after it
)

// memory measures a server's memory at many entries against few, what an intent
// costs there, and how long a start takes after a kill -9.
func (b *bench) memory(ctx context.Context) error {
	dir := b.folder("long")
	defer os.RemoveAll(dir)
	old, err := b.feeder(ctx, dir)
	if err != nil {
		return fmt.Errorf("row memory: %w", err)
	}
	defer func() { old.kill() }()
	young := uint64(b.o.longAt)
	if err := b.residentAt(ctx, old, "memory-1M", young); err != nil {
		return err
	}
	for round := range b.o.rounds {
		b.results.round = round
		if err := b.costs(ctx, old); err != nil {
			return fmt.Errorf("row cost: %w", err)
		}
	}
	b.results.round = 0
	if err := b.residentAt(ctx, old, "memory-10M", young*longFactor); err != nil {
		return err
	}
	for round := range b.o.restartRounds {
		b.results.round = round
		if round > 0 {
			if old, err = b.feeder(ctx, dir); err != nil {
				return fmt.Errorf("row memory: %w", err)
			}
		}
		if err := b.killAmid(ctx, old); err != nil {
			return fmt.Errorf("row memory: %w", err)
		}
		if err := b.longRestart(ctx, dir); err != nil {
			return fmt.Errorf("row memory: %w", err)
		}
	}
	return nil
}

// killAmid kills a feeder while it feeds, after as many entries as a checkpoint
// lags behind at least.
func (b *bench) killAmid(ctx context.Context, c *child) error {
	at, err := order(ctx, c, "to 0")
	if err == nil {
		at, err = order(ctx, c, "to %d", at.Entries+b.window())
	}
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c.in, "to %d\n", at.Entries*2); err != nil {
		return c.failed("takes no orders")
	}
	if err := wait(ctx, min(amidFeed, b.duration())); err != nil {
		return err
	}
	c.kill()
	return nil
}

// longRestart times a start on the long folder.
func (b *bench) longRestart(ctx context.Context, dir string) error {
	took, s, err := b.timedStart(ctx, dir)
	if err != nil {
		return err
	}
	defer s.kill()
	head, err := s.head(ctx)
	if err != nil {
		return err
	}
	got := memorySample(memoryOf(s.pid()))
	got["ms"], got["entries"] = took.Seconds()*1e3, float64(head)
	b.note(longRestarts, benchOurs, got)
	return nil
}

// window is over how many intents a cost is taken.
func (b *bench) window() uint64 { return uint64(max(1, b.o.longAt/costParts)) }

// feeder starts a feeder on a folder.
func (b *bench) feeder(ctx context.Context, dir string) (*child, error) {
	products, places := min(feedProducts, b.o.products), min(feedPlaces, b.o.places)
	args := append(b.self[1:len(b.self):len(b.self)], "bench", "feed", "--data", dir, "--products", strconv.Itoa(products), "--places", strconv.Itoa(places))
	return startChild([]string{"BAYLEDGER_SERVER="}, b.self[0], args...)
}

// order asks a feeder.
func order(ctx context.Context, c *child, format string, args ...any) (f fed, err error) {
	text, err := c.ask(ctx, feedWithin, format, args...)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return f, fmt.Errorf("the feeder said %q", text)
	}
	if f.Error != "" {
		return f, errors.New(f.Error)
	}
	return f, nil
}

// residentAt feeds until a number of entries and takes the memory.
func (b *bench) residentAt(ctx context.Context, c *child, row string, entries uint64) error {
	at, err := order(ctx, c, "to 0")
	for next := at.Entries; err == nil && at.Entries < entries; {
		next = min(next+feedStep, entries)
		if at, err = order(ctx, c, "to %d", next); err == nil {
			b.say("%d of %d entries, %.1f µs each", at.Entries, entries, at.Wall)
		}
	}
	if err != nil {
		return fmt.Errorf("row memory: %w", err)
	}
	if err := restOf(ctx, func() float64 { return cpuSeconds(c.pid()) }, longRest); err != nil {
		return err
	}
	if at, err = order(ctx, c, "memory"); err != nil {
		return fmt.Errorf("row memory: %w", err)
	}
	s := memorySample(at.procMemory)
	s["entries"] = float64(at.Entries)
	b.note(row, benchOurs, s)
	return nil
}

func memorySample(m procMemory) sample {
	const mib = 1 << 20
	return sample{"rss": float64(m.RSS) / mib, "anon": float64(m.Anon) / mib, "file": float64(m.File) / mib}
}

// costs takes what an intent costs on the old book and on a young one.
func (b *bench) costs(ctx context.Context, old *child) error {
	dir := b.folder("young")
	defer os.RemoveAll(dir)
	young, err := b.feeder(ctx, dir)
	if err != nil {
		return err
	}
	defer young.kill()
	if _, err := order(ctx, young, "to %d", fewEntries); err != nil {
		return err
	}
	for _, one := range []struct {
		row string
		c   *child
	}{{"cost-10k", young}, {"cost-1M", old}} {
		at, err := order(ctx, one.c, "to 0")
		if err != nil {
			return err
		}
		if at, err = order(ctx, one.c, "to %d", at.Entries+b.window()); err != nil {
			return err
		}
		b.note(one.row, benchOurs, sample{"wall": at.Wall, "cpu": at.CPU})
	}
	return nil
}
