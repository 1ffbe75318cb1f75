package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bayledger/scanner/load"

	"github.com/spf13/cobra"
)

// What goes on while a server is soaked: a day's mix, made denser.
const (
	soakDevices   = 100
	soakRate      = 400 // scans a second over these
	soakFill      = 300_000
	soakStrangers = 200 // every soakTurn
	soakHome      = 20  // devices that come home every soakTurn, with soakScans each
	soakScans     = 100
	soakTurn      = 15 * time.Second
	soakSamples   = 120 // at least so many over the whole time, at most one a second
	soakSettles   = 4   // the first part of so many is left out: caches fill
)

func (a *app) loadSoak() *cobra.Command {
	f := loadFlags{live: soakDevices}
	c := &cobra.Command{Use: "soak", Short: "Hours of scans, reports, screens, strangers and homecomings: memory, goroutines and files must stay flat", Args: exactly(0, "load soak takes only flags"),
		RunE: func(c *cobra.Command, _ []string) error {
			if f.length < time.Minute {
				return misused("--for is at least a minute")
			}
			return a.underLoad(c.Context(), &f, func(ctx context.Context, s *benchServer, out *facts) error { return a.soak(ctx, s, &f, out) })
		}}
	c.Flags().DurationVar(&f.length, "for", 2*time.Hour, "how long")
	c.Flags().Float64Var(&f.rate, "rate", soakRate, "scans a second")
	return c
}

// soak plays the mix and looks at the server meanwhile.
func (a *app) soak(ctx context.Context, s *benchServer, f *loadFlags, out *facts) error {
	fill := f.config(s, "FILL-", soakDevices) // so that what fills once is full
	fill.Window, fill.Duration = 16, time.Hour
	filling, filled := context.WithCancel(ctx)
	go func() {
		defer filled()
		for filling.Err() == nil {
			if m, err := s.api.measures(filling); err == nil && m["bayledger_entries_total"] >= soakFill {
				return
			}
			_ = wait(filling, time.Second)
		}
	}()
	_, err := load.Run(filling, fill)
	filled()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	watchers, err := load.Watch(ctx, load.Watching{Addr: s.addr, Key: s.key, Prefix: "SCREEN-", Watchers: loadWatchers})
	if err != nil {
		return err
	}
	defer watchers.Close()
	playing, stop := context.WithTimeout(ctx, f.length)
	defer stop()
	var group sync.WaitGroup
	var mix error
	group.Go(func() { mix = f.turns(playing, s) })
	var series soaked
	group.Go(func() { series.watch(playing, s, f) })
	r, err := f.alive(playing, s, f.length)
	stop()
	group.Wait()
	if err := errors.Join(err, mix, ctx.Err(), watchers.Err()); err != nil {
		return err
	}
	out.add("acks", "%s, over %s", tell(r.Latency), f.length)
	at, err := s.api.measures(ctx)
	if err != nil {
		return err
	}
	planned := f.rate * f.length.Seconds()
	out.check("acks came", float64(r.Intents) >= planned*leastAcks, "%d of %.0f planned", r.Intents, planned)
	out.check("samples came", len(series.hours) >= series.planned/2, "%d of %d planned", len(series.hours), series.planned)
	out.add("entries", "%.0f; %d reached each screen", at["bayledger_entries_total"], watchers.Delivered()/loadWatchers)
	series.judge(out)
	out.add("tables of the journal", "%.0f at the end, of 8 MiB each", series.tables[len(series.tables)-1])
	return nil
}

// turns lets strangers and homecomers come, and reads reports, again and again.
func (f *loadFlags) turns(ctx context.Context, s *benchServer) error {
	for turn := 0; ; turn++ {
		c := f.config(s, "STRANGER-", 0)
		if _, err := load.Strangers(ctx, c, soakStrangers, strangersTogether); err != nil && ctx.Err() == nil {
			return err
		}
		c = f.config(s, "HOME-", soakHome)
		if _, err := load.Home(ctx, c, load.Homecoming{Scans: soakScans, Away: time.Hour, Within: soakTurn / 3}); err != nil && ctx.Err() == nil {
			return err
		}
		for _, path := range []string{"/v1/balances", "/v1/activity?limit=1000", "/v1/exceptions", "/v1/alerts"} {
			if err := s.api.get(ctx, path, nil); err != nil && ctx.Err() == nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		if wait(ctx, soakTurn/2) != nil {
			return nil
		}
	}
}

// soaked is what was seen over the time.
type soaked struct {
	hours                     []float64
	memory, goroutines, files []float64
	tables                    []float64 // open ones of the journal, which is kept for ever: they grow with it
	planned                   int       // samples
}

// tablesIn counts the tables of a data folder.
func tablesIn(folder string) int {
	names, _ := filepath.Glob(filepath.Join(folder, "*.sst")) // the pattern is good
	return len(names)
}

// watch takes samples until ctx ends.
func (w *soaked) watch(ctx context.Context, s *benchServer, f *loadFlags) {
	started, every := time.Now(), max(time.Second, f.length/soakSamples)
	w.planned = int(f.length / every)
	for wait(ctx, every) == nil {
		m, err := s.api.measures(ctx)
		if err != nil {
			continue // too few samples are judged
		}
		w.hours = append(w.hours, time.Since(started).Hours())
		w.memory = append(w.memory, float64(memoryOf(s.pid()).Anon)/(1<<20))
		w.goroutines = append(w.goroutines, m["go_goroutines"])
		tables := tablesIn(f.folder)
		w.tables = append(w.tables, float64(tables))
		w.files = append(w.files, m["process_open_fds"]-float64(tables))
	}
}

// judge says whether what was seen is flat: its slope over the measured time is no
// more than a tenth of it, or than what goes up and down by itself.
func (w *soaked) judge(out *facts) {
	for _, one := range []struct {
		name, unit string
		of         []float64
		noise      float64
	}{
		{"memory", "MiB", w.memory, 24}, {"goroutines", "", w.goroutines, strayed}, {"files besides the tables", "", w.files, strayed},
	} {
		t := trendOf(w.hours, one.of)
		growth := t.slope * t.hours
		out.check("flat: "+one.name, t.samples >= soakSettles && growth <= max(one.noise, t.median/10), "median %.0f %s, from %.0f to %.0f, slope %+.1f an hour (%+.1f over the %.2f hours measured, %d samples)",
			t.median, one.unit, t.least, t.most, t.slope, growth, t.hours, t.samples)
	}
}

// trend is a line through samples.
type trend struct {
	median, least, most float64
	slope, hours        float64
	samples             int
}

// trendOf leaves out the first part and returns the median of the slopes between
// all pairs of what remains (Theil and Sen): a few outliers do not move it.
func trendOf(hours, values []float64) (t trend) {
	from := len(values) / soakSettles
	hours, values = hours[from:], values[from:]
	if t.samples = len(values); t.samples < 2 {
		return t
	}
	t.hours = hours[len(hours)-1] - hours[0]
	t.median, t.least, t.most = middle(slices.Clone(values)), slices.Min(values), slices.Max(values)
	var slopes []float64
	for i := range values {
		for k := i + 1; k < len(values); k++ {
			if d := hours[k] - hours[i]; d > 0 {
				slopes = append(slopes, (values[k]-values[i])/d)
			}
		}
	}
	if t.slope = middle(slopes); math.IsNaN(t.slope) {
		t.slope = 0
	}
	return t
}

// middle sorts and returns the middle one.
func middle(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.SortFunc(values, cmp.Compare[float64])
	return values[len(values)/2]
}
