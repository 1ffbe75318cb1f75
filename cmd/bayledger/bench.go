package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Who is measured.
const (
	benchOurs     = "bayledger serve"
	benchNoCommit = "without the commit"
	benchPostgres = "PostgreSQL"
	benchNATS     = "nats-server"
)

// benchRows are what can be measured, in this order; --only picks some.
var benchRows = []string{"1", "100", "1000", "100x16", "open", "share", "fanout", "watched", "live", "idle", "catchup", "restart", "memory"}

// benchOptions are the flags of bench.
type benchOptions struct {
	rounds, restartRounds int
	seconds               float64
	peers, json, profile  string
	only                  []string
	long                  bool
	products, places      int
	most                  int // devices of a row, and watchers
	idle                  int
	restartAt, longAt     int
}

func (a *app) benchCommand() *cobra.Command {
	o := benchOptions{}
	c := &cobra.Command{
		Use: "bench", Short: "Measure this server, and its peers beside it", Args: exactly(0, "bench takes no words"),
		Long: "Measure this server over its sockets on this machine and print a table: medians of the rounds, with the least and the most.\n" +
			"With --peers DIR the servers that one would pick instead run the same load in the same rounds, and the table shows the ratios:\n" +
			"only these say much, since whatever else the machine does hits all alike. Rows: " + strings.Join(benchRows, ", ") + ".",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("the program cannot find itself to start servers: %w", err)
			}
			return (&bench{app: a, o: o, self: []string{self}}).run(c.Context())
		},
	}
	flags := c.Flags()
	flags.IntVar(&o.rounds, "rounds", 5, "how often each row is measured")
	flags.IntVar(&o.restartRounds, "restart-rounds", 3, "how often the restart is measured")
	flags.Float64Var(&o.seconds, "seconds", 4, "how long each row takes")
	flags.StringVar(&o.peers, "peers", "", "folder of the peers' programs; without it only this server is measured")
	flags.StringVar(&o.json, "json", "", "also write every figure to this file")
	flags.StringSliceVar(&o.only, "only", nil, "only these rows, by comma")
	flags.BoolVar(&o.long, "long", false, "also memory and restart at 1,000,000 and 10,000,000 entries; takes minutes and about 4 GiB of disk")
	// What follows is for tests and for looking closer; other sizes than these make
	// figures that compare with nothing.
	flags.IntVar(&o.products, "products", 200, "")
	flags.IntVar(&o.places, "places", 1_000, "")
	flags.IntVar(&o.most, "most-devices", 1_000, "")
	flags.IntVar(&o.idle, "idle-devices", 5_000, "")
	flags.IntVar(&o.restartAt, "restart-entries", 300_000, "")
	flags.IntVar(&o.longAt, "long-entries", 1_000_000, "")
	flags.StringVar(&o.profile, "profile", "", "")
	for _, name := range []string{"products", "places", "most-devices", "idle-devices", "restart-entries", "long-entries", "profile"} {
		_ = flags.MarkHidden(name) // it is there
	}
	c.AddCommand(a.benchServerCommand(), a.benchFeedCommand())
	return c
}

func (o *benchOptions) check() error {
	for _, name := range o.only {
		if !slices.Contains(benchRows, name) {
			return misused("there is no row %q to measure; there are %s", name, strings.Join(benchRows, ", "))
		}
	}
	switch {
	case o.rounds < 1 || o.restartRounds < 1:
		return misused("--rounds and --restart-rounds are at least 1")
	case o.seconds <= 0 || o.seconds > 600:
		return misused("--seconds is above 0 and at most 600")
	case o.products < 1 || o.places < 2 || o.most < 1 || o.idle < 1 || o.restartAt < 1 || o.longAt < 1:
		return misused("the sizes of a measurement are above 0")
	}
	return nil
}

// bench is one run of the command.
type bench struct {
	app  *app
	o    benchOptions
	self []string // how to call this program
	dir  string   // temporary

	results  results
	peers    *peers
	server   *benchServer // lives through all rounds
	noCommit *benchServer
	idle     *benchServer
	skipped  []string // what could not be measured, and why
}

