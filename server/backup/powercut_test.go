//go:build powercut

package backup_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"bayledger/migrations"
	"bayledger/server/backup"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/simulation/powercut"
)

// The processes whose power is cut are this test's program, told by its environment
// what to do with the disk that is mounted in a folder.
const (
	childFolder = "BACKUP_TEST_FOLDER"
	childDoes   = "BACKUP_TEST_DOES" // "keep": books and backs up; "restore"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	does := keep
	if os.Getenv(childDoes) == "restore" {
		does = restoreOnce
	}
	if err := does(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// keep books, backs up, and says how far the backup goes.
func keep(ctx context.Context, dir string) error {
	data := filepath.Join(dir, "data")
	db, err := journal.OpenDB(data, options())
	if err != nil {
		return err
	}
	if _, _, err := migrations.Up(ctx, db, migrations.Config{}); err != nil {
		return err
	}
	j, err := journal.Open(db, options())
	if err != nil {
		return err
	}
	b, err := book.Open(ctx, j, book.Options{})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(data, "admin.key"), []byte("secret"), 0o600); err != nil {
		return err
	}
	w, err := backup.Open(filepath.Join(dir, "backup"))
	if err != nil {
		return err
	}
	from := backup.Local(backup.Folder{Dir: data, Journal: j, Rows: store.NewRows(db).Each, Schema: 1, Program: "test"})
	for n := 0; ; n++ {
		for p := range 1 + n%5 {
			patch := ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprint("P-", p), Fields: map[string]string{"name": strconv.FormatInt(time.Now().UnixNano(), 36)}}
			if _, _, err := b.Edit(ctx, "test", []ledger.Patch{patch}, false); err != nil {
				return err
			}
		}
		taken, err := w.Take(ctx, from, n%3 == 0)
		if err != nil {
			return err
		}
		fmt.Println(taken.To)
	}
}

// restoreOnce makes a data folder of the backup.
func restoreOnce(ctx context.Context, dir string) error {
	_, err := backup.Restore(ctx, filepath.Join(dir, "backup"), filepath.Join(dir, "new"), backup.RestoreOptions{Journal: options()})
	return err
}

// cutWhile takes the power from a child after a while, and returns what is found in a
// folder, and the last number that the child had said.
func cutWhile(t *testing.T, disk *powercut.Disk, dice *rand.Rand, does string, most time.Duration) (after *powercut.Disk, dir string, told uint64) {
	t.Helper()
	mounted := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+mounted, childDoes+"="+does)
	child.Stderr = os.Stderr
	after, said, ended, err := disk.Run(mounted, child, dice, powercut.ForAWhile(dice, most, false))
	if err != nil || ended != nil {
		t.Fatal(err, ended)
	}
	for _, line := range said {
		if told, err = strconv.ParseUint(line, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	dir = t.TempDir()
	if err := after.WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	return after, dir, told
}

// TestCutBackups takes the power away while books are backed up: the backup is sound
// and has all that it said; and while it is restored: the folder is there whole or not
// at all. It is run by make powercut.
func TestCutBackups(t *testing.T) {
	cuts := powercut.Asked(t)
	dice := powercut.Dice(t)
	const perDisk = 10
	done, taken, whole, entries := 0, 0, 0, uint64(0)
	for done < max(1, cuts/8) {
		disk, told := powercut.NewDisk(), uint64(0)
		for range perDisk {
			var dir string
			var now uint64
			disk, dir, now = cutWhile(t, disk, dice, "keep", 200*time.Millisecond)
			done, told = done+1, max(told, now)
			v, err := backup.Verify(t.Context(), filepath.Join(dir, "backup"), t.TempDir(), options(), nil)
			if errors.Is(err, backup.ErrNone) && told == 0 {
				continue
			}
			if err != nil || v.Entries < told {
				t.Fatalf("after cut %d the backup was said to have %d entries: %+v, %v", done, told, v, err)
			}
			taken++
		}
		entries += told
		_, dir, _ := cutWhile(t, disk, dice, "restore", 300*time.Millisecond)
		done++
		if _, err := os.Stat(filepath.Join(dir, "new")); err != nil {
			continue
		}
		whole++
		if s := openServer(t, filepath.Join(dir, "new")); s.j.Head().N < told {
			t.Errorf("%d entries were restored of %d", s.j.Head().N, told)
		} else if err := book.Verify(t.Context(), s.j, nil); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d power cuts; %d backups found were read back and proved, of %d entries; %d restored folders were there, each whole", done, taken, entries, whole)
	if done > 0 && (taken == 0 || entries == 0) {
		t.Error("no backup was found after a cut, or none had entries: nothing was tested")
	}
	if err := powercut.Note("power cut of a server that backs up, and of a restore", done, "%d backups read back and proved, none lacks what it said; %d restored folders, whole or not there", taken, whole); err != nil {
		t.Error(err)
	}
}
