//go:build powercut

package migrations_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"bayledger/migrations"
	"bayledger/sync/journal"
	"bayledger/sync/simulation/powercut"
)

// TestCutMigrations takes the power away from a migration again and again, until it
// is through: each key was changed once. It is run by make powercut.
func TestCutMigrations(t *testing.T) {
	cuts := powercut.Asked(t)
	dice := powercut.Dice(t)
	const cells = 60
	want := uninterrupted(t, cells)
	done, underWay, rounds := 0, 0, 0
	// A cut that meets a migration under way comes in most rounds, and has to come in one.
	const most = 50
	for ; (done < max(1, cuts/4) || underWay == 0) && rounds < most; rounds++ {
		disk := powercut.NewDisk()
		if err := disk.ReadFrom(oldFolder(t, cells)); err != nil {
			t.Fatal(err)
		}
		// Each life may be longer than the one before, so that it comes to an end on a
		// slow machine too.
		life := 120 * time.Millisecond
		for through := false; !through; life += 10 * time.Millisecond {
			var changed bool
			if disk, changed, through = cutMigration(t, disk, dice, life); !through {
				done++
			}
			if changed && !through {
				underWay++
			}
		}
		after := t.TempDir()
		if err := disk.WriteTo(after); err != nil {
			t.Fatal(err)
		}
		db, err := journal.OpenDB(after, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if from, to, err := migrations.Up(t.Context(), db, manyStepsConfig(t)); from != 3 || to != 3 || err != nil {
			t.Fatal(from, to, err)
		}
		if got := dump(t, db); got != want {
			t.Fatalf("got\n%s want\n%s", got, want)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d power cuts in %d migrations, each finished and right; %d cuts came after a life's first change and before its last", done, rounds, underWay)
	if underWay == 0 {
		t.Error("no cut hit a migration under way: nothing was tested")
	}
	if err := powercut.Note("power cut of a migration", done, "%d of them with changes done and changes to come; it went on where it was; each key was changed once (%d times to the end)", underWay, rounds); err != nil {
		t.Error(err)
	}
}

// oldFolder is a data folder before the migration.
func oldFolder(t *testing.T, cells uint64) string {
	t.Helper()
	dir := t.TempDir()
	db, err := journal.OpenDB(dir, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	old(t, db, cells)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cutMigration migrates until the power goes; changed says that it had committed
// something in this life, through that it was through.
func cutMigration(t *testing.T, disk *powercut.Disk, dice *rand.Rand, most time.Duration) (after *powercut.Disk, changed, through bool) {
	t.Helper()
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir, childAsServers+"=true")
	child.Stderr = os.Stderr
	after, said, ended, err := disk.Run(dir, child, dice, powercut.ForAWhile(dice, most, false))
	if err != nil || ended != nil {
		t.Fatal(err, ended)
	}
	var at, total int
	if len(said) > 0 {
		if _, err := fmt.Sscan(said[len(said)-1], &at, &total); err != nil {
			t.Fatal(err)
		}
	}
	return after, 0 < at && at < total, child.ProcessState.ExitCode() == 0
}
