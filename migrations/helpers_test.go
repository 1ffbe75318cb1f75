package migrations_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dgraph-io/badger/v4"

	"bayledger/migrations"
)

// memory opens an empty database in memory.
func memory(t testing.TB) *badger.DB {
	t.Helper()
	return open(t, badger.DefaultOptions("").WithInMemory(true).WithMemTableSize(4<<20).WithValueThreshold(256<<10))
}

// disk opens a folder with small files, so that opening is quick.
func disk(t testing.TB, dir string) *badger.DB {
	t.Helper()
	return open(t, diskOptions(dir))
}

func diskOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).WithSyncWrites(true).WithMemTableSize(1 << 20).WithValueThreshold(32 << 10).
		WithValueLogFileSize(2 << 20).WithBlockCacheSize(1 << 20).WithCompactL0OnClose(false)
}

func open(t testing.TB, options badger.Options) *badger.DB {
	t.Helper()
	db, err := badger.Open(options.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// driver makes a driver that is known to be ours.
func driver(t testing.TB, db *badger.DB, cfg migrations.Config) *migrations.Driver {
	t.Helper()
	d, err := migrations.WithInstance(db, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d.(*migrations.Driver)
}

// put writes keys and values.
// newest is the schema version of this program.
const newest = 2

func put(t testing.TB, db *badger.DB, pairs map[string]string) {
	t.Helper()
	batch := db.NewWriteBatch()
	defer batch.Cancel()
	for k, v := range pairs {
		if err := batch.Set([]byte(k), []byte(v)); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Flush(); err != nil {
		t.Fatal(err)
	}
}

// dump gives all keys outside room 'm' as lines, in order.
func dump(t testing.TB, db *badger.DB) string { return dumpOf(t, db, false) }

// dumpAll gives every key.
func dumpAll(t testing.TB, db *badger.DB) string { return dumpOf(t, db, true) }

func dumpOf(t testing.TB, db *badger.DB, records bool) string {
	t.Helper()
	var b strings.Builder
	err := db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			item := it.Item()
			if item.Key()[0] == migrations.RoomMigrations && !records {
				continue
			}
			err := item.Value(func(v []byte) error {
				fmt.Fprintf(&b, "%q=%q meta %d until %d\n", item.Key(), v, item.UserMeta(), item.ExpiresAt())
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// code gives the code of an error, "" for none, "?" where it carries none.
func code(err error) migrations.Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*migrations.Error](err); ok {
		return e.Code
	}
	return "?"
}

// wantError checks code and words of an error.
func wantError(t testing.TB, err error, want migrations.Code, words ...string) {
	t.Helper()
	if code(err) != want {
		t.Fatalf("got code %q (%v), want %q", code(err), err, want)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not say %q:\n%v", word, err)
		}
	}
}

// files makes a set of migration files, with the embedded 0001.
func files(t testing.TB, more map[string]string) fs.FS {
	t.Helper()
	all, err := filesOf(more)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func filesOf(more map[string]string) (fs.FS, error) {
	ours, err := migrations.Files()
	if err != nil {
		return nil, err
	}
	all := fstest.MapFS{}
	for _, name := range []string{"0001_layout.up.json", "0001_layout.down.json"} {
		body, err := fs.ReadFile(ours, name)
		if err != nil {
			return nil, err
		}
		all[name] = &fstest.MapFile{Data: body}
	}
	for name, body := range more {
		all[name] = &fstest.MapFile{Data: []byte(body)}
	}
	return all, nil
}

// steps wraps steps into a document.
func steps(list ...string) string { return `{"format":1,"steps":[` + strings.Join(list, ",") + `]}` }

// nothing is the body of a down file that is not looked at.
var nothing = steps(`{"delete":{"key":"jnothing"}}`)

// The test's own migrations: every kind of step, and rewrites whose results
// lie further on in the same prefix and would be visited again by a careless
// walk.
var manySteps = map[string]string{
	"0002_cells.up.json": steps(
		`{"put":{"key":"jtest","value":{ "cells" : "moved" }}}`,
		`{"rename_prefix":{"from":"kd","to":"kk"}}`,
		`{"rewrite":{"prefix":"c","with":"shift"}}`,
		`{"delete_prefix":{"prefix":{"hex":"7300"}}}`,
		`{"delete":{"key":"jold"}}`),
	"0002_cells.down.json": steps(
		`{"rename_prefix":{"from":"kk","to":"kd"}}`,
		`{"delete":{"key":"jtest"}}`),
	"0003_again.up.json": steps(
		`{"rewrite":{"prefix":"c","with":"grow"}}`,
		`{"rewrite":{"prefix":"b","with":"shift"}}`),
	"0003_again.down.json": nothing,
}

// shift moves a key 1,000 on, adds one to its value, drops every fifth and
// leaves every seventh alone.
func shift(key, value []byte) ([]byte, []byte, bool, error) {
	n := binary.BigEndian.Uint64(key[1:])
	count, err := strconv.Atoi(string(value))
	switch {
	case err != nil:
		return nil, nil, false, err
	case n%5 == 0:
		return nil, nil, false, nil
	case n%7 == 0:
		return key, value, true, nil
	}
	return cellKey(key[0], n+1000), []byte(strconv.Itoa(count + 1)), true, nil
}

// grow multiplies the value in place.
func grow(key, value []byte) ([]byte, []byte, bool, error) {
	count, err := strconv.Atoi(string(value))
	return key, []byte(strconv.Itoa(count * 3)), true, err
}

func cellKey(room byte, n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{room}, n) }

// manyStepsConfig runs manySteps in tiny transactions.
func manyStepsConfig(t testing.TB) migrations.Config {
	t.Helper()
	return tiny(files(t, manySteps))
}

func tiny(set fs.FS) migrations.Config {
	return migrations.Config{
		Files:      set,
		Transforms: map[string]migrations.Transform{"shift": shift, "grow": grow},
	}.WithLimits(2, 5, 150)
}

// old fills a folder of version 1 with something for every step.
func old(t testing.TB, db *badger.DB, cells uint64) {
	t.Helper()
	d := driver(t, db, migrations.Config{})
	if err := d.SetVersion(1, false); err != nil {
		t.Fatal(err)
	}
	pairs := map[string]string{migrations.FormatKey: `{"format":1}`, "jold": "x", "s\x01stays": "y", "kdx": strings.Repeat("long ", 60)}
	for n := range cells {
		pairs[string(cellKey('c', n))] = strconv.FormatUint(n, 10)
		pairs[string(cellKey('b', n*2))] = strconv.FormatUint(n, 10)
		pairs[fmt.Sprintf("kd%03d", n)] = fmt.Sprintf("device %d", n)
		pairs[fmt.Sprintf("s\x00%03d", n)] = "gone"
	}
	put(t, db, pairs)
	err := db.Update(func(txn *badger.Txn) error {
		return txn.SetEntry(&badger.Entry{Key: []byte("kdmeta"), Value: []byte("v"), UserMeta: 7, ExpiresAt: 1 << 40})
	})
	if err != nil {
		t.Fatal(err)
	}
}
