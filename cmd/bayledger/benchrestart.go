package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"bayledger/scanner/load"
)

// killWithin is how long a load may take to reach the entries at which its server
// is killed.
const killWithin = 5 * time.Minute

// restarts measures what a start takes after a kill -9 under load.
func (b *bench) restarts(ctx context.Context) error {
	for round := range b.o.restartRounds {
		b.results.round = round
		s, err := b.restart(ctx, b.folder(fmt.Sprintf("restart-%d", round)))
		if err != nil {
			return fmt.Errorf("row restart: %w", err)
		}
		b.note("restart", benchOurs, s)
		if b.peers == nil || b.peers.cluster == nil {
			continue
		}
		if s, err = b.peers.restart(ctx, b.o.restartAt); err != nil {
			b.dropPeers("restart", err)
			continue
		}
		b.note("restart", benchPostgres, s)
	}
	return nil
}

// restart loads a server, kills it amid the load, and times its next start.
func (b *bench) restart(ctx context.Context, dir string) (sample, error) {
	defer os.RemoveAll(dir)
	s, err := b.serve(ctx, dir)
	if err != nil {
		return nil, err
	}
	entries, err := b.killUnderLoad(ctx, s)
	if err != nil {
		s.kill()
		return nil, err
	}
	took, again, err := b.timedStart(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer again.kill()
	head, err := again.head(ctx)
	if err != nil {
		return nil, err
	}
	if head < entries {
		return nil, fmt.Errorf("%d entries were acknowledged before the kill, %d are there after it", entries, head)
	}
	return sample{"ms": took.Seconds() * 1e3, "entries": float64(head)}, nil
}

// killUnderLoad pushes until the book has the entries wanted, then kills the
// server while the load goes on. It returns how many entries were acknowledged.
func (b *bench) killUnderLoad(ctx context.Context, s *benchServer) (uint64, error) {
	if err := b.furnish(ctx, s); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, killWithin)
	defer cancel()
	var booked atomic.Uint64
	c := b.config(s, benchLoads[3])
	c.Duration, c.Booked = killWithin, &booked
	ended := make(chan error, 1)
	go func() {
		_, err := load.Run(ctx, c)
		ended <- err
	}()
	t := time.NewTicker(time.Millisecond)
	defer t.Stop()
	for s.base+booked.Load() < uint64(b.o.restartAt) {
		select {
		case err := <-ended:
			return 0, errors.Join(fmt.Errorf("the load ended at %d of %d entries", s.base+booked.Load(), b.o.restartAt), err)
		case <-t.C:
		}
	}
	s.kill()
	cancel()
	<-ended // with the error of sockets that broke
	return s.base + booked.Load(), nil
}

// timedStart starts a server on a folder and returns how long it took from the
// start of the process until it said that it is ready.
func (b *bench) timedStart(ctx context.Context, dir string) (time.Duration, *benchServer, error) {
	started := time.Now()
	s, err := b.serve(ctx, dir)
	if err != nil {
		return 0, nil, err
	}
	if err := s.api.call(ctx, http.MethodGet, "/readyz", "", nil, nil); err != nil {
		s.kill()
		return 0, nil, err
	}
	return time.Since(started), s, nil
}
