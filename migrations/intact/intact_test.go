package intact_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"bayledger/migrations/intact"
)

func open(t testing.TB, dir string) *badger.DB {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions(dir).WithSyncWrites(true).WithCompression(options.None).WithMemTableSize(1 << 20).WithValueThreshold(32 << 10).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// commits makes a folder with so many commits in its log, as a process that was killed
// leaves it, and says how long the log is after each.
func commits(t testing.TB, count int) (dir string, log []byte, ends []int) {
	t.Helper()
	from := t.TempDir()
	db := open(t, from)
	defer db.Close()
	name := filepath.Join(from, "00001.mem")
	for i := range count {
		if err := db.Update(func(txn *badger.Txn) error {
			for k := range 1 + i%3 {
				if err := txn.Set(fmt.Appendf(nil, "key %d of %d", k, i), bytes.Repeat([]byte{byte(i)}, 50)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		log = b
		ends = append(ends, len(bytes.TrimRight(b, "\x00")))
	}
	return t.TempDir(), log[:ends[count-1]+64], ends // the rest is empty
}

// TestLogs turns each byte of a log in its turn: what lies in front of a commit that is
// whole is found, and what looks like a crash in the last commit is not held against it.
func TestLogs(t *testing.T) {
	const count = 6
	dir, log, ends := commits(t, count)
	name := filepath.Join(dir, "00001.mem")
	try := func(b []byte) error {
		t.Helper()
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return intact.Logs(dir)
	}
	if err := try(log); err != nil {
		t.Fatalf("a sound log: %v", err)
	}
	const head = 20
	for at := head; at < ends[count-1]; at++ {
		b := bytes.Clone(log)
		b[at] ^= 0x41
		err := try(b)
		switch {
		case at < ends[count-2] && (err == nil || !strings.Contains(err.Error(), "00001.mem")):
			t.Errorf("byte %d of %d lies before the last commit (%d), and Logs says %v", at, ends[count-1], ends[count-2], err)
		case at >= ends[count-2]+1 && err != nil:
			t.Errorf("byte %d of the last commit could be a crash, and Logs says %v", at, err)
		}
	}
	for end := range ends[count-1] {
		b := bytes.Clone(log)
		clear(b[end:])
		if err := try(b); err != nil {
			t.Errorf("a log that ends at %d: %v", end, err)
		}
	}
}

// TestTables turns bytes of a table: all of it is found with blocks, and without them
// what Badger would panic on.
func TestTables(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	dice := rand.New(rand.NewPCG(1, 0))
	if err := db.Update(func(txn *badger.Txn) error {
		for i := range 400 {
			if err := txn.Set(fmt.Appendf(nil, "key %d", i), fmt.Appendf(nil, "%0*d", 100, dice.Uint64())); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	sound, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := intact.Tables(dir, true); err != nil {
		t.Fatalf("a sound table: %v", err)
	}
	for range 60 {
		b := bytes.Clone(sound)
		at := dice.IntN(len(b))
		b[at] ^= 1 << dice.IntN(8)
		if err := os.WriteFile(names[0], b, 0o600); err != nil {
			t.Fatal(err)
		}
		err := intact.Tables(dir, true)
		if err == nil || !strings.Contains(err.Error(), filepath.Base(names[0])) {
			t.Errorf("byte %d of %d: %v", at, len(b), err)
		}
		if intact.Tables(dir, false) == nil { // then Badger opens it
			db := open(t, dir)
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			if err := os.WriteFile(names[0], sound, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// FuzzLogs: no bytes make it panic.
func FuzzLogs(f *testing.F) {
	_, log, ends := commits(f, 3)
	f.Add(log[:ends[2]+8])
	f.Add(append(bytes.Repeat([]byte{1}, 25), "\x80\x00\x13\x01\x00!badger!txn"...))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, "00001.mem"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = intact.Logs(dir)
	})
}

// FuzzTables: no bytes make it panic.
func FuzzTables(f *testing.F) {
	dir := f.TempDir()
	db := open(f, dir)
	if err := db.Update(func(txn *badger.Txn) error { return txn.Set([]byte("key"), []byte("value")) }); err != nil {
		f.Fatal(err)
	}
	if err := db.Close(); err != nil {
		f.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(names) != 1 {
		f.Fatalf("%v, %v", names, err)
	}
	sound, err := os.ReadFile(names[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(names[0], b, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = intact.Tables(dir, true)
	})
}
