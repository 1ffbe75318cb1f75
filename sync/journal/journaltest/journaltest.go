// Package journaltest is the suite that every journal must pass, and the world
// of batches that it is made of.
//
// Run is given a function that opens an empty journal with the means to crash
// it, fill its disk and break a commit. Each test ends by opening the journal
// anew and comparing everything it holds with what it was given: head, rows, what
// was appended to each key, every record by number and by identity, and a full
// Check.
package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// Lag is the CheckpointLag that a Subject's journals should have: short, so that
// rows age out within a test.
const Lag = 200

// Reserve is the reserve that they should have.
const Reserve = 1 << 20

// seeds is how many random worlds Run goes through.
const seeds = 3

// Subject is a journal under test.
type Subject struct {
	Journal journal.Journal
	// Reopen opens the same data anew, without closing Journal first, as after a
	// crash; it sets Journal, and heals what Break and Free did.
	Reopen func() journal.Journal
	// Free sets how many bytes the disk has free from now on.
	Free func(bytes uint64)
	// Break lets the given number of commits pass and the next one fail.
	Break func(after int)
}

// Run runs the suite, its tests side by side. open makes a Subject with an empty
// journal.
func Run(t *testing.T, open func(t *testing.T) *Subject) {
	tests := []struct {
		name string
		test func(t *testing.T, s *Subject)
	}{
		{"empty", empty},
		{"rows age out", rowsAgeOut},
		{"appends", appends},
		{"one key", oneKey},
		{"broken closing", brokenClosing},
		{"bounds", bounds},
		{"refused", refused},
		{"large", large},
		{"torn", torn},
		{"many devices", manyDevices},
		{"full", full},
		{"broken", broken},
		{"cancelled", cancelled},
		{"closed", closed},
		{"read from anywhere", readFromAnywhere},
		{"read stops", readStops},
		{"rows stop", rowsStop},
		{"readers beside the writer", readersBesideTheWriter},
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprintf("random %d", seed), func(t *testing.T) {
			t.Parallel()
			random(t, open(t), seed)
		})
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
}

// append appends a batch that must be taken.
func (s *Subject) append(t *testing.T, b *journal.Batch) {
	t.Helper()
	if err := s.Journal.Append(context.Background(), b); err != nil {
		t.Fatalf("appending %d entries from %d on: %v", len(b.Records), b.First, err)
	}
}

// end reopens the journal, after a clean close or not, and verifies it.
func (s *Subject) end(t *testing.T, w *World, clean bool) {
	t.Helper()
	if clean {
		if err := s.Journal.Close(); err != nil {
			t.Fatalf("closing: %v", err)
		}
	}
	w.Verify(t, s.Reopen())
}

func empty(t *testing.T, s *Subject) {
	epoch := s.Journal.Head().Epoch
	w := NewWorld(Config{Seed: 1})
	w.head.BookedAt = 0 // nothing was ever booked
	for _, clean := range []bool{false, true, true} {
		s.end(t, w, clean)
	}
	if got := s.Journal.Head().Epoch; got != epoch || epoch == "" {
		t.Fatalf("the epoch was %q and is %q", epoch, got)
	}
}

// random appends batches of random sizes with updates, deletions and seqs out of
// order, and opens the journal anew now and then, cleanly or not.
func random(t *testing.T, s *Subject, seed uint64) {
	t.Logf("seed %d", seed)
	w := NewWorld(Config{Seed: seed, Devices: 7, Cells: 150, Shuffle: true, Deletes: true})
	choice := rand.New(rand.NewPCG(seed, 2))
	for range 50 {
		s.append(t, w.Batch(w.Size(60)))
		switch choice.IntN(14) {
		case 0:
			s.end(t, w, true)
		case 1:
			s.end(t, w, false)
		}
	}
	s.end(t, w, choice.IntN(2) == 0)
}

