package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"bayledger/scanner/fleet"
	"bayledger/scanner/outbox"
	"bayledger/server/backup"
	"bayledger/sync/ledger"
)

// facts are the lines of the table that a rehearsal prints.
type facts struct {
	lines [][2]string
	wrong []string
}

func (t *facts) add(what, format string, args ...any) {
	t.lines = append(t.lines, [2]string{what, fmt.Sprintf(format, args...)})
}

// check adds a line that must hold.
func (t *facts) check(what string, ok bool, format string, args ...any) {
	verdict := "yes: "
	if !ok {
		verdict = "NO: "
		t.wrong = append(t.wrong, what+": "+fmt.Sprintf(format, args...))
	}
	t.add(what, verdict+format, args...)
}

func (t *facts) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, l := range t.lines {
		fmt.Fprintf(w, "%s\t%s\n", l[0], l[1])
	}
	_ = w.Flush() // the terminal's own trouble
}

func (t *facts) fleet(f *fleetFlags, r *fleet.Report) {
	t.add("handhelds", "%d, seed %d", f.devices, f.seed)
	t.add("scans", "%d in %s, %.0f a second", r.Scans, r.Elapsed.Round(time.Millisecond), float64(r.Scans)/r.Elapsed.Seconds())
	t.add("connections", "%d, of which %d were cut on purpose", r.Connects, r.Cuts)
	var fates []string
	for fate, n := range r.Outcomes {
		fates = append(fates, fmt.Sprintf("%d %s", n, fate))
	}
	slices.Sort(fates)
	t.add("fates", "%s", strings.Join(fates, ", "))
	t.add("answered twice", "%d repeats, each told its first receipt", r.Repeats)
	t.add("ack", "p50 %s, p99 %s, longest %s", r.Ack.P50, r.Ack.P99, r.Ack.Max)
	t.check("every scan answered", r.Waiting == 0 && r.Lost == 0, "%d wait, %d lost", r.Waiting, r.Lost)
	t.check("one receipt a scan", r.ConflictCount == 0, "%d scans were told two entries", r.ConflictCount)
}

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

// once says whether each scan of the source is one entry of the journal.
func (r *rehearsal) once(booked map[ledger.Identity]int) bool {
	for _, n := range booked {
		if n != 1 {
			return false
		}
	}
	return len(booked) == max(r.judge.scans, r.flags.generate)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// durations says a few durations each, and of many the middle and the longest.
func durations(all []time.Duration) string {
	const few = 4
	words := make([]string, len(all))
	for i, d := range all {
		words[i] = d.Round(time.Millisecond).String()
	}
	if len(all) <= few {
		return strings.Join(words, " and ")
	}
	sorted := slices.Sorted(slices.Values(all))
	return fmt.Sprintf("%s (half of the times), %s (at the longest)", sorted[len(all)/2].Round(time.Millisecond), sorted[len(all)-1].Round(time.Millisecond))
}

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

// stockUp imports the catalogue, sets constraints and counts the opening stock.
func (r *rehearsal) stockUp(ctx context.Context) error {
	products, err := r.readInput()
	if err != nil {
		return err
	}
	if err := r.table(ctx, "products", []string{"code", "name"}, products); err != nil {
		return err
	}
	limits := make([][]string, 0, len(products))
	var lines bytes.Buffer
	seq := 0
	for _, p := range products {
		opening := r.judge.opening[p[0]]
		if opening.Sign() == 0 {
			continue
		}
		if least := least(opening); least.Sign() > 0 {
			limits = append(limits, []string{p[0], "main", least.RatString()})
		}
		seq++
		// Stock that was counted later than a scan would cover it (rule 2).
		in := ledger.Intent{At: max(0, r.judge.first-1), Device: "opening", Install: "-", Seq: uint64(seq), Action: ledger.ActionCount, Reason: "opening", Product: p[0]}
		if in.Quantity, err = ledger.ParseDecimal(opening.RatString()); err != nil {
			return err
		}
		payload, _ := ledger.AppendIntent(nil, &in)
		lines.Write(append(payload, '\n'))
	}
	if err := r.table(ctx, "constraints", []string{"product", "site", "min"}, limits); err != nil {
		return err
	}
	var answer struct{ Outcomes []ledger.Result }
	if err := r.api.call(ctx, http.MethodPost, "/v1/intents", "application/x-ndjson", lines.Bytes(), &answer); err != nil {
		return err
	}
	for _, o := range answer.Outcomes {
		if o.Outcome != ledger.Applied {
			return fmt.Errorf("the opening stock was not booked: %s", o.Message)
		}
	}
	return nil
}

// readInput lets the judge read the files, or makes up what generated traffic
// needs.
func (r *rehearsal) readInput() ([][]string, error) {
	if r.flags.generate > 0 {
		var rows [][]string
		for i := range generatedProducts {
			code := generatedProduct(i)
			rows = append(rows, []string{code, "Made up"})
			r.judge.opening[code], r.judge.final[code] = big.NewRat(1_000, 1), big.NewRat(1_000, 1)
		}
		for item, err := range generated(r.flags) {
			if err != nil {
				return nil, err
			}
			quantity, _ := new(big.Rat).SetString(item.Intent.Quantity.String())
			if item.Intent.Action == ledger.ActionRemove {
				quantity.Neg(quantity)
			}
			r.judge.final[item.Intent.Product].Add(r.judge.final[item.Intent.Product], quantity)
		}
		return rows, nil
	}
	catalogue, err := r.openFile(r.flags.products)
	if err != nil {
		return nil, err
	}
	defer catalogue.Close()
	rows, err := r.judge.openProducts(catalogue)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(r.flags.products), err)
	}
	scans, err := r.openFile(r.flags.recorded)
	if err != nil {
		return nil, err
	}
	defer scans.Close()
	if err := r.judge.readScans(scans); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(r.flags.recorded), err)
	}
	return rows, nil
}