// run measures everything and prints the table. Every process that it starts it
// also ends.
func (b *bench) run(ctx context.Context) (err error) {
	if b.dir, err = os.MkdirTemp("", "bayledger-bench-"); err != nil {
		return fmt.Errorf("there is no room for data folders: %w", err)
	}
	defer os.RemoveAll(b.dir)
	defer func() {
		b.stopServers()
		b.closePeers()
	}()
	if b.o.profile != "" {
		if b.o.profile, err = filepath.Abs(b.o.profile); err == nil {
			err = os.MkdirAll(b.o.profile, 0o755)
		}
		if err != nil {
			return fmt.Errorf("there is no place for profiles: %w", err)
		}
	}
	started := time.Now()
	if b.o.peers != "" {
		b.peers = b.openPeers(ctx)
	} else {
		b.skip("peers", "no --peers given")
	}
	if err := b.startServers(ctx); err != nil {
		return err
	}
	for round := range b.o.rounds {
		b.results.round = round
		if err := b.round(ctx); err != nil {
			return b.explain(err)
		}
	}
	b.stopServers()
	if b.wants("restart") {
		if err := b.restarts(ctx); err != nil {
			return err
		}
	}
	if b.o.long && b.wants("memory") {
		if err := b.memory(ctx); err != nil {
			return err
		}
	}
	b.closePeers()
	b.say("measured in %s", time.Since(started).Round(time.Second))
	return b.report()
}

func (b *bench) report() error {
	if b.o.json != "" {
		out, err := json.MarshalIndent(b.results.file(b.skipped), "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(b.o.json, append(out, '\n'), 0o644); err != nil {
			return fmt.Errorf("the figures cannot be written: %w", err)
		}
	}
	return b.results.print(b.app.out, b.skipped)
}

// wants says whether a row is to be measured.
func (b *bench) wants(names ...string) bool {
	return len(b.o.only) == 0 || slices.ContainsFunc(names, func(name string) bool { return slices.Contains(b.o.only, name) })
}

// say reports progress.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.app.err, "bench: "+format+"\n", args...)
}

// skip notes what is not measured.
func (b *bench) skip(what, why string) {
	b.skipped = append(b.skipped, what+": "+why)
	b.say("skipped %s: %s", what, why)
}

// duration is how long a row takes.
func (b *bench) duration() time.Duration { return time.Duration(b.o.seconds * float64(time.Second)) }

// startServers starts what the rows need, with catalogue and opening stock.
func (b *bench) startServers(ctx context.Context) (err error) {
	open := func(what string, start func() (*benchServer, error)) *benchServer {
		if err != nil {
			return nil
		}
		b.say("starting %s", what)
		var s *benchServer
		if s, err = start(); err == nil {
			err = b.furnish(ctx, s)
		}
		return s
	}
	if b.wants("1", "100", "1000", "100x16", "open", "share", "fanout", "watched", "live", "catchup") {
		b.server = open("a server", func() (*benchServer, error) {
			if b.o.profile != "" {
				return b.bare(ctx, "ours", false)
			}
			return b.serve(ctx, b.folder("ours"))
		})
	}
	if b.wants("share") {
		b.noCommit = open("a server without the commit", func() (*benchServer, error) { return b.bare(ctx, "no-commit", true) })
	}
	return err
}

// explain adds what a server said that has ended by itself.
func (b *bench) explain(err error) error {
	for _, s := range []*benchServer{b.server, b.noCommit, b.idle} {
		if s == nil {
			continue
		}
		select {
		case <-s.ended:
			err = errors.Join(err, s.failed("ended by itself"))
		default:
		}
	}
	return err
}

func (b *bench) stopServers() {
	for _, s := range []**benchServer{&b.server, &b.noCommit, &b.idle} {
		if *s != nil {
			(*s).kill()
			*s = nil
		}
	}
}

func (b *bench) closePeers() {
	if b.peers != nil {
		b.peers.close()
		b.peers = nil
	}
}