// rowsAgeOut changes many rows once and then others for long: whatever is
// written under its own key in the meantime, all are there after a crash.
func rowsAgeOut(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 3, Cells: 20})
	for part := range 4 {
		var rows []journal.Row
		for i := range 300 {
			rows = append(rows, journal.Row{Key: fmt.Appendf(nil, "cold/%d/%04d", part, i), Value: fmt.Appendf(nil, "%d", i)})
		}
		rows = append(rows, journal.Row{Key: []byte("empty"), Value: []byte{}})
		s.append(t, w.WithRows(2, rows))
	}
	s.end(t, w, false)
	for range 30 {
		s.append(t, w.Batch(20))
	}
	var gone []journal.Row
	for i := range 100 {
		gone = append(gone, journal.Row{Key: fmt.Appendf(nil, "cold/0/%04d", 3*i)})
	}
	s.append(t, w.WithRows(1, append(gone, journal.Row{Key: []byte("never there")})))
	s.end(t, w, false)
	for range 30 {
		s.append(t, w.Batch(20))
	}
	s.end(t, w, false)
	s.end(t, w, true)
}

// appends appends for many windows, with ends of both kinds anywhere in them, and
// asks on the way.
func appends(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 17, Cells: 40, AppendsPerEntry: 3})
	choice := rand.New(rand.NewPCG(17, 2))
	for i := range 120 {
		s.append(t, w.Batch(w.Size(40)))
		if err := w.verifyKey(s.Journal, "f", w.head.N); err != nil {
			t.Fatal(err)
		}
		switch {
		case i%12 == 7:
			s.end(t, w, choice.IntN(2) == 0)
		case i%12 == 9: // twice: what a start gathers and writes, the next one must not gather again
			s.end(t, w, false)
			s.append(t, w.Batch(1))
			s.end(t, w, false)
		}
	}
	w.NoAppends = true
	for range 60 { // what waits is written all the same
		s.append(t, w.Batch(20))
	}
	s.end(t, w, false)
	s.end(t, w, true)
}

// brokenClosing breaks Close at each of its commits, in the middle of windows.
func brokenClosing(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 19, Cells: 300, Shuffle: true})
	failed, passed := 0, 0
	for after := range 5 {
		for part := range 5 {
			rows := make([]journal.Row, 0, 80)
			for i := range 80 {
				rows = append(rows, journal.Row{Key: cellKey(80*(part%3) + i), Value: w.noise(5 << 10)})
			}
			s.append(t, w.WithAppends(10, rows))
		}
		s.Break(2 * after)
		if err := s.Journal.Close(); err != nil {
			failed++
		} else {
			passed++
		}
		s.end(t, w, false)
		s.append(t, w.Batch(5))
		s.end(t, w, false)
	}
	if failed == 0 || passed == 0 {
		t.Fatalf("%d closings failed and %d did not: both should be seen", failed, passed)
	}
}

// oneKey appends as much to one key as may be, in one batch and in many.
func oneKey(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 18})
	add := func(sizes ...int) {
		t.Helper()
		rows := make([]journal.Row, 0, len(sizes))
		for _, size := range sizes {
			rows = append(rows, journal.Row{Key: []byte("f"), Value: w.noise(size)})
		}
		s.append(t, w.WithAppends(2, rows))
	}
	for range 12 {
		add(journal.MaxAppend)
	}
	s.end(t, w, false)
	for range 12 {
		add(journal.MaxAppend-3, 1, 2)
		add(5)
	}
	s.end(t, w, true)
	for range 300 {
		add(700)
	}
	s.end(t, w, false)
}