// table imports rows.
func (r *rehearsal) table(ctx context.Context, kind string, header []string, rows [][]string) error {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(append([][]string{header}, rows...)); err != nil {
		return err
	}
	return r.api.call(ctx, http.MethodPost, "/v1/import/"+kind, "text/csv", out.Bytes(), nil)
}

// judgeBooks compares the books with what the judge has taken together itself.
func (r *rehearsal) judgeBooks(ctx context.Context, t *facts) error {
	var answer struct {
		Rows []struct{ Product, Quantity string }
	}
	if err := r.api.get(ctx, "/v1/balances?site=main", &answer); err != nil {
		return err
	}
	found := map[string]*big.Rat{}
	for _, row := range answer.Rows {
		quantity, ok := new(big.Rat).SetString(row.Quantity)
		if !ok {
			return fmt.Errorf("the balance %q of %s is no number", row.Quantity, row.Product)
		}
		if found[row.Product] == nil {
			found[row.Product] = new(big.Rat)
		}
		found[row.Product].Add(found[row.Product], quantity)
	}
	right, wrong := r.judge.compare(found)
	t.check("balances", len(wrong) == 0, "%d of %d equal the file taken together on its own%s", right, len(r.judge.final), firstOf(wrong))
	return r.judgeAlerts(ctx, t)
}

func firstOf(wrong []string) string {
	if len(wrong) == 0 {
		return ""
	}
	slices.Sort(wrong)
	return ": " + strings.Join(wrong[:min(3, len(wrong))], "; ")
}

// judgeAlerts compares the open low-stock alerts with those that must be.
func (r *rehearsal) judgeAlerts(ctx context.Context, t *facts) error {
	var answer struct {
		Rows []struct{ Kind, Product string }
	}
	if err := r.api.get(ctx, "/v1/alerts?kind=low", &answer); err != nil {
		return err
	}
	want, extra := r.judge.low(), 0
	total := len(want)
	for _, a := range answer.Rows {
		if !want[a.Product] {
			extra++
		}
		delete(want, a.Product)
	}
	t.check("low-stock alerts", len(want) == 0 && extra == 0, "%d open, %d must be; %d missing, %d too many", len(answer.Rows), total, len(want), extra)
	return nil
}
