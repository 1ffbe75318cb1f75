package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

// childFolder names the folder that a child process should append to.
const childFolder = "JOURNAL_TEST_FOLDER"

// childUnsynced, if "true", has it append without syncing.
const childUnsynced = "JOURNAL_TEST_UNSYNCED"

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := appendForever(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// crashWorld is what parent and child both make, from the beginning, each for
// itself.
type crashWorld struct {
	*journaltest.World
	batches int
}

func newCrashWorld() *crashWorld {
	return &crashWorld{World: journaltest.NewWorld(journaltest.Config{Seed: 99, Cells: 400, Devices: 9, Shuffle: true, Deletes: true})}
}

// next makes the next batch; one in nine takes several commits.
func (w *crashWorld) next() *journal.Batch {
	w.batches++
	if w.batches%9 == 0 {
		return w.Bulky(6, 300<<10)
	}
	return w.Batch(w.Size(40))
}

// appendForever opens a folder, makes the world again up to where the journal
// ends, and goes on, printing the last entry of each batch once it is durable.
func appendForever(dir string) error {
	openDB, open := journal.OpenDB, journal.Open
	if os.Getenv(childUnsynced) == "true" {
		openDB, open = journal.OpenUnsynced, journal.OpenUnfit
	}
	db, err := openDB(dir, journal.Options{})
	if err != nil {
		return err
	}
	j, err := open(db, journal.Options{NewEpoch: epoch, CheckpointLag: journaltest.Lag})
	if err != nil {
		return err
	}
	w := newCrashWorld()
	for w.Head().N < j.Head().N {
		w.next()
	}
	for {
		if err := j.Append(context.Background(), w.next()); err != nil {
			return err
		}
		if _, err := fmt.Println(w.Head().N); err != nil {
			return err
		}
	}
}

// TestKill kills a process that appends, again and again: all that it was told
// to be durable is there, whole, and the journal is sound.
func TestKill(t *testing.T) {
	t.Parallel()
	const seed, rounds = 1, 5
	choice := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	w := newCrashWorld()
	for range rounds {
		told := killAfter(t, dir, 1+choice.IntN(60), func() {
			for range choice.IntN(200) {
				_ = journal.Chain([32]byte{}, make([]byte, 32<<10)) // some 20 µs
			}
		})
		db, err := journal.OpenDB(dir, journal.Options{Log: t.Logf})
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(db, journal.Options{CheckpointLag: journaltest.Lag})
		if err != nil {
			t.Fatal(err)
		}
		head := j.Head().N
		if head < told {
			t.Fatalf("entry %d was told to be durable, the journal ends with %d", told, head)
		}
		for w.Head().N < head {
			w.next()
		}
		w.Verify(t, j)
		if choice.IntN(3) == 0 {
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d entries after %d kills", w.Head().N, rounds)
}

// killAfter starts a child, kills it after so many batches, and returns the last
// entry that it told of.
func killAfter(t testing.TB, dir string, batches int, spin func()) (told uint64) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); seen++ {
		if told, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
			t.Error(err)
		}
		if seen == batches {
			spin() // anywhere in the next appends
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
	return told
}
