package journal_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

// spoil changes a key's value behind the journal's back; nil takes the key away.
func spoil(t *testing.T, db *badger.DB, key []byte, change func(value []byte) []byte) {
	t.Helper()
	err := db.Update(func(txn *badger.Txn) error {
		var value []byte
		item, err := txn.Get(key)
		if err == nil {
			value, err = item.ValueCopy(nil)
		}
		if err != nil && !errors.Is(err, badger.ErrKeyNotFound) {
			return err
		}
		if value = change(value); value == nil {
			return txn.Delete(key)
		}
		return txn.Set(key, value)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func flip(at int) func([]byte) []byte {
	return func(v []byte) []byte {
		if at < 0 {
			at += len(v)
		}
		v[at] ^= 0x10
		return v
	}
}

func remove([]byte) []byte { return nil }

func blockKey(first uint64, part ...byte) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{'b'}, first), part...)
}

// firstKey returns the first key that begins so.
func firstKey(t *testing.T, db *badger.DB, prefix string) (key []byte) {
	t.Helper()
	err := db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(prefix)})
		defer it.Close()
		it.Rewind()
		if !it.Valid() {
			return errors.New("there is no key that begins with " + prefix)
		}
		key = it.Item().KeyCopy(nil)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestDamage spoils a journal of three blocks, of entries 1–10, 11–20 (in
// several parts) and 21–30, and asks what Check and Read say.
func TestDamage(t *testing.T) {
	tests := []struct {
		name     string
		spoil    func(t *testing.T, db *badger.DB)
		from, to uint64
		says     string
		readable bool // Read does not come across it
	}{
		{"header", func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(1), flip(30)) }, 1, 0, "header", false},
		{"magic", func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(1), flip(0)) }, 1, 0, "begin as a block", false},
		{"rows", func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(1), flip(130)) }, 1, 10, "rows", true},
		{"entries", func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(1), flip(-1)) }, 1, 10, "checksum", false},
		{"entries of a part", func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(11, 2), flip(77)) }, 11, 20, "checksum", false},
		{"cut short", func(t *testing.T, db *badger.DB) {
			spoil(t, db, blockKey(1), func(v []byte) []byte { return v[:len(v)-1] })
		}, 1, 10, "bytes", false},
		{"emptied", func(t *testing.T, db *badger.DB) {
			spoil(t, db, blockKey(1), func([]byte) []byte { return []byte{} })
		}, 1, 0, "cut short", false},
		{"block missing", func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(1), remove) }, 1, 10, "missing", false},
		{"part missing", func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(11, 1), remove) }, 11, 20, "part 1", false},
		{"part too many", func(t *testing.T, db *badger.DB) {
			spoil(t, db, blockKey(1, 1), func([]byte) []byte { return []byte("x") })
		}, 1, 10, "more parts", true},
		{"part too many at the end", func(t *testing.T, db *badger.DB) {
			spoil(t, db, blockKey(21, 1), func([]byte) []byte { return []byte("x") })
		}, 21, 30, "more than", true},
		{"foreign key", func(t *testing.T, db *badger.DB) {
			spoil(t, db, append(blockKey(1), 0, 0, 7), func([]byte) []byte { return []byte("x") })
		}, 11, 0, "among the blocks", true},
		{"another's block", func(t *testing.T, db *badger.DB) {
			var first []byte
			spoil(t, db, blockKey(1), func(v []byte) []byte { first = v; return v })
			spoil(t, db, blockKey(21), func([]byte) []byte { return first })
		}, 21, 0, "another one", false},
		{"index key missing", func(t *testing.T, db *badger.DB) { spoil(t, db, firstKey(t, db, "i"), remove) }, 1, 10, "index of device", true},
		{"index key too many", func(t *testing.T, db *badger.DB) {
			spoil(t, db, []byte("i\x01x\x01y\x00\x00\x00\x00\x00\x00\x00\x07"), func([]byte) []byte {
				return append(binary.BigEndian.AppendUint64(nil, 11), 0)
			})
		}, 0, 0, "the index has", true},
		{"index key spoilt", func(t *testing.T, db *badger.DB) {
			spoil(t, db, []byte("izzz"), func([]byte) []byte { return []byte("x") })
		}, 0, 0, "index key", true},
		{"row", func(t *testing.T, db *badger.DB) { spoil(t, db, firstKey(t, db, "r"), flip(1)) }, 0, 0, "page 0 of run", true},
		{"row page missing", func(t *testing.T, db *badger.DB) { spoil(t, db, firstKey(t, db, "r"), remove) }, 0, 0, "has 0 rows in 0 pages", true},
		{"row page key", func(t *testing.T, db *badger.DB) {
			spoil(t, db, []byte("rzzz"), func([]byte) []byte { return []byte("x") })
		}, 0, 0, "among the pages", true},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			j := f.open(t)
			derived := strings.HasPrefix(c.name, "index") || c.name == "row" || strings.HasPrefix(c.name, "row page") // else the entries themselves
			w := journaltest.NewWorld(journaltest.Config{Seed: 5, Devices: 1})
			for _, b := range []*journal.Batch{w.Batch(10), w.Bulky(10, 60<<10), w.Batch(10)} {
				if err := j.Append(context.Background(), b); err != nil {
					t.Fatal(err)
				}
			}
			if err := j.Close(); err != nil { // writes the rows as a run
				t.Fatal(err)
			}
			j, err := journal.Open(f.db, f.options())
			if err != nil {
				t.Fatal(err)
			}
			c.spoil(t, f.db)
			err = j.Check(context.Background(), nil)
			expectDamage(t, err, c.from, c.to, c.says)
			if found, _ := errors.AsType[*journal.Damage](err); found.Derived != derived {
				t.Errorf("it follows from the entries: %t, want %t", found.Derived, derived)
			}
			err = j.Read(context.Background(), 1, func(b *journal.Block) (bool, error) {
				if b.Last >= c.from && (c.to == 0 || b.First <= c.to) && !c.readable {
					t.Errorf("entries %d to %d were read all the same", b.First, b.Last)
				}
				return true, nil
			})
			if c.readable {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			expectDamage(t, err, c.from, c.to, c.says)
		})
	}
}

