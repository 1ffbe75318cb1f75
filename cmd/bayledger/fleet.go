package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"bayledger/scanner/fleet"

	"github.com/spf13/cobra"
)

// fleetFlags are what a fleet is told.
type fleetFlags struct {
	devices, kills, generate int
	inFlight, restartEvery   int
	recorded, products       string
	cuts                     int64
	rate                     float64
	seed                     uint64
	ownServer, onDisk, keep  bool
	lose                     bool
	child                    []string // how this program is started for a server; nil: as it is
	// What tests have otherwise: where the folders are, how soon rows are checkpointed,
	// and what is done instead of a kill.
	dir string
	lag uint64
	cut func(kill func()) error
	// prove gives a copy of the folders to be proved in the end; nil: they are proved as
	// they lie.
	prove func() string
	hold  func(item int) // see held; nil: nothing waits
}

func (a *app) fleetCommand() *cobra.Command {
	var f fleetFlags
	c := &cobra.Command{
		Use: "fleet", Short: "Drive many handhelds against a server", Args: exactly(0, "fleet takes no words, only flags"),
		Long: "Drive many handhelds over real sockets, from a recorded scan log or made-up traffic, with cuts and restarts.\n" +
			"With --own-server it starts a server of its own on an empty folder, kills it (kill -9) as often as --kills says, and in the end\n" +
			"judges everything: each scan booked once, a feed without gap, every balance as taken together from the file alone.",
		RunE: func(c *cobra.Command, _ []string) error {
			if (f.recorded == "") == (f.generate == 0) {
				return misused("fleet needs --recorded FILE or --generate N, and not both")
			}
			if f.recorded != "" && f.ownServer && f.products == "" {
				return misused("--recorded with --own-server needs the catalogue: --products FILE")
			}
			if (f.kills > 0 || f.lose) && !f.ownServer {
				return misused("--kills and --lose need --own-server: other people's servers are not killed")
			}
			if f.ownServer {
				return a.rehearse(c.Context(), &f)
			}
			return a.drive(c.Context(), &f)
		},
	}
	flags := c.Flags()
	flags.IntVar(&f.devices, "devices", 50, "how many handhelds")
	flags.StringVar(&f.recorded, "recorded", "", "a scan log as CSV: occurred_at, action, code, quantity, reference, kind")
	flags.StringVar(&f.products, "products", "", "the catalogue of that log as CSV: code, name, units_removed")
	flags.IntVar(&f.generate, "generate", 0, "make up so many scans instead")
	flags.Int64Var(&f.cuts, "cuts", 0, "cut each connection after so many bytes on average; 0: never")
	flags.IntVar(&f.restartEvery, "restart-every", 0, "close a handheld and start it anew after so many scans on average; 0: never")
	flags.IntVar(&f.inFlight, "in-flight", 0, "scans of a handheld without an answer before its operator waits; 0: a whole window")
	flags.Float64Var(&f.rate, "rate", 0, "scans a second over all handhelds; 0: as fast as it goes")
	flags.Uint64Var(&f.seed, "seed", uint64(time.Now().UnixNano()), "of everything random; printed")
	flags.BoolVar(&f.ownServer, "own-server", false, "start a server of its own on an empty folder, and judge it in the end")
	flags.IntVar(&f.kills, "kills", 0, "kill -9 that server so often on the way")
	flags.BoolVar(&f.lose, "lose", false, "lose its data folder on the way, and restore it from a backup that was made before")
	flags.Uint64Var(&f.lag, "checkpoint-lag", 0, "see serve")
	_ = flags.MarkHidden("checkpoint-lag") // it is there
	flags.BoolVar(&f.onDisk, "durable", false, "outboxes on disk, as handhelds have them")
	flags.BoolVar(&f.keep, "keep", false, "keep the server's folder")
	return c
}

// source opens what the fleet scans.
func (a *app) source(f *fleetFlags) (fleet.Source, io.Closer, error) {
	if f.generate > 0 {
		return generated(f), io.NopCloser(nil), nil
	}
	file, err := os.Open(f.recorded)
	if err != nil {
		return nil, nil, err
	}
	return fleet.Recorded(file, f.devices), file, nil
}

// generatedProducts are what made-up traffic moves.
const generatedProducts = 100

func generatedProduct(i int) string { return fmt.Sprintf("GEN-%03d", i) }

// generated makes up traffic, the same for the same seed.
func generated(f *fleetFlags) fleet.Source {
	products := make([]string, generatedProducts)
	for i := range products {
		products[i] = generatedProduct(i)
	}
	return fleet.Generated(fleet.Traffic{Devices: f.devices, Scans: f.generate, Seed: f.seed, Products: products})
}

// held is a source whose items wait until hold returns.
func held(source fleet.Source, hold func(item int)) fleet.Source {
	return func(yield func(fleet.Item, error) bool) {
		n := 0
		for item, err := range source {
			hold(n)
			n++
			if !yield(item, err) {
				return
			}
		}
	}
}

// drive runs a fleet against a server that is there.
func (a *app) drive(ctx context.Context, f *fleetFlags) error {
	server, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	report, err := a.runFleet(ctx, f, server, 0, nil)
	if report == nil {
		return err
	}
	var t facts
	t.fleet(f, report)
	t.print(a.out)
	return err
}

// runFleet pairs the devices and runs them; progress may be nil.
func (a *app) runFleet(ctx context.Context, f *fleetFlags, server *api, total int, progress func(fleet.Progress)) (*fleet.Report, error) {
	source, file, err := a.source(f)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if f.hold != nil {
		source = held(source, f.hold)
	}
	bar := a.progress("scans", int64(max(total, f.generate)))
	defer bar.done()
	secure, err := a.clientTLS()
	if err != nil {
		return nil, err
	}
	config := fleet.Config{
		Server: server.base, TLS: secure, Devices: f.devices, Source: source, Rate: f.rate, InFlight: f.inFlight, CutBytes: f.cuts, RestartEvery: f.restartEvery, Seed: f.seed,
		Key: func(device string) (string, error) {
			var paired struct{ Key string }
			err := server.post(ctx, "/v1/devices", map[string]string{"device": device, "role": "floor"}, &paired)
			return paired.Key, err
		},
		BackoffMin: 50 * time.Millisecond, BackoffMax: 2 * time.Second,
		Progress: func(p fleet.Progress) {
			bar.set(int64(p.Booked))
			if progress != nil {
				progress(p)
			}
		},
	}
	if f.onDisk {
		store, remove, err := temporaryOutbox()
		if err != nil {
			return nil, err
		}
		defer remove()
		config.Store = store
	}
	return fleet.Run(ctx, config)
}
