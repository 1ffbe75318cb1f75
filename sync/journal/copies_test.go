package journal_test

import (
	"context"
	"errors"
	"testing"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

// copiesOf gives a journal's blocks, as Restore takes them.
func copiesOf(t *testing.T, j journal.Journal, from uint64) (copies []journal.Copy, next func() (*journal.Copy, error)) {
	t.Helper()
	if err := j.Copies(context.Background(), from, func(c *journal.Copy) (bool, error) {
		again, err := journal.ParseCopy(c.Bytes)
		if err != nil || again.First != c.First || again.Last != c.Last || again.Prev != c.Prev || again.Head != c.Head {
			t.Errorf("a copy of entries %d to %d is read back as %d to %d, %v", c.First, c.Last, again.First, again.Last, err)
		}
		copies = append(copies, *c)
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	at := 0
	return copies, func() (*journal.Copy, error) {
		if at == len(copies) {
			return nil, nil
		}
		at++
		return &copies[at-1], nil
	}
}

// TestRestore: a journal that is made of another's copies holds the same, under
// another epoch, and goes on.
func TestRestore(t *testing.T) {
	f := newFolder(t)
	j := f.open(t)
	w := journaltest.NewWorld(journaltest.Config{Seed: 8, Cells: 80, Devices: 4, Deletes: true})
	olderBatches(t, w, func(b *journal.Batch) {
		if err := j.Append(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	})
	_, next := copiesOf(t, j, 1)
	to := newFolder(t)
	db, err := journal.OpenDB(to.dir, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	to.db = db
	o := to.options()
	o.NewEpoch = func() string { return "e2" }
	if err := journal.Restore(context.Background(), db, o, next, nil); err != nil {
		t.Fatal(err)
	}
	restored := to.open(t)
	if got := restored.Head(); got.Epoch != "e2" || got.N != j.Head().N || got.Hash != j.Head().Hash {
		t.Fatalf("the head is %+v, want that of %+v under e2", got, j.Head())
	}
	w.Verify(t, restored)
	for range 5 {
		if err := restored.Append(context.Background(), w.Batch(9)); err != nil {
			t.Fatal(err)
		}
	}
	w.Verify(t, to.open(t))
	_, next = copiesOf(t, j, 1)
	if err := journal.Restore(context.Background(), to.db, o, next, nil); !errors.Is(err, journal.ErrFolder) {
		t.Errorf("over a journal that is there: %v", err)
	}
}

// TestRestoreRefuses: copies that are not all there, or not as they were, make no
// journal.
func TestRestoreRefuses(t *testing.T) {
	f := newFolder(t)
	j := f.open(t)
	w := journaltest.NewWorld(journaltest.Config{Seed: 9})
	for range 4 {
		if err := j.Append(context.Background(), w.Batch(6)); err != nil {
			t.Fatal(err)
		}
	}
	for name, spoil := range map[string]func(c []journal.Copy) []journal.Copy{
		"the first is missing": func(c []journal.Copy) []journal.Copy { return c[1:] },
		"one is missing":       func(c []journal.Copy) []journal.Copy { return append(c[:1:1], c[2:]...) },
		"one comes twice":      func(c []journal.Copy) []journal.Copy { return append(c[:2:2], c[1:]...) },
		"a byte is another": func(c []journal.Copy) []journal.Copy {
			c[2].Bytes[journal.CopyHead+3] ^= 1
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			copies, _ := copiesOf(t, j, 1)
			copies = spoil(copies)
			db, err := journal.OpenDB(t.TempDir(), journal.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			at := 0
			err = journal.Restore(context.Background(), db, journal.Options{NewEpoch: epoch}, func() (*journal.Copy, error) {
				if at++; at > len(copies) {
					return nil, nil
				}
				return &copies[at-1], nil
			}, nil)
			if !errors.Is(err, journal.ErrDamaged) {
				t.Errorf("it says %v", err)
			}
		})
	}
}

// FuzzParseCopy: whatever bytes are given, a copy that is taken is whole.
func FuzzParseCopy(f *testing.F) {
	m := journal.NewMemory("e1")
	w := journaltest.NewWorld(journaltest.Config{Seed: 3})
	if err := m.Append(context.Background(), w.Batch(5)); err != nil {
		f.Fatal(err)
	}
	if err := m.Copies(context.Background(), 1, func(c *journal.Copy) (bool, error) { f.Add(c.Bytes); return true, nil }); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("BLbk"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= journal.CopyHead {
			_, _ = journal.CopySize(b[:journal.CopyHead])
		}
		c, err := journal.ParseCopy(b)
		if err != nil {
			return
		}
		if c.First == 0 || c.Last < c.First || len(c.Bytes) != len(b) {
			t.Errorf("entries %d to %d", c.First, c.Last)
		}
		_, _ = c.Entries()
	})
}