func expectDamage(t *testing.T, err error, from, to uint64, says string) {
	t.Helper()
	d, is := errors.AsType[*journal.Damage](err)
	if !is || !errors.Is(err, journal.ErrDamaged) || journal.Code(err) != "journal_damaged" {
		t.Fatalf("it says %v, want damage", err)
	}
	remedy := "restore the newest backup"
	if d.Derived {
		remedy = "bayledger rebuild"
	}
	if d.From != from || d.To != to || !strings.Contains(d.What, says) || !strings.Contains(err.Error(), remedy) {
		t.Fatalf("it says %v (%d to %d), want %d to %d and %q", err, d.From, d.To, from, to, says)
	}
}

// TestForged: entries whose checksums are right and whose hashes are not.
func TestForged(t *testing.T) {
	for name, c := range map[string]struct {
		forge func(b *journal.Batch)
		entry uint64
		says  string
	}{
		"content": {func(b *journal.Batch) {
			b.Records[2].JSON = bytes.Replace(b.Records[2].JSON, []byte("ann"), []byte("bob"), 1)
		}, 3, "content"},
		"number": {func(b *journal.Batch) {
			b.Records[2].JSON = bytes.Replace(b.Records[2].JSON, []byte(`"n":3`), []byte(`"n":4`), 1)
		}, 3, "number"},
		"exchanged": {func(b *journal.Batch) { b.Records[1].JSON, b.Records[2].JSON = b.Records[2].JSON, b.Records[1].JSON }, 2, "number"},
	} {
		t.Run(name, func(t *testing.T) {
			m := journal.NewMemory("e1")
			b := journaltest.NewWorld(journaltest.Config{Seed: 1}).Batch(4)
			c.forge(b)
			if err := m.Append(context.Background(), b); err != nil {
				t.Fatal(err)
			}
			expectDamage(t, m.Check(context.Background(), nil), c.entry, c.entry, c.says)
		})
	}
}

// TestOpenRefuses opens folders that are no journal, or a damaged one.
func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, db *badger.DB)
		code  string
	}{
		"other format": {func(t *testing.T, db *badger.DB) {
			spoil(t, db, []byte("jformat"), func([]byte) []byte { return []byte(`{"format":3}`) })
		}, "journal_format"},
		"no format": {func(t *testing.T, db *badger.DB) { spoil(t, db, []byte("jformat"), remove) }, "journal_format"},
		"no epoch":  {func(t *testing.T, db *badger.DB) { spoil(t, db, []byte("jepoch"), remove) }, "journal_damaged"},
		"no mark":   {func(t *testing.T, db *badger.DB) { spoil(t, db, []byte("jmark"), remove) }, "journal_damaged"},
		"no runs": {func(t *testing.T, db *badger.DB) {
			spoil(t, db, []byte("jruns"), remove)
			spoil(t, db, append([]byte("r"), make([]byte, 12)...), func([]byte) []byte { return []byte("x") })
		}, "journal_damaged"},
		"runs spoilt": {func(t *testing.T, db *badger.DB) { spoil(t, db, []byte("jruns"), flip(1)) }, "journal_damaged"},
		"foreign page": {func(t *testing.T, db *badger.DB) {
			spoil(t, db, []byte("rzzz"), func([]byte) []byte { return []byte{} })
		}, "journal_damaged"},
		"mark spoilt":   {func(t *testing.T, db *badger.DB) { spoil(t, db, []byte("jmark"), flip(3)) }, "journal_damaged"},
		"last block":    {func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(5), flip(9)) }, "journal_damaged"},
		"rows":          {func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(5), flip(125)) }, "journal_damaged"},
		"block missing": {func(t *testing.T, db *badger.DB) { spoil(t, db, blockKey(1), remove) }, "journal_damaged"},
		"foreign key": {func(t *testing.T, db *badger.DB) {
			spoil(t, db, []byte("bzzz"), func([]byte) []byte { return []byte{} })
		}, "journal_damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			j := f.open(t)
			w := journaltest.NewWorld(journaltest.Config{Seed: 5})
			for range 2 {
				if err := j.Append(context.Background(), w.Batch(4)); err != nil {
					t.Fatal(err)
				}
			}
			c.spoil(t, f.db)
			if _, err := journal.Open(f.db, f.options()); journal.Code(err) != c.code {
				t.Fatalf("it says %v (%s), want %s", err, journal.Code(err), c.code)
			}
		})
	}
}

// TestTailLost: rows that are ahead of the blocks tell that blocks are missing.
func TestTailLost(t *testing.T) {
	f := newFolder(t)
	j := f.open(t)
	w := journaltest.NewWorld(journaltest.Config{Seed: 5})
	for range 2 {
		if err := j.Append(context.Background(), w.Batch(4)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	spoil(t, f.db, blockKey(5), remove)
	_, err := journal.Open(f.db, f.options())
	expectDamage(t, err, 5, 0, "missing")
}

// count returns how many keys begin so.
func (f *folder) count(t *testing.T, prefix string) (n int) {
	t.Helper()
	err := f.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(prefix)})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
