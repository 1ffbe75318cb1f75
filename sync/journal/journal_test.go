package journal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

func epoch() string { return "e1" }

// tester is what both kinds of journal share: a disk with free space, a fault.
type tester struct {
	free  uint64
	after int // commits that pass before one fails; -1 none
}

func newTester() *tester { return &tester{free: 1 << 40, after: -1} }

func (d *tester) heal() { d.free, d.after = 1<<40, -1 }

func (d *tester) options() journal.Options {
	return journal.Options{
		NewEpoch: epoch, Reserve: journaltest.Reserve, CheckpointLag: journaltest.Lag,
		FreeBytes: func() (uint64, error) { return d.free, nil },
	}
}

var errFault = errors.New("the disk failed, as the test wanted")

func (d *tester) fault() error {
	if d.after == 0 {
		return errFault
	}
	if d.after > 0 {
		d.after--
	}
	return nil
}

// folder is a Badger journal in a test's own folder.
type folder struct {
	*tester
	dir string
	db  *badger.DB
}

func (f *folder) open(t testing.TB) journal.Journal {
	t.Helper()
	if f.db != nil {
		if err := f.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	f.heal()
	db, err := journal.OpenDB(f.dir, journal.Options{Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	f.db = db
	j, err := journal.OpenWithFault(db, f.options(), f.fault)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func newFolder(t testing.TB) *folder {
	f := &folder{tester: newTester(), dir: t.TempDir()}
	t.Cleanup(func() {
		if f.db != nil {
			_ = f.db.Close()
		}
	})
	return f
}

func TestDisk(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) *journaltest.Subject {
		f := newFolder(t)
		s := &journaltest.Subject{
			Journal: f.open(t),
			Free:    func(n uint64) { f.free = n },
			Break:   func(after int) { f.after = after },
		}
		s.Reopen = func() journal.Journal {
			s.Journal = f.open(t)
			return s.Journal
		}
		return s
	})
}

func TestMemory(t *testing.T) {
	for _, kept := range []bool{false, true} {
		name := map[bool]string{false: "lost", true: "kept"}[kept]
		t.Run(name, func(t *testing.T) { testMemory(t, kept) })
	}
}

// testMemory runs the suite with failing commits that are lost, or kept.
func testMemory(t *testing.T, kept bool) {
	journaltest.Run(t, func(t *testing.T) *journaltest.Subject {
		d := newTester()
		m, err := journal.OpenMemory(d.options())
		if err != nil {
			t.Fatal(err)
		}
		s := &journaltest.Subject{Journal: m, Free: func(n uint64) { d.free = n }}
		s.Break = func(after int) { m.FailAfter(after, kept) }
		s.Reopen = func() journal.Journal {
			d.heal()
			if m, err = m.Reopen(); err != nil {
				t.Fatal(err)
			}
			s.Journal = m
			return m
		}
		return s
	})
}

func TestNewMemory(t *testing.T) {
	m := journal.NewMemory("e7")
	w := journaltest.NewWorld(journaltest.Config{Seed: 1})
	if err := m.Append(context.Background(), w.Batch(10)); err != nil {
		t.Fatal(err)
	}
	w.Verify(t, m)
	if got := m.Head().Epoch; got != "e7" {
		t.Fatalf("the epoch is %q", got)
	}
}
