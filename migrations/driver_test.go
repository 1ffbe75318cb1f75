package migrations_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	dt "github.com/golang-migrate/migrate/v4/database/testing"
	"github.com/golang-migrate/migrate/v4/source/iofs"

	"bayledger/migrations"
)

// golang-migrate's own suite for drivers.
func TestDriverSuite(t *testing.T) {
	body := []byte(steps(`{"put":{"key":"jsuite","value":1}}`, `{"delete_prefix":{"prefix":"jsuite"}}`))
	t.Run("memory", func(t *testing.T) { dt.Test(t, driver(t, memory(t), migrations.Config{}), body) })
	t.Run("disk", func(t *testing.T) {
		d, err := migrations.Open("badger://"+filepath.Join(t.TempDir(), "data"), migrations.Config{})
		if err != nil {
			t.Fatal(err)
		}
		dt.Test(t, d, body)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
}

// engine is golang-migrate over a driver and a set of files.
func engine(t *testing.T, cfg migrations.Config, d database.Driver) *migrate.Migrate {
	t.Helper()
	source, err := iofs.New(cfg.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	m, err := migrate.NewWithInstance("iofs", source, "badger", d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// golang-migrate's suite for the driver under its engine.
func TestMigrateSuite(t *testing.T) {
	db := memory(t)
	cfg := manyStepsConfig(t)
	dt.TestMigrate(t, engine(t, cfg, driver(t, db, cfg)))
	if rest := dumpAll(t, db); rest != "" {
		t.Errorf("Drop left:\n%s", rest)
	}
}

func TestUpAndDownByTheEngine(t *testing.T) {
	db := memory(t)
	cfg := manyStepsConfig(t)
	old(t, db, 8)
	m := engine(t, cfg, driver(t, db, cfg))
	if err := m.Up(); err != nil {
		t.Fatal(err)
	}
	if v, dirty, err := m.Version(); v != 3 || dirty || err != nil {
		t.Fatalf("version %d, dirty %v, %v", v, dirty, err)
	}
	if err := m.Down(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Version(); !errors.Is(err, migrate.ErrNilVersion) {
		t.Fatalf("after Down: %v", err)
	}
	got := dumpAll(t, db)
	for _, gone := range []string{"mcursor", "mlock", "jformat", "jtest", "kk"} {
		if strings.Contains(got, `"`+gone) {
			t.Errorf("%s is still there:\n%s", gone, got)
		}
	}
	for _, there := range []string{`"kd003"="device 3"`, `"kdmeta"="v" meta 7 until 1099511627776`} {
		if !strings.Contains(got, there) {
			t.Errorf("no %s in\n%s", there, got)
		}
	}
}

func TestOpenURL(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, url string
		want      migrations.Code
	}{
		{"a folder", "badger://" + dir + "/a", ""},
		{"golang-migrate's own options", "badger://" + dir + "/a?x-migrations-table=t", ""},
		{"no scheme", dir, migrations.CodeBadURL},
		{"another scheme", "postgres://" + dir, migrations.CodeBadURL},
		{"a relative path", "badger://data/folder", migrations.CodeBadURL},
		{"no slashes", "badger:data", migrations.CodeBadURL},
		{"no path", "badger://", migrations.CodeBadURL},
		{"an unknown option", "badger://" + dir + "/a?sync=off", migrations.CodeBadURL},
		{"unreadable", "badger://%zz", migrations.CodeBadURL},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := (&migrations.Driver{}).Open(c.url)
			if code(err) != c.want {
				t.Fatalf("got %v, want code %q", err, c.want)
			}
			if d != nil {
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	disk(t, dir)
	_, err := migrations.Open("badger://"+dir, migrations.Config{})
	wantError(t, err, migrations.CodeStorage, "another Bayledger")
}

func TestUnusableInstances(t *testing.T) {
	_, err := migrations.WithInstance(nil, migrations.Config{})
	wantError(t, err, migrations.CodeBadCall)
	d := driver(t, memory(t), migrations.Config{})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Version(); code(err) != migrations.CodeStorage {
		t.Errorf("Version after Close: %v", err)
	}
	if err := d.SetVersion(1, false); code(err) != migrations.CodeStorage {
		t.Errorf("SetVersion after Close: %v", err)
	}
}

func TestLock(t *testing.T) {
	db := memory(t)
	at := time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)
	first := driver(t, db, migrations.Config{Holder: "server one", Now: func() time.Time { return at }})
	second := driver(t, db, migrations.Config{Holder: "server two"})
	if err := second.Unlock(); !errors.Is(err, database.ErrNotLocked) {
		t.Errorf("Unlock without a lock: %v", err)
	}
	if err := first.Lock(); err != nil {
		t.Fatal(err)
	}
	err := second.Lock()
	wantError(t, err, migrations.CodeLocked, "server one", "2026-03-02T09:15:00Z")
	if !errors.Is(err, database.ErrLocked) {
		t.Error("not golang-migrate's ErrLocked")
	}
	wantError(t, second.SetVersion(4, false), migrations.CodeLocked)
	wantError(t, second.Run(strings.NewReader(nothing)), migrations.CodeLocked)
	wantError(t, second.Drop(), migrations.CodeLocked)

	holder, err := second.BreakLock()
	if err != nil || holder == nil || holder.Name != "server one" || !holder.Since.Equal(at) {
		t.Fatalf("BreakLock gave %v, %v", holder, err)
	}
	wantError(t, first.SetVersion(5, false), migrations.CodeLockLost)
	if err := second.Lock(); err != nil {
		t.Fatal(err)
	}
	wantError(t, first.SetVersion(5, false), migrations.CodeLockLost)
	wantError(t, first.Run(strings.NewReader(nothing)), migrations.CodeLockLost)
	if err := first.Unlock(); !errors.Is(err, database.ErrNotLocked) || code(err) != migrations.CodeLockLost {
		t.Errorf("Unlock of a broken lock: %v", err)
	}
	if err := second.SetVersion(6, false); err != nil {
		t.Errorf("the new holder is hindered: %v", err)
	}
	if err := second.Unlock(); err != nil {
		t.Fatal(err)
	}
	if holder, err := first.BreakLock(); holder != nil || err != nil {
		t.Errorf("BreakLock without a lock gave %v, %v", holder, err)
	}
	if v, dirty, err := first.Version(); v != 6 || dirty || err != nil {
		t.Errorf("version %d, dirty %v, %v", v, dirty, err)
	}
}

// A lock that a Drop outlived must not fit a later holder's.
func TestBrokenLockAfterDrop(t *testing.T) {
	db := memory(t)
	first, second := driver(t, db, migrations.Config{}), driver(t, db, migrations.Config{})
	if err := first.Lock(); err != nil {
		t.Fatal(err)
	}
	if _, err := second.BreakLock(); err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() error{second.Lock, second.Drop, second.Unlock, second.Lock} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, first.SetVersion(9, false), migrations.CodeLockLost)
}

func TestOpenBreaksTheLockOfACrash(t *testing.T) {
	dir := t.TempDir()
	db := disk(t, dir)
	if err := driver(t, db, migrations.Config{Holder: "crashed"}).Lock(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // without Unlock
		t.Fatal(err)
	}
	var said []string
	d, err := migrations.Open("badger://"+dir, migrations.Config{Log: func(s string) { said = append(said, s) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(said) != 1 || !strings.Contains(said[0], "crashed") {
		t.Errorf("said %q", said)
	}
	if err := d.Lock(); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil { // gives the lock up
		t.Fatal(err)
	}
	if got := dumpAll(t, disk(t, dir)); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

func TestSetVersionRefusesBelowNil(t *testing.T) {
	wantError(t, driver(t, memory(t), migrations.Config{}).SetVersion(-2, false), migrations.CodeBadCall)
}

func TestDrop(t *testing.T) {
	db := memory(t)
	put(t, db, map[string]string{"b1": "x", "kuann": "x", "o1": "x", "jformat": "x", "zother": "kept"})
	d := driver(t, db, migrations.Config{})
	if err := d.SetVersion(1, false); err != nil {
		t.Fatal(err)
	}
	if err := d.Drop(); err != nil {
		t.Fatal(err)
	}
	if got, want := dumpAll(t, db), "\"zother\"=\"kept\" meta 0 until 0\n"; got != want {
		t.Errorf("left %s want %s", got, want)
	}
	if v, _, err := d.Version(); v != database.NilVersion || err != nil {
		t.Errorf("version %d, %v", v, err)
	}
}

// Whatever a Run that stands alone leaves, the next Run is not a continuation.
func TestRunAlone(t *testing.T) {
	db := memory(t)
	d := driver(t, db, migrations.Config{Transforms: map[string]migrations.Transform{"grow": grow}})
	put(t, db, map[string]string{"c1": "2"})
	for range 2 {
		if err := d.Run(strings.NewReader(steps(`{"rewrite":{"prefix":"c","with":"grow"}}`))); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := dumpAll(t, db), "\"c1\"=\"18\" meta 0 until 0\n"; got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

func TestRunReadsAllOfALongBody(t *testing.T) {
	body := strings.NewReader(strings.Repeat(" ", 3*migrations.MaxFileBytes))
	wantError(t, driver(t, memory(t), migrations.Config{}).Run(body), migrations.CodeBadMigration, "longer")
	if body.Len() != 0 {
		t.Errorf("%d bytes left: golang-migrate's writer would wait for ever", body.Len())
	}
}
