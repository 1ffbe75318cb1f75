package migrations_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/migrations"
)

func TestUpFromFresh(t *testing.T) {
	db := memory(t)
	var said []string
	cfg := migrations.Config{Log: func(s string) { said = append(said, s) }}
	from, to, err := migrations.Up(t.Context(), db, cfg)
	if from != 0 || to != newest || err != nil {
		t.Fatal(from, to, err)
	}
	if got, want := dump(t, db), "\"jformat\"=\"{\\\"format\\\":2}\" meta 0 until 0\n"; got != want {
		t.Errorf("got %s want %s", got, want)
	}
	if len(said) != newest || !strings.Contains(said[0], "0001_layout.up.json") {
		t.Errorf("said %q", said)
	}
	before := dumpAll(t, db)
	version := db.MaxVersion()
	from, to, err = migrations.Up(t.Context(), db, cfg)
	if from != newest || to != newest || err != nil {
		t.Fatal(from, to, err)
	}
	if dumpAll(t, db) != before || db.MaxVersion() != version {
		t.Error("the newest folder was written to")
	}
}

func TestStatusAndPending(t *testing.T) {
	db := memory(t)
	state, err := migrations.Status(db)
	if err != nil || state.Version != 0 || state.Newest != newest || len(state.Pending) != newest || state.Pending[0].File != "0001_layout.up.json" {
		t.Fatalf("%+v, %v", state, err)
	}
	if got := state.String(); got != "schema version 0 of 2; 2 to go" {
		t.Error(got)
	}
	if got := dumpAll(t, db); got != "" {
		t.Errorf("Status wrote %s", got)
	}
	if _, _, err := migrations.Up(t.Context(), db, migrations.Config{}); err != nil {
		t.Fatal(err)
	}
	state, err = migrations.Status(db)
	if want := (migrations.State{Version: newest, Newest: newest}); !reflect.DeepEqual(state, want) || err != nil {
		t.Fatalf("%+v, %v", state, err)
	}
	if got := state.String(); got != "schema version 2, the newest" {
		t.Error(got)
	}
	d := driver(t, db, migrations.Config{Holder: "me"})
	if err := d.Lock(); err != nil {
		t.Fatal(err)
	}
	if state, err = migrations.Status(db); err != nil || state.Locked == nil || state.Locked.Name != "me" {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestStatusReadsOnly(t *testing.T) {
	dir := t.TempDir()
	db := disk(t, dir)
	if _, _, err := migrations.Up(t.Context(), db, migrations.Config{Files: files(t, nil)}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, diskOptions(dir).WithReadOnly(true))
	if state, err := migrations.Status(db); err != nil || state.Version != 1 {
		t.Fatalf("%+v, %v", state, err)
	}
	cfg := migrations.Config{Files: files(t, map[string]string{"0002_b.up.json": nothing, "0002_b.down.json": nothing})}
	_, _, err := migrations.Up(t.Context(), db, cfg)
	wantError(t, err, migrations.CodeStorage)
}

func TestNewerDataIsRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		version int
		dirty   bool
	}{{"clean", 7, false}, {"interrupted on its way up", 7, true}} {
		t.Run(c.name, func(t *testing.T) {
			db := memory(t)
			put(t, db, map[string]string{"b1": "x"})
			if err := driver(t, db, migrations.Config{}).SetVersion(c.version, c.dirty); err != nil {
				t.Fatal(err)
			}
			before := dumpAll(t, db)
			_, _, err := migrations.Up(t.Context(), db, migrations.Config{})
			wantError(t, err, migrations.CodeNewerData, "newer Bayledger", "version 7", "knows 2", "nothing was changed", "backup")
			if dumpAll(t, db) != before {
				t.Error("it was changed")
			}
			state, err := migrations.Status(db)
			if err != nil || !state.Newer || len(state.Pending) != 0 {
				t.Errorf("%+v, %v", state, err)
			}
		})
	}
	t.Run("interrupted on its way down", func(t *testing.T) {
		db := memory(t)
		d := driver(t, db, migrations.Config{})
		if err := errors.Join(d.SetVersion(3, false), d.SetVersion(2, true)); err != nil {
			t.Fatal(err)
		}
		_, _, err := migrations.Up(t.Context(), db, migrations.Config{})
		wantError(t, err, migrations.CodeNewerData, "version 3")
	})
}