func bounds(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 4, RowsPerEntry: 1})
	s.append(t, w.Batch(journal.MaxBatchScans))
	s.append(t, w.Edits(journal.MaxBatchEntries))
	s.append(t, w.WithRows(1, []journal.Row{
		{Key: bytes.Repeat([]byte("k"), journal.MaxRowKey), Value: bytes.Repeat([]byte("v"), journal.MaxRowValue)},
		{Key: []byte{0}, Value: []byte{0}}, {Key: []byte{0xff, 0xff}, Value: []byte{}},
	}))
	s.end(t, w, false)
	b := w.Bulky(8, 700<<10)
	spare := journal.MaxBatchBytes - b.Bytes()
	b.Records[0].Stamp = append(b.Records[0].Stamp, make([]byte, spare)...)
	w.kept[b.First-1].Stamp = b.Records[0].Stamp
	s.append(t, b)
	b = w.Bulky(8, 700<<10)
	spare = journal.MaxBatchBytes - b.Bytes()
	long := b.Records[0].Stamp
	b.Records[0].Stamp = append(long[:len(long):len(long)], make([]byte, spare+1)...)
	if err := s.Journal.Append(context.Background(), b); !errors.Is(err, journal.ErrBatch) {
		t.Fatalf("a batch of one byte too many: %v", err)
	}
	b.Records[0].Stamp = long
	s.append(t, b)
	s.end(t, w, true)
}

// refused: a batch that cannot be stored changes nothing, and the journal goes on.
func refused(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 5})
	s.append(t, w.Batch(3))
	long := string(bytes.Repeat([]byte("x"), journal.MaxName+1))
	for name, spoil := range map[string]func(b *journal.Batch){
		"a gap":          func(b *journal.Batch) { b.First++ },
		"again":          func(b *journal.Batch) { b.First-- },
		"no entries":     func(b *journal.Batch) { b.Records = nil },
		"too many":       func(b *journal.Batch) { b.Records = make([]journal.Record, journal.MaxBatchEntries+1) },
		"too many scans": func(b *journal.Batch) { b.Records = slices.Repeat(b.Records, journal.MaxBatchScans) },
		"wrong head":     func(b *journal.Batch) { b.Head[0]++ },
		"no JSON":        func(b *journal.Batch) { b.Records[1].JSON = nil },
		"no hash":        func(b *journal.Batch) { b.Records[0].JSON = []byte(`{"n":1}`) },
		"long device":    func(b *journal.Batch) { b.Records[0].ID.Device = long },
		"long install":   func(b *journal.Batch) { b.Records[0].ID.Install = long },
		"row of no key":  func(b *journal.Batch) { b.Rows[0].Key = nil },
		"row's long key": func(b *journal.Batch) { b.Rows[0].Key = make([]byte, journal.MaxRowKey+1) },
		"row too large":  func(b *journal.Batch) { b.Rows[0].Value = make([]byte, journal.MaxRowValue+1) },
		"append's key":   func(b *journal.Batch) { b.Appends[1].Key = nil },
		"append's long key": func(b *journal.Batch) {
			b.Appends[1].Key = make([]byte, journal.MaxRowKey+1)
		},
		"append of nothing": func(b *journal.Batch) { b.Appends[1].Value = nil },
		"append too large": func(b *journal.Batch) {
			for i := range b.Appends {
				b.Appends[i] = journal.Row{Key: []byte("f"), Value: make([]byte, journal.MaxAppend/2+1)}
			}
		},
	} {
		b := w.Batch(2)
		spoil(b)
		if err := s.Journal.Append(context.Background(), b); !errors.Is(err, journal.ErrBatch) || journal.Code(err) != "bad_batch" {
			t.Fatalf("%s: %v", name, err)
		}
		w.Undo()
	}
	s.append(t, w.Batch(2))
	s.end(t, w, false)
}

// large appends batches that cannot be compressed, of one commit and of several.
func large(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 6})
	for _, kib := range []int{300, 1100, 2400, 5500} {
		s.append(t, w.Bulky(4, kib<<10/4))
		s.append(t, w.Batch(2))
	}
	s.end(t, w, false)
	s.append(t, w.Bulky(20, 130<<10))
	s.end(t, w, true)
}

// torn breaks a batch of several commits at each of them.
func torn(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 7})
	s.append(t, w.Batch(5))
	for after := range 20 {
		s.Break(after)
		err := s.Journal.Append(context.Background(), w.Bulky(6, 300<<10))
		if err == nil {
			s.end(t, w, false)
			if after < 2 { // one for the parts ahead, one for the rest
				t.Fatalf("the batch took %d commits: it should take several", after)
			}
			return
		}
		if !errors.Is(err, journal.ErrBroken) {
			t.Fatal(err)
		}
		if s.Reopen().Head().N < w.head.N {
			w.Undo()
		}
		w.Verify(t, s.Journal)
		s.append(t, w.Batch(1)) // in the place of what was torn
	}
	t.Fatal("the batch took more than 20 commits")
}

