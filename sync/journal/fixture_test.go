package journal_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"flag"
	"os"
	"testing"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

// A fixture is a data folder as an older program left it after a crash: Badger's
// own backup stream, gzipped. One that has landed never changes. That of the
// program at hand, for the day when it will be the older one, is written by
//
//	go test ./sync/journal -run TestOlderBlocks -write-fixture testdata/blocksN.backup.gz
var writeFixture = flag.String("write-fixture", "", "write a fixture of today's blocks to this file")

// olderWorld is what each fixture holds.
func olderWorld() *journaltest.World {
	return journaltest.NewWorld(journaltest.Config{Seed: 42, Devices: 5, Cells: 60, Shuffle: true, Deletes: true})
}

// olderBatches appends what the fixtures hold: rows that are checkpointed and rows
// in blocks only, and a block of several parts.
func olderBatches(t *testing.T, w *journaltest.World, take func(b *journal.Batch)) {
	t.Helper()
	for i := range 30 {
		if i == 20 {
			take(w.Bulky(3, 100<<10))
		}
		take(w.Batch(w.Size(30)))
	}
}

// TestOlderBlocks: a folder whose blocks are of a released version is read as it
// was written, and goes on with blocks of today.
func TestOlderBlocks(t *testing.T) {
	if *writeFixture != "" {
		writeOlder(t, *writeFixture)
	}
	for _, name := range []string{"testdata/blocks1.backup.gz", "testdata/blocks2.backup.gz"} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.open(t)
			if err := f.db.DropAll(); err != nil {
				t.Fatal(err)
			}
			load(t, f, name)
			w := olderWorld()
			w.NoAppends = name == "testdata/blocks1.backup.gz"
			olderBatches(t, w, func(*journal.Batch) {})
			w.NoAppends = false
			j := f.open(t)
			w.Verify(t, j)
			for range 20 {
				if err := j.Append(context.Background(), w.Batch(w.Size(30))); err != nil {
					t.Fatal(err)
				}
			}
			w.Verify(t, f.open(t))
			if n := f.count(t, "c"); n > 0 {
				t.Errorf("%d rows have a key of their own still", n)
			}
		})
	}
}

func load(t *testing.T, f *folder, name string) {
	t.Helper()
	stored, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		t.Fatal(err)
	}
	const pending = 16 // batches that Badger loads at a time
	if err := f.db.Load(unzipped, pending); err != nil {
		t.Fatal(err)
	}
	spoil(t, f.db, []byte("jformat"), func([]byte) []byte { return []byte(`{"format":2}`) }) // as the migration does
}

func writeOlder(t *testing.T, name string) {
	t.Helper()
	f := newFolder(t)
	j := f.open(t)
	olderBatches(t, olderWorld(), func(b *journal.Batch) {
		if err := j.Append(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	})
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	if _, err := f.db.Backup(zipped, 0); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