func TestForeignDataIsRefused(t *testing.T) {
	for _, key := range []string{"a", "b1", "zebra"} {
		db := memory(t)
		put(t, db, map[string]string{key: "x", "mlock": `{"turn":1}`})
		before := dumpAll(t, db)
		_, _, err := migrations.Up(t.Context(), db, migrations.Config{})
		wantError(t, err, migrations.CodeForeignData, key, "nothing was changed")
		if dumpAll(t, db) != before {
			t.Error("it was changed")
		}
	}
}

func TestDamagedRecordsAreRefused(t *testing.T) {
	for key, values := range map[string][]string{
		"mversion": {``, `{`, `[]`, `{"version":-2}`, `{"version":1,"from":-7}`, `{"version":"1"}`, `{"version":1e99}`},
		"mlock":    {``, `"x"`, `{"turn":-1}`, `{"since":"yesterday"}`},
		"mcursor":  {``, `{"step":-1}`, `{"step":1000000}`, `{"done":-1}`, `{"last":"!"}`},
	} {
		for _, value := range values {
			db := memory(t)
			put(t, db, map[string]string{key: value})
			before := dumpAll(t, db)
			_, _, err := migrations.Up(t.Context(), db, migrations.Config{})
			wantError(t, err, migrations.CodeDamaged, key, "nothing was changed")
			if dumpAll(t, db) != before {
				t.Errorf("%s %q: it was changed", key, value)
			}
		}
	}
}

// Badger passes over a damaged block without a word, or panics. Up must notice
// before it calls a folder migrated whose keys it has not seen.
func TestDamagedFilesAreRefused(t *testing.T) {
	whole := t.TempDir()
	db := disk(t, whole)
	old(t, db, 2000)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for at := 0.01; at < 0.95; at += 0.04 {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		damage(t, dir, at)
		db, err := badger.Open(diskOptions(dir).WithLogger(nil))
		if err != nil {
			continue // Badger noticed by itself
		}
		version := db.MaxVersion()
		_, _, err = migrations.Up(t.Context(), db, manyStepsConfig(t).WithLimits(0, 0, 0))
		wantError(t, err, migrations.CodeDamagedData, "nothing was changed", "restore a backup")
		err = driver(t, db, manyStepsConfig(t)).Run(strings.NewReader(steps(`{"delete_prefix":{"prefix":"c"}}`)))
		wantError(t, err, migrations.CodeDamagedData)
		if db.MaxVersion() != version {
			t.Error("it was written to")
		}
		if err := db.Close(); err != nil {
			t.Log(err) // the folder is damaged: Badger may say so
		}
		refused++
	}
	if refused < 10 {
		t.Errorf("only %d damaged folders could be opened: the test shows little", refused)
	}
}

// damage turns bytes of the largest table over.
func damage(t *testing.T, dir string, at float64) {
	t.Helper()
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatal(tables, err)
	}
	var name string
	var body []byte
	for _, table := range tables {
		content, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		if len(content) > len(body) {
			name, body = table, content
		}
	}
	for i := range 16 {
		body[int(at*float64(len(body)))+i] ^= 0xa5
	}
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Setting a dirty version again, as a person may, forgets nothing.
func TestDirtyTwiceForgetsNothing(t *testing.T) {
	db := memory(t)
	old(t, db, 20)
	cfg := manyStepsConfig(t)
	stopAt(t, db, cfg, 40) // inside a rewrite
	d := driver(t, db, cfg)
	if _, err := d.BreakLock(); err != nil {
		t.Fatal(err)
	}
	before, err := migrations.StatusOf(db, cfg)
	if err != nil || before.Interrupted == nil || before.Interrupted.Step != 3 {
		t.Fatalf("%+v %v", before.Interrupted, err)
	}
	if err := d.SetVersion(2, true); err != nil {
		t.Fatal(err)
	}
	if after, err := migrations.StatusOf(db, cfg); err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("from %+v to %+v, %v", before.Interrupted, after.Interrupted, err)
	}
	if _, to, err := migrations.Up(t.Context(), db, cfg); to != 3 || err != nil {
		t.Fatal(to, err)
	}
	if got, want := dump(t, db), uninterrupted(t, 20); got != want {
		t.Errorf("got\n%s want\n%s", got, want)
	}
}

