package migrations_test

import (
	"strconv"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/migrations"
)

// BenchmarkRewrite moves keys of a folder on disk, every transaction synced.
func BenchmarkRewrite(b *testing.B) {
	const keys = 100_000
	cfg := migrations.Config{
		Transforms: map[string]migrations.Transform{"shift": func(k, v []byte) ([]byte, []byte, bool, error) {
			moved := append([]byte{}, k...)
			moved[1] = 1
			return moved, v, true, nil
		}},
		Files: files(b, map[string]string{
			"0002_b.up.json": steps(`{"rewrite":{"prefix":"c","with":"shift"}}`), "0002_b.down.json": nothing}),
	}
	rows := map[string]string{migrations.FormatKey: `{"format":1}`}
	for n := range uint64(keys) {
		rows[string(cellKey('c', n))] = "a cell with the number " + strconv.FormatUint(n, 10)
	}
	for b.Loop() {
		b.StopTimer()
		db, err := badger.Open(badger.DefaultOptions(b.TempDir()).WithSyncWrites(true).WithLogger(nil))
		if err != nil {
			b.Fatal(err)
		}
		put(b, db, rows)
		if err := driver(b, db, migrations.Config{}).SetVersion(1, false); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, to, err := migrations.Up(b.Context(), db, cfg); to != 2 || err != nil {
			b.Fatal(to, err)
		}
		b.StopTimer()
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)*keys/b.Elapsed().Seconds(), "keys/s")
}

// BenchmarkNothingToDo is what Up costs a start of the newest folder.
func BenchmarkNothingToDo(b *testing.B) {
	db := open(b, badger.DefaultOptions(b.TempDir()))
	if _, _, err := migrations.Up(b.Context(), db, migrations.Config{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := migrations.Up(b.Context(), db, migrations.Config{}); err != nil {
			b.Fatal(err)
		}
	}
}
