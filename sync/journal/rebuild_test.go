package journal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

// ruin takes what is derived from the entries in some way.
var ruin = map[string]func(t *testing.T, db *badger.DB){
	"nothing":              func(*testing.T, *badger.DB) {},
	"a row":                func(t *testing.T, db *badger.DB) { spoil(t, db, firstKey(t, db, "r"), flip(0)) },
	"a piece of the index": func(t *testing.T, db *badger.DB) { spoil(t, db, firstKey(t, db, "i"), flip(-1)) },
	"a segment":            func(t *testing.T, db *badger.DB) { spoil(t, db, firstKey(t, db, "s"), remove) },
	"the list of the runs": func(t *testing.T, db *badger.DB) { spoil(t, db, []byte("jruns"), flip(1)) },
	"the mark of the rows": func(t *testing.T, db *badger.DB) { spoil(t, db, []byte("jmark"), flip(3)) },
	"all of it": func(t *testing.T, db *badger.DB) {
		if err := db.DropPrefix([]byte("r"), []byte("jruns"), []byte("i"), []byte("s"), []byte("jmark"), []byte("jspan")); err != nil {
			t.Fatal(err)
		}
	},
}

// lived is a folder in which much has happened.
func lived(t *testing.T, seed uint64) (*folder, *journaltest.World) {
	t.Helper()
	f := newFolder(t)
	w := journaltest.NewWorld(journaltest.Config{Seed: seed, Devices: 7, Cells: 90, Shuffle: true, Deletes: true})
	j := f.open(t)
	for range 60 {
		if err := j.Append(context.Background(), w.Batch(w.Size(30))); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil { // nothing is in blocks only
		t.Fatal(err)
	}
	return f, w
}

// TestRebuild: whatever was lost of what follows from the entries is made anew.
func TestRebuild(t *testing.T) {
	for name, damage := range ruin {
		t.Run(name, func(t *testing.T) {
			f, w := lived(t, 7)
			damage(t, f.db)
			reached := uint64(0)
			if err := journal.Rebuild(context.Background(), f.db, f.options(), func(n uint64) { reached = n }); err != nil {
				t.Fatal(err)
			}
			if reached != w.Head().N {
				t.Errorf("progress ended at entry %d of %d", reached, w.Head().N)
			}
			j := f.open(t)
			w.Verify(t, j)
			if err := j.Append(context.Background(), w.Batch(20)); err != nil {
				t.Fatal(err)
			}
			w.Verify(t, f.open(t))
		})
	}
}

// older is a folder of blocks from the time before appends.
func older(t *testing.T) (*folder, *journaltest.World) {
	t.Helper()
	f := newFolder(t)
	f.open(t)
	if err := f.db.DropAll(); err != nil {
		t.Fatal(err)
	}
	load(t, f, "testdata/blocks1.backup.gz")
	w := olderWorld()
	w.NoAppends = true
	olderBatches(t, w, func(*journal.Batch) {})
	return f, w
}

// TestRebuildOlderBlocks: blocks from the time before appends say nothing of the
// index; it is made from their entries.
func TestRebuildOlderBlocks(t *testing.T) {
	f, w := older(t)
	if err := journal.Rebuild(context.Background(), f.db, f.options(), nil); err != nil {
		t.Fatal(err)
	}
	w.Verify(t, f.open(t))
}

// TestRebuildBroken: a rebuilding that breaks off anywhere leaves a folder that
// opens with everything in it, and that can be rebuilt.
func TestRebuildBroken(t *testing.T) {
	for after := 0; ; after++ {
		f, w := lived(t, uint64(11+after))
		f.after = after
		err := journal.RebuildWithFault(context.Background(), f.db, f.options(), f.fault)
		if err == nil {
			if after < 3 {
				t.Fatalf("it took %d commits", after)
			}
			return
		}
		if !errors.Is(err, errFault) {
			t.Fatal(err)
		}
		w.Verify(t, f.open(t))
		if err := journal.Rebuild(context.Background(), f.db, f.options(), nil); err != nil {
			t.Fatal(err)
		}
		w.Verify(t, f.open(t))
	}
}

// TestRebuildOlderBlocksBroken: so does one of blocks that say nothing of the index.
func TestRebuildOlderBlocksBroken(t *testing.T) {
	for after := 0; ; after++ {
		f, w := older(t)
		f.after = after
		err := journal.RebuildWithFault(context.Background(), f.db, f.options(), f.fault)
		if err == nil {
			return
		}
		if !errors.Is(err, errFault) {
			t.Fatal(err)
		}
		w.Verify(t, f.open(t))
	}
}

// TestRebuildNeedsTheEntries: where entries are damaged nothing is changed.
func TestRebuildNeedsTheEntries(t *testing.T) {
	f, w := lived(t, 5)
	first := firstKey(t, f.db, "b")
	spoil(t, f.db, first, flip(-1))
	err := journal.Rebuild(context.Background(), f.db, f.options(), nil)
	var found *journal.Damage
	if !errors.As(err, &found) || found.From != 1 {
		t.Fatalf("it says %v", err)
	}
	spoil(t, f.db, first, flip(-1)) // what was flipped is flipped back
	w.Verify(t, f.open(t))
}