func TestDirtyByHandIsRefused(t *testing.T) {
	db := memory(t)
	d := driver(t, db, migrations.Config{})
	if err := errors.Join(d.SetVersion(1, false), d.SetVersion(1, true)); err != nil {
		t.Fatal(err)
	}
	_, _, err := migrations.Up(t.Context(), db, migrations.Config{})
	wantError(t, err, migrations.CodeUnknownDirty, "nothing was changed")
}

func TestStaleLockIsBroken(t *testing.T) {
	db := memory(t)
	if err := driver(t, db, migrations.Config{Holder: "the run before"}).Lock(); err != nil {
		t.Fatal(err)
	}
	var said []string
	_, to, err := migrations.Up(t.Context(), db, migrations.Config{Log: func(s string) { said = append(said, s) }})
	if to != newest || err != nil {
		t.Fatal(to, err)
	}
	if !strings.Contains(strings.Join(said, "\n"), "the run before") {
		t.Errorf("said %q", said)
	}
}

// A second Up in the same process breaks the first one's lock. The first is
// stopped by the fence, the second goes on from its cursor, and each key is
// rewritten once.
func TestTwoUpsDoNotDoItTwice(t *testing.T) {
	want := uninterrupted(t, 20)
	db := memory(t)
	old(t, db, 20)
	cfg := manyStepsConfig(t)
	points := 0
	first := cfg.WithPoint(func() error {
		if points++; points == 9 {
			if _, to, err := migrations.Up(t.Context(), db, cfg); to != 3 || err != nil {
				t.Errorf("the second: %d, %v", to, err)
			}
		}
		return nil
	})
	_, _, err := migrations.Up(t.Context(), db, first)
	wantError(t, err, migrations.CodeLockLost)
	if got := dump(t, db); got != want {
		t.Errorf("got\n%s want\n%s", got, want)
	}
}

func TestFailingTransform(t *testing.T) {
	db := memory(t)
	old(t, db, 20)
	cfg := manyStepsConfig(t)
	boom := errors.New("no such cell")
	broken := cfg
	broken.Transforms = map[string]migrations.Transform{"grow": grow, "shift": func(k, v []byte) ([]byte, []byte, bool, error) {
		if string(k) == string(cellKey('c', 11)) {
			return nil, nil, false, boom
		}
		return shift(k, v)
	}}
	from, to, err := migrations.Up(t.Context(), db, broken)
	wantError(t, err, migrations.CodeTransformFailed, "0002_cells.up.json, step 3", "shift", "no such cell", `\v`)
	if from != 1 || to != 1 || !errors.Is(err, boom) {
		t.Errorf("from %d to %d, %v", from, to, err)
	}
	state, err := migrations.StatusOf(db, cfg)
	if err != nil || state.Interrupted == nil || state.Interrupted.File != "0002_cells.up.json" || state.Interrupted.Step != 3 ||
		state.Interrupted.Steps != 5 || state.Interrupted.Keys == 0 || len(state.Pending) != 2 || state.Locked != nil {
		t.Errorf("%+v, %+v, %v", state, state.Interrupted, err)
	}
	// golang-migrate's engine refuses a dirty folder, ours mends it.
	if err := engine(t, cfg, driver(t, db, cfg)).Up(); err == nil || !strings.Contains(err.Error(), "Dirty") {
		t.Errorf("the engine said %v", err)
	}
	from, to, err = migrations.Up(t.Context(), db, cfg)
	if from != 1 || to != 3 || err != nil {
		t.Fatal(from, to, err)
	}
	if got, want := dump(t, db), uninterrupted(t, 20); got != want {
		t.Errorf("got\n%s want\n%s", got, want)
	}
}

