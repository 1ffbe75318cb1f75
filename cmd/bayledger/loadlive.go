package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"bayledger/scanner/load"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/spf13/cobra"
)

// livePart is what a process is told in which devices scan while something else goes
// on: hundreds that come home within the same process would hold up who measures.
type livePart struct {
	Addr     string        `json:"addr"`
	Key      string        `json:"key"`
	Prefix   string        `json:"prefix"`
	Devices  int           `json:"devices"`
	Rate     float64       `json:"rate"`
	Products int           `json:"products"`
	Places   int           `json:"places"`
	Length   time.Duration `json:"length"`
}

// liveTold is what it answers: histograms as text.
type liveTold struct {
	Intents uint64        `json:"intents"`
	Elapsed time.Duration `json:"elapsed"`
	Latency string        `json:"latency"`
	Late    string        `json:"late"`
	Error   string        `json:"error,omitempty"`
}

// loadLiveCommand is the process of those who scan. Its input is one order; where the
// input ends they stop.
func (a *app) loadLiveCommand() *cobra.Command {
	return &cobra.Command{Use: "live", Hidden: true, Args: exactly(0, "load live takes no words"),
		RunE: func(c *cobra.Command, _ []string) error {
			var part livePart
			in := json.NewDecoder(a.in)
			if err := in.Decode(&part); err != nil {
				return fmt.Errorf("who scans was not told where: %w", err)
			}
			ctx, stop := context.WithCancel(c.Context())
			defer stop()
			go func() {
				_, _ = io.Copy(io.Discard, a.in) // its end is what counts
				stop()
			}()
			return json.NewEncoder(a.out).Encode(part.play(ctx))
		}}
}

func (p *livePart) play(ctx context.Context) *liveTold {
	r, err := load.Run(ctx, load.Config{Addr: p.Addr, Key: p.Key, Prefix: p.Prefix, Devices: p.Devices, Window: 1, Rate: p.Rate, Duration: p.Length, Products: p.Products, Places: p.Places, Seed: benchSeed})
	if errors.Is(err, context.Canceled) { // what it was to go on beside was over before its sockets were open
		r, err = &load.Result{Latency: load.NewHistogram(), Late: load.NewHistogram()}, nil
	}
	if err != nil {
		return &liveTold{Error: err.Error()}
	}
	latency, err := r.Latency.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	late, lateErr := r.Late.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err = errors.Join(err, lateErr); err != nil {
		return &liveTold{Error: err.Error()}
	}
	return &liveTold{Intents: r.Intents, Elapsed: r.Elapsed, Latency: string(latency), Late: string(late)}
}

// alive lets devices scan, from a process of their own, until the length is over or
// ctx is, and returns what they were answered.
func (f *loadFlags) alive(ctx context.Context, s *benchServer, length time.Duration) (*load.Result, error) {
	p, err := startChild([]string{"BAYLEDGER_SERVER="}, f.self[0], append(f.self[1:len(f.self):len(f.self)], "load", "live")...)
	if err != nil {
		return nil, err
	}
	defer p.kill()
	part := livePart{Addr: s.addr, Key: s.key, Prefix: "LIVE-", Devices: f.live, Rate: f.rate, Products: f.products, Places: f.places, Length: length}
	if err := json.NewEncoder(p.in).Encode(part); err != nil {
		return nil, p.failed("takes no orders")
	}
	defer context.AfterFunc(ctx, func() { _ = p.in.Close() })()
	line, err := p.line(context.WithoutCancel(ctx), childStart+length+load.Grace)
	if err != nil {
		return nil, err
	}
	var told liveTold
	if err := json.Unmarshal([]byte(line), &told); err != nil {
		return nil, fmt.Errorf("who scanned said %q: %w", line, err)
	}
	if told.Error != "" {
		return nil, errors.New(told.Error)
	}
	return told.result()
}

func (t *liveTold) result() (*load.Result, error) {
	latency, err := hdrhistogram.Decode([]byte(t.Latency))
	if err != nil {
		return nil, err
	}
	late, err := hdrhistogram.Decode([]byte(t.Late))
	if err != nil {
		return nil, err
	}
	return &load.Result{Intents: t.Intents, Elapsed: t.Elapsed, Latency: latency, Late: late}, nil
}
