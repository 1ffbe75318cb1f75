package migrations_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/migrations"
)

// A fixture is a data folder of a past schema version: Badger's own backup
// stream, gzipped. To add the one of a new version, write its migration, add
// its rows to fixtureRows, and run
//
//	go test ./migrations -run TestFixtures -write-fixtures
//
// once. A fixture that has landed never changes: it is what that version wrote.
var writeFixtures = flag.Bool("write-fixtures", false, "write the fixtures that are missing")

// maxFixturePending is how many batches Badger loads at a time.
const maxFixturePending = 16

func fixturePath(version uint) string {
	return filepath.Join("testdata", fmt.Sprintf("v%04d.backup.gz", version))
}

// fixtureRows gives what a version's folder holds beside what the migrations
// themselves write. The values of other packages' rooms stand for themselves
// here: a migration that reads them brings rows in their real encoding.
func fixtureRows(version uint) map[string]string {
	switch version {
	case 2:
		rows := fixtureRows(1)
		delete(rows, "c\x00summary")
		rows["r\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"] = "page of a run"
		rows["jruns"] = "the list of runs"
		return rows
	case 1:
		return map[string]string{
			"b\x00\x00\x00\x00\x00\x00\x00\x01":                 "block of entries 1 to 40",
			"b\x00\x00\x00\x00\x00\x00\x00\x29":                 strings.Repeat("block of entries 41 to 90 ", 100),
			"i\x04H-07\x04k3f9\x00\x00\x00\x00\x00\x00\x00\x28": "\x00\x00\x00\x00\x00\x00\x00\x01",
			"i\x04H-07\x04k3f9\x00\x00\x00\x00\x00\x00\x00\x5a": "\x00\x00\x00\x00\x00\x00\x00\x29",
			"c\x00summary": "checkpoint",
			"s\x07BOLT-M6\x00\x00\x00\x00\x00\x00\x00\x01": "segment",
			"jepoch":                             `{"epoch":"e1"}`,
			"kuann":                              `{"name":"ann","role":"supervisor"}`,
			"kkH-07":                             "\x00\xff key hash",
			"kspolicy":                           `{"negative":"allow"}`,
			"kp\x00\x00\x00\x00\x00\x00\x00\x01": "print job",
			"kndelivery":                         "881",
			"o\x00\x00\x00\x00\x00\x00\x00\x29":  "outbox row 41",
			"o\x00\x00\x00\x00\x00\x00\x00\x2a\xf0\x9f\x93\xa6 bytes": "outbox row 42",
		}
	}
	return nil
}

// Every schema that ever landed opens, migrates to the newest, and keeps its rows.
func TestFixtures(t *testing.T) {
	state, err := migrations.Status(memory(t))
	if err != nil {
		t.Fatal(err)
	}
	for version := uint(1); version <= state.Newest; version++ {
		t.Run(fmt.Sprintf("version %d", version), func(t *testing.T) {
			if *writeFixtures {
				writeFixture(t, version)
			}
			db := loadFixture(t, version)
			from, to, err := migrations.Up(t.Context(), db, migrations.Config{})
			if from != version || to != state.Newest || err != nil {
				t.Fatal(from, to, err)
			}
			checkFixture(t, db, version)
		})
	}
}

// checkFixture compares a migrated fixture with its rows: the migrations so far
// leave all of them as they are.
func checkFixture(t *testing.T, db *badger.DB, version uint) {
	t.Helper()
	want := memory(t)
	put(t, want, fixtureRows(version))
	put(t, want, map[string]string{migrations.FormatKey: `{"format":2}`})
	if got, want := dump(t, db), dump(t, want); got != want {
		t.Errorf("got\n%s want\n%s", got, want)
	}
}

// A fixture of version 1 also survives the migrations of the tests, so that the
// way from a loaded backup through later versions is walked today.
func TestFixtureThroughLaterVersions(t *testing.T) {
	db := loadFixture(t, 1)
	cfg := migrations.Config{
		Transforms: map[string]migrations.Transform{"upper": func(k, v []byte) ([]byte, []byte, bool, error) {
			return k, bytes.ToUpper(v), true, nil
		}},
		Files: files(t, map[string]string{
			"0002_people.up.json":   steps(`{"rename_prefix":{"from":"ku","to":"kU"}}`, `{"rewrite":{"prefix":"b","with":"upper"}}`),
			"0002_people.down.json": nothing,
		}),
	}
	if from, to, err := migrations.Up(t.Context(), db, cfg); from != 1 || to != 2 || err != nil {
		t.Fatal(from, to, err)
	}
	got := dump(t, db)
	for _, there := range []string{`"kUann"=`, "BLOCK OF ENTRIES 41 TO 90", `"o\x00\x00\x00\x00\x00\x00\x00)"="outbox row 41"`} {
		if !strings.Contains(got, there) {
			t.Errorf("no %s in\n%s", there, got)
		}
	}
}

// loadFixture reads a version's fixture into a fresh database.
func loadFixture(t *testing.T, version uint) *badger.DB {
	t.Helper()
	f, err := os.Open(fixturePath(version))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("schema version %d has no fixture: see writeFixtures in this file", version)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	db := memory(t)
	if err := db.Load(unzipped, maxFixturePending); err != nil {
		t.Fatal(err)
	}
	return db
}

// writeFixture makes a folder of a version and writes it, where there is no
// fixture yet.
func writeFixture(t *testing.T, version uint) {
	t.Helper()
	if _, err := os.Stat(fixturePath(version)); err == nil {
		return
	}
	rows := fixtureRows(version)
	if rows == nil {
		t.Fatalf("fixtureRows has nothing for version %d", version)
	}
	db := memory(t)
	if _, to, err := migrations.Up(t.Context(), db, migrations.Config{}); to != version || err != nil {
		t.Fatalf("only the newest version's fixture can be written: %d, %v", to, err)
	}
	put(t, db, rows)
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	if _, err := db.Backup(zipped, 0); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fixturePath(version), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