func TestBadTransforms(t *testing.T) {
	for _, c := range []struct {
		name string
		do   migrations.Transform
		want migrations.Code
		says string
	}{
		{"no key", func(k, v []byte) ([]byte, []byte, bool, error) { return nil, v, true, nil }, migrations.CodeTransformFailed, "key is empty"},
		{"into our room", func(k, v []byte) ([]byte, []byte, bool, error) { return []byte("mversion"), v, true, nil }, migrations.CodeTransformFailed, "room 'm'"},
		{"onto another", func(k, v []byte) ([]byte, []byte, bool, error) { return []byte("jformat"), v, true, nil }, migrations.CodeKeyTaken, "jformat"},
		{"all onto one", func(k, v []byte) ([]byte, []byte, bool, error) { return []byte("c9"), v, true, nil }, migrations.CodeKeyTaken, "c9"},
		{"too large", func(k, v []byte) ([]byte, []byte, bool, error) { return k, make([]byte, 3<<20), true, nil }, migrations.CodeStorage, "exceeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := memory(t)
			if _, _, err := migrations.Up(t.Context(), db, migrations.Config{Files: files(t, nil)}); err != nil {
				t.Fatal(err)
			}
			put(t, db, map[string]string{"c1": "1", "c2": "2"})
			before := dump(t, db)
			cfg := migrations.Config{Transforms: map[string]migrations.Transform{"bad": c.do}, Files: files(t, map[string]string{
				"0002_b.up.json": steps(`{"rewrite":{"prefix":"c","with":"bad"}}`), "0002_b.down.json": nothing})}
			_, _, err := migrations.Up(t.Context(), db, cfg)
			wantError(t, err, c.want, "0002_b.up.json, step 1", c.says)
			if got := dump(t, db); got != before {
				t.Errorf("changed to %s", got)
			}
		})
	}
}

