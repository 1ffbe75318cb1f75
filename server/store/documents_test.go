package store_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"bayledger/server/documents/rows"
	"bayledger/server/store"
	"bayledger/sync/journal"

	"github.com/dgraph-io/badger/v4"
)

// documents opens the rows of documents of a database.
func documents(t *testing.T, db *badger.DB) *store.DocumentRows {
	t.Helper()
	r, err := openStore(t, db).Documents()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func large(value string) rows.Changes {
	c := rows.Changes{Put: map[string][]byte{}}
	for i := range 9_000 {
		c.Put[fmt.Sprintf("l/%05d\x00\xff", i)] = bytes.Repeat([]byte(value), 400)
	}
	return c
}

func read(t *testing.T, r *store.DocumentRows) (count int, values string) {
	t.Helper()
	seen := map[byte]bool{}
	if err := r.Scan("l/", "", false, func(_ string, value []byte) (bool, error) {
		count++
		seen[value[0]] = true
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	for c := range seen {
		values += string(c)
	}
	return count, values
}

// A change that is larger than a transaction of Badger's is there whole.
func TestLargeChangeOfDocuments(t *testing.T) {
	db, err := journal.OpenDB(t.TempDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r := documents(t, db)
	if err := r.Commit(large("a")); err != nil {
		t.Fatal(err)
	}
	c := large("b")
	for i := range 3_000 {
		key := fmt.Sprintf("l/%05d\x00\xff", i)
		delete(c.Put, key)
		c.Delete = append(c.Delete, key)
	}
	if err := r.Commit(c); err != nil {
		t.Fatal(err)
	}
	if count, values := read(t, r); count != 6_000 || values != "b" {
		t.Errorf("%d rows of %s", count, values)
	}
	if v, err := r.Get("l/00000\x00\xff"); v != nil || err != nil {
		t.Errorf("%q %v", v, err)
	}
	if n := parts(t, db); n != 0 {
		t.Errorf("%d parts were left", n)
	}
}

// parts counts what large changes leave while they are under way.
func parts(t *testing.T, db *badger.DB) (n int) {
	t.Helper()
	err := store.NewRows(db).Each(func(key, _ []byte) error {
		if strings.HasPrefix(string(key), "kg~") {
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A crash between any two transactions of a large change leaves all of it or nothing:
// what the database held then is opened again.
func TestLargeChangeCutShort(t *testing.T) {
	db, err := journal.OpenDB(t.TempDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r := documents(t, db)
	if err := r.Commit(large("a")); err != nil {
		t.Fatal(err)
	}
	before := db.MaxVersion()
	if err := r.Commit(large("b")); err != nil {
		t.Fatal(err)
	}
	after := db.MaxVersion()
	whole, nothing := 0, 0
	for at := before; at <= after; at++ { // each transaction has a number
		cut := cutAt(t, db, at)
		count, values := read(t, documents(t, cut))
		switch {
		case count != 9_000:
			t.Fatalf("after transaction %d: %d rows", at-before, count)
		case values == "a":
			nothing++
		case values == "b":
			whole++
		default:
			t.Errorf("after transaction %d: rows of %s", at-before, values)
		}
		if n := parts(t, cut); n != 0 {
			t.Errorf("after transaction %d: %d parts were left", at-before, n)
		}
	}
	if whole < 5 || nothing < 5 {
		t.Errorf("%d times whole, %d times nothing: the test cuts nowhere", whole, nothing)
	}
}

// cutAt is a database as another was after a transaction.
func cutAt(t *testing.T, db *badger.DB, version uint64) *badger.DB {
	t.Helper()
	cut, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil).WithMetricsEnabled(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cut.Close() })
	txn := db.NewTransaction(false)
	defer txn.Discard()
	every := badger.DefaultIteratorOptions
	every.AllVersions = true
	it := txn.NewIterator(every)
	defer it.Close()
	w := cut.NewWriteBatch()
	var last []byte
	for it.Rewind(); it.Valid(); it.Next() { // of each key the newest version first
		item := it.Item()
		if item.Version() > version || bytes.Equal(item.Key(), last) {
			continue
		}
		if last = item.KeyCopy(last); item.IsDeletedOrExpired() {
			continue
		}
		value, err := item.ValueCopy(nil)
		if err == nil {
			err = w.Set(item.KeyCopy(nil), value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return cut
}
