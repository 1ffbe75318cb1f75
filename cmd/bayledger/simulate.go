package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"bayledger/sync/simulation"

	"github.com/spf13/cobra"
)

// simulateFlags are what a simulation is told.
type simulateFlags struct {
	seed, first            uint64
	seeds                  int
	devices, intents       int
	history, orders, tries int
	offline                float64
	late                   time.Duration
	families, file, save   string
	only                   []string
	calm, verify, story    bool
}

// defaultHistory is how many intents one history of many has: enough that hot
// shelves have hundreds of facts, few enough that the naive oracle keeps up.
const defaultHistory = 2_500

func (a *app) simulateCommand() *cobra.Command {
	var f simulateFlags
	c := &cobra.Command{
		Use: "simulate", Short: "Play seeded worlds that try to break the books", Args: exactly(0, "simulate takes no words, only flags"),
		Long: "Play worlds of handhelds with wrong clocks and no network, cuts, repeats, crashes, copied and restored devices, and hold the books to an oracle\n" +
			"that sorts the same scans by their moments and folds them the naive way. The same seed is the same world on every machine.\n\n" +
			"  --seed N       tell the world of one seed as a story; one that breaks something is made as small as it gets\n" +
			"  --seeds N      play so many small worlds\n" +
			"  --intents N    play so many intents in large histories; with --verify judge them fully\n" +
			"  --file FILE    play a world that was kept with --save",
		RunE: func(c *cobra.Command, _ []string) error {
			config := simulation.Config{Devices: f.devices, Offline: f.offline, Late: f.late, Calm: f.calm}
			if f.families != "" {
				families, err := simulation.ParseFamilies(f.families)
				if err != nil {
					return misused("%v", err)
				}
				config.Families = families
			}
			if err := config.Check(); err != nil {
				return misused("%v", err)
			}
			only, err := simulation.ParseJudges(f.only)
			if err != nil {
				return misused("%v", err)
			}
			f.only = only
			debug.SetGCPercent(400) // worlds make much garbage and keep little
			switch changed := c.Flags().Changed; {
			case f.file != "":
				return a.simulateFile(&f)
			case changed("seed"):
				config.Seed, config.Intents = f.seed, f.intents
				if err := config.Check(); err != nil {
					return misused("%v", err)
				}
				return a.simulateOne(&f, simulation.Generate(config))
			case f.seeds > 0:
				config.Intents = f.intents
				if err := config.Check(); err != nil {
					return misused("%v", err)
				}
				return a.simulateMany(c.Context(), &f, f.seeds, config, simulation.Options{Orders: f.orders, Only: f.only})
			case f.intents > 0:
				return a.simulateLarge(c.Context(), &f, config)
			}
			return misused("simulate needs one of --seed, --seeds, --intents and --file")
		},
	}
	flags := c.Flags()
	flags.Uint64Var(&f.seed, "seed", 0, "tell the world of this seed")
	flags.IntVar(&f.seeds, "seeds", 0, "play so many seeds")
	flags.Uint64Var(&f.first, "first", 1, "the first of many seeds")
	flags.IntVar(&f.devices, "devices", 0, "handhelds of each world (5 to 8)")
	flags.IntVar(&f.intents, "intents", 0, "scans, of a world or of all histories together")
	flags.IntVar(&f.history, "history", defaultHistory, "scans of each of the large histories")
	flags.Float64Var(&f.offline, "offline", 0, "part of the time that a handheld is offline (0.2 to 0.6)")
	flags.DurationVar(&f.late, "late", 0, "how late the latest handheld comes home (3h to 9h)")
	flags.StringVar(&f.families, "families", "", "what happens: a list of "+simulation.All.String()+" or all; -name leaves one out")
	flags.IntVar(&f.orders, "orders", 0, "other orders of arrival that each history is tried in (8; large histories 2; -1 none)")
	flags.StringSliceVar(&f.only, "only", nil, "of what is judged at the end only these, such as V2,V3")
	flags.BoolVar(&f.calm, "calm", false, "everything arrives at once, and nothing fails")
	flags.BoolVar(&f.verify, "verify", false, "hold large histories to the oracle, in other orders too")
	flags.BoolVar(&f.story, "story", true, "with --seed or --file: tell the story")
	flags.IntVar(&f.tries, "shrink", 3_000, "worlds played to make a failing one small; 0 leaves it as it is")
	flags.StringVar(&f.file, "file", "", "play the world kept in this file")
	flags.StringVar(&f.save, "save", "", "keep the world, made small if it fails, in this file")
	return c
}

// errBroken tells that an invariant broke; what and where was printed.
func errBroken(f *simulation.Failure) error { return fmt.Errorf("the books break %s", f.Judge) }

