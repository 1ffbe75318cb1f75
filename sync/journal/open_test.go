package journal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

func TestOpenDBLocksTheFolder(t *testing.T) {
	f := newFolder(t)
	f.open(t)
	if db, err := journal.OpenDB(f.dir, journal.Options{}); err == nil {
		_ = db.Close()
		t.Fatal("a folder was opened twice")
	}
}

func TestOpenNeedsAnEpoch(t *testing.T) {
	for name, newEpoch := range map[string]func() string{
		"none": nil, "empty": func() string { return "" }, "long": func() string { return strings.Repeat("e", journal.MaxEpoch+1) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := journal.OpenDB(t.TempDir(), journal.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if _, err := journal.Open(db, journal.Options{NewEpoch: newEpoch}); !errors.Is(err, journal.ErrFolder) {
				t.Fatalf("it says %v", err)
			}
		})
	}
}

func TestOpenRefusesADatabaseThatDoesNotSync(t *testing.T) {
	db, err := badger.Open(badger.DefaultOptions(t.TempDir()).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := journal.Open(db, journal.Options{NewEpoch: epoch}); journal.Code(err) != "journal_folder" {
		t.Fatalf("it says %v", err)
	}
}

// TestRenewEpoch: a restored folder keeps its entries under another epoch.
func TestRenewEpoch(t *testing.T) {
	f := newFolder(t)
	w := journaltest.NewWorld(journaltest.Config{Seed: 1})
	if err := f.open(t).Append(context.Background(), w.Batch(5)); err != nil {
		t.Fatal(err)
	}
	if err := journal.RenewEpoch(f.db, ""); !errors.Is(err, journal.ErrFolder) {
		t.Fatalf("an empty epoch: %v", err)
	}
	if err := journal.RenewEpoch(f.db, "e2"); err != nil {
		t.Fatal(err)
	}
	j := f.open(t)
	if got := j.Head().Epoch; got != "e2" {
		t.Fatalf("the epoch is %q", got)
	}
	w.Verify(t, j)
}

// TestOwnDisk: without FreeBytes the file system is asked.
func TestOwnDisk(t *testing.T) {
	w := journaltest.NewWorld(journaltest.Config{Seed: 1})
	for name, c := range map[string]struct {
		reserve uint64
		want    error
	}{"enough": {1, nil}, "never enough": {1 << 63, journal.ErrFull}} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.open(t)
			j, err := journal.Open(f.db, journal.Options{NewEpoch: epoch, Reserve: c.reserve})
			if err != nil {
				t.Fatal(err)
			}
			if err := j.Append(context.Background(), w.Batch(1)); !errors.Is(err, c.want) {
				t.Fatalf("it says %v, want %v", err, c.want)
			}
			w.Undo()
		})
	}
}

// TestNewBlock: the block made of a batch is the one read back.
func TestNewBlock(t *testing.T) {
	m := journal.NewMemory("e1")
	w := journaltest.NewWorld(journaltest.Config{Seed: 1, Shuffle: true})
	for range 5 {
		prev := m.Head().Hash
		b := w.Batch(7)
		made := journal.NewBlock(b, prev)
		if err := m.Append(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		err := m.Read(context.Background(), b.First, func(read *journal.Block) (bool, error) {
			if made.First != read.First || made.Last != read.Last || made.BookedAt != read.BookedAt || made.Prev != read.Prev || made.Head != read.Head {
				t.Errorf("a block of %d to %d was read as %d to %d, or otherwise not the same", made.First, made.Last, read.First, read.Last)
			}
			for n := b.First; n <= read.Last; n++ {
				if string(made.Span(n, read.Last)) != string(read.Span(n, read.Last)) || made.Record(n).ID != read.Record(n).ID {
					t.Errorf("entry %d is not the same", n)
				}
			}
			return true, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpenDBAfterAKillAtAnyFile: logs that were made and not yet given a size
// keep nobody from opening the folder.
func TestOpenDBAfterAKillAtAnyFile(t *testing.T) {
	f := newFolder(t)
	w := journaltest.NewWorld(journaltest.Config{Seed: 1})
	if err := f.open(t).Append(context.Background(), w.Batch(5)); err != nil {
		t.Fatal(err)
	}
	if err := f.db.Close(); err != nil {
		t.Fatal(err)
	}
	f.db = nil
	for _, name := range []string{"00077.mem", "000077.vlog"} {
		if err := os.WriteFile(filepath.Join(f.dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.Verify(t, f.open(t))
}
