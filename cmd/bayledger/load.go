package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"bayledger/scanner/load"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/spf13/cobra"
)

// loadFlags say what load is made; each part uses those that it names.
type loadFlags struct {
	devices, live, scans, count int
	products, places            int
	rate                        float64
	within, away, quiet, length time.Duration
	mixed                       bool
	profile                     string   // where the server's profiles go, if anywhere
	self                        []string // how this program is started
	folder                      string   // of the server
}

// The catalogue that loads move.
const (
	loadProducts = 1_000
	loadPlaces   = 100
	loadWatchers = 5 // supervisors' screens
)

func (a *app) loadCommand() *cobra.Command {
	c := &cobra.Command{Use: "load", Short: "Put a server of its own under load, and judge it", Args: exactly(0, "load takes the part that is to be played, see load --help"),
		Long: "Each part starts a server of its own on an empty folder, as a process beside this one, plays its part over real sockets, tells what it measured and exits 1 where\n" +
			"what was wanted did not hold. Those whose acks are measured scan from a process of their own. The machine is shared by all.",
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(a.loadConnected(), a.loadHomecoming(), a.loadOpens(), a.loadSoak(), a.loadLiveCommand())
	return c
}

func (a *app) loadConnected() *cobra.Command {
	f := loadFlags{}
	c := &cobra.Command{Use: "connected", Short: "Thousands of connected devices: memory of each, acks meanwhile, and how they are sent away", Args: exactly(0, "load connected takes only flags"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.underLoad(c.Context(), &f, func(ctx context.Context, s *benchServer, out *facts) error { return connected(ctx, s, &f, out) })
		}}
	c.Flags().IntVar(&f.devices, "devices", 10_000, "how many stay connected")
	c.Flags().IntVar(&f.live, "live", 100, "how many scan meanwhile")
	c.Flags().Float64Var(&f.rate, "rate", 1_000, "scans a second over these")
	c.Flags().DurationVar(&f.length, "for", 30*time.Second, "how long they scan")
	return c
}

func (a *app) loadHomecoming() *cobra.Command {
	f := loadFlags{}
	c := &cobra.Command{Use: "homecoming", Short: "Hundreds of devices come home with thousands of scans each, while others scan on", Args: exactly(0, "load homecoming takes only flags"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.underLoad(c.Context(), &f, func(ctx context.Context, s *benchServer, out *facts) error { return homecoming(ctx, s, &f, out) })
		}}
	c.Flags().IntVar(&f.devices, "devices", 500, "how many come home")
	c.Flags().IntVar(&f.scans, "scans", 3_000, "what each brings")
	c.Flags().DurationVar(&f.within, "within", time.Minute, "in which time they come")
	c.Flags().DurationVar(&f.away, "away", 8*time.Hour, "how long they were away")
	c.Flags().IntVar(&f.live, "live", 100, "how many scan meanwhile")
	c.Flags().Float64Var(&f.rate, "rate", 500, "scans a second over these")
	c.Flags().DurationVar(&f.quiet, "quiet", 20*time.Second, "how long it is measured before, while it is quiet")
	c.Flags().BoolVar(&f.mixed, "mixed", false, "removals and receipts among their scans, not moves alone")
	c.Flags().StringVar(&f.profile, "profile", "", "a file for the server's CPU profile while they come home")
	return c
}

func (a *app) loadOpens() *cobra.Command {
	f := loadFlags{}
	c := &cobra.Command{Use: "opens", Short: "A hundred thousand sockets that leave without manners, while others scan on", Args: exactly(0, "load opens takes only flags"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.underLoad(c.Context(), &f, func(ctx context.Context, s *benchServer, out *facts) error { return opens(ctx, s, &f, out) })
		}}
	c.Flags().IntVar(&f.count, "count", 100_000, "how many sockets")
	c.Flags().IntVar(&f.live, "live", 20, "how many devices scan meanwhile")
	c.Flags().Float64Var(&f.rate, "rate", 200, "scans a second over these")
	return c
}

// underLoad starts a server and plays a part on it.
func (a *app) underLoad(ctx context.Context, f *loadFlags, part func(context.Context, *benchServer, *facts) error) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("the program cannot find itself to start a server: %w", err)
	}
	dir, err := os.MkdirTemp("", "bayledger-load-")
	if err != nil {
		return fmt.Errorf("there is no room for a data folder: %w", err)
	}
	defer os.RemoveAll(dir)
	f.products, f.places = loadProducts, loadPlaces
	return playOn(ctx, a, f, []string{self}, dir, part)
}