func (a *app) simulateFile(f *simulateFlags) error {
	text, err := os.ReadFile(f.file)
	if err != nil {
		return err
	}
	s := new(simulation.Script)
	if err := json.Unmarshal(text, s); err != nil {
		return fmt.Errorf("%s is no world that --save kept: %w", f.file, err)
	}
	return a.simulateOne(f, s)
}

// simulateOne tells one world as a story, and makes it small if it fails.
func (a *app) simulateOne(f *simulateFlags, s *simulation.Script) error {
	o := simulation.Options{Orders: f.orders, Only: f.only}
	if f.story {
		o.Tell = func(line string) { fmt.Fprintln(a.out, line) }
	}
	r, err := simulation.Play(s, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "\nseed %d, families %s\n%s", s.Config.Seed, s.Config.Families, r.Histogram())
	if r.Failure == nil {
		fmt.Fprintln(a.out, "books equal the oracle")
		return a.keep(f, s)
	}
	return a.small(f, s, r.Failure)
}

// small shrinks a failing world, tells its story and keeps it where that was
// asked for.
func (a *app) small(f *simulateFlags, s *simulation.Script, failure *simulation.Failure) error {
	fmt.Fprintf(a.out, "\nseed %d breaks %v\n", s.Config.Seed, failure)
	if f.tries > 0 {
		bar := a.progress("shrink", int64(f.tries))
		small := simulation.Shrink(s, failure.Judge, f.tries, func(tried, _ int) { bar.set(int64(tried)) })
		bar.done()
		fmt.Fprintf(a.out, "\n%d of its %d steps do it:\n", len(small.Steps), len(s.Steps))
		s = small
		o := simulation.Options{Orders: f.orders, Only: []string{failure.Judge}, Tell: func(line string) { fmt.Fprintln(a.out, line) }}
		if r, err := simulation.Play(s, o); err != nil {
			return err
		} else if r.Failure != nil {
			fmt.Fprintln(a.out, r.Failure)
		}
	}
	return errors.Join(errBroken(failure), a.keep(f, s))
}

// keep writes a world down.
func (a *app) keep(f *simulateFlags, s *simulation.Script) error {
	if f.save == "" {
		return nil
	}
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(f.save, append(text, '\n'), 0o644)
}

// simulateMany plays many small worlds, or the histories of a large simulation.
func (a *app) simulateMany(ctx context.Context, f *simulateFlags, count int, config simulation.Config, o simulation.Options) error {
	sum := simulation.NewSum()
	bar := a.progress("worlds", int64(count))
	defer bar.done()
	played, soft := 0, ""
	var failed *simulation.Script
	var failure *simulation.Failure
	var fault error
	simulation.Many(ctx, count, runtime.GOMAXPROCS(0), func(i int) simulation.Config {
		c := config
		c.Seed = f.first + uint64(i)
		return c
	}, o, func(_ int, s *simulation.Script, r *simulation.Report, err error) bool {
		played++
		bar.set(int64(played))
		if err != nil {
			fault = fmt.Errorf("seed %d: %w", s.Config.Seed, err)
			return false
		}
		sum.Add(r)
		if failed, failure = s, r.Failure; failure != nil {
			return false
		}
		if lacks := r.Soft(); lacks != nil {
			soft = fmt.Sprintf("the world of seed %d is soft: %s\n", s.Config.Seed, strings.Join(lacks, ", "))
		}
		return true
	})
	bar.done()
	if fault == nil {
		fault = ctx.Err()
	}
	fmt.Fprintf(a.out, "histories %d\n%s%s", played, sum.Histogram(), soft)
	switch {
	case fault != nil:
		return fault
	case failure != nil:
		return a.small(f, failed, failure)
	case len(o.Only) == 0:
		fmt.Fprintln(a.out, "books equal the oracle")
	default:
		fmt.Fprintln(a.out, "nothing was lost, repeated or booked twice; --verify holds the books to the oracle")
	}
	return nil
}

// simulateLarge splits so many intents into histories.
func (a *app) simulateLarge(ctx context.Context, f *simulateFlags, config simulation.Config) error {
	if f.history < simulation.MinIntents {
		return misused("a history has at least %d scans", simulation.MinIntents)
	}
	count := max(1, (f.intents+f.history/2)/f.history)
	config.Intents = f.intents / count
	if config.Families == 0 {
		config.Families = simulation.All
	}
	if err := config.Check(); err != nil {
		return misused("%v", err)
	}
	o := simulation.Options{Orders: f.orders, Only: f.only}
	if o.Orders == 0 {
		o.Orders = 2
	}
	if !f.verify && len(o.Only) == 0 {
		o.Only = []string{simulation.V4, simulation.V5, simulation.V6, simulation.V7}
	}
	return a.simulateMany(ctx, f, count, config, o)
}
