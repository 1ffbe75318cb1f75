package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"bayledger/scanner/load"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/spf13/cobra"
)

// The feeder's shape: cells as many as the memory is promised for, and pushes
// like those of handhelds that were offline for a while.
const (
	feedProducts = 100
	feedPlaces   = 1_000
	feedDevices  = 100
	feedPush     = 16
	feedFlying   = 128 // pushes under way: more than a batch holds
)

// fed is what the feeder answers to an order.
type fed struct {
	Entries uint64  `json:"entries"`
	Wall    float64 `json:"wall"` // µs an intent
	CPU     float64 `json:"cpu"`  // µs an intent, of all that the process does
	procMemory
	Error string `json:"error,omitempty"`
}

// benchFeedCommand books moves on a data folder as fast as that goes, in one
// process and without sockets: what a server is after years, within minutes. Its
// input's lines are orders: "to N" feeds until N entries are there, "memory"
// frees what is free and tells what is resident, and those of bench server. It
// ends with its input.
func (a *app) benchFeedCommand() *cobra.Command {
	var products, places int
	c := &cobra.Command{
		Use: "feed", Hidden: true, Args: exactly(0, "bench feed takes no words"),
		RunE: func(c *cobra.Command, _ []string) error {
			n, err := openNode(c.Context(), a.data, nodeOptions{log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn}))})
			if err != nil {
				return err
			}
			defer n.close(c.Context())
			f := &feeder{node: n, products: products, places: places, rng: rand.New(rand.NewPCG(benchSeed, 2)),
				flying: make(chan struct{}, feedFlying), failed: make(chan error, 1)}
			if err := f.furnish(c.Context()); err != nil {
				return err
			}
			return f.obey(c.Context(), a.in, a.out)
		},
	}
	c.Flags().IntVar(&products, "products", feedProducts, "")
	c.Flags().IntVar(&places, "places", feedPlaces, "")
	return c
}

type feeder struct {
	node             *node
	products, places int
	rng              *rand.Rand
	seqs             [feedDevices]uint64
	next             int
	flying           chan struct{} // a token for each push under way
	failed           chan error    // the first push that was not booked
}

// furnish makes the catalogue and the opening stock.
func (f *feeder) furnish(ctx context.Context) error {
	patches := make([]ledger.Patch, 0, f.products+f.places)
	for i := range f.products {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: load.ProductCode(i)})
	}
	for i := range f.places {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: load.PlaceCode(i)})
	}
	if _, _, err := f.node.book.Edit(ctx, "bench", patches, false); err != nil {
		return err
	}
	for place := range f.places {
		in := ledger.Intent{Device: "opening", Install: "feed", Seq: uint64(place + 1), Action: ledger.ActionCount, Reason: "opening", From: load.PlaceCode(place)}
		for i := range f.products {
			in.Lines = append(in.Lines, ledger.Line{Product: load.ProductCode(i), Quantity: ledger.NewDecimal(1_000_000, 0)})
		}
		if err := bookIntents(ctx, f.node, []ledger.Intent{in}); err != nil {
			return err
		}
	}
	for i := range f.seqs {
		last, err := f.node.book.LastSeq(ctx, feedDevice(i), "feed")
		if err != nil {
			return err
		}
		f.seqs[i] = last
	}
	return nil
}

func feedDevice(i int) string { return "F-" + strconv.Itoa(i) }

func (f *feeder) obey(ctx context.Context, in io.Reader, out io.Writer) error {
	answers := json.NewEncoder(out)
	var own orders
	for lines := bufio.NewScanner(in); lines.Scan(); {
		order, argument, _ := strings.Cut(lines.Text(), " ")
		var answer fed
		switch order {
		case "to":
			to, err := strconv.ParseUint(argument, 10, 64)
			if err == nil {
				answer, err = f.feed(ctx, to)
			}
			if err != nil {
				answer.Error = err.Error()
			}
		case "memory":
			debug.FreeOSMemory()
			answer.procMemory = memoryOf(os.Getpid())
		default:
			if known, err := own.obey(order, argument); err != nil {
				answer.Error = err.Error()
			} else if !known {
				answer.Error = "unknown order " + order
			}
		}
		answer.Entries = f.node.book.Head()
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
	return nil
}

// feed books until the book has so many entries, and tells what one took.
func (f *feeder) feed(ctx context.Context, to uint64) (fed, error) {
	first, started, cpu := f.node.book.Head(), time.Now(), cpuSeconds(os.Getpid())
	for given := first; given < to; given += feedPush {
		if err := f.push(ctx); err != nil {
			return fed{}, err
		}
	}
	for range feedFlying { // all tokens back: all is booked
		f.flying <- struct{}{}
	}
	for range feedFlying {
		<-f.flying
	}
	select {
	case err := <-f.failed:
		return fed{}, err
	default:
	}
	n := float64(max(1, f.node.book.Head()-first))
	return fed{Wall: time.Since(started).Seconds() * 1e6 / n, CPU: (cpuSeconds(os.Getpid()) - cpu) * 1e6 / n}, nil
}

// push submits one device's next moves.
func (f *feeder) push(ctx context.Context) error {
	device := f.next % feedDevices
	f.next++
	s := &book.Submission{Source: book.Source{Device: feedDevice(device), Install: "feed", Role: "floor", Transport: book.Socket}, Intents: make([]ledger.Received, feedPush)}
	now := ledger.TimeOf(time.Now())
	for i := range s.Intents {
		f.seqs[device]++
		from := f.rng.IntN(f.places)
		s.Intents[i] = wire.Receive(ledger.Intent{Device: s.Source.Device, Install: "feed", Seq: f.seqs[device], At: now, Clock: "a", Operator: "ann",
			Action: ledger.ActionMove, Product: load.ProductCode(f.rng.IntN(f.products)), Quantity: ledger.NewDecimal(1+f.rng.Int64N(19), 0),
			From: load.PlaceCode(from), To: load.PlaceCode((from + 1 + f.rng.IntN(f.places-1)) % f.places)})
	}
	s.Done = func(r book.Results, err error) {
		for i := range r.Results {
			if err == nil && r.Results[i].Outcome != ledger.Applied {
				err = fmt.Errorf("a move was %s: %s", r.Results[i].Outcome, r.Results[i].Message)
			}
		}
		if err != nil {
			select {
			case f.failed <- err:
			default:
			}
		}
		<-f.flying
	}
	f.flying <- struct{}{}
	if err := f.node.book.Submit(ctx, s); err != nil {
		<-f.flying
		return err
	}
	return nil
}