func playOn(ctx context.Context, a *app, f *loadFlags, self []string, dir string, part func(context.Context, *benchServer, *facts) error) error {
	f.self = self
	b := &bench{app: a, self: self, dir: dir}
	serve := b.serve
	if f.profile != "" {
		serve = func(ctx context.Context, dir string) (*benchServer, error) {
			return b.spawn(ctx, dir, "bench", "server")
		}
	}
	f.folder = b.folder("data")
	s, err := serve(ctx, f.folder)
	if err != nil {
		return err
	}
	defer s.kill()
	s.opened = time.Now().Add(-30 * 24 * time.Hour) // before whatever comes home
	if err := b.furnishWith(ctx, s, f.products, f.places); err != nil {
		return err
	}
	var out facts
	out.add("machine", "%s, load %.1f", machine(), load1())
	err = part(ctx, s, &out)
	out.print(a.out)
	if err == nil && len(out.wrong) > 0 {
		err = fmt.Errorf("what was wanted did not hold: %s", strings.Join(out.wrong, "; "))
	}
	return err
}

// config is the load of some devices on a server.
func (f *loadFlags) config(s *benchServer, prefix string, devices int) load.Config {
	return load.Config{Addr: s.addr, Key: s.key, Prefix: prefix, Devices: devices, Window: 1, Products: f.products, Places: f.places, Seed: benchSeed}
}

// ms99 is the p99 in milliseconds.
func ms99(h *hdrhistogram.Histogram) float64 { return float64(h.ValueAtQuantile(99)) / 1e3 }

func tell(h *hdrhistogram.Histogram) string {
	ms := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1e3 }
	return fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, longest %.0f ms, of %d", ms(50), ms(99), float64(h.Max())/1e3, h.TotalCount())
}

// connected opens the devices, lets others scan, and sends all away.
func connected(ctx context.Context, s *benchServer, f *loadFlags, out *facts) error {
	before := memoryOf(s.pid())
	shown, err := s.api.measures(ctx)
	if err != nil {
		return err
	}
	started := time.Now()
	all, err := load.Connect(ctx, f.config(s, "IDLE-", f.devices))
	if err != nil {
		return err
	}
	defer all.Close()
	took := time.Since(started)
	after, err := s.api.measures(ctx)
	if err != nil {
		return err
	}
	out.add("connected", "%d devices in %s, %.0f a second, each has scanned once", f.devices, took.Round(time.Millisecond), float64(f.devices)/took.Seconds())
	r, err := f.alive(ctx, s, f.length)
	if err != nil {
		return err
	}
	settled := memoryOf(s.pid())
	planned := f.rate * f.length.Seconds()
	out.check("acks came", float64(r.Intents) >= planned*leastAcks, "%d of %.0f planned", r.Intents, planned)
	out.add("ack meanwhile", "%s (%d devices, %.0f/s)", tell(r.Latency), f.live, f.rate)
	if before.RSS > 0 {
		out.add("memory of each", "%.1f KiB resident (%.1f KiB the program's own), after %s", perDevice(before.RSS, settled.RSS, f.devices), perDevice(before.Anon, settled.Anon, f.devices), f.length)
	}
	if f.devices >= manyDevices {
		each := perDevice(before.RSS, settled.RSS, f.devices)
		out.check("memory is little", before.RSS > 0 && each <= mostOfEach, "%.1f KiB of each, at most %d are wanted", each, mostOfEach)
	}
	out.add("the server", "%.0f goroutines (%.0f before), %.0f open files, %.0f MiB resident", after["go_goroutines"], shown["go_goroutines"], after["process_open_fds"], float64(settled.RSS)/(1<<20))
	lost, why := all.Lost()
	out.check("all stayed", lost == 0, "%d of %d connections ended by themselves (%v)", lost, f.devices, why)
	started = time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	asked := all.SentAway()
	told, most, last := backSpread(asked)
	out.check("sent away", told == f.devices, "%d were told when to come back, all closed after %s: within %d seconds, at most %d in one", told, time.Since(started).Round(time.Millisecond), last, most)
	return nil
}

// leastAcks is the part of the planned scans that must have been acknowledged, or
// what was measured says nothing.
const leastAcks = 0.5

// What one of many devices may take, in KiB; what few take is lost in the rest.
const manyDevices, mostOfEach = 1_000, 64

func perDevice(before, after int64, devices int) float64 {
	return float64(after-before) / float64(devices) / 1024
}

// backSpread sums up when devices were told to come back.
func backSpread(asked map[int]int) (told, most, last int) {
	for after, n := range asked {
		told, most, last = told+n, max(most, n), max(last, after)
	}
	return told, most, last
}

// mostTimes is how many times as long a live scan may wait while others come home.
const mostTimes = 3