// manyDevices appends a batch whose every entry is another device's, with names
// as long as they may be, and a block of several parts.
func manyDevices(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 8, Devices: 1})
	b := w.Bulky(journal.MaxBatchScans+2, 300)
	for i := range b.Records {
		id := &b.Records[i].ID
		if i >= journal.MaxBatchScans { // the last two came from no device; one is named all the same
			*id = ledger.Identity{Device: []string{"", "import"}[i-journal.MaxBatchScans]}
			w.kept[i].ID = *id
			continue
		}
		id.Device = fmt.Sprintf("%0*d", journal.MaxName, i)
		id.Install = fmt.Sprintf("k%0*d", journal.MaxName-1, i)
		id.Seq = 1<<64 - 1
		w.kept[i].ID = *id
	}
	w.devices[0].next = 1
	s.append(t, b)
	s.end(t, w, false)
}

// full: below the reserve nothing is stored, and reading goes on; above it the
// same batch is taken.
func full(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 9})
	s.append(t, w.Batch(4))
	s.Free(Reserve - 1)
	var b *journal.Batch
	taken := 0
	for ; ; taken++ {
		b = w.Batch(2)
		err := s.Journal.Append(context.Background(), b)
		if errors.Is(err, journal.ErrFull) && journal.Code(err) == "disk_full" {
			break
		}
		if err != nil || taken > 100 {
			t.Fatalf("after %d appends on a full disk: %v", taken, err)
		}
	}
	for range 3 {
		if err := s.Journal.Append(context.Background(), b); !errors.Is(err, journal.ErrFull) {
			t.Fatalf("once more on a full disk: %v", err)
		}
	}
	w.Undo()
	if err := w.verifyRecords(s.Journal, 1, 0); err != nil {
		t.Fatal(err)
	}
	s.Free(Reserve)
	s.append(t, w.Batch(2))
	s.end(t, w, false)
	s.append(t, w.Batch(2))
	s.Free(0)
	s.end(t, w, true) // nothing is written at closing
}

// broken: after a commit that failed nothing is taken, reading goes on, and the
// batch is there whole or not at all after reopening.
func broken(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 10})
	s.append(t, w.Batch(4))
	s.Break(1)
	s.append(t, w.Batch(4))
	err := s.Journal.Append(context.Background(), w.Batch(4))
	if !errors.Is(err, journal.ErrBroken) || journal.Code(err) != "journal_broken" {
		t.Fatalf("a commit that fails: %v", err)
	}
	w.Undo()
	for range 3 {
		err := s.Journal.Append(context.Background(), w.Batch(4))
		if !errors.Is(err, journal.ErrBroken) {
			t.Fatalf("after a commit that failed: %v", err)
		}
		w.Undo()
	}
	if err := w.verifyRecords(s.Journal, 1, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Journal.Close(); err != nil {
		t.Fatal(err)
	}
	if s.Reopen().Head().N > w.head.N {
		w.Batch(4)
	}
	w.Verify(t, s.Journal)
	s.append(t, w.Batch(4))
	s.end(t, w, true)
}

func cancelled(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 11})
	s.append(t, w.Batch(4))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := w.Batch(4)
	if err := s.Journal.Append(ctx, b); !errors.Is(err, context.Canceled) {
		t.Fatalf("append: %v", err)
	}
	if err := s.Journal.Read(ctx, 1, func(*journal.Block) (bool, error) { return true, nil }); !errors.Is(err, context.Canceled) {
		t.Fatalf("read: %v", err)
	}
	if err := s.Journal.Rows(ctx, func(_, _ []byte) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Fatalf("rows: %v", err)
	}
	if err := s.Journal.Check(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("check: %v", err)
	}
	s.append(t, b)
	s.end(t, w, false)
}