// A value that is close to what a transaction takes goes alone; the bounds keep
// many such values apart.
func TestLargeValues(t *testing.T) {
	db := open(t, diskOptions(t.TempDir()))
	limit := db.MaxBatchSize()
	want := map[string]string{}
	for i := range 12 {
		key, value := fmt.Sprintf("kd%02d", i), strings.Repeat("v", int(limit)*3/4/(1+i%3))
		put(t, db, map[string]string{key: value})
		want["kk"+key[2:]] = value
	}
	if err := driver(t, db, migrations.Config{}).SetVersion(1, false); err != nil {
		t.Fatal(err)
	}
	cfg := migrations.Config{Files: files(t, map[string]string{
		"0002_b.up.json": steps(`{"rename_prefix":{"from":"kd","to":"kk"}}`), "0002_b.down.json": nothing})}
	if _, to, err := migrations.Up(t.Context(), db, cfg); to != 2 || err != nil {
		t.Fatal(to, err)
	}
	got := strings.Count(dump(t, db), "\n")
	if got != len(want) {
		t.Errorf("%d keys, want %d", got, len(want))
	}
	err := db.View(func(txn *badger.Txn) error {
		for k, v := range want {
			item, err := txn.Get([]byte(k))
			if err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			if value, err := item.ValueCopy(nil); err != nil || string(value) != v {
				return fmt.Errorf("%s: %d bytes, %v", k, len(value), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestChangedFileIsRefused(t *testing.T) {
	db := memory(t)
	old(t, db, 20)
	cfg := manyStepsConfig(t)
	stopAt(t, db, cfg, 8)
	changed := cfg
	changed.Files = files(t, map[string]string{"0002_cells.up.json": steps(`{"delete_prefix":{"prefix":"c"}}`), "0002_cells.down.json": nothing})
	before := dump(t, db)
	_, _, err := migrations.Up(t.Context(), db, changed)
	wantError(t, err, migrations.CodeChangedFile, "0002_cells.up.json", "nothing was changed")
	if got := dump(t, db); got != before {
		t.Errorf("it was changed from\n%s to\n%s", before, got)
	}
	if _, to, err := migrations.Up(t.Context(), db, cfg); to != 3 || err != nil {
		t.Errorf("with the right files: %d, %v", to, err)
	}
}

func TestCancelling(t *testing.T) {
	want := uninterrupted(t, 20)
	db := memory(t)
	old(t, db, 20)
	reason := errors.New("the server is shutting down")
	stops := 0
	for {
		ctx, cancel := context.WithCancelCause(t.Context())
		cfg := manyStepsConfig(t)
		cfg.Progress = func(int, int) { cancel(reason) } // after every transaction
		_, to, err := migrations.Up(ctx, db, cfg)
		cancel(nil)
		if err == nil {
			if to != 3 {
				t.Errorf("to %d", to)
			}
			break
		}
		wantError(t, err, migrations.CodeStopped, "stopped as asked")
		if !errors.Is(err, reason) {
			t.Fatalf("%v does not carry the reason", err)
		}
		if stops++; stops > 500 {
			t.Fatal("it does not get on")
		}
	}
	t.Logf("%d stops", stops)
	if got := dump(t, db); got != want {
		t.Errorf("got\n%s want\n%s", got, want)
	}
	if state, err := migrations.StatusOf(db, manyStepsConfig(t)); err != nil || state.Locked != nil || state.Version != 3 {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestProgress(t *testing.T) {
	db := memory(t)
	old(t, db, 20)
	type report struct{ done, total int }
	var got []report
	cfg := manyStepsConfig(t)
	cfg.Progress = func(done, total int) { got = append(got, report{done, total}) }
	if _, _, err := migrations.Up(t.Context(), db, cfg); err != nil {
		t.Fatal(err)
	}
	// File 2: a put, 22 keys renamed, 20 rewritten, 20 removed, one key removed;
	// file 3: what is left of the 20 and the 20 of room b.
	ends, want := 0, []int{1 + 22 + 20 + 20 + 1, 16 + 20}
	for i, r := range got {
		if r.done > r.total {
			t.Errorf("%d of %d", r.done, r.total)
		}
		if i+1 == len(got) || got[i+1].done < r.done {
			if ends++; r.done != r.total || ends <= len(want) && r.done != want[ends-1] {
				t.Errorf("file %d ended at %d of %d", ends+1, r.done, r.total)
			}
		}
	}
	if ends != 2 {
		t.Errorf("%d files ended: %v", ends, got)
	}
	if first := got[0]; first.done != 1 || first.total != 1+22+20+20+1 {
		t.Errorf("began with %+v", first)
	}
}

func TestInterruptedDownIsFinishedThenUp(t *testing.T) {
	want := uninterrupted(t, 20)
	db := memory(t)
	old(t, db, 20)
	cfg := manyStepsConfig(t)
	if _, _, err := migrations.Up(t.Context(), db, cfg); err != nil {
		t.Fatal(err)
	}
	down := manyStepsConfig(t)
	points := 0
	down = down.WithPoint(func() error {
		if points++; points > 14 { // inside 0002_cells.down.json
			return errKilled
		}
		return nil
	})
	if err := engine(t, down, driver(t, db, down)).Down(); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	state, err := migrations.StatusOf(db, cfg)
	if err != nil || state.Interrupted == nil || state.Interrupted.File != "0002_cells.down.json" || len(state.Pending) != 2 {
		t.Fatalf("%+v, %v", state, err)
	}
	if !strings.Contains(state.String(), "0002_cells.down.json was interrupted") {
		t.Error(state)
	}
	// The down file gives the devices back under their old prefix; going up
	// again must take the way of any folder of version 1.
	if _, to, err := migrations.Up(t.Context(), db, cfg); to != 3 || err != nil {
		t.Fatal(to, err)
	}
	if got := dump(t, db); !strings.Contains(got, `"kk003"`) || strings.Contains(got, `"kd003"`) {
		t.Errorf("got\n%s, first run gave\n%s", got, want)
	}
}
