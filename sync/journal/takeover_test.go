package journal_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"

	"github.com/dgraph-io/badger/v4"
)

// TestTakeOverCutAtEachCommit: the rows of a folder of format 1, each under a key of its
// own, are taken into runs while batches are appended. Cut before each commit of that in
// its turn, the journal opens, is right, and goes on until none of them is left.
func TestTakeOverCutAtEachCommit(t *testing.T) {
	cuts, amid := 0, 0
	for n := 1; ; n++ {
		f := newFolder(t)
		w := journaltest.NewWorld(journaltest.Config{Seed: 42, Devices: 5, Cells: 600, Shuffle: true, Deletes: true})
		j := f.open(t)
		for range 8 {
			if err := j.Append(context.Background(), w.Batch(100)); err != nil {
				t.Fatal(err)
			}
		}
		before := closeAsFormat1(t, f)
		j = f.open(t)
		f.after = n
		cut := false
		const enough = 400 // appends, that take over all
		for appends := 0; f.count(t, "c") > 0; appends++ {
			if appends == enough {
				t.Fatalf("cut before commit %d: %d of %d rows have a key of their own after %d appends", n, f.count(t, "c"), before, enough)
			}
			b := w.Batch(3)
			err := j.Append(context.Background(), b)
			if err == nil {
				continue
			}
			if cut || !errors.Is(err, journal.ErrBroken) {
				t.Fatalf("cut before commit %d: %v", n, err)
			}
			cut = true
			if left := f.count(t, "c"); 0 < left && left < before {
				amid++
			}
			j = f.open(t)
			if err := j.Append(context.Background(), b); err != nil {
				t.Fatal(err)
			}
		}
		w.Verify(t, j)
		w.Verify(t, f.open(t))
		if !cut {
			break
		}
		cuts++
		if err := f.db.Close(); err != nil {
			t.Fatal(err)
		}
		f.db = nil
	}
	t.Logf("%d cuts, %d of them while the rows were being removed", cuts, amid)
	if cuts == 0 || amid == 0 {
		t.Error("no cut hit the taking over: nothing was tested")
	}
}

// closeAsFormat1 leaves a folder as a program of format 1 left it when it was closed: each
// row under a key of its own, all of them written, no runs. It says how many rows.
func closeAsFormat1(t *testing.T, f *folder) (rows int) {
	t.Helper()
	j := f.open(t)
	head := j.Head().N
	keys := map[string][]byte{"jmark": binary.BigEndian.AppendUint64(nil, head+1)}
	if err := j.Rows(context.Background(), func(key, value []byte) error {
		keys["c"+string(key)] = bytes.Clone(value)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	err := f.db.Update(func(txn *badger.Txn) error {
		for key, value := range keys {
			summed := append([]byte(strings.TrimPrefix(key, "c")), value...)
			if key == "jmark" {
				summed = value
			}
			value = binary.BigEndian.AppendUint32(value, crc32.Checksum(summed, crc32.MakeTable(crc32.Castagnoli)))
			if err := txn.Set([]byte(key), value); err != nil {
				return err
			}
		}
		return txn.Delete([]byte("jruns"))
	})
	if err == nil {
		err = f.db.DropPrefix([]byte("r"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return len(keys) - 1
}