func closed(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 12, Shuffle: true})
	for range 20 {
		s.append(t, w.Batch(20))
	}
	if err := s.Journal.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Journal.Close(); err != nil {
		t.Fatalf("closing twice: %v", err)
	}
	if err := s.Journal.Append(context.Background(), w.Batch(1)); !errors.Is(err, journal.ErrClosed) {
		t.Fatalf("append: %v", err)
	}
	w.Undo()
	if _, err := s.Journal.BookedAt(1); !errors.Is(err, journal.ErrClosed) {
		t.Fatalf("booked at: %v", err)
	}
	s.end(t, w, false)
}

func readFromAnywhere(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 13, RowsPerEntry: 1})
	for range 80 {
		s.append(t, w.Batch(w.Size(30)))
	}
	for from := uint64(0); from <= w.head.N+3; from++ {
		if err := w.verifyRecords(s.Journal, max(from, 1), 40); err != nil {
			t.Fatal(err)
		}
	}
	s.end(t, w, true)
}

func readStops(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 14})
	for range 20 {
		s.append(t, w.Batch(3))
	}
	wanted := errors.New("enough")
	calls := 0
	err := s.Journal.Read(context.Background(), 10, func(*journal.Block) (bool, error) {
		calls++
		if calls == 7 {
			return true, wanted
		}
		return true, nil
	})
	if !errors.Is(err, wanted) || calls != 7 {
		t.Fatalf("an error after 7 blocks: %v after %d", err, calls)
	}
	// What is appended while Read is at work is read too.
	blocks := 0
	err = s.Journal.Read(context.Background(), 1, func(*journal.Block) (bool, error) {
		if blocks++; blocks <= 5 {
			s.append(t, w.Batch(1))
		}
		return true, nil
	})
	if err != nil || blocks != 25 {
		t.Fatalf("%d blocks were read (%v), want 25", blocks, err)
	}
	s.end(t, w, false)
}

func rowsStop(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 15, Cells: 100})
	for range 30 {
		s.append(t, w.Batch(20))
	}
	wanted := errors.New("enough")
	for stop := 1; stop < 100; stop += 32 {
		calls := 0
		err := s.Reopen().Rows(context.Background(), func(_, _ []byte) error {
			if calls++; calls == stop {
				return wanted
			}
			return nil
		})
		if !errors.Is(err, wanted) || calls != stop {
			t.Fatalf("an error at row %d: %v at %d", stop, err, calls)
		}
	}
	s.end(t, w, false)
}

// readersBesideTheWriter reads, finds and checks while batches are appended:
// each sees only what had been appended, and all of it.
func readersBesideTheWriter(t *testing.T, s *Subject) {
	w := NewWorld(Config{Seed: 16, Shuffle: true})
	var batches []*journal.Batch
	for range 60 {
		batches = append(batches, w.Batch(w.Size(20)))
	}
	j := s.Journal
	var readers sync.WaitGroup
	done := make(chan struct{})
	reader := func(read func() error) {
		readers.Go(func() {
			for {
				if err := read(); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	reader(func() error {
		before, last := j.Head().N, uint64(0)
		err := j.Read(context.Background(), 1, func(b *journal.Block) (bool, error) {
			last = b.Last
			return true, w.verifyBlock(b)
		})
		if err == nil && last < before {
			err = fmt.Errorf("the head was %d, reading ended at %d", before, last)
		}
		return err
	})
	reader(func() error { return j.Check(context.Background(), nil) })
	reader(func() error {
		before := j.Head().N
		for _, key := range append(prefixes, string(cellKey(7))) {
			if err := w.verifyKey(j, key, before); err != nil {
				return err
			}
		}
		return nil
	})
	reader(func() error {
		if n := j.Head().N; n > 0 {
			return w.verifyIdentity(j, 1+(n*7919)%n)
		}
		return nil
	})
	reader(func() error {
		if n := j.Head().N; n > 0 {
			return w.verifyIdentity(j, n)
		}
		return nil
	})
	for _, b := range batches {
		if err := j.Append(context.Background(), b); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	readers.Wait()
	s.end(t, w, false)
}
