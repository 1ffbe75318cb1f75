package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bayledger/scanner/fleet"
	"bayledger/server/backup"
)

// progress interrupts the server when its share of the scans is booked.
func (r *rehearsal) progress(p fleet.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != nil {
		return
	}
	total := uint64(max(r.judge.scans, r.flags.generate))
	ctx := context.Background()
	switch {
	case r.flags.lose && !r.copied && p.Booked >= total/3:
		r.copied = true
		r.failed = r.copier().backup(ctx, r.copyDir())
	case r.flags.lose && !r.restored && p.Booked >= total*2/3:
		r.restored = true
		r.failed = r.loseAndRestore(ctx)
	case r.killed < r.flags.kills && p.Booked >= total*uint64(r.killed+1)/uint64(r.flags.kills+1):
		r.killed++
		if r.failed = r.interrupt(); r.failed == nil {
			r.failed = r.startAgain(ctx)
		}
	}
}

// interrupt ends the server as kill -9 does, or as the flags have it.
func (r *rehearsal) interrupt() error {
	if r.flags.cut != nil {
		return r.flags.cut(r.server.kill)
	}
	r.server.kill()
	return nil
}

func (f *fleetFlags) interruption() string {
	if f.cut != nil {
		return "power cuts"
	}
	return "kill -9"
}

// startAgain starts the server, which is killed while it starts now and then.
func (r *rehearsal) startAgain(ctx context.Context) error {
	for r.rng.IntN(earlyPart) == 0 {
		r.early++
		if err := r.server.startAndKill(time.Duration(r.rng.Int64N(int64(earlyMost)))); err != nil {
			return err
		}
	}
	started := time.Now()
	err := r.server.start(ctx)
	if err == nil {
		r.restarts = append(r.restarts, time.Since(started))
	}
	return err
}

// copyDir is the backup that is made once, a while before the folder is lost.
func (r *rehearsal) copyDir() string { return filepath.Join(r.dir, "copy") }

// copier backs up and restores as somebody at the command line does.
func (r *rehearsal) copier() *app {
	return &app{in: r.in, out: io.Discard, err: r.err, data: r.server.dir}
}

// loseAndRestore takes the whole data folder away, and makes another of the backup.
func (r *rehearsal) loseAndRestore(ctx context.Context) error {
	defer close(r.whole)
	var head struct{ Head uint64 }
	if err := r.api.get(ctx, "/v1/activity?limit=1", &head); err != nil {
		return err
	}
	r.server.kill()
	if err := errors.Join(os.RemoveAll(r.server.dir), os.RemoveAll(filepath.Join(r.dir, "backup"))); err != nil {
		return err
	}
	var said bytes.Buffer
	a := r.copier()
	a.out = &said
	if err := a.restore(ctx, r.copyDir(), r.server.dir, "", backup.RestoreOptions{Journal: a.restoreOptions()}); err != nil {
		return err
	}
	var has uint64
	if _, err := fmt.Sscanf(said.String()[strings.Index(said.String(), "made: ")+len("made: "):], "%d", &has); err != nil {
		return fmt.Errorf("restore says %q: %w", said.String(), err)
	}
	r.lost = head.Head - min(has, head.Head)
	return r.startAgain(ctx)
}

// holdBack keeps the last sixth of the scans until the folder was lost and restored: a
// handheld that had nothing left to scan would be gone, and with it what it would send
// again.
func (r *rehearsal) holdBack(ctx context.Context) {
	last := max(r.judge.scans, r.flags.generate) * 5 / 6
	r.whole = make(chan struct{})
	r.flags.hold = func(item int) {
		if item < last {
			return
		}
		select {
		case <-r.whole:
		case <-ctx.Done():
		}
	}
}
