package migrations_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"bayledger/migrations"
	"bayledger/sync/journal"
)

// errKilled is what a killed program's remaining changes get: none happens.
var errKilled = errors.New("killed by the test")

// killedFrom stops every change from the nth point on, as a kill would.
func killedFrom(cfg migrations.Config, n int) migrations.Config {
	points := 0
	return cfg.WithPoint(func() error {
		if points++; points >= n {
			return errKilled
		}
		return nil
	})
}

// stopAt runs Up until the nth point.
func stopAt(t *testing.T, db *badger.DB, cfg migrations.Config, n int) {
	t.Helper()
	if _, _, err := migrations.Up(t.Context(), db, killedFrom(cfg, n)); !errors.Is(err, errKilled) {
		t.Fatalf("point %d: %v", n, err)
	}
}

// uninterrupted gives what a folder holds after a run that nothing disturbed,
// in transactions of the standard size.
func uninterrupted(t *testing.T, cells uint64) string {
	t.Helper()
	db := memory(t)
	old(t, db, cells)
	cfg := manyStepsConfig(t).WithLimits(0, 0, 0)
	if from, to, err := migrations.Up(t.Context(), db, cfg); from != 1 || to != 3 || err != nil {
		t.Fatal(from, to, err)
	}
	return dump(t, db)
}

// The number of points of a run in tiny transactions.
func countPoints(t *testing.T, cells uint64) (points int) {
	t.Helper()
	db := memory(t)
	old(t, db, cells)
	cfg := manyStepsConfig(t).WithPoint(func() error { points++; return nil })
	if _, _, err := migrations.Up(t.Context(), db, cfg); err != nil {
		t.Fatal(err)
	}
	return points
}

