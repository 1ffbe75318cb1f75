package main

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"bayledger/scanner/fleet"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
)

func temporaryOutbox() (*outbox.Store, func(), error) {
	dir, err := os.MkdirTemp("", "bayledger-outbox-")
	if err != nil {
		return nil, nil, err
	}
	store, err := outbox.Open(dir, outbox.Options{Now: time.Now})
	if err != nil {
		os.RemoveAll(dir)
		return nil, nil, err
	}
	return store, func() { store.Close(); os.RemoveAll(dir) }, nil
}

// rehearsal is a whole life of a server: filled, driven, killed, judged.
type rehearsal struct {
	*app
	flags  *fleetFlags
	dir    string // of the server's data folder and its backup
	server *ownServer
	api    *api
	judge  judge

	mu       sync.Mutex // guards what follows
	rng      *rand.Rand
	killed   int
	early    int // of these, again before it was ready
	restarts []time.Duration
	copied   bool   // the backup of which it will be restored was made
	lost     uint64 // scans that were booked and not in it
	restored bool
	whole    chan struct{} // closed when it was restored
	failed   error
}

// How a server is killed while it starts: every third time, within earlyMost.
const (
	killSalt  = 9
	earlyPart = 3
	earlyMost = 250 * time.Millisecond
)

// rehearse runs a fleet against a server of its own and judges the books.
func (a *app) rehearse(ctx context.Context, f *fleetFlags) error {
	dir := f.dir
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "bayledger-fleet-"); err != nil {
			return err
		}
	}
	server := &ownServer{dir: filepath.Join(dir, "data"), log: a.err, child: f.child, args: []string{"--backup-to", filepath.Join(dir, "backup")}}
	if f.lag > 0 {
		server.args = append(server.args, "--checkpoint-lag", strconv.FormatUint(f.lag, 10))
	}
	r := &rehearsal{app: a, flags: f, dir: dir, server: server, rng: rand.New(rand.NewPCG(f.seed, killSalt)),
		judge: judge{opening: map[string]*big.Rat{}, final: map[string]*big.Rat{}}}
	defer r.server.kill()
	if err := r.server.start(ctx); err != nil {
		return err
	}
	var err error
	if r.api, err = r.server.api(); err != nil {
		return err
	}
	t, err := r.run(ctx)
	if t != nil {
		t.print(a.out)
	}
	if err == nil && len(t.wrong) > 0 {
		err = fmt.Errorf("the rehearsal failed: %s (the folder is kept: %s)", strings.Join(t.wrong, "; "), dir)
	}
	if err == nil && !f.keep && f.dir == "" {
		return os.RemoveAll(dir)
	}
	return err
}

func (r *rehearsal) run(ctx context.Context) (*facts, error) {
	if err := r.stockUp(ctx); err != nil {
		return nil, err
	}
	var head struct{ Head uint64 }
	if err := r.api.get(ctx, "/v1/activity?limit=1", &head); err != nil {
		return nil, err
	}
	var key struct{ Key string }
	if err := r.api.post(ctx, "/v1/devices", map[string]string{"device": "watch-1", "role": "supervisor"}, &key); err != nil {
		return nil, err
	}
	booked := map[ledger.Identity]int{}
	watcher, err := fleet.NewWatcher(fleet.WatcherConfig{Server: r.api.base, Key: key.Key, Device: "watch-1", CutBytes: 10 * r.flags.cuts, Seed: r.flags.seed,
		BackoffMin: 50 * time.Millisecond, BackoffMax: 2 * time.Second,
		OnEntry: func(e *fleet.Entry) {
			if strings.HasPrefix(e.Intent.Device, "F-") {
				booked[ledger.Identity{Device: e.Intent.Device, Install: e.Intent.Install, Seq: e.Intent.Seq}]++
			}
		}})
	if err != nil {
		return nil, err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan error, 1)
	watch := sync.OnceFunc(func() { go func() { watched <- watcher.Run(watching) }() })
	if r.flags.lose {
		r.holdBack(ctx)
	} else { // its numbers are given anew after a restore
		watch()
	}

	report, err := r.runFleet(ctx, r.flags, r.api, r.judge.scans, r.progress)
	if report == nil {
		return nil, err
	}
	t := new(facts)
	t.fleet(r.flags, report)
	if err != nil {
		return t, err
	}
	watch()
	r.mu.Lock()
	err = r.failed
	if r.flags.lose {
		t.check("restored from a backup", r.restored && r.lost > 0, "the data folder was lost on the way; %d entries were not in the backup", r.lost)
	}
	t.add(r.flags.interruption()+" of the server", "%d, and %d while it started; ready again after %s", r.killed, r.early, durations(r.restarts))
	r.mu.Unlock()
	if err != nil {
		return t, err
	}
	if err := r.api.get(ctx, "/v1/activity?limit=1", &head); err != nil {
		return t, err
	}
	if err := watcher.Wait(ctx, head.Head); err != nil {
		return t, err
	}
	seen := watcher.Report()
	stop()
	<-watched
	t.check("the feed is gapless", seen.FaultCount == 0 && seen.Entries == head.Head, "entries %d to %d, each once and in order, over %d connections", seen.First, seen.Last, seen.Connects)
	t.check("each scan once", r.once(booked), "%d scans in the journal, %d in the source", len(booked), max(r.judge.scans, r.flags.generate))
	if err := r.judgeBooks(ctx, t); err != nil {
		return t, err
	}
	if err := r.server.stop(); err != nil {
		return t, fmt.Errorf("the server did not stop in peace: %w", err)
	}
	var said bytes.Buffer
	dir := r.dir
	if r.flags.prove != nil {
		dir = r.flags.prove()
	}
	verifier := &app{in: r.in, out: &said, err: r.err, data: filepath.Join(dir, "data")}
	err = verifier.verify(ctx)
	t.check("verify", err == nil, "%s", strings.TrimSpace(said.String()+errorText(err)))
	if r.flags.lose { // its books took another way than the continuous backup's
		return t, nil
	}
	said.Reset()
	err = verifier.backupVerify(ctx, filepath.Join(dir, "backup"), "")
	t.check("backup verify", err == nil && strings.Contains(said.String(), fmt.Sprintf(" %d entries ", head.Head)), "%s", strings.TrimSpace(said.String()+errorText(err)))
	return t, nil
}
