// Package outboxtest holds the conformance suite of package outbox: what every
// implementation must do, on disk and in memory. [Run] runs it; each test ends by
// opening the folder again and comparing everything with a naive model.
package outboxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/scanner/outbox"
)

// Opener opens one folder; called again after Close it finds what was stored.
type Opener func(outbox.Options) (*outbox.Store, error)

// World is one folder with a clock, a disk, and a model of what must be in it.
type World struct {
	t     testing.TB
	open  Opener
	opts  outbox.Options
	free  atomic.Uint64 // bytes of free disk
	clock atomic.Int64  // µs

	Store *outbox.Store
	mu    sync.Mutex
	boxes map[outbox.Name]*Tracked
}

// Tracked is a Box beside the model of it.
type Tracked struct {
	outbox.Box
	w     *World
	mu    sync.Mutex
	rows  map[uint64][]byte
	next  uint64
	acked uint64
	notes map[uint64][]byte
}

// Plenty of free disk.
const Plenty = 1 << 30

// NewWorld opens the folder. Now and FreeBytes of opts are the world's.
func NewWorld(t testing.TB, open Opener, opts outbox.Options) *World {
	w := &World{t: t, open: open, opts: opts, boxes: map[outbox.Name]*Tracked{}}
	w.free.Store(Plenty)
	w.clock.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
	w.opts.Now = func() time.Time { return time.UnixMicro(w.clock.Load()).UTC() }
	w.opts.FreeBytes = func() (uint64, error) { return w.free.Load(), nil }
	w.start()
	t.Cleanup(func() { _ = w.Store.Close() })
	return w
}

func (w *World) start() {
	w.t.Helper()
	s, err := w.open(w.opts)
	if err != nil {
		w.t.Fatalf("open: %v", err)
	}
	w.Store = s
}

// Sleep moves the clock.
func (w *World) Sleep(d time.Duration) { w.clock.Add(d.Microseconds()) }

// Reopen closes the store and opens it again; Tracked boxes go on being valid.
func (w *World) Reopen() {
	w.t.Helper()
	if err := w.Store.Close(); err != nil {
		w.t.Fatalf("close: %v", err)
	}
	w.start()
	for n, b := range w.boxes {
		b.Box = w.box(n)
	}
}

func (w *World) box(n outbox.Name) outbox.Box {
	w.t.Helper()
	b, err := w.Store.Box(n.Device, n.Install)
	if err != nil {
		w.t.Fatalf("box %v: %v", n, err)
	}
	return b
}

// Box returns the tracked box of a device (install "i1").
func (w *World) Box(device string) *Tracked {
	w.t.Helper()
	n := outbox.Name{Device: device, Install: "i1"}
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := w.boxes[n]; b != nil {
		return b
	}
	b := &Tracked{Box: w.box(n), w: w, rows: map[uint64][]byte{}, notes: map[uint64][]byte{}, next: 1}
	w.boxes[n] = b
	return b
}

// Finish checks all boxes, opens the folder again, and checks once more.
func (w *World) Finish() {
	w.t.Helper()
	w.free.Store(Plenty)
	w.Check()
	w.Reopen()
	w.Check()
}

// Check compares all boxes with their models.
func (w *World) Check() {
	w.t.Helper()
	for _, n := range slices.SortedFunc(maps.Keys(w.boxes), func(a, b outbox.Name) int { return bytes.Compare([]byte(a.Device), []byte(b.Device)) }) {
		if err := w.boxes[n].check(); err != nil {
			w.t.Errorf("box %s: %v", n.Device, err)
		}
	}
}

// RowFor is the row that tests store under seq.
func RowFor(device string, seq uint64) []byte {
	return fmt.Appendf(nil, `{"device":%q,"install":"i1","seq":%d,"action":"add","product":"BOLT-M6","quantity":"3"}`, device, seq)
}

// Add appends a row and puts it into the model.
func (b *Tracked) Add() (uint64, error) {
	return b.AddAll(1)
}

// AddAll appends n rows in one go.
func (b *Tracked) AddAll(n int) (uint64, error) {
	build := func(seq uint64) ([]byte, error) { return RowFor(b.Name().Device, seq), nil }
	first, err := b.AppendAll(context.Background(), n, build)
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for seq := first; seq < first+uint64(n); seq++ {
		if b.rows[seq] != nil {
			return 0, fmt.Errorf("seq %d was given out twice", seq)
		}
		b.rows[seq] = RowFor(b.Name().Device, seq)
	}
	b.next = max(b.next, first+uint64(n))
	return first, nil
}