// Stopped before every single change of a run, reopened, Up completes with the
// result of a run that nothing disturbed.
func TestInterruptedAtEveryBoundary(t *testing.T) {
	t.Parallel()
	const cells = 10
	want := uninterrupted(t, cells)
	points := countPoints(t, cells)
	if points < 40 {
		t.Fatalf("only %d boundaries: the test's transactions are too large to show anything", points)
	}
	t.Logf("%d boundaries", points)
	for n := 1; n <= points; n++ {
		dir := t.TempDir()
		db := disk(t, dir)
		old(t, db, cells)
		stopAt(t, db, manyStepsConfig(t), n)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = disk(t, dir)
		if _, to, err := migrations.Up(t.Context(), db, manyStepsConfig(t)); to != 3 || err != nil {
			t.Fatalf("stopped before change %d: reached %d, %v", n, to, err)
		}
		if got := dump(t, db); got != want {
			t.Fatalf("stopped before change %d: got\n%s want\n%s", n, got, want)
		}
		state, err := migrations.StatusOf(db, manyStepsConfig(t))
		if err != nil || state.Locked != nil || state.Interrupted != nil || len(state.Pending) != 0 {
			t.Fatalf("stopped before change %d: %+v, %v", n, state, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// The migrations that are shipped, from each schema that ever landed, stopped before
// every single change: the next start goes on, and the rows are those that they were.
func TestShippedMigrationsInterrupted(t *testing.T) {
	t.Parallel()
	stops := 0
	for version := uint(1); version < newest; version++ {
		for n := 1; ; n++ {
			db := loadFixture(t, version)
			_, _, err := migrations.Up(t.Context(), db, killedFrom(migrations.Config{}, n))
			if err == nil {
				break
			}
			if !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			stops++
			if _, to, err := migrations.Up(t.Context(), db, migrations.Config{}); to != newest || err != nil {
				t.Fatalf("version %d, stopped before change %d: reached %d, %v", version, n, to, err)
			}
			checkFixture(t, db, version)
		}
	}
	if t.Logf("%d stops", stops); stops < 3 {
		t.Error("no migration was stopped under way: nothing was tested")
	}
}

// Stopped again and again at random places, with transactions of random sizes.
func TestInterruptedAgainAndAgain(t *testing.T) {
	t.Parallel()
	const seeds = 16
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 2))
		cells := random.Uint64N(40)
		want := uninterrupted(t, cells)
		db := memory(t)
		old(t, db, cells)
		stops := 0
		for {
			cfg := manyStepsConfig(t).WithLimits(1+random.IntN(6), 1+random.IntN(12), 1+random.IntN(800))
			_, to, err := migrations.Up(t.Context(), db, killedFrom(cfg, 4+random.IntN(25)))
			if err == nil {
				if to != 3 {
					t.Fatalf("seed %d: reached %d", seed, to)
				}
				break
			}
			if !errors.Is(err, errKilled) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if stops++; stops > 1000 {
				t.Fatalf("seed %d: it does not get on", seed)
			}
		}
		if got := dump(t, db); got != want {
			t.Fatalf("seed %d, %d cells, %d stops: got\n%s want\n%s", seed, cells, stops, got, want)
		}
	}
}

func TestInterruptedDrop(t *testing.T) {
	for n := 1; ; n++ {
		dir := t.TempDir()
		db := disk(t, dir)
		old(t, db, 20)
		whole := dump(t, db)
		err := driver(t, db, killedFrom(migrations.Config{}, n)).Drop()
		if err == nil {
			if n != 4 {
				t.Errorf("a drop has %d points", n-1)
			}
			return
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = disk(t, dir)
		d := driver(t, db, migrations.Config{})
		if v, dirty, err := d.Version(); n == 1 {
			if v != 1 || dirty || err != nil || dump(t, db) != whole {
				t.Fatalf("a drop that never began: version %d, %v, %v", v, dirty, err)
			}
			continue
		} else if v != -1 || !dirty || err != nil {
			t.Fatalf("half dropped: version %d, dirty %v, %v", v, dirty, err)
		}
		wantError(t, d.SetVersion(1, false), migrations.CodeHalfDropped)
		if state, err := migrations.Status(db); err != nil || !state.Dropping || state.Version != 0 || len(state.Pending) != newest {
			t.Fatalf("%+v, %v", state, err)
		}
		from, to, err := migrations.Up(t.Context(), db, migrations.Config{})
		if from != 0 || to != newest || err != nil {
			t.Fatal(from, to, err)
		}
		if got, want := dump(t, db), "\"jformat\"=\"{\\\"format\\\":2}\" meta 0 until 0\n"; got != want {
			t.Fatalf("left %s", got)
		}
	}
}

// childDir makes this test program a child that migrates and is killed.
const childDir = "BAYLEDGER_MIGRATIONS_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// childAsServers, if "true", has it open the folder as servers do.
const childAsServers = "BAYLEDGER_MIGRATIONS_TEST_AS_SERVERS"

func openChild(dir string) (*badger.DB, error) {
	if os.Getenv(childAsServers) == "true" {
		return journal.OpenDB(dir, journal.Options{})
	}
	return badger.Open(diskOptions(dir).WithLogger(nil))
}

// child migrates and writes a line for every transaction.
func child(dir string) int {
	db, err := openChild(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	set, err := filesOf(manySteps)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	cfg := tiny(set)
	cfg.Progress = func(done, total int) { fmt.Println(done, total) }
	if _, _, err := migrations.Up(context.Background(), db, cfg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := db.Close(); err != nil {
		return 1
	}
	return 0
}

// A real kill -9 at different places: the next start completes it.
func TestKilled(t *testing.T) {
	t.Parallel()
	const cells = 60
	want := uninterrupted(t, cells)
	for _, lines := range []int{1, 5, 20, 60, 90} {
		dir := t.TempDir()
		db := disk(t, dir)
		old(t, db, cells)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		killAfter(t, dir, lines)
		db = disk(t, dir)
		state, err := migrations.StatusOf(db, manyStepsConfig(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("killed after %d transactions: %s", lines, state)
		if _, to, err := migrations.Up(t.Context(), db, manyStepsConfig(t)); to != 3 || err != nil {
			t.Fatalf("killed after %d transactions: %d, %v", lines, to, err)
		}
		if got := dump(t, db); got != want {
			t.Fatalf("killed after %d transactions: got\n%s want\n%s", lines, got, want)
		}
	}
}

// killAfter runs a child and kills it once it has told of so many transactions.
func killAfter(t *testing.T, dir string, lines int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(out)
	seen := 0
	for seen < lines && scanner.Scan() {
		seen++
	}
	if seen < lines {
		t.Errorf("the child ended after %d transactions", seen)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the child ended by itself before the kill")
	}
}
