//go:build powercut

package migrations_test

import (
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
	done, rounds := 0, 0
	for ; done < max(1, cuts/4); rounds++ {
		disk := powercut.NewDisk()
		if err := disk.ReadFrom(oldFolder(t, cells)); err != nil {
			t.Fatal(err)
		}
		// Each life may be longer than the one before, so that it comes to an end on a
		// slow machine too.
		most := 120 * time.Millisecond
		for through := false; !through; most += 10 * time.Millisecond {
			if disk, through = cutMigration(t, disk, dice, most); !through {
				done++
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
	t.Logf("%d power cuts in %d migrations, each finished and right", done, rounds)
	if err := powercut.Note("power cut of a migration", done, "it went on where it was; each key was changed once (%d times to the end)", rounds); err != nil {
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

// cutMigration migrates until the power goes; through says that it was through.
func cutMigration(t *testing.T, disk *powercut.Disk, dice *rand.Rand, most time.Duration) (after *powercut.Disk, through bool) {
	t.Helper()
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir, childAsServers+"=true")
	child.Stderr = os.Stderr
	after, _, ended, err := disk.Run(dir, child, dice, powercut.ForAWhile(dice, most, false))
	if err != nil || ended != nil {
		t.Fatal(err, ended)
	}
	return after, child.ProcessState.ExitCode() == 0
}