// Fill adds rows until the box has given out seq n.
func (b *Tracked) Fill(n int) {
	b.w.t.Helper()
	for b.next <= uint64(n) {
		if _, err := b.AddAll(min(n+1-int(b.next), 500)); err != nil {
			b.w.t.Fatalf("append: %v", err)
		}
	}
}

// Acknowledge acks and puts it into the model.
func (b *Tracked) Acknowledge(through uint64) {
	b.w.t.Helper()
	if err := b.Ack(through); err != nil {
		b.w.t.Fatalf("ack %d: %v", through, err)
	}
	b.acked = max(b.acked, through)
}

// All reads everything that waits, in pages of several sizes.
func (b *Tracked) All() ([]outbox.Row, error) {
	var all []outbox.Row
	from := uint64(0)
	for page := 1; ; page = page%700 + 101 {
		rows, err := b.Unacked(from, page, 64<<10)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return all, nil
		}
		if len(rows) > page {
			return nil, fmt.Errorf("asked for %d rows, got %d", page, len(rows))
		}
		all = append(all, rows...)
		from = rows[len(rows)-1].Seq + 1
	}
}

func (b *Tracked) check() error {
	all, err := b.All()
	if err != nil {
		return err
	}
	want := b.acked + 1
	for _, r := range all {
		switch {
		case r.Seq != want:
			return fmt.Errorf("row %d where %d was due", r.Seq, want)
		case b.rows[r.Seq] == nil && !r.Lost:
			return fmt.Errorf("row %d is there, and should be lost", r.Seq)
		case b.rows[r.Seq] != nil && r.Lost:
			return fmt.Errorf("row %d is lost: %s", r.Seq, r.Reason)
		case !bytes.Equal(r.Data, b.rows[r.Seq]):
			return fmt.Errorf("row %d is %q, want %q", r.Seq, r.Data, b.rows[r.Seq])
		}
		want++
	}
	st := b.Stats()
	if want != b.next || st.Next != b.next || st.Acked != b.acked || st.Waiting != len(all) {
		return fmt.Errorf("read up to %d, want %d acked %d; stats %+v", want-1, b.next-1, b.acked, st)
	}
	return errors.Join(b.checkExport(st), b.checkNotes())
}

func (b *Tracked) checkExport(st outbox.Stats) error {
	var out bytes.Buffer
	err := b.Export(&out)
	if err != nil && outbox.CodeOf(err) != outbox.CodeDamaged {
		return err
	}
	var want, bytesHeld int
	lines := bytes.SplitAfter(out.Bytes(), []byte("\n"))
	seqs := slices.Sorted(maps.Keys(b.rows))
	for i, line := range lines[:len(lines)-1] {
		seq := seqs[len(seqs)-(len(lines)-1)+i]
		if !bytes.Equal(bytes.TrimSuffix(line, []byte("\n")), b.rows[seq]) {
			return fmt.Errorf("export line %d is %q, want row %d", i+1, line, seq)
		}
		bytesHeld += len(line) - 1
		want++
	}
	if err == nil && want < st.AckedHeld {
		return fmt.Errorf("exported %d rows, stats say %d acked are held", want, st.AckedHeld)
	}
	if err == nil && int64(bytesHeld) != st.Bytes {
		return fmt.Errorf("exported %d bytes, stats say %d are held", bytesHeld, st.Bytes)
	}
	return nil
}

func (b *Tracked) checkNotes() error {
	notes, err := b.Notes()
	if err != nil {
		return err
	}
	if len(notes) != len(b.notes) || b.Stats().Notes != len(notes) {
		return fmt.Errorf("%d notes, stats say %d, want %d", len(notes), b.Stats().Notes, len(b.notes))
	}
	for i, n := range notes {
		if i > 0 && notes[i-1].Seq >= n.Seq {
			return fmt.Errorf("notes out of order at %d", n.Seq)
		}
		if !bytes.Equal(n.Outcome, b.notes[n.Seq]) {
			return fmt.Errorf("note %d is %q, want %q", n.Seq, n.Outcome, b.notes[n.Seq])
		}
	}
	return nil
}
