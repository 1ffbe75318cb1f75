//go:build powercut

package journal_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
	"bayledger/sync/simulation/powercut"
)

// cutLife is one life of a process that appends, until the power goes.
type cutLife struct {
	dice     *rand.Rand
	unsynced bool
	most     time.Duration // after the first entry
}

// live runs the process on the disk; told is the last entry that it acknowledged.
func (l *cutLife) live(t *testing.T, disk *powercut.Disk) (after *powercut.Disk, told uint64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	dir := t.TempDir()
	child.Env = append(os.Environ(), childFolder+"="+dir, fmt.Sprintf("%s=%t", childUnsynced, l.unsynced))
	child.Stderr = os.Stderr
	after, said, _, err := disk.Run(dir, child, l.dice, func(lines <-chan string) {
		early := l.dice.IntN(8) == 0
		life := time.After(time.Duration(l.dice.Int64N(int64(l.most))))
		for begun := early; ; {
			select {
			case _, more := <-lines:
				if !more {
					return
				}
				if !begun {
					begun, life = true, time.After(time.Duration(l.dice.Int64N(int64(l.most))))
				}
			case <-life:
				if begun {
					return
				}
				life = nil
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range said {
		if told, err = strconv.ParseUint(line, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	return after, told
}

// find opens what is found after a cut, in a folder of its own.
func find(t *testing.T, disk *powercut.Disk) (journal.Journal, func(), error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "powercut-")
	if err != nil {
		t.Fatal(err)
	}
	if err := disk.WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	db, err := journal.OpenDB(dir, journal.Options{Log: t.Logf})
	if err != nil {
		return nil, func() { os.RemoveAll(dir) }, err
	}
	done := func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		os.RemoveAll(dir)
	}
	j, err := journal.Open(db, journal.Options{NewEpoch: epoch, CheckpointLag: journaltest.Lag})
	return j, done, err
}

// TestPowerCuts: first the disk proves that it can lose what is not synced; then a
// journal that syncs loses nothing that it acknowledged, however often the power goes.
func TestPowerCuts(t *testing.T) {
	cuts := powercut.Asked(t)
	l := &cutLife{dice: powercut.Dice(t), most: 120 * time.Millisecond}
	l.losesUnsynced(t)
	cuts = 1 + cuts/5   // each takes several times as long as one of a small book
	const lifeTime = 12 // cuts of one disk: then a new one, so that a proof stays as short
	entries, news, flushed := uint64(0), 0, 0
	for done := 0; done < cuts; {
		disk, w, told := powercut.NewDisk(), newCrashWorld(), uint64(0)
		for range min(lifeTime, cuts-done) {
			done++
			tables := disk.Files(".sst")
			after, now := l.live(t, disk)
			if now > told {
				news++
			}
			if !slices.Equal(tables, after.Files(".sst")) {
				flushed++
			}
			told = max(told, now)
			disk = after
			l.verify(t, disk, w, told)
			if t.Failed() {
				t.Fatalf("after cut %d of %d", done, cuts)
			}
		}
		entries += w.Head().N
	}
	t.Logf("%d power cuts, %d of them after new entries, %d after tables were written or merged; %d entries, none that was acknowledged is lost", cuts, news, flushed, entries)
	if news == 0 || flushed == 0 {
		t.Error("no life appended before its cut, or none wrote a table: nothing was tested")
	}
	if err := powercut.Note("power cut of a journal that appends, checkpoints and closes", cuts, "%d after new entries, %d after tables were written; %d entries; none that was acknowledged is lost, the journal is proved each time", news, flushed, entries); err != nil {
		t.Error(err)
	}
}

func (l *cutLife) verify(t *testing.T, disk *powercut.Disk, w *crashWorld, told uint64) {
	t.Helper()
	j, done, err := find(t, disk)
	defer done()
	if err != nil {
		t.Errorf("what is found cannot be opened: %v", err)
		return
	}
	if j.Head().N < told {
		t.Errorf("entry %d was acknowledged, the journal ends with %d", told, j.Head().N)
		return
	}
	if j.Head().N == 0 {
		return // it was cut before the first entry
	}
	for w.Head().N < j.Head().N {
		w.next()
	}
	w.Verify(t, j)
}

// losesUnsynced cuts the power of a journal that does not sync until something that
// it acknowledged is gone: a disk that cannot lose proves nothing.
func (l *cutLife) losesUnsynced(t *testing.T) {
	t.Helper()
	unsynced := *l
	unsynced.unsynced = true
	const enough = 20
	for cut := range enough {
		disk, told := unsynced.live(t, powercut.NewDisk())
		j, done, err := find(t, disk)
		if err != nil || j.Head().N < told {
			done()
			t.Logf("without syncs, entries up to %d were acknowledged and lost at cut %d (opening: %v)", told, cut+1, err)
			return
		}
		done()
	}
	t.Fatalf("%d cuts lost nothing of a journal that does not sync: the disk cannot lose, and proves nothing", enough)
}