// homecoming measures those who scan before and while others come home.
func homecoming(ctx context.Context, s *benchServer, f *loadFlags, out *facts) error {
	watchers, err := load.Watch(ctx, load.Watching{Addr: s.addr, Key: s.key, Prefix: "SCREEN-", Watchers: loadWatchers})
	if err != nil {
		return err
	}
	defer watchers.Close()
	quiet, err := f.alive(ctx, s, f.quiet)
	if err != nil {
		return err
	}
	out.add("live, quiet", "%s (%d devices, %.0f/s, %d screens)", tell(quiet.Latency), f.live, f.rate, loadWatchers)
	scanning, stop := context.WithCancel(ctx)
	defer stop()
	type answer struct {
		*load.Result
		error
	}
	answered := make(chan answer, 1)
	go func() {
		r, err := f.alive(scanning, s, time.Hour)
		answered <- answer{r, err}
	}()
	if f.profile != "" {
		if _, err := s.ask(ctx, childStart, "profile %s", f.profile); err != nil {
			return err
		}
	}
	home := f.config(s, "HOME-", f.devices)
	home.Mixed = f.mixed
	r, homeErr := load.Home(ctx, home, load.Homecoming{Scans: f.scans, Away: f.away, Within: f.within})
	stop()
	busy := <-answered
	if f.profile != "" {
		if _, err := s.ask(ctx, childStart, "profiled"); err != nil {
			return err
		}
	}
	if err := errors.Join(homeErr, busy.error); err != nil {
		return err
	}
	out.add("came home", "%d devices with %d scans each in %s, %.0f a second; the slowest took %s", f.devices, f.scans, r.Elapsed.Round(10*time.Millisecond), float64(r.Intents)/r.Elapsed.Seconds(), r.Slowest.Round(10*time.Millisecond))
	out.add("live, meanwhile", "%s", tell(busy.Latency))
	out.add("of it their own", "sent late by p99 %.1f ms while quiet, %.1f ms meanwhile; an ack's time counts from the planned moment", ms99(quiet.Late), ms99(busy.Late))
	p99 := func(h *hdrhistogram.Histogram) float64 { return float64(h.ValueAtQuantile(99)) }
	times := p99(busy.Latency) / p99(quiet.Latency)
	out.check("measured", quiet.Latency.TotalCount() > 0 && busy.Latency.TotalCount() > 0, "%d acks while quiet, %d while others came home", quiet.Latency.TotalCount(), busy.Latency.TotalCount())
	out.check("p99", times <= mostTimes, "%.1f times that of quiet, at most %d is wanted", times, mostTimes)
	out.check("all booked", r.Intents == uint64(f.devices*f.scans), "%d of %d scans", r.Intents, f.devices*f.scans)
	return watchers.Err()
}

// strayed is by how much goroutines and files go up and down by themselves.
const strayed = 20

// strangersTogether is how many rude sockets are open at once.
const strangersTogether = 64

// opens lets strangers come and go.
func opens(ctx context.Context, s *benchServer, f *loadFlags, out *facts) error {
	quiet, err := f.alive(ctx, s, 5*time.Second)
	if err != nil {
		return err
	}
	before, err := s.api.measures(ctx)
	if err != nil {
		return err
	}
	was := memoryOf(s.pid())
	out.add("live, quiet", "%s", tell(quiet.Latency))
	scanning, stop := context.WithCancel(ctx)
	defer stop()
	busy := make(chan string, 1)
	failed := make(chan error, 1)
	go func() {
		r, err := f.alive(scanning, s, time.Hour)
		if err == nil {
			busy <- tell(r.Latency)
		}
		failed <- err
	}()
	started := time.Now()
	n, err := load.Strangers(ctx, f.config(s, "STRANGER-", 0), f.count, strangersTogether)
	took := time.Since(started)
	stop()
	if err := errors.Join(err, <-failed); err != nil {
		return err
	}
	out.add("live, meanwhile", "%s", <-busy)
	out.add("strangers", "%d opened and left in %s, %.0f a second", n, took.Round(time.Millisecond), float64(n)/took.Seconds())
	after := before
	for range 50 { // the last ones are found gone
		if after, err = s.api.measures(ctx); err != nil {
			return fmt.Errorf("nobody knows what is left: %w", err)
		}
		if after["bayledger_socket_sessions"] == 0 {
			break
		}
		if err := wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	now := memoryOf(s.pid())
	small := func(name string) bool { return after[name] <= before[name]+strayed }
	out.check("nothing left", after["bayledger_socket_sessions"] == 0 && small("go_goroutines") && small("process_open_fds"), "sessions %.0f, goroutines %.0f (%.0f before), files %.0f (%.0f before), %.0f MiB (%.0f before)", after["bayledger_socket_sessions"],
		after["go_goroutines"], before["go_goroutines"], after["process_open_fds"], before["process_open_fds"], float64(now.RSS)/(1<<20), float64(was.RSS)/(1<<20))
	return nil
}
